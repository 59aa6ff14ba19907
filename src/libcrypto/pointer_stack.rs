//! Stacks of pointers to static things (`STACK_OF(SSL_CIPHER)`).

use core::ptr::NonNull;

use super::sys;

/// A stack that owns itself, not what it points to.
pub struct PointerStack(NonNull<sys::OPENSSL_STACK>);

// SAFETY: the stack is plain memory, not bound to a thread.
unsafe impl Send for PointerStack {}
// SAFETY: nothing of it is changed once it is made.
unsafe impl Sync for PointerStack {}

impl PointerStack {
    /// A stack of these; `None` when memory is out.
    #[must_use]
    pub fn of<T: 'static>(items: impl Iterator<Item = &'static T>) -> Option<Self> {
        // SAFETY: it takes no argument.
        let stack = NonNull::new(unsafe { sys::OPENSSL_sk_new_null() }).map(Self)?;
        for item in items {
            // SAFETY: the stack is valid; the pointer is only kept.
            if unsafe { sys::OPENSSL_sk_push(stack.as_ptr(), core::ptr::from_ref(item).cast()) } <= 0 {
                return None;
            }
        }
        Some(stack)
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }

    /// The pointer for the program to keep and to free.
    #[must_use]
    pub fn into_ptr(self) -> *mut sys::OPENSSL_STACK {
        let pointer = self.as_ptr();
        core::mem::forget(self);
        pointer
    }
}

impl Drop for PointerStack {
    fn drop(&mut self) {
        // SAFETY: the stack is ours.
        unsafe { sys::OPENSSL_sk_free(self.as_ptr()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_of_statics_holds_their_addresses() {
        static NUMBERS: [u32; 2] = [1, 2];
        let stack = PointerStack::of(NUMBERS.iter()).unwrap();
        // SAFETY: the stack is valid.
        let last = unsafe { sys::OPENSSL_sk_value(stack.as_ptr(), 1) };
        assert_eq!(last.cast_const().cast(), &raw const NUMBERS[1]);
    }
}
