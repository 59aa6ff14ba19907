//! Certificate compression: `SSL_CTX_set1_cert_comp_preference(3)`, of OpenSSL 3.2.

use core::ffi::c_int;

use super::support::{export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    message::compressed_certificate,
    object::{SSL, SSL_CTX, config::Configurable},
    wire::CertificateCompression,
};

export!(OPENSSL_3.2.0: SSL_CTX_set1_cert_comp_preference SSL_set1_cert_comp_preference);

/// # Safety
/// `algorithms` is null or points to `count` numbers.
unsafe fn set_preference(target: &impl Configurable, algorithms: *const c_int, count: usize) -> c_int {
    let numbers: &[c_int] = if algorithms.is_null() || count == 0 {
        &[]
    } else {
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts(algorithms, count) }
    };
    let mut wanted = Vec::with_capacity(numbers.len());
    for number in numbers {
        let algorithm =
            u16::try_from(*number).map(CertificateCompression).unwrap_or(CertificateCompression(0));
        if !compressed_certificate::is_supported(algorithm) {
            continue;
        }
        if wanted.contains(&algorithm) {
            error_queue::raise_ssl(Reason::ERR_PASSED_INVALID_ARGUMENT);
            return 0;
        }
        wanted.push(algorithm);
    }
    if wanted.is_empty() && !numbers.is_empty() {
        error_queue::raise_ssl(Reason::ERR_PASSED_INVALID_ARGUMENT);
        return 0;
    }
    target.change_settings(|settings| settings.certificate_compression = wanted.into());
    1
}

/// Sets with which algorithms certificates are compressed and decompressed: `TLSEXT_comp_cert_zlib` (1), `_brotli` (2), `_zstd`
/// (3), the preferred one first; null or none for no compression, which is the default. Others are passed over.
///
/// Returns 1; 0 if only others are there, or one twice. `SSL_CTX_set1_cert_comp_preference(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_cert_comp_preference(
    ctx: *mut SSL_CTX,
    algs: *mut c_int,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set_preference(ctx, algs, len)) }
}

/// As `SSL_CTX_set1_cert_comp_preference`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_cert_comp_preference(ssl: *mut SSL, algs: *mut c_int, len: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_preference(ssl, algs, len)) }
}
