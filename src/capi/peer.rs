//! The peer's certificates and signatures: `SSL_get_peer_certificate(3)`, `SSL_get_peer_cert_chain(3)`,
//! `SSL_get0_verified_chain`, `SSL_get_peer_signature_type_nid(3)`.

use core::ffi::c_int;

use super::support::{convert, export, with_ssl};
use crate::{
    crypto::signature_scheme::Scheme,
    libcrypto::{
        sys::{X509, stack_st_X509},
        x509,
    },
    object::SSL,
};

export! {
    SSL_get0_peer_certificate SSL_get1_peer_certificate SSL_get_peer_cert_chain SSL_get0_verified_chain
    SSL_get_peer_signature_type_nid SSL_get_signature_type_nid
}

/// The peer's certificate, of a resumed session too; null if it sent none. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peer_certificate(ssl: *const SSL) -> *mut X509 {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            ssl.peer_certificate().map_or(core::ptr::null_mut(), |certificate| certificate.as_ptr())
        })
    }
}

/// As `SSL_get0_peer_certificate`, with a reference for the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get1_peer_certificate(ssl: *const SSL) -> *mut X509 {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            ssl.peer_certificate().map_or(core::ptr::null_mut(), x509::X509::into_raw)
        })
    }
}

/// The certificates that the peer sent, unverified, in its order; a server's lack the client's own. Null if it sent none.
/// They stay the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_peer_cert_chain(ssl: *const SSL) -> *mut stack_st_X509 {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.peer_chain()) }
}

/// The chain from the peer's certificate to the anchor, as far as it was verified; null without a verification. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_verified_chain(ssl: *const SSL) -> *mut stack_st_X509 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.verified_chain()) }
}

/// Stores the NID of the kind of signature that the peer signed the handshake with. 1, or 0 if it did not sign.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_peer_signature_type_nid(ssl: *const SSL, nid: *mut c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| store_type(ssl.peer_scheme(), nid)) }
}

/// Stores the NID of the kind of signature that we signed the handshake with. 1, or 0 if we did not sign.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_signature_type_nid(ssl: *const SSL, nid: *mut c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| store_type(ssl.own_scheme(), nid)) }
}

/// # Safety
///
/// `nid` is null or valid for writing.
unsafe fn store_type(scheme: Option<&Scheme>, nid: *mut c_int) -> c_int {
    let Some(scheme) = scheme else { return 0 };
    // SAFETY: the caller's promise.
    unsafe { convert::store(nid, scheme.signature.nid()) };
    1
}
