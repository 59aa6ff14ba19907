//! Next protocol negotiation, the forerunner of ALPN: `SSL_CTX_set_next_proto_select_cb(3)`.

use core::ffi::{c_uchar, c_uint, c_void};

use super::support::{convert, export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{Callback, NextProtocolSelectCallback, NextProtocolsCallback},
};

export! {
    SSL_CTX_set_next_protos_advertised_cb SSL_CTX_set_next_proto_select_cb SSL_get0_next_proto_negotiated
}

/// Sets who lists a server's protocols: `cb` stores a list in wire form that stays valid, and returns `SSL_TLSEXT_ERR_OK`; with
/// another value nothing is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_next_protos_advertised_cb(
    ctx: *mut SSL_CTX,
    cb: Option<NextProtocolsCallback>,
    arg: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| {
            ctx.update_live(|live| live.next_protocols = Callback { function: cb, argument: arg });
        });
    }
}

/// Sets who chooses from the protocols that a server lists: `cb` stores a name that stays valid, and returns
/// `SSL_TLSEXT_ERR_OK`; with another value the handshake fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_next_proto_select_cb(
    ctx: *mut SSL_CTX,
    cb: Option<NextProtocolSelectCallback>,
    arg: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| {
            ctx.update_live(|live| live.next_protocol_select = Callback { function: cb, argument: arg });
        });
    }
}

/// The protocol that the client chose; null and 0 without one. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_next_proto_negotiated(
    ssl: *const SSL,
    data: *mut *const c_uchar,
    length: *mut c_uint,
) {
    // SAFETY: the contract of this module.
    unsafe {
        let (start, count) = with_ssl(ssl, (core::ptr::null(), 0), |ssl| {
            ssl.with_connection(|connection| {
                let name = &connection.negotiated().next_protocol;
                let start = if name.is_empty() { core::ptr::null() } else { name.as_ptr() };
                (start, c_uint::try_from(name.len()).unwrap_or(0))
            })
        });
        convert::store(data, start);
        convert::store(length, count);
    }
}
