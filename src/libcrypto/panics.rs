//! No panic passes into C: it becomes an entry of the error queue, and the object that it came from refuses further use.

use core::sync::atomic::{AtomicBool, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error_queue;
use crate::error::Reason;

/// Runs `body`. `None`: it panicked, which is `ERR_R_INTERNAL_ERROR` in the queue.
pub fn contain<R>(body: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR)).ok()
}

/// Whether a panic came out of an object. Threads may share it.
#[derive(Debug, Default)]
pub struct Poison(AtomicBool);

impl Poison {
    /// Runs `body` for the object of this mark. `None`: it panicked, now or before, which is `ERR_R_INTERNAL_ERROR` in the
    /// queue.
    pub fn contain<R>(&self, body: impl FnOnce() -> R) -> Option<R> {
        if self.0.load(Ordering::Relaxed) {
            error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
            return None;
        }
        let outcome = contain(body);
        if outcome.is_none() {
            self.0.store(true, Ordering::Relaxed);
        }
        outcome
    }

    /// Whether a panic came out of the object.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where a panic can be made to happen. `make panics` builds the library with the feature, for its tests alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Place {
    /// On the way in, before anything was done.
    Entry = 1,
    /// While a context is changed, with its lock held.
    Change = 2,
    /// While the core of a connection is borrowed.
    Core = 3,
}

/// Panics if the test asked for a panic at this place, once.
#[inline]
pub fn strike(place: Place) {
    #[cfg(feature = "panic-test")]
    hook::strike(place);
    #[cfg(not(feature = "panic-test"))]
    let _ = place;
}

#[cfg(feature = "panic-test")]
mod hook {
    use core::{
        ffi::c_int,
        sync::atomic::{AtomicI32, Ordering},
    };

    use super::Place;

    static NEXT: AtomicI32 = AtomicI32::new(0);

    pub fn strike(place: Place) {
        if NEXT.compare_exchange(place as i32, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            std::panic::resume_unwind(Box::new("asked for by a test"));
        }
    }

    /// Sets the next place to panic at; 0: none. Returns the one that was set and not reached.
    #[unsafe(no_mangle)]
    pub extern "C" fn ferrossl_panic_at(place: c_int) -> c_int {
        NEXT.swap(place, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poison_lets_nothing_run_after_a_panic() {
        let poison = Poison::default();
        assert_eq!(poison.contain(|| 7), Some(7));
        assert!(!poison.is_set());
        assert_eq!(poison.contain(|| panic!("once")), None::<i32>);
        assert!(poison.is_set());
        assert_eq!(poison.contain(|| 7), None);
    }
}
