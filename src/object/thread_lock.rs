//! A lock on what one thread works on and others may look at.
//!
//! An `SSL` is for one thread at a time, but programs ask for a connection's facts on other threads than that which reads
//! and writes: httpd does in the threads of HTTP/2's streams. The lock is held for looks and for steps of the core, never
//! while C code runs that could wait; so whoever waits for it waits for a short time. It is made for being free: taking it
//! is one atomic operation, and giving it back a store. The thread that holds it may take it again.

use core::{
    cell::Cell,
    hint::spin_loop,
    ops::Deref,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{thread, time::Duration};

/// A value that one thread at a time gets at, as often as it likes.
pub struct ThreadLock<T> {
    /// The thread that holds it, or [`NOBODY`].
    holder: AtomicUsize,
    /// How often that thread took it.
    depth: Cell<usize>,
    value: T,
}

const NOBODY: usize = 0;

/// The value, until this is dropped.
#[must_use]
pub struct Held<'a, T>(&'a ThreadLock<T>);

impl<T> ThreadLock<T> {
    /// Free.
    pub const fn new(value: T) -> Self {
        Self { holder: AtomicUsize::new(NOBODY), depth: Cell::new(0), value }
    }

    /// Takes the lock; waits while another thread has it.
    #[inline]
    pub fn hold(&self) -> Held<'_, T> {
        let this_thread = this_thread();
        // Only this thread stores its own number, so no other store can be mistaken for it.
        if self.holder.load(Ordering::Relaxed) != this_thread && self.try_take(this_thread).is_err() {
            self.wait(this_thread);
        }
        self.depth.set(self.depth.get() + 1);
        Held(self)
    }

    #[inline]
    fn try_take(&self, this_thread: usize) -> Result<usize, usize> {
        self.holder.compare_exchange(NOBODY, this_thread, Ordering::Acquire, Ordering::Relaxed)
    }

    #[cold]
    fn wait(&self, this_thread: usize) {
        const SPINS: u32 = 100;
        const YIELDS: u32 = 200;
        const PAUSE: Duration = Duration::from_micros(50);

        let mut tries = 0_u32;
        while self.try_take(this_thread).is_err() {
            match tries {
                ..SPINS => spin_loop(),
                SPINS..YIELDS => thread::yield_now(),
                _ => thread::sleep(PAUSE),
            }
            tries = tries.saturating_add(1);
        }
    }
}

impl<T> ThreadLock<T> {
    /// Free again, whoever held it: for an object that is being freed, perhaps in a forked process that has no such thread.
    pub fn free(&mut self) {
        *self.holder.get_mut() = NOBODY;
        self.depth.set(0);
    }
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> Drop for Held<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let depth = self.0.depth.get() - 1;
        self.0.depth.set(depth);
        if depth == 0 {
            self.0.holder.store(NOBODY, Ordering::Release);
        }
    }
}

/// A number that no other living thread has; never [`NOBODY`].
pub(super) fn this_thread() -> usize {
    // SAFETY: it takes nothing and always succeeds; in Linux's C libraries it is the address of the thread's descriptor.
    unsafe { libc::pthread_self() as usize }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Shared as C programs share an `SSL`.
    struct Shared(ThreadLock<RefCell<(u64, u64)>>);

    // SAFETY: that is what the test is about: the value is reached through the lock alone.
    unsafe impl Sync for Shared {}

    #[test]
    fn threads_take_turns_and_each_may_nest() {
        const TURNS: u64 = 20_000;

        let shared = Shared(ThreadLock::new(RefCell::default()));
        let shared = &shared;
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(move || {
                    for _ in 0..TURNS {
                        let held = shared.0.hold();
                        held.borrow_mut().0 += 1;
                        shared.0.hold().borrow_mut().1 += 1;
                        let pair = held.borrow();
                        assert_eq!(pair.0, pair.1);
                    }
                });
            }
        });
        assert_eq!(*shared.0.hold().borrow(), (3 * TURNS, 3 * TURNS));
        assert_eq!(shared.0.holder.load(Ordering::Relaxed), NOBODY);
    }

    #[test]
    fn panic_gives_it_back() {
        let lock = ThreadLock::new(());
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _held = lock.hold();
            panic!("while it is held");
        }));
        assert!(caught.is_err());
        assert_eq!(lock.holder.load(Ordering::Relaxed), NOBODY);
    }
}
