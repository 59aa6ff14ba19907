//! The name that a client asks for: `SSL_get_servername(3)`, RFC 6066 §3. Setting it and its callback are commands of
//! `SSL_ctrl`.

use core::ffi::{c_char, c_int};

use super::support::{export, with_ssl};
use crate::object::SSL;

export!(SSL_get_servername SSL_get_servername_type);

/// `TLSEXT_NAMETYPE_host_name`, the only type there is.
const HOST_NAME: c_int = 0;

/// The name that the client asks for, whichever side we are: null for another type than `TLSEXT_NAMETYPE_host_name`
/// and without a name. The string stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_servername(ssl: *const SSL, kind: c_int) -> *const c_char {
    if kind != HOST_NAME || ssl.is_null() {
        return core::ptr::null();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| ssl.server_name_string()) }
}

/// `TLSEXT_NAMETYPE_host_name` (0) if there is a name, else -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_servername_type(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    if unsafe { SSL_get_servername(ssl, HOST_NAME) }.is_null() { -1 } else { HOST_NAME }
}
