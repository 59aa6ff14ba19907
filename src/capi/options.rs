//! Options and plain settings: `SSL_CTX_set_options(3)`, `SSL_CTX_set_security_level(3)`,
//! `SSL_CTX_set_post_handshake_auth` and the like. Modes, sizes and versions
//! are commands of `SSL_CTX_ctrl`.

use core::ffi::c_int;

use super::support::{export, with_context, with_ssl};
use crate::object::{SSL, SSL_CTX, config::Configurable};

export! {
    SSL_CTX_set_options SSL_set_options SSL_CTX_clear_options SSL_clear_options
    SSL_CTX_get_options SSL_get_options
    SSL_CTX_set_security_level SSL_set_security_level SSL_CTX_get_security_level SSL_get_security_level
    SSL_CTX_set_post_handshake_auth SSL_set_post_handshake_auth
    SSL_CTX_set_default_read_buffer_len SSL_set_default_read_buffer_len
}

fn change_options(target: &impl Configurable, change: impl FnOnce(u64) -> u64) -> u64 {
    target.change_settings(|settings| settings.options = change(settings.options));
    target.look(|config| config.settings.options)
}

/// Sets options (`SSL_OP_…`) on top of those that are set. All that are set now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_options(ctx: *mut SSL_CTX, options: u64) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| change_options(ctx, |before| before | options)) }
}

/// As `SSL_CTX_set_options`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_options(ssl: *mut SSL, options: u64) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| change_options(ssl, |before| before | options)) }
}

/// Clears options. All that are set now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_clear_options(ctx: *mut SSL_CTX, options: u64) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| change_options(ctx, |before| before & !options)) }
}

/// As `SSL_CTX_clear_options`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_clear_options(ssl: *mut SSL, options: u64) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| change_options(ssl, |before| before & !options)) }
}

/// The options that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_options(ctx: *const SSL_CTX) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| ctx.config().settings.options) }
}

/// The options that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_options(ssl: *const SSL) -> u64 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.with_config(|config| config.settings.options)) }
}

fn set_security_level(target: &impl Configurable, level: c_int) {
    target.change_settings(|settings| settings.set_security_level(level));
}

/// Sets the security level, 0 to 5; what is outside of that counts as the nearest.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_security_level(ctx: *mut SSL_CTX, level: c_int) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |ctx| set_security_level(ctx, level)) }
}

/// As `SSL_CTX_set_security_level`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_security_level(ssl: *mut SSL, level: c_int) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| set_security_level(ssl, level)) }
}

/// The security level as it was set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_security_level(ctx: *const SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, -1, |ctx| ctx.config().settings.security_level_number) }
}

/// The security level as it was set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_security_level(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.with_config(|config| config.settings.security_level_number)) }
}

/// Whether a client offers to authenticate itself after the handshake too (RFC 8446 §4.6.2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_post_handshake_auth(ctx: *mut SSL_CTX, value: c_int) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| {
            ctx.change_settings(|settings| settings.post_handshake_auth = value != 0);
        });
    }
}

/// As `SSL_CTX_set_post_handshake_auth`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_post_handshake_auth(ssl: *mut SSL, value: c_int) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| ssl.change_settings(|settings| settings.post_handshake_auth = value != 0));
    }
}

/// How many bytes may be read at once with read-ahead (`SSL_CTX_set_read_ahead`), if it is more than what that reads anyway: two of the
/// largest records.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_read_buffer_len(ctx: *mut SSL_CTX, length: usize) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.change_settings(|settings| settings.read_buffer_length = length));
    }
}

/// As `SSL_CTX_set_default_read_buffer_len`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_default_read_buffer_len(ssl: *mut SSL, length: usize) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| ssl.change_settings(|settings| settings.read_buffer_length = length));
    }
}
