//! Our own certificates: `SSL_CTX_use_certificate(3)`, `SSL_CTX_use_certificate_chain_file`,
//! `SSL_CTX_use_cert_and_key`, `SSL_get_certificate(3)`, `SSL_certs_clear(3)`. Chains are set by `SSL_CTX_ctrl`.

use core::ffi::{c_char, c_int, c_uchar};

use super::support::{convert, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        evp_pkey::PKey,
        stack::X509Stack,
        sys::{EVP_PKEY, X509, stack_st_X509},
        x509,
    },
    object::{
        SSL, SSL_CTX, check_chain,
        config::{Config, Configurable},
        credential_files,
    },
};

export! {
    SSL_check_chain
    SSL_CTX_use_certificate SSL_use_certificate SSL_CTX_use_certificate_ASN1 SSL_use_certificate_ASN1
    SSL_CTX_use_certificate_file SSL_use_certificate_file
    SSL_CTX_use_certificate_chain_file SSL_use_certificate_chain_file
    SSL_CTX_use_cert_and_key SSL_use_cert_and_key
    SSL_CTX_get0_certificate SSL_get_certificate SSL_certs_clear
}

/// Uses a certificate for its kind of key. The context takes a reference of its own. A private key of that kind which
/// does not belong to it is dropped.
///
/// 1, or 0 with the reason in the queue: `ERR_R_PASSED_NULL_PARAMETER`, `SSL_R_UNKNOWN_CERTIFICATE_TYPE`, or what the
/// security level forbids (`SSL_R_EE_KEY_TOO_SMALL`, `SSL_R_CA_MD_TOO_WEAK`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_certificate(context: *mut SSL_CTX, certificate: *mut X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            let certificate = x509::X509::from_borrowed(certificate);
            use_certificate(context, certificate, Reason::ERR_PASSED_NULL_PARAMETER)
        })
    }
}

/// As `SSL_CTX_use_certificate`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_certificate(ssl: *mut SSL, certificate: *mut X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let certificate = x509::X509::from_borrowed(certificate);
            use_certificate(ssl, certificate, Reason::ERR_PASSED_NULL_PARAMETER)
        })
    }
}

/// Uses a certificate; without one `reason` says why.
fn use_certificate(owner: &impl Configurable, certificate: Option<x509::X509>, reason: Reason) -> c_int {
    match certificate {
        Some(certificate) => {
            let asker = owner.asker();
            owner.change(|config| config.use_certificate(certificate, &asker)).into()
        }
        None => {
            error_queue::raise_ssl(reason);
            0
        }
    }
}

/// Uses the certificate that `length` bytes of DER begin with. 1, or 0 with the reason in the queue: libcrypto's and
/// `ERR_R_ASN1_LIB`, or as `SSL_CTX_use_certificate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_certificate_ASN1(
    context: *mut SSL_CTX,
    length: c_int,
    der: *const c_uchar,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| use_der(context, der, length)) }
}

/// As `SSL_CTX_use_certificate_ASN1`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_certificate_ASN1(
    ssl: *mut SSL,
    der: *const c_uchar,
    length: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| use_der(ssl, der, length)) }
}

/// # Safety
///
/// `der` points to `length` bytes.
unsafe fn use_der(owner: &impl Configurable, der: *const c_uchar, length: c_int) -> c_int {
    // SAFETY: the caller's promise.
    let der = unsafe { convert::bytes_of_int(der.cast(), length) };
    use_certificate(owner, der.and_then(x509::X509::from_der_start), Reason::ERR_ASN1_LIB)
}

/// Uses the first certificate in a file, whose `file_type` is `SSL_FILETYPE_PEM` or `SSL_FILETYPE_ASN1`.
///
/// 1, or 0 with the reason in the queue: `ERR_R_SYS_LIB` for a file that cannot be opened, `SSL_R_BAD_SSL_FILETYPE`,
/// `ERR_R_PEM_LIB` or `ERR_R_ASN1_LIB` for one that holds something else, or as `SSL_CTX_use_certificate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_certificate_file(
    context: *mut SSL_CTX,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |owner| {
            credential_files::use_certificate_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// As `SSL_CTX_use_certificate_file`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_certificate_file(
    ssl: *mut SSL,
    path: *const c_char,
    file_type: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |owner| {
            credential_files::use_certificate_file(owner, convert::c_string(path), file_type).into()
        })
    }
}

/// Uses the first certificate of a PEM file, and those that follow as its chain. Clears the queue first. 1, or 0 with the
/// reason in the queue, as `SSL_CTX_use_certificate_file`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_certificate_chain_file(
    context: *mut SSL_CTX,
    path: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |owner| {
            credential_files::use_certificate_chain_file(owner, convert::c_string(path)).into()
        })
    }
}

/// As `SSL_CTX_use_certificate_chain_file`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_certificate_chain_file(ssl: *mut SSL, path: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |owner| {
            credential_files::use_certificate_chain_file(owner, convert::c_string(path)).into()
        })
    }
}

/// Uses a certificate with its key and its chain, as one; each may be referenced by the caller further on. Null for `key`
/// stands for the certificate's public key, null for `chain` for none. Unless `replace` is set, nothing that is there
/// is replaced.
///
/// 1, or 0 with the reason in the queue: `SSL_R_PRIVATE_KEY_MISMATCH`, `SSL_R_NOT_REPLACING_CERTIFICATE`, or as
/// `SSL_CTX_use_certificate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_cert_and_key(
    context: *mut SSL_CTX,
    certificate: *mut X509,
    key: *mut EVP_PKEY,
    chain: *mut stack_st_X509,
    replace: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| use_both(context, certificate, key, chain, replace != 0)) }
}

/// As `SSL_CTX_use_cert_and_key`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_cert_and_key(
    ssl: *mut SSL,
    certificate: *mut X509,
    key: *mut EVP_PKEY,
    chain: *mut stack_st_X509,
    replace: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| use_both(ssl, certificate, key, chain, replace != 0)) }
}

/// # Safety
///
/// Each pointer is null or valid.
unsafe fn use_both(
    owner: &impl Configurable,
    certificate: *mut X509,
    key: *mut EVP_PKEY,
    chain: *mut stack_st_X509,
    replace: bool,
) -> c_int {
    // SAFETY: the caller's promise.
    let (certificate, key, chain) = unsafe {
        (x509::X509::from_borrowed(certificate), PKey::from_borrowed(key), X509Stack::copy_of(chain))
    };
    match certificate {
        Some(certificate) => {
            let asker = owner.asker();
            let used = |config: &mut Config| {
                config.use_certificate_and_key(certificate, key, chain, replace, &asker)
            };
            owner.change(used).into()
        }
        // What is not there has no strength.
        None => {
            error_queue::raise_ssl(Reason::EE_KEY_TOO_SMALL);
            0
        }
    }
}

/// The certificate that was set or selected last; null without one. It stays the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_certificate(context: *const SSL_CTX) -> *mut X509 {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), certificate_of) }
}

/// The certificate that the handshake chose, or else the one that was set or selected last; null without one. It stays
/// the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_certificate(ssl: *const SSL) -> *mut X509 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), certificate_of) }
}

fn certificate_of(owner: &impl Configurable) -> *mut X509 {
    let pointer = |certificate: &x509::X509| certificate.as_ptr();
    owner.look(|config| {
        config.credentials.current().certificate.as_ref().map_or(core::ptr::null_mut(), pointer)
    })
}

/// Forgets all certificates, keys and chains of the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_certs_clear(ssl: *mut SSL) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.change(Config::clear_certificates)) }
}

/// Whether a certificate, its key and the chain after it suit the peer: for the certificate callback. The `CERT_PKEY_…` flags;
/// 0 if certificate or key is null. `SSL_check_chain(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_check_chain(
    ssl: *mut SSL,
    certificate: *mut X509,
    key: *mut EVP_PKEY,
    chain: *mut stack_st_X509,
) -> c_int {
    // SAFETY: the contract of this module; references of our own are taken.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let certificate = x509::X509::from_borrowed(certificate);
            let key = PKey::from_borrowed(key);
            let chain = X509Stack::copy_of(chain);
            check_chain::check(ssl, certificate.as_ref(), key.as_ref(), chain.as_ref())
        })
    }
}
