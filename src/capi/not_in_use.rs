//! Questions about features that this library does not have: what a connection without them answers. Setting any of them
//! up fails (see `unsupported`).

use core::ffi::{c_char, c_ulong};

use super::support::export;
use crate::{libcrypto::sys::OPENSSL_STACK as stack_st_SRTP_PROTECTION_PROFILE, object::SSL};

export! {
    SSL_get_selected_srtp_profile SSL_get_srtp_profiles
}

/// An SRTP profile.
#[repr(C)]
pub struct SRTP_PROTECTION_PROFILE {
    name: *const c_char,
    id: c_ulong,
}

/// The SRTP profile that was agreed on: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_selected_srtp_profile(_ssl: *mut SSL) -> *mut SRTP_PROTECTION_PROFILE {
    core::ptr::null_mut()
}

/// The SRTP profiles that are set: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srtp_profiles(_ssl: *mut SSL) -> *mut stack_st_SRTP_PROTECTION_PROFILE {
    core::ptr::null_mut()
}
