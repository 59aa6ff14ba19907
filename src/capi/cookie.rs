//! Cookies against forged addresses: `SSL_CTX_set_stateless_cookie_generate_cb(3)`, `DTLSv1_listen(3)`.

use core::ffi::c_int;

use super::support::{export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{CookieGenerate, CookieVerify, DtlsCookieGenerate, DtlsCookieVerify},
};

export! {
    SSL_stateless
    SSL_CTX_set_stateless_cookie_generate_cb SSL_CTX_set_stateless_cookie_verify_cb
    SSL_CTX_set_cookie_generate_cb SSL_CTX_set_cookie_verify_cb
}

/// Starts over as a server that keeps no state: a TLS 1.3 client without a cookie is sent away with one, by a
/// HelloRetryRequest.
///
/// Returns 1 if the ClientHello brought a good cookie: `SSL_accept` goes on with the handshake. 0 if the client was sent
/// away: the next call waits for its second ClientHello, with this or with another connection of the same context. -1 on
/// failure, with the reason in the queue. `DTLSv1_listen(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_stateless(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.listen_stateless()) }
}

/// Sets what puts the program's part into the cookie of a HelloRetryRequest: it writes up to 4096 bytes and their number,
/// and returns 0 on failure. `SSL_CTX_set_stateless_cookie_generate_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_stateless_cookie_generate_cb(
    ctx: *mut SSL_CTX,
    gen_stateless_cookie_cb: Option<CookieGenerate>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.update_live(|live| live.cookie_generate = gen_stateless_cookie_cb));
    }
}

/// Sets what checks the program's part of a cookie that came back: it returns 0 if it is not the one that was sent.
/// `SSL_CTX_set_stateless_cookie_generate_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_stateless_cookie_verify_cb(
    ctx: *mut SSL_CTX,
    verify_stateless_cookie_cb: Option<CookieVerify>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.update_live(|live| live.cookie_verify = verify_stateless_cookie_cb));
    }
}

/// Sets what makes the cookie of a DTLS HelloVerifyRequest. `SSL_CTX_set_stateless_cookie_generate_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cookie_generate_cb(
    ctx: *mut SSL_CTX,
    app_gen_cookie_cb: Option<DtlsCookieGenerate>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.update_live(|live| live.dtls_cookie_generate = app_gen_cookie_cb));
    }
}

/// Sets what checks the cookie of a DTLS ClientHello. `SSL_CTX_set_stateless_cookie_generate_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cookie_verify_cb(
    ctx: *mut SSL_CTX,
    app_verify_cookie_cb: Option<DtlsCookieVerify>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.update_live(|live| live.dtls_cookie_verify = app_verify_cookie_cb));
    }
}
