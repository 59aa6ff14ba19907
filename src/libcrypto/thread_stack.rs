//! The stack that a thread was begun with. Used by `async_job`, which is asked before every piece of work.

use core::{cell::Cell, mem::MaybeUninit, ops::Range, ptr::null_mut};

/// The least distance that Linux leaves between the top of the first thread's stack and what else is mapped is 128 MiB. Of a
/// stack without bounds no more than this is taken for one.
const MOST: usize = 64 << 20;

thread_local! {
    /// From the lowest address to the highest; nothing before the first call, or if the system does not tell.
    static BOUNDS: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// Whether the caller runs on it, and not on a stack that somebody switched to. `false` where that is not known.
#[must_use]
pub fn is_current() -> bool {
    let here = 0_u8;
    let address = (&raw const here).addr();
    BOUNDS.with(|bounds| {
        let (low, high) = bounds.get().unwrap_or_else(|| {
            let Range { start, end } = bounds_of_thread().unwrap_or_default();
            bounds.set(Some((start, end)));
            (start, end)
        });
        (low..high).contains(&address)
    })
}

/// What the system says (`pthread_getattr_np(3)`).
fn bounds_of_thread() -> Option<Range<usize>> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut low, mut size) = (null_mut(), 0);
    // SAFETY: the attributes are written by the first call before the others use them, and freed once.
    let told = unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let told = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        told
    };
    let high = low.addr().checked_add(size)?;
    (told == 0).then(|| low.addr().max(high.saturating_sub(MOST))..high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::libcrypto::side_stack::SideStack;

    #[test]
    fn every_thread_is_on_its_own_stack() {
        assert!(is_current());
        assert!(std::thread::spawn(is_current).join().unwrap());
    }

    #[test]
    fn another_stack_is_told_apart() {
        let mut stack = SideStack::new().unwrap();
        assert!(!stack.run(is_current));
        assert!(is_current());
    }
}
