//! The keys of a server's tickets, and when they are changed: who learns them can read all connections that were resumed
//! by their tickets, early data and, in TLS 1.2, whole sessions (RFC 9325 §3.4). Used by `object`.
//!
//! Each key but the first comes from the one before it by a function that cannot be turned back, at times that follow from
//! the first: processes that were forked from one that made the first key go on opening each other's tickets. What is older than
//! the last two keys is forgotten. Keys that the program set, or looked at to share them with others, stay as they are.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::ticket::TicketKeys;
use crate::{
    crypto::{hash::HashAlgorithm, hmac::HmacKey, rand},
    error::Result,
};

/// How long a key seals tickets at least, in seconds.
const LEAST_TERM: i64 = 12 * 60 * 60;
/// The most keys that are gone through to come to that of now: a clock may be set by any time.
const MOST_STEPS: i64 = 1000;
/// By how much a clock may be set back, in seconds, before that counts: small corrections are usual.
const SLACK: i64 = 300;
const SEED_LENGTH: usize = 32;

/// The key that seals, and the one before it, which opens what it sealed.
#[derive(Clone)]
pub struct TicketKeyRing {
    current: TicketKeys,
    previous: Option<TicketKeys>,
    /// What the next keys come from; `None`: there are no next keys.
    future: Option<Future>,
}

/// What keys come from.
#[derive(Clone, ZeroizeOnDrop)]
struct Future {
    seed: [u8; SEED_LENGTH],
    /// Since when the current key is in use.
    #[zeroize(skip)]
    since: i64,
}

impl TicketKeyRing {
    /// A fresh random key, which is changed from time to time.
    pub fn generate(now: i64) -> Result<Self> {
        Ok(Self {
            current: TicketKeys::generate()?,
            previous: None,
            future: Some(Future { seed: rand::array()?, since: now }),
        })
    }

    /// Keys of the program, which stay.
    #[must_use]
    pub const fn fixed(keys: TicketKeys) -> Self {
        Self { current: keys, previous: None, future: None }
    }

    /// As it is now, and for ever: somebody else gets to know the current key.
    #[must_use]
    pub fn frozen(&self) -> Self {
        Self { future: None, ..self.clone() }
    }

    /// What seals tickets.
    #[must_use]
    pub const fn current(&self) -> &TicketKeys {
        &self.current
    }

    /// What opens tickets, and whether it is out of use for sealing.
    pub fn openers(&self) -> impl Iterator<Item = (&TicketKeys, bool)> {
        core::iter::once((&self.current, false)).chain(self.previous.iter().map(|keys| (keys, true)))
    }

    /// The ring of now, where that is another; sessions live for `lifetime` seconds, and so long their tickets open.
    #[must_use]
    pub fn turned(&self, now: i64, lifetime: i64) -> Option<Self> {
        let future = self.future.as_ref()?;
        let term = lifetime.max(LEAST_TERM);
        // The clock was set back: nobody knows for how long the key has been in use, and it must not stay until the clock is
        // again where it was.
        if future.since.saturating_sub(now) > SLACK {
            let mut ring = self.clone();
            ring.step(term);
            if let Some(future) = &mut ring.future {
                future.since = now;
            }
            return Some(ring);
        }
        let steps = now.saturating_sub(future.since).checked_div(term)?.min(MOST_STEPS);
        if steps < 1 {
            return None;
        }
        let mut ring = self.clone();
        for _ in 0..steps {
            ring.step(term);
        }
        // Beyond so many steps it is this time that counts.
        if let Some(future) = &mut ring.future
            && now.saturating_sub(future.since) >= term
        {
            future.since = now;
        }
        Some(ring)
    }

    fn step(&mut self, term: i64) {
        let Some(future) = &mut self.future else { return };
        let key = HmacKey::new(HashAlgorithm::Sha256, &future.seed);
        let mut keys = Zeroizing::new([0; TicketKeys::LENGTH]);
        let labels = [&b"ticket keys 1"[..], b"ticket keys 2", b"ticket keys 3"];
        for (part, label) in keys.chunks_mut(SEED_LENGTH).zip(labels) {
            fill(part, &key.sign_secret(label));
        }
        let next = key.sign_secret(b"next seed");
        future.seed.zeroize();
        fill(&mut future.seed, &next);
        future.since = future.since.saturating_add(term);
        if let Some(keys) = TicketKeys::from_bytes(&*keys) {
            self.previous = Some(core::mem::replace(&mut self.current, keys));
        }
    }
}

fn fill(out: &mut [u8], from: &[u8]) {
    out.iter_mut().zip(from).for_each(|(byte, source)| *byte = *source);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: i64 = 7200;

    fn names(ring: &TicketKeyRing) -> (Vec<u8>, Option<Vec<u8>>) {
        (ring.current.to_bytes().to_vec(), ring.previous.as_ref().map(|keys| keys.to_bytes().to_vec()))
    }

    #[test]
    fn key_seals_for_a_term_and_opens_for_another() {
        let first = TicketKeyRing::generate(1_000_000).unwrap();
        assert!(first.turned(1_000_000 + LEAST_TERM - 1, LIFETIME).is_none());
        let second = first.turned(1_000_000 + LEAST_TERM, LIFETIME).unwrap();
        assert_ne!(second.current.to_bytes(), first.current.to_bytes());
        assert_eq!(names(&second).1, Some(names(&first).0));
        assert!(second.openers().map(|(_, old)| old).eq([false, true]));
        assert!(second.turned(1_000_000 + 2 * LEAST_TERM - 1, LIFETIME).is_none());
        let third = second.turned(1_000_000 + 2 * LEAST_TERM, LIFETIME).unwrap();
        assert_eq!(names(&third).1, Some(names(&second).0));
        assert!(third.openers().all(|(keys, _)| keys.to_bytes() != first.current.to_bytes()));
    }

    /// Whatever a session lives for, its ticket opens so long.
    #[test]
    fn term_is_no_shorter_than_a_session_lives() {
        let first = TicketKeyRing::generate(0).unwrap();
        let week = 7 * 24 * 3600;
        assert!(first.turned(week - 1, week).is_none());
        let second = first.turned(week, week).unwrap();
        let last_sealed = 2 * week - 1;
        assert!(second.turned(last_sealed, week).is_none());
        let third = second.turned(last_sealed + week, week).unwrap();
        assert_eq!(names(&third).1, Some(names(&second).0));
    }

    /// A new version of the library in one of the forked processes makes the same keys.
    #[test]
    fn next_keys_are_macs_by_the_seed() {
        let mut ring = TicketKeyRing::generate(0).unwrap();
        let seed = [7; SEED_LENGTH];
        ring.future = Some(Future { seed, since: 0 });
        let mac = |text: &[u8]| crate::crypto::hmac::hmac(HashAlgorithm::Sha256, &seed, &[text]);
        let mut expected = Vec::new();
        for text in [b"ticket keys 1", b"ticket keys 2", b"ticket keys 3"] {
            expected.extend_from_slice(mac(text).as_ref());
        }
        expected.truncate(TicketKeys::LENGTH);
        let next = ring.turned(LEAST_TERM, LIFETIME).unwrap();
        assert_eq!(names(&next).0, expected);
        assert_eq!(next.future.as_ref().unwrap().seed, mac(b"next seed").as_ref());
    }

    /// Forked processes look at different times.
    #[test]
    fn keys_do_not_depend_on_when_one_looks() {
        let first = TicketKeyRing::generate(0).unwrap();
        let mut often = first.clone();
        for now in (0..10 * LEAST_TERM).step_by(5000) {
            often = often.turned(now, LIFETIME).unwrap_or(often);
        }
        let seldom = first.turned(10 * LEAST_TERM - 1, LIFETIME).unwrap();
        assert_eq!(names(&often), names(&seldom));
    }

    #[test]
    fn keys_of_the_program_stay() {
        let fixed = TicketKeyRing::fixed(TicketKeys::generate().unwrap());
        let frozen = TicketKeyRing::generate(0).unwrap().turned(LEAST_TERM, LIFETIME).unwrap().frozen();
        for ring in [fixed, frozen] {
            assert!(ring.turned(i64::MAX, LIFETIME).is_none());
        }
    }

    #[test]
    fn clock_that_jumps_changes_the_key_once() {
        let first = TicketKeyRing::generate(i64::MIN).unwrap();
        let next = first.turned(i64::MAX, 1).unwrap();
        assert_ne!(names(&next).0, names(&first).0);
        assert!(next.turned(i64::MAX, 1).is_none());
    }

    /// Else the key would stay for as long as the clock was ahead.
    #[test]
    fn clock_that_is_set_back_changes_the_key_once() {
        let first = TicketKeyRing::generate(10_000_000).unwrap();
        assert!(first.turned(10_000_000 - SLACK, LIFETIME).is_none());
        let next = first.turned(10_000_000 - SLACK - 1, LIFETIME).unwrap();
        assert_ne!(names(&next).0, names(&first).0);
        assert_eq!(names(&next).1, Some(names(&first).0));
        let next = first.turned(1_000_000, LIFETIME).unwrap();
        assert!(next.turned(1_000_000 + LEAST_TERM - 1, LIFETIME).is_none());
        assert!(next.turned(1_000_000 + LEAST_TERM, LIFETIME).is_some());
        let furthest = TicketKeyRing::generate(i64::MAX).unwrap().turned(i64::MIN, i64::MAX).unwrap();
        assert!(furthest.turned(i64::MIN, i64::MAX).is_none());
    }
}
