//! When a flight is sent again (RFC 6347 §4.2.4.1). All times are in microseconds; those of the clock since 1970.

/// The first time that passes, unless the program wants another: one second.
const FIRST: u32 = 1_000_000;
/// It is doubled each time, up to a minute.
const LONGEST: u32 = 60_000_000;
/// What is left counts as nothing if it is less: the timers of sockets are no more exact.
const NEGLIGIBLE: u64 = 15_000;

/// After how many times without an answer a smaller datagram is tried.
const TIMEOUTS_BEFORE_SMALLER: u8 = 2;
/// After how many times the peer is given up.
const MAX_TIMEOUTS: u8 = 12;

/// The retransmission timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timer {
    /// When it runs out, while it runs.
    deadline: Option<u64>,
    duration: u32,
    /// How often it ran out since the peer was last heard of.
    timeouts: u8,
}

impl Timer {
    /// Starts for the first time that a flight is sent, if it does not run.
    pub const fn start(&mut self, now: u64) {
        if self.deadline.is_none() {
            self.duration = FIRST;
            self.deadline = Some(now.saturating_add(FIRST as u64));
        }
    }

    /// Runs for as long as the program wants, from now on.
    pub const fn run(&mut self, now: u64, duration: u32) {
        self.duration = duration;
        self.deadline = Some(now.saturating_add(duration as u64));
    }

    /// It ran out: twice the time, and one more time without an answer.
    pub const fn back_off(&mut self, now: u64) {
        let doubled = self.duration.saturating_mul(2);
        self.run(now, if doubled > LONGEST { LONGEST } else { doubled });
    }

    /// Counts one more time that it ran out; `false`: the peer is given up.
    pub const fn count(&mut self) -> bool {
        self.timeouts = self.timeouts.saturating_add(1);
        self.timeouts <= MAX_TIMEOUTS
    }

    /// Whether smaller datagrams should be tried.
    #[must_use]
    pub const fn wants_smaller(&self) -> bool {
        self.timeouts > TIMEOUTS_BEFORE_SMALLER
    }

    /// Stops: the peer answered.
    pub const fn stop(&mut self) {
        *self = Self { deadline: None, duration: FIRST, timeouts: 0 };
    }

    /// When it runs out; `None`: it does not run.
    #[must_use]
    pub const fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// The time that it runs for.
    #[must_use]
    pub const fn duration(&self) -> u32 {
        self.duration
    }

    /// How much is left.
    #[must_use]
    pub fn left(&self, now: u64) -> Option<u64> {
        let left = self.deadline?.saturating_sub(now);
        Some(if left < NEGLIGIBLE { 0 } else { left })
    }

    /// Whether it ran out.
    #[must_use]
    pub fn is_expired(&self, now: u64) -> bool {
        self.left(now) == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn timer_doubles_from_a_second_to_a_minute() {
        let mut timer = Timer::default();
        let mut now = 5 * SECOND;
        timer.start(now);
        let mut durations = Vec::new();
        while durations.len() < 8 {
            let left = timer.left(now).unwrap();
            durations.push(left / SECOND);
            assert!(!timer.is_expired(now + left - NEGLIGIBLE));
            now += left;
            assert!(timer.is_expired(now));
            timer.back_off(now);
        }
        assert_eq!(durations, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn answer_makes_the_next_flight_begin_with_a_second() {
        let mut timer = Timer::default();
        timer.start(0);
        timer.back_off(SECOND);
        timer.stop();
        assert_eq!((timer.deadline(), timer.left(0), timer.is_expired(u64::MAX)), (None, None, false));
        timer.start(10 * SECOND);
        assert_eq!(timer.deadline(), Some(11 * SECOND));
    }

    #[test]
    fn start_leaves_a_running_timer_alone() {
        let mut timer = Timer::default();
        timer.run(0, 500);
        timer.start(100);
        assert_eq!((timer.deadline(), timer.duration()), (Some(500), 500));
    }

    #[test]
    fn peer_that_never_answers_is_given_up() {
        let mut timer = Timer::default();
        assert!((0..2).all(|_| timer.count()) && !timer.wants_smaller());
        assert!((2..12).all(|_| timer.count()) && timer.wants_smaller());
        assert!(!timer.count());
    }
}
