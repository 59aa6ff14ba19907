//! Our own private keys: `SSL_CTX_use_PrivateKey`, `SSL_CTX_check_private_key` (`SSL_CTX_use_certificate(3)`), and the
//! password callbacks that open encrypted ones (`SSL_CTX_set_default_passwd_cb(3)`).

use core::ffi::{c_char, c_int, c_long, c_uchar, c_void};

use super::support::{convert, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        evp_pkey::PKey,
        sys::{EVP_PKEY, RSA, pem_password_cb},
    },
    object::{
        SSL, SSL_CTX,
        config::{Config, Configurable},
        credential_files,
    },
};

export! {
    SSL_CTX_use_PrivateKey SSL_use_PrivateKey SSL_CTX_use_PrivateKey_ASN1 SSL_use_PrivateKey_ASN1
    SSL_CTX_use_PrivateKey_file SSL_use_PrivateKey_file
    SSL_CTX_use_RSAPrivateKey SSL_use_RSAPrivateKey SSL_CTX_use_RSAPrivateKey_ASN1 SSL_use_RSAPrivateKey_ASN1
    SSL_CTX_use_RSAPrivateKey_file SSL_use_RSAPrivateKey_file
    SSL_CTX_check_private_key SSL_check_private_key SSL_CTX_get0_privatekey SSL_get_privatekey
    SSL_CTX_set_default_passwd_cb SSL_set_default_passwd_cb
    SSL_CTX_set_default_passwd_cb_userdata SSL_set_default_passwd_cb_userdata
    SSL_CTX_get_default_passwd_cb SSL_get_default_passwd_cb
    SSL_CTX_get_default_passwd_cb_userdata SSL_get_default_passwd_cb_userdata
}

/// Uses a private key for the certificate of its kind, which may come before or after it. The context takes a reference
/// of its own.
///
/// 1, or 0 with the reason in the queue: `ERR_R_PASSED_NULL_PARAMETER`, `SSL_R_UNKNOWN_CERTIFICATE_TYPE`, or
/// `X509_R_KEY_VALUES_MISMATCH` if it does not belong to the certificate that is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_PrivateKey(context: *mut SSL_CTX, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            use_key(context, PKey::from_borrowed(key), Reason::ERR_PASSED_NULL_PARAMETER)
        })
    }
}

/// As `SSL_CTX_use_PrivateKey`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_PrivateKey(ssl: *mut SSL, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| use_key(ssl, PKey::from_borrowed(key), Reason::ERR_PASSED_NULL_PARAMETER))
    }
}

/// Uses a key; without one `reason` says why.
fn use_key(owner: &impl Configurable, key: Option<PKey>, reason: Reason) -> c_int {
    match key {
        Some(key) => owner.change(|config| config.use_key(key)).into(),
        None => {
            error_queue::raise_ssl(reason);
            0
        }
    }
}

/// Uses the private key of `kind` (an `EVP_PKEY_…`) that `length` bytes of DER begin with. 1, or 0 with the reason in the
/// queue: libcrypto's and `ERR_R_ASN1_LIB`, or as `SSL_CTX_use_PrivateKey`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_PrivateKey_ASN1(
    kind: c_int,
    context: *mut SSL_CTX,
    der: *const c_uchar,
    length: c_long,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            let key = PKey::private_from_der(kind, der_of(der, length), &context.library());
            use_key(context, key, Reason::ERR_ASN1_LIB)
        })
    }
}

/// As `SSL_CTX_use_PrivateKey_ASN1`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_PrivateKey_ASN1(
    kind: c_int,
    ssl: *mut SSL,
    der: *const c_uchar,
    length: c_long,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let key = PKey::private_from_der(kind, der_of(der, length), &ssl.library());
            use_key(ssl, key, Reason::ERR_ASN1_LIB)
        })
    }
}

/// # Safety
///
/// `der` is null or points to `length` bytes that stay unchanged for `'a`.
unsafe fn der_of<'a>(der: *const c_uchar, length: c_long) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { convert::bytes(der, usize::try_from(length).ok()?) }.filter(|_| !der.is_null())
}

/// Uses the private key in a file, whose `file_type` is `SSL_FILETYPE_PEM` or `SSL_FILETYPE_ASN1`. The password callback
/// opens an encrypted one.
///
/// 1, or 0 with the reason in the queue: `ERR_R_SYS_LIB` for a file that cannot be opened, `SSL_R_BAD_SSL_FILETYPE`,
/// `ERR_R_PEM_LIB` or `ERR_R_ASN1_LIB` for one that holds something else or does not open, or as
/// `SSL_CTX_use_PrivateKey`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_PrivateKey_file(
    context: *mut SSL_CTX,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |owner| {
            credential_files::use_key_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// As `SSL_CTX_use_PrivateKey_file`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_PrivateKey_file(
    ssl: *mut SSL,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |owner| {
            credential_files::use_key_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// As `SSL_CTX_use_PrivateKey`, with an RSA object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_RSAPrivateKey(context: *mut SSL_CTX, rsa: *mut RSA) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            use_key(context, PKey::from_rsa(rsa), Reason::ERR_PASSED_NULL_PARAMETER)
        })
    }
}

/// As `SSL_CTX_use_RSAPrivateKey`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_RSAPrivateKey(ssl: *mut SSL, rsa: *mut RSA) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| use_key(ssl, PKey::from_rsa(rsa), Reason::ERR_PASSED_NULL_PARAMETER)) }
}

/// As `SSL_CTX_use_PrivateKey_ASN1`, with an RSA key in its own form (PKCS #1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_RSAPrivateKey_ASN1(
    context: *mut SSL_CTX,
    der: *const c_uchar,
    length: c_long,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            let key = der_of(der, length).and_then(PKey::rsa_private_from_der);
            use_key(context, key, Reason::ERR_ASN1_LIB)
        })
    }
}

/// As `SSL_CTX_use_RSAPrivateKey_ASN1`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_RSAPrivateKey_ASN1(
    ssl: *mut SSL,
    der: *const c_uchar,
    length: c_long,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let key = der_of(der, length).and_then(PKey::rsa_private_from_der);
            use_key(ssl, key, Reason::ERR_ASN1_LIB)
        })
    }
}

/// As `SSL_CTX_use_PrivateKey_file`, with an RSA key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_RSAPrivateKey_file(
    context: *mut SSL_CTX,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |owner| {
            credential_files::use_rsa_key_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// As `SSL_CTX_use_RSAPrivateKey_file`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_RSAPrivateKey_file(
    ssl: *mut SSL,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |owner| {
            credential_files::use_rsa_key_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// Whether the certificate that was set or selected last has its private key. 1, or 0 with the reason in the queue:
/// `SSL_R_NO_CERTIFICATE_ASSIGNED`, `SSL_R_NO_PRIVATE_KEY_ASSIGNED`, or libcrypto's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_check_private_key(context: *const SSL_CTX) -> c_int {
    if context.is_null() {
        error_queue::raise_ssl(Reason::NO_CERTIFICATE_ASSIGNED);
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.look(Config::check_private_key).into()) }
}

/// As `SSL_CTX_check_private_key`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_check_private_key(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.config().check_private_key().into()) }
}

/// The private key of the certificate that was set or selected last; null without one. It stays the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_privatekey(context: *const SSL_CTX) -> *mut EVP_PKEY {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), key_of) }
}

/// As `SSL_CTX_get0_privatekey`, for a connection: the key that the handshake chose, if it chose one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_privatekey(ssl: *const SSL) -> *mut EVP_PKEY {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), key_of) }
}

fn key_of(owner: &impl Configurable) -> *mut EVP_PKEY {
    owner.look(|config| {
        config.credentials.current().key.as_ref().map_or(core::ptr::null_mut(), |key| key.as_ptr())
    })
}

/// Sets who is asked for the password of an encrypted PEM file; null: the user data is the password, or libcrypto asks on
/// the terminal. A connection takes it over from its context when it is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_passwd_cb(
    context: *mut SSL_CTX,
    callback: Option<pem_password_cb>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            context.change(|config| config.callbacks.password.function = callback)
        })
    }
}

/// As `SSL_CTX_set_default_passwd_cb`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_default_passwd_cb(ssl: *mut SSL, callback: Option<pem_password_cb>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.change(|config| config.callbacks.password.function = callback)) }
}

/// Sets what the password callback is called with; it stays the program's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_passwd_cb_userdata(
    context: *mut SSL_CTX,
    argument: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            context.change(|config| config.callbacks.password.argument = argument)
        })
    }
}

/// As `SSL_CTX_set_default_passwd_cb_userdata`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_default_passwd_cb_userdata(ssl: *mut SSL, argument: *mut c_void) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.change(|config| config.callbacks.password.argument = argument)) }
}

/// The password callback; null without one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_default_passwd_cb(context: *mut SSL_CTX) -> Option<pem_password_cb> {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, None, |context| context.look(|config| config.callbacks.password.function))
    }
}

/// As `SSL_CTX_get_default_passwd_cb`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_default_passwd_cb(ssl: *mut SSL) -> Option<pem_password_cb> {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, None, |ssl| ssl.look(|config| config.callbacks.password.function)) }
}

/// What the password callback is called with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_default_passwd_cb_userdata(context: *mut SSL_CTX) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, core::ptr::null_mut(), |context| {
            context.look(|config| config.callbacks.password.argument)
        })
    }
}

/// As `SSL_CTX_get_default_passwd_cb_userdata`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_default_passwd_cb_userdata(ssl: *mut SSL) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.look(|config| config.callbacks.password.argument))
    }
}
