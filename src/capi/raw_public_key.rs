//! Raw public keys in place of certificates (RFC 7250): `SSL_set1_server_cert_type(3)`, `SSL_get0_peer_rpk(3)`, of OpenSSL 3.2.

use core::ffi::{c_int, c_uchar};

use super::support::{convert, export, with_context, with_session, with_ssl};
use crate::{
    libcrypto::{evp_pkey::PKey, sys::EVP_PKEY},
    object::{SSL, SSL_CTX, SSL_SESSION, config::Configurable},
    policy::Settings,
    wire::CertificateFormat,
};

export! { OPENSSL_3.2.0:
    SSL_CTX_set1_client_cert_type SSL_CTX_set1_server_cert_type SSL_set1_client_cert_type SSL_set1_server_cert_type
    SSL_CTX_get0_client_cert_type SSL_CTX_get0_server_cert_type SSL_get0_client_cert_type SSL_get0_server_cert_type
    SSL_get_negotiated_client_cert_type SSL_get_negotiated_server_cert_type
    SSL_get0_peer_rpk SSL_SESSION_get0_peer_rpk SSL_add_expected_rpk
}

/// Whose certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Client,
    Server,
}

/// Sets the formats: each of the two that there are, and none twice.
///
/// # Safety
/// `list` is null or holds `length` bytes.
unsafe fn set(target: &impl Configurable, whose: Whose, list: *const c_uchar, length: usize) -> c_int {
    // SAFETY: the caller's promise.
    let formats = match unsafe { convert::bytes(list, length) } {
        Some(formats) if list.is_null() || !formats.is_empty() => formats,
        _ => return 0,
    };
    let mut wanted = Vec::with_capacity(formats.len());
    for format in formats.iter().copied().map(CertificateFormat) {
        let is_known = matches!(format, CertificateFormat::X509 | CertificateFormat::RAW_PUBLIC_KEY);
        if !is_known || wanted.contains(&format) {
            return 0;
        }
        wanted.push(format);
    }
    target.change_settings(|settings| match whose {
        Whose::Client => settings.client_certificate_formats = wanted.into(),
        Whose::Server => settings.server_certificate_formats = wanted.into(),
    });
    1
}

/// Gives the formats out; null without any.
///
/// # Safety
/// Both are valid for writing, or null. The settings keep the list until it is set anew.
unsafe fn get(settings: &Settings, whose: Whose, list: *mut *mut c_uchar, length: *mut usize) -> c_int {
    if list.is_null() || length.is_null() {
        return 0;
    }
    let formats = match whose {
        Whose::Client => &settings.client_certificate_formats,
        Whose::Server => &settings.server_certificate_formats,
    };
    let start = if formats.is_empty() {
        core::ptr::null_mut()
    } else {
        formats.as_ptr().cast::<c_uchar>().cast_mut()
    };
    // SAFETY: the caller's promise; a format is a byte.
    unsafe {
        convert::store(list, start);
        convert::store(length, formats.len());
    }
    1
}

/// Sets which formats of the client's certificate are offered or taken, the preferred one first: `TLSEXT_cert_type_x509` (0) and
/// `TLSEXT_cert_type_rpk` (2). Null for no say: it is X.509 then.
///
/// Returns 1; 0 for another one, one that is there twice, or an empty list. `SSL_set1_client_cert_type(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_client_cert_type(
    ctx: *mut SSL_CTX,
    val: *const c_uchar,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set(ctx, Whose::Client, val, len)) }
}

/// As `SSL_CTX_set1_client_cert_type`, of the server's certificate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_server_cert_type(
    ctx: *mut SSL_CTX,
    val: *const c_uchar,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set(ctx, Whose::Server, val, len)) }
}

/// As `SSL_CTX_set1_client_cert_type`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_client_cert_type(ssl: *mut SSL, val: *const c_uchar, len: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set(ssl, Whose::Client, val, len)) }
}

/// As `SSL_CTX_set1_server_cert_type`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_server_cert_type(ssl: *mut SSL, val: *const c_uchar, len: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set(ssl, Whose::Server, val, len)) }
}

/// Points `*val` to what `SSL_CTX_set1_client_cert_type` set, which stays the context's, and `*len` to its length; null and 0
/// without any. 1, or 0 for null. `SSL_set1_client_cert_type(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_client_cert_type(
    ctx: *const SSL_CTX,
    val: *mut *mut c_uchar,
    len: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| ctx.look(|config| get(&config.settings, Whose::Client, val, len))) }
}

/// As `SSL_CTX_get0_client_cert_type`, of the server's certificate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_server_cert_type(
    ctx: *const SSL_CTX,
    val: *mut *mut c_uchar,
    len: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| ctx.look(|config| get(&config.settings, Whose::Server, val, len))) }
}

/// As `SSL_CTX_get0_client_cert_type`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_client_cert_type(
    ssl: *const SSL,
    val: *mut *mut c_uchar,
    len: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look(|config| get(&config.settings, Whose::Client, val, len))) }
}

/// As `SSL_CTX_get0_server_cert_type`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_server_cert_type(
    ssl: *const SSL,
    val: *mut *mut c_uchar,
    len: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look(|config| get(&config.settings, Whose::Server, val, len))) }
}

unsafe fn negotiated(ssl: *const SSL, whose: Whose) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.with_connection(|connection| {
                let formats = &connection.negotiated().certificate_formats;
                if whose == Whose::Client { formats.client.0 } else { formats.server.0 }.into()
            })
        })
    }
}

/// What the client's certificate is: `TLSEXT_cert_type_x509` (0), also before that is known, or `TLSEXT_cert_type_rpk` (2).
/// `SSL_get_negotiated_client_cert_type(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_negotiated_client_cert_type(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { negotiated(ssl, Whose::Client) }
}

/// As `SSL_get_negotiated_client_cert_type`, of the server's certificate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_negotiated_server_cert_type(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { negotiated(ssl, Whose::Server) }
}

/// The peer's raw public key, which stays the connection's; null if it sent none. `SSL_get0_peer_rpk(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peer_rpk(ssl: *const SSL) -> *mut EVP_PKEY {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.peer_raw_key()) }
}

/// The peer's raw public key in a session, which stays the session's; null if there is none. `SSL_get0_peer_rpk(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_peer_rpk(session: *const SSL_SESSION) -> *mut EVP_PKEY {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, core::ptr::null_mut(), |session| {
            session.peer_raw_key().map_or(core::ptr::null_mut(), PKey::as_ptr)
        })
    }
}

/// Adds a TLSA record by which this raw public key of the peer is taken for good; DANE has to be enabled before
/// (`SSL_dane_enable`).
///
/// Returns 1; 0 for null, without DANE, and for a key that cannot be written down. `SSL_add_expected_rpk(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add_expected_rpk(ssl: *mut SSL, rpk: *mut EVP_PKEY) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| PKey::from_borrowed(rpk).is_some_and(|key| ssl.expect_raw_key(&key)).into())
    }
}
