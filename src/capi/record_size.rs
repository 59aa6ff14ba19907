//! The size of records: `SSL_CTX_set_record_padding_callback(3)`, `SSL_CTX_set_tlsext_max_fragment_length(3)`. The sizes of
//! fragments are commands of `SSL_CTX_ctrl`.

use core::ffi::{c_int, c_void};

use super::support::{export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    message::extension::max_fragment_length,
    object::{SSL, SSL_CTX, callbacks::RecordPaddingCallback, config::Configurable},
};

export!(OPENSSL_3.4.0: SSL_CTX_set_block_padding_ex SSL_set_block_padding_ex);
export! {
    SSL_CTX_set_record_padding_callback SSL_set_record_padding_callback
    SSL_CTX_set_record_padding_callback_arg SSL_set_record_padding_callback_arg
    SSL_CTX_get_record_padding_callback_arg SSL_get_record_padding_callback_arg
    SSL_CTX_set_block_padding SSL_set_block_padding
    SSL_CTX_set_tlsext_max_fragment_length SSL_set_tlsext_max_fragment_length
}

/// Sets who says how many bytes of padding each record gets; null for nobody. It is called for each record of TLS 1.3 that is
/// not full, with the content type and the length of content and type; the answer is cut to what a record holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_record_padding_callback(
    ctx: *mut SSL_CTX,
    callback: Option<RecordPaddingCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.change(|config| config.callbacks.record_padding.function = callback));
    }
}

/// As `SSL_CTX_set_record_padding_callback`, for one connection. 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_record_padding_callback(
    ssl: *mut SSL,
    callback: Option<RecordPaddingCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.change(|config| config.callbacks.record_padding.function = callback);
            1
        })
    }
}

/// Sets what the padding callback is called with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_record_padding_callback_arg(ctx: *mut SSL_CTX, argument: *mut c_void) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |ctx| ctx.change(|config| config.callbacks.record_padding.argument = argument));
    }
}

/// As `SSL_CTX_set_record_padding_callback_arg`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_record_padding_callback_arg(ssl: *mut SSL, argument: *mut c_void) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| ssl.change(|config| config.callbacks.record_padding.argument = argument));
    }
}

/// What the padding callback is called with; null if that was not set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_record_padding_callback_arg(ctx: *const SSL_CTX) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, core::ptr::null_mut(), |ctx| {
            ctx.look(|config| config.callbacks.record_padding.argument)
        })
    }
}

/// As `SSL_CTX_get_record_padding_callback_arg`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_record_padding_callback_arg(ssl: *const SSL) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            ssl.look(|config| config.callbacks.record_padding.argument)
        })
    }
}

fn set_block_padding(target: &impl Configurable, of_data: usize, of_handshake: usize) -> c_int {
    /// `SSL3_RT_MAX_PLAIN_LENGTH`.
    const MOST: usize = 16384;
    if of_data > MOST || of_handshake > MOST {
        return 0;
    }
    // Blocks of one byte are no padding.
    let block = |size| if size == 1 { 0 } else { size };
    target.change_settings(|settings| {
        settings.block_padding = block(of_data);
        settings.handshake_block_padding = block(of_handshake);
    });
    1
}

/// Pads records of TLS 1.3 to a multiple of `size`; 0 and 1 stand for no padding. 1, or 0 for more than 16384.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_block_padding(ctx: *mut SSL_CTX, size: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set_block_padding(ctx, size, size)) }
}

/// As `SSL_CTX_set_block_padding`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_block_padding(ssl: *mut SSL, size: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_block_padding(ssl, size, size)) }
}

/// Pads records of TLS 1.3 to a multiple of `app_block_size` where they hold application data, and of `hs_block_size` where
/// they hold handshake messages; 0 and 1 stand for no padding. 1, or 0 for more than 16384.
/// `SSL_CTX_set_block_padding_ex(3)`, of OpenSSL 3.4
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_block_padding_ex(
    ctx: *mut SSL_CTX,
    app_block_size: usize,
    hs_block_size: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set_block_padding(ctx, app_block_size, hs_block_size)) }
}

/// As `SSL_CTX_set_block_padding_ex`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_block_padding_ex(
    ssl: *mut SSL,
    app_block_size: usize,
    hs_block_size: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_block_padding(ssl, app_block_size, hs_block_size)) }
}

/// Sets which maximum fragment length a client asks for: 1, or 0 for a code that there is not.
fn set_max_fragment_length(target: &impl Configurable, code: u8) -> c_int {
    if code != 0 && max_fragment_length::bytes(code).is_none() {
        error_queue::raise_ssl(Reason::SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
        return 0;
    }
    target.change_settings(|settings| settings.max_fragment_length = code);
    1
}

/// Sets which maximum fragment length a client asks for: `TLSEXT_max_fragment_length_512` (1) to `_4096` (4), 0 for none.
///
/// Returns 1; 0 for another one. `SSL_CTX_set_tlsext_max_fragment_length(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_tlsext_max_fragment_length(ctx: *mut SSL_CTX, mode: u8) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set_max_fragment_length(ctx, mode)) }
}

/// As `SSL_CTX_set_tlsext_max_fragment_length`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_tlsext_max_fragment_length(ssl: *mut SSL, mode: u8) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_max_fragment_length(ssl, mode)) }
}
