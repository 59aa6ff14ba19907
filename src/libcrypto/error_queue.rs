//! libcrypto's error queue: where programs look for the reason of a failure.

use core::ffi::{CStr, c_int, c_ulong};
use std::ffi::CString;

use super::sys;
use crate::error::Reason;

/// Puts a reason of `ERR_LIB_SSL` into the queue.
#[track_caller]
pub fn raise_ssl(reason: Reason) {
    new_entry();
    // SAFETY: a null format means that there is no further text.
    unsafe { sys::ERR_set_error(sys::ERR_LIB_SSL, reason.0, core::ptr::null()) };
}

/// Puts a reason of `ERR_LIB_SSL` into the queue, with a text for who reads it.
#[track_caller]
pub fn raise_ssl_with_data(reason: Reason, data: &str) {
    let Ok(data) = CString::new(data) else { return raise_ssl(reason) };
    new_entry();
    // SAFETY: the format takes one C string, which outlives the call.
    unsafe { sys::ERR_set_error(sys::ERR_LIB_SSL, reason.0, c"%s".as_ptr(), data.as_ptr()) };
}

/// The text of a reason of `ERR_LIB_SSL`, if it has one.
#[must_use]
pub fn reason_text(reason: Reason) -> Option<&'static str> {
    let code = c_ulong::try_from(sys::ERR_LIB_SSL).ok()? << 23 | c_ulong::try_from(reason.0).ok()?;
    // SAFETY: the result is null, or one of the strings that were registered, which are static.
    let text = unsafe {
        let text = sys::ERR_reason_error_string(code);
        if text.is_null() {
            return None;
        }
        CStr::from_ptr(text)
    };
    text.to_str().ok()
}

/// Puts a failure of the operating system into the queue: its `errno`, and what was tried.
#[track_caller]
pub fn raise_system(errno: c_int, data: &str) {
    let data = CString::new(data).unwrap_or_default();
    new_entry();
    // SAFETY: the format takes one C string, which outlives the call.
    unsafe { sys::ERR_set_error(sys::ERR_LIB_SYS, errno, c"%s".as_ptr(), data.as_ptr()) };
}

/// Puts `ERR_R_PASSED_NULL_PARAMETER` of the BIO library into the queue: it is asked even where there is no BIO.
#[track_caller]
pub fn raise_bio_null() {
    /// `ERR_LIB_BIO`.
    const LIBRARY: c_int = 32;
    new_entry();
    // SAFETY: a null format means that there is no further text.
    unsafe {
        sys::ERR_set_error(LIBRARY, Reason::ERR_PASSED_NULL_PARAMETER.0, core::ptr::null());
    }
}

/// Puts `CONF_R_LIST_CANNOT_BE_NULL` into the queue: libcrypto's reader of lists says so.
#[track_caller]
pub fn raise_conf_list_null() {
    /// `ERR_LIB_CONF`.
    const LIBRARY: c_int = 14;
    /// `CONF_R_LIST_CANNOT_BE_NULL`.
    const REASON: c_int = 115;
    new_entry();
    // SAFETY: a null format means that there is no further text.
    unsafe { sys::ERR_set_error(LIBRARY, REASON, core::ptr::null()) };
}

/// Begins an entry that says where in our source it was raised.
#[track_caller]
fn new_entry() {
    let place = core::panic::Location::caller();
    // The queue keeps a copy of the name.
    let file = CString::new(place.file()).unwrap_or_default();
    let line = c_int::try_from(place.line()).unwrap_or_default();
    // SAFETY: both strings are C strings that outlive the call, and the queue copies them.
    unsafe {
        sys::ERR_new();
        sys::ERR_set_debug(file.as_ptr(), line, c"".as_ptr());
    }
}

/// `ERR_peek_error(3)`; 0 for an empty queue.
#[must_use]
pub fn first() -> c_ulong {
    // SAFETY: it takes no argument.
    unsafe { sys::ERR_peek_error() }
}

/// Whether the first error of the queue is the operating system's; `None` for an empty queue.
#[must_use]
pub fn first_is_system() -> Option<bool> {
    /// `ERR_SYSTEM_FLAG`.
    const SYSTEM: c_ulong = 0x8000_0000;
    match first() {
        0 => None,
        error => Some(error & SYSTEM != 0 || (error >> 23) & 0xff == sys::ERR_LIB_SYS as c_ulong),
    }
}

/// Whether the last error says that a PEM file held nothing, or nothing more, of what was looked for
/// (`PEM_R_NO_START_LINE`).
#[must_use]
pub fn last_is_end_of_pem() -> bool {
    const NO_START_LINE: c_ulong = 108;
    // SAFETY: it takes no argument.
    let error = unsafe { sys::ERR_peek_last_error() };
    (error >> 23) & 0xff == sys::ERR_LIB_PEM as c_ulong && error & 0x7f_ffff == NO_START_LINE
}

/// `ERR_clear_error(3)`, which goes through all places of the queue: where there is nothing it is spared.
pub fn clear() {
    // SAFETY: they take no argument.
    unsafe {
        if sys::ERR_peek_error() != 0 {
            sys::ERR_clear_error();
        }
    }
}

/// Remembers how far the queue was filled, so that what an attempt leaves there can be dropped.
#[must_use]
pub fn set_mark() -> Mark {
    // SAFETY: it takes no argument.
    Mark { is_set: unsafe { sys::ERR_set_mark() } != 0 }
}

/// A mark in the queue (`ERR_set_mark(3)`).
pub struct Mark {
    /// There is nothing to mark in an empty queue.
    is_set: bool,
}

impl Mark {
    /// Drops what came after the mark.
    pub fn pop(self) {
        if self.is_set {
            // SAFETY: it takes no argument.
            unsafe { sys::ERR_pop_to_mark() };
        } else {
            clear();
        }
    }

    /// Keeps what came after the mark.
    pub fn keep(self) {
        if self.is_set {
            // SAFETY: it takes no argument.
            unsafe { sys::ERR_clear_last_mark() };
        }
    }
}
