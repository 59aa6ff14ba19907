//! What a suite is: `SSL_CIPHER_get_name(3)` and its kin.

use core::ffi::{CStr, c_char, c_int, c_uchar};

use super::support::{convert, export, guard};
use crate::{
    crypto::{
        hash::HashAlgorithm,
        suite::{self, Suite},
    },
    libcrypto::sys::{self, EVP_MD},
    object::SSL,
    wire::{CipherSuite, ProtocolVersion},
};

/// The C name of a [`Suite`]. All are static.
#[allow(non_camel_case_types)]
pub type SSL_CIPHER = Suite;

/// What stands for the name of no suite.
const NONE: &CStr = c"(NONE)";

/// What C adds to the number on the wire.
const ID_PREFIX: u32 = 0x0300_0000;

export!(SSL_CIPHER_get_name SSL_CIPHER_standard_name SSL_CIPHER_get_version SSL_CIPHER_description);
export!(SSL_CIPHER_get_bits SSL_CIPHER_get_id SSL_CIPHER_get_protocol_id SSL_CIPHER_is_aead SSL_CIPHER_find);
export!(SSL_CIPHER_get_cipher_nid SSL_CIPHER_get_digest_nid SSL_CIPHER_get_kx_nid SSL_CIPHER_get_auth_nid);
export!(SSL_CIPHER_get_handshake_digest OPENSSL_cipher_name);

/// Looks at a suite; `none` for null.
///
/// # Safety
/// `cipher` is null or a suite of ours.
unsafe fn look<R: Copy>(cipher: *const SSL_CIPHER, none: R, look: impl FnOnce(&'static Suite) -> R) -> R {
    // SAFETY: the caller's promise; suites are static.
    guard(none, || unsafe { cipher.as_ref() }.map_or(none, look))
}

/// OpenSSL's name of a suite, `ECDHE-RSA-AES128-GCM-SHA256`; `(NONE)` for null. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_name(cipher: *const SSL_CIPHER) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, NONE.as_ptr(), |suite| convert::static_c_string(suite.openssl_name)) }
}

/// The registry's name of a suite, `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; `(NONE)` for null. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_standard_name(cipher: *const SSL_CIPHER) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, NONE.as_ptr(), |suite| convert::static_c_string(suite.standard_name)) }
}

/// OpenSSL's name of the suite that the registry calls `name`; `(NONE)` for one that we do not have and for null. The
/// string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn OPENSSL_cipher_name(name: *const c_char) -> *const c_char {
    guard(NONE.as_ptr(), || {
        // SAFETY: the contract of this module.
        let name = unsafe { convert::text(name) };
        suite::listed()
            .find(|suite| Some(suite.standard_name) == name)
            .map_or(NONE.as_ptr(), |suite| convert::static_c_string(suite.openssl_name))
    })
}

/// The first version that has the suite, `TLSv1.2`; `(NONE)` for null. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_version(cipher: *const SSL_CIPHER) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe {
        look(cipher, NONE.as_ptr(), |suite| match suite.min_version {
            ProtocolVersion::TLS1_0 => c"TLSv1.0".as_ptr(),
            version => version.openssl_name().as_ptr(),
        })
    }
}

/// How many bits the cipher's key is strong, and, unless `algorithm_bits` is null, how many it is long. 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_bits(cipher: *const SSL_CIPHER, algorithm_bits: *mut c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        look(cipher, 0, |suite| {
            let bits = suite.strength_bits().into();
            convert::store(algorithm_bits, bits);
            bits
        })
    }
}

/// The number of a suite on the wire, with `0x0300` before it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_id(cipher: *const SSL_CIPHER) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, |suite| ID_PREFIX | u32::from(suite.id.0)) }
}

/// The number of a suite on the wire.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_protocol_id(cipher: *const SSL_CIPHER) -> u16 {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, |suite| suite.id.0) }
}

/// 1 if the suite's cipher authenticates as it encrypts, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_is_aead(cipher: *const SSL_CIPHER) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, |suite| suite.aead().is_some().into()) }
}

/// libcrypto's number of the suite's cipher.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_cipher_nid(cipher: *const SSL_CIPHER) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, Suite::cipher_nid) }
}

/// libcrypto's number of the hash of the suite's record MAC: `NID_undef` (0) for an AEAD.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_digest_nid(cipher: *const SSL_CIPHER) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, Suite::digest_nid) }
}

/// libcrypto's number of the key exchange (`NID_kx_ecdhe`, `NID_kx_any`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_kx_nid(cipher: *const SSL_CIPHER) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, |suite| suite.key_exchange.nid()) }
}

/// libcrypto's number of the authentication (`NID_auth_rsa`, `NID_auth_any`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_auth_nid(cipher: *const SSL_CIPHER) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { look(cipher, 0, |suite| suite.authentication.nid()) }
}

/// The digest of the suite's handshake, which stays libcrypto's. Null for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_get_handshake_digest(cipher: *const SSL_CIPHER) -> *const EVP_MD {
    // SAFETY: the contract of this module.
    unsafe {
        look(cipher, core::ptr::null(), |suite| match suite.hash {
            _ if suite.is_signal() => sys::EVP_md5(),
            _ if !suite.names_hash => sys::EVP_md5_sha1(),
            HashAlgorithm::Md5 => sys::EVP_md5(),
            HashAlgorithm::Md5Sha1 => sys::EVP_md5_sha1(),
            HashAlgorithm::Sha1 => sys::EVP_sha1(),
            HashAlgorithm::Sha224 => sys::EVP_sha224(),
            HashAlgorithm::Sha256 => sys::EVP_sha256(),
            HashAlgorithm::Sha384 => sys::EVP_sha384(),
            HashAlgorithm::Sha512 => sys::EVP_sha512(),
        })
    }
}

/// The suite or signal (SCSV) whose two bytes on the wire `number` points to; null for one that we do not have. It is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_find(_ssl: *mut SSL, number: *const c_uchar) -> *const SSL_CIPHER {
    // SAFETY: the contract of this module: `number` points to two bytes.
    guard(core::ptr::null(), || match unsafe { convert::bytes(number, 2) } {
        Some(&[high, low]) => pointer(suite::find_listed(CipherSuite(u16::from_be_bytes([high, low])))),
        _ => core::ptr::null(),
    })
}

/// The pointer that C knows a suite by.
pub(super) fn pointer(suite: Option<&'static Suite>) -> *const SSL_CIPHER {
    suite.map_or(core::ptr::null(), core::ptr::from_ref)
}

/// One line that describes a suite. It is written to `buffer`, which holds at least 128 bytes (else null is returned);
/// for a null buffer to memory that the caller frees with `OPENSSL_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CIPHER_description(
    cipher: *const SSL_CIPHER,
    buffer: *mut c_char,
    size: c_int,
) -> *mut c_char {
    const ENOUGH: usize = 128;
    // SAFETY: the contract of this module.
    let Some(suite) = (unsafe { cipher.as_ref() }) else { return core::ptr::null_mut() };
    guard(core::ptr::null_mut(), || {
        let line = describe(suite);
        if buffer.is_null() {
            return convert::allocate_string(line.as_bytes());
        }
        if usize::try_from(size).is_ok_and(|size| size >= ENOUGH && line.len() < size) {
            // SAFETY: the buffer holds `size` bytes, which is more than the line and its end.
            unsafe { convert::write_string(buffer, line.as_bytes()) };
            return buffer;
        }
        core::ptr::null_mut()
    })
}

fn describe(suite: &Suite) -> String {
    format!(
        "{:<30} {:<7} Kx={:<8} Au={:<5} Enc={:<22} Mac={:<4}\n",
        suite.openssl_name,
        suite.min_version.openssl_name().to_string_lossy(),
        suite.key_exchange.word(),
        suite.authentication.word(),
        suite.encryption_word(),
        suite.mac_word(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_of_suite_is_openssls() {
        let suite = suite::find_by_name("ECDHE-RSA-AES128-GCM-SHA256").unwrap();
        assert_eq!(
            describe(suite),
            "ECDHE-RSA-AES128-GCM-SHA256    TLSv1.2 Kx=ECDH     Au=RSA   Enc=AESGCM(128)            Mac=AEAD\n"
        );
    }

    #[test]
    fn cipher_null_has_a_name_all_the_same() {
        // SAFETY: null is allowed.
        unsafe {
            assert_eq!(CStr::from_ptr(SSL_CIPHER_get_name(core::ptr::null())), NONE);
            assert_eq!(SSL_CIPHER_get_bits(core::ptr::null(), core::ptr::null_mut()), 0);
        }
    }
}
