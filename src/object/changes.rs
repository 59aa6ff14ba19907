//! Changes of what threads share, one at a time: a context's configuration is copied, changed and swapped, and
//! of two changes at once none may be lost.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::thread_lock::this_thread;
use crate::libcrypto::panics::{Place, strike};

/// Who changes now. A thread that is at it may begin another change: libcrypto calls the program when it frees objects
/// that a setter refused.
#[derive(Default)]
pub struct Changes {
    /// The thread that changes; 0: none.
    thread: AtomicUsize,
    lock: Mutex<()>,
    /// How many there were.
    count: AtomicUsize,
}

/// Until it is dropped, no other thread changes anything.
struct Turn<'a> {
    thread: &'a AtomicUsize,
    _lock: MutexGuard<'a, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.thread.store(0, Ordering::Relaxed);
    }
}

impl Changes {
    /// How many changes there were: who sees the same number twice has missed none in between.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Runs `change` while no other thread runs one.
    pub fn one_at_a_time<R>(&self, change: impl FnOnce() -> R) -> R {
        let this_thread = this_thread();
        // Only this thread stores its own number, so no other store can be mistaken for it.
        let nested = self.thread.load(Ordering::Relaxed) == this_thread;
        let _turn = (!nested).then(|| {
            let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.thread.store(this_thread, Ordering::Relaxed);
            Turn { thread: &self.thread, _lock: lock }
        });
        strike(Place::Change);
        let result = change();
        self.count.fetch_add(1, Ordering::Release);
        result
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    #[test]
    fn change_within_a_change_does_not_wait_for_itself() {
        let changes = Changes::default();
        let inner = Cell::new(false);
        changes.one_at_a_time(|| changes.one_at_a_time(|| inner.set(true)));
        assert!(inner.get());
        assert_eq!(changes.thread.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn changes_of_many_threads_are_not_lost() {
        let changes = Changes::default();
        let value = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        changes.one_at_a_time(|| {
                            let before = value.load(Ordering::Relaxed);
                            std::thread::yield_now();
                            value.store(before + 1, Ordering::Relaxed);
                        });
                    }
                });
            }
        });
        assert_eq!(value.into_inner(), 4000);
    }
}
