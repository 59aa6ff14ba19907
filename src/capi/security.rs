//! The security callback and its data: `SSL_CTX_set_security_callback(3)`.

use core::ffi::c_void;

use super::support::{export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    config::Configurable,
    log,
    security::{SecurityCallback, by_level},
};

export! {
    SSL_CTX_set_security_callback SSL_set_security_callback
    SSL_CTX_get_security_callback SSL_get_security_callback
    SSL_CTX_set0_security_ex_data SSL_set0_security_ex_data
    SSL_CTX_get0_security_ex_data SSL_get0_security_ex_data
}

fn set_callback(owner: &impl Configurable, callback: Option<SecurityCallback>) {
    log::differs(
        "SSL_CTX_set_security_callback",
        "the callback is asked about a message all at once, before it is made or when it was read",
    );
    let is_own = |callback: &SecurityCallback| *callback as usize == by_level as *const () as usize;
    owner.change(|config| config.callbacks.security.function = callback.filter(|own| !is_own(own)));
}

/// Lets `callback` decide what is secure enough, in place of the security level, for connections to come; null: the level
/// decides again. It returns 1 for what it allows and 0 for what it refuses.
///
/// It is asked about each message of a handshake, before it is made or when it was read, of all that may come up in it. It must not
/// change what it is called about. `SSL_CTX_set_security_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_security_callback(
    ctx: *mut SSL_CTX,
    callback: Option<SecurityCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| set_callback(context, callback)) }
}

/// As `SSL_CTX_set_security_callback`, for this connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_security_callback(ssl: *mut SSL, callback: Option<SecurityCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| set_callback(ssl, callback)) }
}

/// The security callback; without one the library's own, which goes by the level. `SSL_CTX_set_security_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_security_callback(ctx: *const SSL_CTX) -> Option<SecurityCallback> {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, None, |context| context.look(|config| config.callbacks.security.function))
            .or(Some(by_level))
    }
}

/// As `SSL_CTX_get_security_callback`, of this connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_security_callback(ssl: *const SSL) -> Option<SecurityCallback> {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, None, |ssl| ssl.look(|config| config.callbacks.security.function)).or(Some(by_level))
    }
}

/// Sets what the security callback gets as its last argument; the program keeps it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set0_security_ex_data(ctx: *mut SSL_CTX, data: *mut c_void) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| context.change(|config| config.callbacks.security.argument = data));
    }
}

/// As `SSL_CTX_set0_security_ex_data`, for this connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set0_security_ex_data(ssl: *mut SSL, data: *mut c_void) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.change(|config| config.callbacks.security.argument = data)) }
}

/// What `SSL_CTX_set0_security_ex_data` set, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_security_ex_data(ctx: *const SSL_CTX) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, core::ptr::null_mut(), |context| {
            context.look(|config| config.callbacks.security.argument)
        })
    }
}

/// As `SSL_CTX_get0_security_ex_data`, of this connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_security_ex_data(ssl: *const SSL) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.look(|config| config.callbacks.security.argument))
    }
}
