//! Certificate compression: `SSL_CTX_set1_cert_comp_preference(3)`, of OpenSSL 3.2.

use core::ffi::{c_int, c_uchar};

use super::support::{
    convert::{allocate_bytes, bytes},
    export, with_context, with_ssl,
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    message::compressed_certificate::{Compressed, is_supported},
    object::{SSL, SSL_CTX, compressed_certificate, config::Configurable},
    wire::CertificateCompression,
};

export! {
    OPENSSL_3.2.0:
    SSL_CTX_set1_cert_comp_preference SSL_set1_cert_comp_preference
    SSL_CTX_compress_certs SSL_compress_certs
    SSL_CTX_get1_compressed_cert SSL_get1_compressed_cert
    SSL_CTX_set1_compressed_cert SSL_set1_compressed_cert
}

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
        if !is_supported(algorithm) {
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
    target.change_settings(|settings| settings.certificate_compression = Some(wanted.into()));
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

/// An algorithm by its number; `None` for one that TLS has no room for.
fn algorithm_of(number: c_int) -> Option<CertificateCompression> {
    u16::try_from(number).ok().map(CertificateCompression)
}

fn compress_certs(owner: &impl Configurable, algorithm: c_int) -> c_int {
    let wanted = if algorithm == 0 { None } else { algorithm_of(algorithm) };
    ((algorithm == 0 || wanted.is_some()) && compressed_certificate::compress_all(owner, wanted)).into()
}

/// Compresses all certificates of a server ahead with `alg`, or for 0 with all that
/// [`SSL_CTX_set1_cert_comp_preference`] says; unless it was called, with all that there are. They are sent to clients that can
/// decompress them as long as neither the certificate nor its chain changes, and nothing is to be sent with them (an OCSP
/// response).
///
/// Returns 1; 0 on a client, without certificates, or if `alg` is none of those. `SSL_CTX_compress_certs(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_compress_certs(ctx: *mut SSL_CTX, alg: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| compress_certs(ctx, alg)) }
}

/// As [`SSL_CTX_compress_certs`], for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_compress_certs(ssl: *mut SSL, alg: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| compress_certs(ssl, alg)) }
}

/// # Safety
/// `data` and `length` are null or valid for writing.
unsafe fn get1_compressed(
    owner: &impl Configurable,
    algorithm: c_int,
    data: *mut *mut c_uchar,
    length: *mut usize,
) -> usize {
    if data.is_null() || length.is_null() {
        return 0;
    }
    let made = algorithm_of(algorithm).and_then(|it| compressed_certificate::compress_current(owner, it));
    let Some(made) = made else { return 0 };
    let copy = allocate_bytes(&made.data);
    if copy.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise; neither is null.
    unsafe {
        data.write(copy);
        length.write(made.length as usize);
    }
    made.data.len()
}

/// Compresses the current certificate of a server with `alg`, for `SSL_CTX_set1_compressed_cert` of another process. The
/// memory at `*data` is the program's, which frees it with `OPENSSL_free`; `*orig_len` is how long the message was.
///
/// Returns the length; 0 on a client, without a certificate or such an algorithm. `SSL_CTX_get1_compressed_cert(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get1_compressed_cert(
    ctx: *mut SSL_CTX,
    alg: c_int,
    data: *mut *mut c_uchar,
    orig_len: *mut usize,
) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| get1_compressed(ctx, alg, data, orig_len)) }
}

/// As [`SSL_CTX_get1_compressed_cert`], of one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get1_compressed_cert(
    ssl: *mut SSL,
    alg: c_int,
    data: *mut *mut c_uchar,
    orig_len: *mut usize,
) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| get1_compressed(ssl, alg, data, orig_len)) }
}

/// # Safety
/// `data` is null or points to `length` bytes.
unsafe fn set1_compressed(
    owner: &impl Configurable,
    algorithm: c_int,
    data: *mut c_uchar,
    length: usize,
    original_length: usize,
) -> c_int {
    // SAFETY: the caller's promise.
    let data = unsafe { bytes(data, length) }.filter(|data| !data.is_empty());
    let (Some(algorithm), Some(data), Ok(length)) =
        (algorithm_of(algorithm), data, u32::try_from(original_length))
    else {
        error_queue::raise_ssl(Reason::ERR_PASSED_INVALID_ARGUMENT);
        return 0;
    };
    compressed_certificate::set_current(owner, Compressed { algorithm, length, data: data.into() }).into()
}

/// Sends the `comp_length` bytes at `comp_data` in place of the current certificate, whose message has `orig_length` bytes, to
/// clients that decompress `algorithm`: as [`SSL_CTX_get1_compressed_cert`] made them. They are copied.
///
/// Returns 1; 0 on a client, without data or for an algorithm that there is not. `SSL_CTX_set1_compressed_cert(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_compressed_cert(
    ctx: *mut SSL_CTX,
    algorithm: c_int,
    comp_data: *mut c_uchar,
    comp_length: usize,
    orig_length: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| set1_compressed(ctx, algorithm, comp_data, comp_length, orig_length))
    }
}

/// As [`SSL_CTX_set1_compressed_cert`], for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_compressed_cert(
    ssl: *mut SSL,
    algorithm: c_int,
    comp_data: *mut c_uchar,
    comp_length: usize,
    orig_length: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set1_compressed(ssl, algorithm, comp_data, comp_length, orig_length)) }
}
