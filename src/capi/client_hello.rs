//! The ClientHello callback and what it can look at: `SSL_CTX_set_client_hello_cb(3)`.

use core::ffi::{c_int, c_uchar, c_uint, c_void};

use super::support::{convert, export, with_context, with_ssl};
use crate::{
    libcrypto::memory,
    message::client_hello::ClientHello,
    object::{
        SSL, SSL_CTX, Ssl,
        callbacks::{Callback, ClientHelloCallback},
    },
    wire::ExtensionType,
};

export!(OPENSSL_3.2.0: SSL_client_hello_get_extension_order);
export! {
    SSL_CTX_set_client_hello_cb SSL_client_hello_isv2 SSL_client_hello_get0_legacy_version SSL_client_hello_get0_random
    SSL_client_hello_get0_session_id SSL_client_hello_get0_ciphers SSL_client_hello_get0_compression_methods
    SSL_client_hello_get1_extensions_present SSL_client_hello_get0_ext
}

/// Registers what is called with each ClientHello before anything is chosen; `None` for nothing.
/// `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_client_hello_cb(
    context: *mut SSL_CTX,
    function: Option<ClientHelloCallback>,
    argument: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            context.update_live(|live| live.client_hello = Callback { function, argument });
        });
    }
}

/// Whether the ClientHello has the form of SSL 2.0: never, such a hello is refused. 0.
/// `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_isv2(_ssl: *mut SSL) -> c_int {
    0
}

/// Runs `look` with the ClientHello; `absent` where there is none to look at, which is outside of the callback.
unsafe fn with_client_hello<R: Copy>(
    ssl: *mut SSL,
    absent: R,
    look: impl FnOnce(&Ssl, &ClientHello) -> R,
) -> R {
    // SAFETY: the caller's promise.
    unsafe {
        with_ssl(ssl, absent, |ssl| {
            ssl.with_connection(|connection| {
                let hello = connection.handshake_in_progress().and_then(|handshake| handshake.client_hello());
                hello.map_or(absent, |hello| look(ssl, hello))
            })
        })
    }
}

/// `legacy_version`; 0 outside of the callback. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_legacy_version(ssl: *mut SSL) -> c_uint {
    // SAFETY: the contract of this module.
    unsafe { with_client_hello(ssl, 0, |_, hello| hello.legacy_version.0.into()) }
}

/// Gives a field out by `out`, if that is not null, and returns its length.
///
/// # Safety
///
/// `out` is null or valid for writing. The program looks at the field during the callback only, while nothing
/// changes it.
unsafe fn give_out(field: &[u8], out: *mut *const c_uchar) -> usize {
    // SAFETY: the caller's promise.
    unsafe { convert::store(out, field.as_ptr()) };
    field.len()
}

/// Points `*out` to the random, which is the connection's, and returns its length; 0 outside of the callback.
/// `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_random(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_client_hello(ssl, 0, |_, hello| give_out(&hello.random, out)) }
}

/// Points `*out` to the session id, which is the connection's, and returns its length; 0 outside of the
/// callback. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_session_id(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_client_hello(ssl, 0, |_, hello| give_out(&hello.session_id, out)) }
}

/// Points `*out` to the list of suites as it came, which is the connection's, and returns its length in bytes; 0
/// outside of the callback. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_ciphers(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
    // SAFETY: the contract of this module.
    unsafe {
        with_client_hello(ssl, 0, |ssl, hello| {
            let (suites, length) = ssl.show_client_hello_suites(&hello.cipher_suites);
            convert::store(out, suites);
            length
        })
    }
}

/// Points `*out` to the compression methods, which are the connection's, and returns their number; 0 outside of the
/// callback. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_compression_methods(
    ssl: *mut SSL,
    out: *mut *const c_uchar,
) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_client_hello(ssl, 0, |_, hello| give_out(&hello.compression_methods, out)) }
}

/// Points `*out` to the types of the extensions in their order, `*length` of them, in memory that the caller frees
/// with `OPENSSL_free`; to null if there are none. 1, or 0 outside of the callback, for null, or when memory is
/// out. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get1_extensions_present(
    ssl: *mut SSL,
    out: *mut *mut c_int,
    length: *mut usize,
) -> c_int {
    if out.is_null() || length.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_client_hello(ssl, 0, |_, hello| {
            let types: Vec<_> =
                hello.extensions.iter().map(|(extension_type, _)| c_int::from(extension_type.0)).collect();
            let Some(copy) = memory::copy_for_program(&types) else { return 0 };
            convert::store(out, copy);
            convert::store(length, types.len());
            1
        })
    }
}

/// Writes the types of the extensions in their order to `exts`, which has room for `*num_exts` of them, and their number to
/// `*num_exts`; a null `exts` asks for the number only. 1, or 0 outside of the callback, for a null `num_exts`, or where there
/// is too little room. `SSL_CTX_set_client_hello_cb(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get_extension_order(
    ssl: *mut SSL,
    exts: *mut u16,
    num_exts: *mut usize,
) -> c_int {
    if num_exts.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_client_hello(ssl, 0, |_, hello| {
            let types: Vec<u16> =
                hello.extensions.iter().map(|(extension_type, _)| extension_type.0).collect();
            if !exts.is_null() {
                if *num_exts < types.len() {
                    return 0;
                }
                core::ptr::copy_nonoverlapping(types.as_ptr(), exts, types.len());
            }
            convert::store(num_exts, types.len());
            1
        })
    }
}

/// Points `*out` to the data of the extension of this type, which is the connection's, and `*length` to its length.
/// 1, or 0 if the ClientHello has none, or outside of the callback. `SSL_CTX_set_client_hello_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_hello_get0_ext(
    ssl: *mut SSL,
    extension_type: c_uint,
    out: *mut *const c_uchar,
    length: *mut usize,
) -> c_int {
    let Ok(extension_type) = u16::try_from(extension_type) else { return 0 };
    // SAFETY: the contract of this module.
    unsafe {
        with_client_hello(ssl, 0, |_, hello| match hello.extensions.get(ExtensionType(extension_type)) {
            Some(data) => {
                let count = give_out(data, out);
                convert::store(length, count);
                1
            }
            None => 0,
        })
    }
}
