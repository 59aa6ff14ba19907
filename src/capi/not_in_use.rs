//! Questions about features that this library does not have: what a connection without them answers. Setting any of them
//! up fails (see `unsupported`).

use core::ffi::c_void;

use super::support::export;
use crate::object::SSL;

export! {
    SSL_get_selected_srtp_profile SSL_get_srtp_profiles
}

/// The SRTP profile that was agreed on: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_selected_srtp_profile(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}

/// The SRTP profiles that are set: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srtp_profiles(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}
