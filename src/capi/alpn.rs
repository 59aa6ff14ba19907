//! Application protocols: `SSL_CTX_set_alpn_select_cb(3)`, RFC 7301.

use core::ffi::{c_int, c_uchar, c_uint, c_void};

use super::support::{convert, export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{AlpnSelectCallback, Callback},
    config::Configurable,
};

export! {
    SSL_CTX_set_alpn_protos SSL_set_alpn_protos SSL_CTX_set_alpn_select_cb SSL_get0_alpn_selected
}

/// Whether this is a list of protocols, or none at all: that is looked at before the handle is.
///
/// # Safety
/// `protocols` is null or points to `length` bytes.
unsafe fn is_list(protocols: *const c_uchar, length: c_uint) -> bool {
    // SAFETY: the caller's promise.
    unsafe { convert::bytes(protocols, length as usize) }.is_none_or(is_protocol_list)
}

/// Sets the protocols that a client offers. 0 on success, unlike nearly all other functions.
///
/// # Safety
/// `protocols` is null or points to `length` bytes.
unsafe fn set_protocols(target: &impl Configurable, protocols: *const c_uchar, length: c_uint) -> c_int {
    // SAFETY: the caller's promise.
    let Some(list) = (unsafe { convert::bytes(protocols, length as usize) }) else { return 0 };
    target.change_settings(|settings| settings.alpn_protocols = list.into());
    0
}

/// Whether these are names, each after its length, none of them empty (RFC 7301 §3.1).
fn is_protocol_list(mut list: &[u8]) -> bool {
    while let Some((length, rest)) = list.split_first() {
        match rest.split_at_checked(usize::from(*length)) {
            Some((name, after)) if !name.is_empty() => list = after,
            _ => return false,
        }
    }
    true
}

/// Sets the protocols that a client offers: names, each after a byte with its length, which are copied; none for an
/// empty list. **0 on success**, 1 for a list that is malformed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_alpn_protos(
    ctx: *mut SSL_CTX,
    protocols: *const c_uchar,
    length: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        if !is_list(protocols, length) {
            return 1;
        }
        with_context(ctx, 1, |ctx| set_protocols(ctx, protocols, length))
    }
}

/// As `SSL_CTX_set_alpn_protos`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_alpn_protos(
    ssl: *mut SSL,
    protocols: *const c_uchar,
    length: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        if !is_list(protocols, length) {
            return 1;
        }
        with_ssl(ssl, 1, |ssl| set_protocols(ssl, protocols, length))
    }
}

/// Sets who chooses from the protocols that a client offers, and the argument that it gets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_alpn_select_cb(
    ctx: *mut SSL_CTX,
    callback: Option<AlpnSelectCallback>,
    argument: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| {
            ctx.update_live(|live| live.alpn_select = Callback { function: callback, argument });
        });
    }
}

/// The protocol that was agreed on; null and 0 without one. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_alpn_selected(
    ssl: *const SSL,
    data: *mut *const c_uchar,
    length: *mut c_uint,
) {
    // SAFETY: the contract of this module.
    unsafe {
        let (start, count) = with_ssl(ssl, (core::ptr::null(), 0), |ssl| {
            ssl.with_connection(|connection| {
                let name = &connection.negotiated().alpn;
                let start = if name.is_empty() { core::ptr::null() } else { name.as_ptr() };
                (start, c_uint::try_from(name.len()).unwrap_or(0))
            })
        });
        convert::store(data, start);
        convert::store(length, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocol_list_is_checked() {
        for good in [&b""[..], b"\x02h2", b"\x02h2\x08http/1.1"] {
            assert!(is_protocol_list(good));
        }
        for bad in [&b"\x00"[..], b"\x02h", b"\x02h2\x00", b"\x02h2\x03ab"] {
            assert!(!is_protocol_list(bad));
        }
    }
}
