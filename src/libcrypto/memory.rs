//! Memory that the program frees with `OPENSSL_free`.

use core::ffi::{CStr, c_char};

use zeroize::Zeroizing;

use super::sys;

/// A copy of `items` for the program to free; null for none. `None` when memory is out.
#[must_use]
pub fn copy_for_program<T: Copy>(items: &[T]) -> Option<*mut T> {
    if items.is_empty() {
        return Some(core::ptr::null_mut());
    }
    // SAFETY: it takes any length; the file name is a C string.
    let copy = unsafe { sys::CRYPTO_malloc(size_of_val(items), c"".as_ptr(), 0) }.cast::<T>();
    if copy.is_null() {
        return None;
    }
    // SAFETY: the new memory has room for the items, is aligned for any type, and overlaps with nothing.
    unsafe { core::ptr::copy_nonoverlapping(items.as_ptr(), copy, items.len()) };
    Some(copy)
}

/// Frees what libcrypto gave us to free (`OPENSSL_free`).
///
/// # Safety
///
/// `memory` is null or came from `CRYPTO_malloc`, and nobody else uses it.
pub unsafe fn free(memory: *mut core::ffi::c_void) {
    // SAFETY: the caller's promise; the file name is a C string.
    unsafe { sys::CRYPTO_free(memory, c"".as_ptr(), 0) };
}

/// A copy of a secret string of the program with its zero byte; the string itself is wiped and freed. `None` for null.
///
/// # Safety
/// `text` is null, or a C string of `OPENSSL_malloc` that is given away.
#[must_use]
pub unsafe fn take_secret_string(text: *mut c_char) -> Option<Zeroizing<Vec<u8>>> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; nobody uses the string after it is freed.
    unsafe {
        let copy = Zeroizing::new(CStr::from_ptr(text).to_bytes_with_nul().to_vec());
        sys::CRYPTO_clear_free(text.cast(), copy.len(), c"".as_ptr(), 0);
        Some(copy)
    }
}
