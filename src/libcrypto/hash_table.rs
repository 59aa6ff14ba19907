//! Hash tables of libcrypto (`LHASH_OF(SSL_SESSION)`), as programs look through them.

use core::{
    ffi::{c_int, c_ulong, c_void},
    mem::transmute,
    ptr::NonNull,
};
use std::sync::OnceLock;

use super::sys;

type CallHash = unsafe extern "C" fn(*const c_void, sys::OPENSSL_LH_HASHFUNC) -> c_ulong;
type CallCompare = unsafe extern "C" fn(*const c_void, *const c_void, sys::OPENSSL_LH_COMPFUNC) -> c_int;
type CallVisit = unsafe extern "C" fn(*mut c_void, Visit);
type CallVisitWith = unsafe extern "C" fn(*mut c_void, *mut c_void, VisitWith);
type Visit = unsafe extern "C" fn(*mut c_void);
type VisitWith = unsafe extern "C" fn(*mut c_void, *mut c_void);
type SetThunks = unsafe extern "C" fn(
    *mut sys::OPENSSL_LHASH,
    CallHash,
    CallCompare,
    CallVisit,
    CallVisitWith,
) -> *mut sys::OPENSSL_LHASH;

unsafe extern "C" fn call_hash(item: *const c_void, function: sys::OPENSSL_LH_HASHFUNC) -> c_ulong {
    // SAFETY: the table's function takes its items.
    unsafe { function(item) }
}

unsafe extern "C" fn call_compare(
    one: *const c_void,
    other: *const c_void,
    function: sys::OPENSSL_LH_COMPFUNC,
) -> c_int {
    // SAFETY: as above.
    unsafe { function(one, other) }
}

unsafe extern "C" fn call_visit(item: *mut c_void, function: Visit) {
    // SAFETY: as above; it is the function of whoever looks through the table.
    unsafe { function(item) };
}

unsafe extern "C" fn call_visit_with(item: *mut c_void, argument: *mut c_void, function: VisitWith) {
    // SAFETY: as above.
    unsafe { function(item, argument) };
}

/// `OPENSSL_LH_set_thunks`, which libcrypto has from 3.3 on. There `OPENSSL_LH_doall` crashes in a table without them.
fn set_thunks() -> Option<SetThunks> {
    static FOUND: OnceLock<Option<SetThunks>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // SAFETY: the name is a C string, and the function has this signature in <openssl/lhash.h>.
        unsafe {
            let symbol = libc::dlsym(libc::RTLD_DEFAULT, c"OPENSSL_LH_set_thunks".as_ptr());
            (!symbol.is_null()).then(|| transmute::<*mut c_void, SetThunks>(symbol))
        }
    })
}

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
        let table = NonNull::new(unsafe { sys::OPENSSL_LH_new(Some(hash), Some(compare)) }).map(Self)?;
        if let Some(set_thunks) = set_thunks() {
            // SAFETY: as above; the table is ours.
            unsafe { set_thunks(table.as_ptr(), call_hash, call_compare, call_visit, call_visit_with) };
        }
        Some(table)
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
