//! Hash tables of libcrypto (`LHASH_OF(SSL_SESSION)`), as programs look through them.

use core::{ffi::c_void, ptr::NonNull};

use super::sys;

/// A table that owns itself, not what it points to.
pub struct HashTable(NonNull<sys::OPENSSL_LHASH>);

// SAFETY: the table is plain memory, not bound to a thread.
unsafe impl Send for HashTable {}

impl HashTable {
    /// An empty table; `None` when memory is out.
    ///
    /// # Safety
    /// Both functions take the pointers that will be put in.
    #[must_use]
    pub unsafe fn new(hash: sys::OPENSSL_LH_HASHFUNC, compare: sys::OPENSSL_LH_COMPFUNC) -> Option<Self> {
        // SAFETY: the functions are of the types that libcrypto calls.
        NonNull::new(unsafe { sys::OPENSSL_LH_new(Some(hash), Some(compare)) }).map(Self)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        // SAFETY: the table is ours.
        unsafe { sys::OPENSSL_LH_flush(self.as_ptr()) };
    }

    /// Puts a pointer in.
    ///
    /// # Safety
    /// `item` is valid until it is taken out, and what the table's functions take.
    pub unsafe fn insert(&mut self, item: *const c_void) {
        // SAFETY: the caller's promise; the table is ours. What was there under the same key is not owned by it.
        unsafe { sys::OPENSSL_LH_insert(self.as_ptr(), item.cast_mut()) };
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_LHASH {
        self.0.as_ptr()
    }
}

impl Drop for HashTable {
    fn drop(&mut self) {
        // SAFETY: the table is ours.
        unsafe { sys::OPENSSL_LH_free(self.as_ptr()) };
    }
}

#[cfg(test)]
mod tests {
    use core::ffi::{c_int, c_ulong};

    use super::*;

    unsafe extern "C" fn hash(item: *const c_void) -> c_ulong {
        // SAFETY: the tests put in pointers to these.
        (unsafe { *item.cast::<u32>() }).into()
    }

    unsafe extern "C" fn compare(one: *const c_void, other: *const c_void) -> c_int {
        // SAFETY: as above.
        c_int::from(unsafe { *one.cast::<u32>() != *other.cast::<u32>() })
    }

    #[test]
    fn what_was_put_in_is_found_until_all_is_taken_out() {
        static NUMBERS: [u32; 2] = [1, 2];
        // SAFETY: both functions take pointers to numbers, and those here are static.
        let found = unsafe {
            let mut table = HashTable::new(hash, compare).unwrap();
            for number in &NUMBERS {
                table.insert(core::ptr::from_ref(number).cast());
            }
            let key = 2_u32;
            let found = sys::OPENSSL_LH_retrieve(table.as_ptr(), (&raw const key).cast());
            assert_eq!(sys::OPENSSL_LH_num_items(table.as_ptr()), 2);
            table.clear();
            assert_eq!(sys::OPENSSL_LH_num_items(table.as_ptr()), 0);
            found
        };
        assert_eq!(found.cast_const().cast(), &raw const NUMBERS[1]);
    }
}
