//! Pointers and lengths of C into slices and strings, and back.

use core::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use std::{
    collections::BTreeMap,
    ffi::CString,
    sync::{Arc, Mutex, PoisonError},
};

use crate::libcrypto::sys;

/// The bytes at `pointer`; `None` for null with a length, empty for null without one.
///
/// # Safety
/// `pointer` is null or points to `length` bytes that stay unchanged for `'a`.
#[must_use]
pub unsafe fn bytes<'a>(pointer: *const c_uchar, length: usize) -> Option<&'a [u8]> {
    match (pointer.is_null(), length) {
        (_, 0) => Some(&[]),
        (true, _) => None,
        // SAFETY: the caller's promise.
        (false, _) => Some(unsafe { core::slice::from_raw_parts(pointer, length) }),
    }
}

/// The room for bytes at `pointer`; `None` for null with a length, empty for null without one.
///
/// # Safety
/// `pointer` is null or points to `length` bytes that nobody else touches during `'a`.
#[must_use]
pub unsafe fn bytes_mut<'a>(pointer: *mut c_void, length: usize) -> Option<&'a mut [u8]> {
    match (pointer.is_null(), length) {
        (_, 0) => Some(&mut []),
        (true, _) => None,
        // SAFETY: the caller's promise.
        (false, _) => Some(unsafe { core::slice::from_raw_parts_mut(pointer.cast(), length) }),
    }
}

/// As [`bytes`], with a length that C counts in `int`: a negative one is `None`.
///
/// # Safety
/// As [`bytes`].
#[must_use]
pub unsafe fn bytes_of_int<'a>(pointer: *const c_void, length: c_int) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { bytes(pointer.cast(), usize::try_from(length).ok()?) }
}

/// A C string; `None` for null.
///
/// # Safety
/// `pointer` is null or a C string that stays unchanged for `'a`.
#[must_use]
pub unsafe fn c_string<'a>(pointer: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the caller's promise.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) })
}

/// A C string in UTF-8; `None` for null and for anything else.
///
/// # Safety
/// As [`c_string`].
#[must_use]
pub unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { c_string(pointer) }?.to_str().ok()
}

/// Writes `value` to where `pointer` points, unless it is null.
///
/// # Safety
/// `pointer` is null or valid for writing.
pub unsafe fn store<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: the caller's promise.
        unsafe { pointer.write(value) };
    }
}

/// One more reference to the object behind a handle; `None` for null.
///
/// # Safety
/// `handle` is null or came from [`Arc::into_raw`] and is alive.
#[must_use]
pub unsafe fn shared<T>(handle: *const T) -> Option<Arc<T>> {
    if handle.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; the count goes up for the Arc that is made.
    unsafe {
        Arc::increment_strong_count(handle);
        Some(Arc::from_raw(handle))
    }
}

/// `SSL_up_ref` and its kin: one more reference for the program.
///
/// # Safety
/// As [`shared`].
#[must_use]
pub unsafe fn up_ref<T>(handle: *const T) -> c_int {
    // SAFETY: the caller's promise.
    match unsafe { shared(handle) } {
        Some(object) => {
            let _ = Arc::into_raw(object);
            1
        }
        None => 0,
    }
}

/// `SSL_free` and its kin: gives one reference back; null is left alone.
///
/// # Safety
/// `handle` is null, or came from [`Arc::into_raw`] and this reference was the caller's.
pub unsafe fn release<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Arc::from_raw(handle.cast_const()) });
    }
}

/// A new handle for the program, with its reference; null for `None`.
#[must_use]
pub fn handle<T>(object: Option<Arc<T>>) -> *mut T {
    object.map_or(core::ptr::null_mut(), |object| Arc::into_raw(object).cast_mut())
}

/// A static text as a C string that lives as long as the library.
#[must_use]
pub fn static_c_string(text: &'static str) -> *const c_char {
    static KNOWN: Mutex<BTreeMap<&str, CString>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(text).or_insert_with(|| CString::new(text).unwrap_or_default()).as_ptr()
}

/// Writes a C string, with its end.
///
/// # Safety
/// `buffer` has room for one byte more than `text` has.
pub unsafe fn write_string(buffer: *mut c_char, text: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        core::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast(), text.len());
        buffer.add(text.len()).write(0);
    }
}

/// Memory for the program to free with `OPENSSL_free`; null when there is none left.
#[must_use]
pub fn allocate(length: usize) -> *mut c_void {
    // SAFETY: the file's name is a static C string.
    unsafe { sys::CRYPTO_malloc(length, c"capi".as_ptr(), 0) }
}

/// A copy of `text` as a C string, for the program to free with `OPENSSL_free`.
#[must_use]
pub fn allocate_string(text: &[u8]) -> *mut c_char {
    let buffer: *mut c_char = allocate(text.len() + 1).cast();
    if !buffer.is_null() {
        // SAFETY: there is room for the text and its end.
        unsafe { write_string(buffer, text) };
    }
    buffer
}

/// A copy of `bytes` for the program to free with `OPENSSL_free`; null for none.
#[must_use]
pub fn allocate_bytes(bytes: &[u8]) -> *mut c_uchar {
    if bytes.is_empty() {
        return core::ptr::null_mut();
    }
    let buffer: *mut c_uchar = allocate(bytes.len()).cast();
    if !buffer.is_null() {
        // SAFETY: there is room for all of them.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len()) };
    }
    buffer
}
