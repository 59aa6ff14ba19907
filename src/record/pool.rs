//! Memory for records that a connection is done with, kept for the next one that the thread has to do with: an idle
//! connection has none, and a busy one need not ask the allocator for each record.

use core::cell::Cell;

use super::MAX_PLAINTEXT;

/// Longer buffers, which nobody needs often, are given back to the allocator.
const LONGEST: usize = 5 * MAX_PLAINTEXT;

/// One buffer of a thread. What bytes it has are of no account.
pub(super) type Pool = std::thread::LocalKey<Cell<Vec<u8>>>;

thread_local! {
    /// For received bytes; always empty.
    pub(super) static INCOMING: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// For bytes to be sent.
    pub(super) static OUTGOING: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The thread's buffer; one without memory if it is in use, or the thread ends.
///
/// Never inlined: between this and [`put`] a job may move to another thread, whose buffer is another one.
#[inline(never)]
pub(super) fn take(pool: &'static Pool) -> Vec<u8> {
    pool.try_with(Cell::take).unwrap_or_default()
}

/// Gives a buffer to the thread. Of two it keeps the one with more memory.
#[inline(never)]
pub(super) fn put(pool: &'static Pool, buffer: Vec<u8>) {
    if buffer.capacity() > LONGEST {
        return;
    }
    // A thread that ends keeps nothing.
    let _ = pool.try_with(|place| {
        let other = place.take();
        place.set(if other.capacity() > buffer.capacity() { other } else { buffer });
    });
}
