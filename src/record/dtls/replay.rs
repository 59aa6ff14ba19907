//! Which records of an epoch came already (RFC 6347 §4.1.2.6): a window over the sequence numbers.

/// How many sequence numbers up to the greatest are remembered; what is older counts as come.
const WIDTH: u64 = 128;

/// The window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReplayWindow {
    /// One more than the greatest sequence number that came.
    end: u64,
    /// Bit `n`: the record numbered `end - 1 - n` came.
    came: u128,
}

impl ReplayWindow {
    /// Whether a record with this number may still be opened.
    pub const fn is_new(&self, sequence: u64) -> bool {
        if sequence >= self.end {
            return true;
        }
        let age = self.end - 1 - sequence;
        age < WIDTH && self.came >> age & 1 == 0
    }

    /// A record with this number was opened.
    pub const fn note(&mut self, sequence: u64) {
        if sequence >= self.end {
            let advance = sequence - self.end + 1;
            self.came = if advance < WIDTH { self.came << advance | 1 } else { 1 };
            self.end = sequence + 1;
        } else {
            let age = self.end - 1 - sequence;
            if age < WIDTH {
                self.came |= 1 << age;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_in_any_order_are_new_once() {
        let mut window = ReplayWindow::default();
        for sequence in [0, 3, 1, 2, 130, 4, 5, 129] {
            assert!(window.is_new(sequence), "{sequence}");
            window.note(sequence);
            assert!(!window.is_new(sequence), "{sequence} again");
        }
        assert!(window.is_new(6) && window.is_new(128) && window.is_new(131));
    }

    #[test]
    fn record_older_than_the_window_is_not_new() {
        let mut window = ReplayWindow::default();
        window.note(1000);
        assert!(window.is_new(1001 - WIDTH));
        assert!(!window.is_new(1000 - WIDTH) && !window.is_new(0));
    }

    #[test]
    fn leap_beyond_the_window_forgets_what_is_older() {
        for leap in [WIDTH - 1, WIDTH, WIDTH + 1, (1 << 48) - 2] {
            let mut window = ReplayWindow::default();
            window.note(0);
            window.note(leap);
            assert!(!window.is_new(leap) && !window.is_new(0));
            assert!(window.is_new(leap - 1) && window.is_new(leap + 1));
        }
    }
}
