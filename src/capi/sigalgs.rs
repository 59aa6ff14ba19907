//! What the peer offered: `SSL_get_sigalgs(3)`, `SSL_group_to_name(3)`; and the choice of a protocol,
//! `SSL_select_next_proto(3)`.

use core::ffi::{c_char, c_int, c_uchar, c_uint};

use super::support::{convert, export, guard, with_ssl};
use crate::{
    crypto::{
        group::{self, Group},
        signature_scheme,
    },
    libcrypto::{library::Library, sys::OSSL_LIB_CTX},
    message::extension::alpn,
    object::{SSL, library},
    policy::library::LibraryOffer,
    wire::{NamedGroup, SignatureScheme},
};

export!(OPENSSL_3.2.0: SSL_get0_group_name);
export!(OPENSSL_3.4.0: SSL_get1_builtin_sigalgs);
export!(SSL_get_sigalgs SSL_get_shared_sigalgs SSL_group_to_name SSL_select_next_proto);

/// Where a signature scheme is written to; each may be null.
struct Parts {
    signature: *mut c_int,
    hash: *mut c_int,
    both: *mut c_int,
    raw_signature: *mut c_uchar,
    raw_hash: *mut c_uchar,
}

impl Parts {
    /// Writes the scheme at `index` of `schemes`, and returns their number; 0 for an index out of range. A negative
    /// index writes nothing.
    ///
    /// # Safety
    ///
    /// Each pointer is null or valid for writing.
    unsafe fn write(&self, schemes: &[SignatureScheme], index: c_int) -> c_int {
        if let Ok(index) = usize::try_from(index) {
            let Some(scheme) = schemes.get(index) else { return 0 };
            let [hash, signature] = scheme.0.to_be_bytes();
            let known = signature_scheme::find(*scheme);
            // SAFETY: the caller's promise.
            unsafe {
                convert::store(self.raw_hash, hash);
                convert::store(self.raw_signature, signature);
                convert::store(self.signature, known.map_or(0, |scheme| scheme.signature.nid()));
                convert::store(self.hash, known.map_or(0, |scheme| scheme.hash_nid()));
                convert::store(self.both, known.map_or(0, |scheme| scheme.signature_and_hash_nid));
            }
        }
        c_int::try_from(schemes.len()).unwrap_or(c_int::MAX)
    }
}

/// Tells of the signature scheme at `index` of the peer's list: NIDs and the bytes of the wire, each written unless null.
/// Returns the length of the list; 0 for an index out of range; a negative one writes nothing. `SSL_get_sigalgs(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_sigalgs(
    ssl: *mut SSL,
    index: c_int,
    signature: *mut c_int,
    hash: *mut c_int,
    both: *mut c_int,
    raw_signature: *mut c_uchar,
    raw_hash: *mut c_uchar,
) -> c_int {
    let parts = Parts { signature, hash, both, raw_signature, raw_hash };
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let schemes = ssl.with_connection(|connection| connection.negotiated().peer_schemes.clone());
            parts.write(&schemes, index)
        })
    }
}

/// As `SSL_get_sigalgs`, of the schemes that both sides have; but a negative index is out of range.
/// `SSL_get_shared_sigalgs(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_shared_sigalgs(
    ssl: *mut SSL,
    index: c_int,
    signature: *mut c_int,
    hash: *mut c_int,
    both: *mut c_int,
    raw_signature: *mut c_uchar,
    raw_hash: *mut c_uchar,
) -> c_int {
    let parts = Parts { signature, hash, both, raw_signature, raw_hash };
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match index {
            0.. => parts.write(&ssl.shared_signature_schemes(), index),
            _ => 0,
        })
    }
}

/// The name of a group, given by libcrypto's NID or, where that has none, by 0x1000000 and its number on the wire; static.
/// Null for one that we lack. `SSL_group_to_name(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_group_to_name(ssl: *mut SSL, id: c_int) -> *const c_char {
    /// `TLSEXT_nid_unknown`.
    const BY_NUMBER: c_int = 0x0100_0000;
    guard(core::ptr::null(), || {
        let group = match u16::try_from(id ^ BY_NUMBER) {
            Ok(number) => {
                // SAFETY: the contract of this module.
                return unsafe { name_in_context(ssl, NamedGroup(number)) };
            }
            Err(_) => group::find_by_nid(id),
        };
        own_name(group)
    })
}

/// The name that a group of ours is reported by; null for none.
fn own_name(group: Option<&'static Group>) -> *const c_char {
    let name = group.and_then(|group| group.names.first());
    name.map_or(core::ptr::null(), |name| convert::static_c_string(name))
}

/// The name of a group of ours, or of one that a provider of the connection's library context adds; the latter lives as long as
/// the context does. Null for none.
///
/// # Safety
/// `ssl` is null or valid.
unsafe fn name_in_context(ssl: *const SSL, id: NamedGroup) -> *const c_char {
    let own = own_name(group::find(id));
    if !own.is_null() || ssl.is_null() {
        return own;
    }
    // SAFETY: the caller's promise.
    unsafe {
        with_ssl(ssl, core::ptr::null(), |ssl| {
            let provided = |library: &LibraryOffer| library.provided(id).map(|group| group.name().as_ptr());
            provided(&ssl.context().config().settings.library).unwrap_or(core::ptr::null())
        })
    }
}

/// The name of the group that the keys of the connection were agreed on with; static. Null if there was none, or not yet.
/// `SSL_get0_group_name(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_group_name(ssl: *mut SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null(), |connected| {
            let group = connected.with_connection(|connection| connection.negotiated().group);
            group.map_or(core::ptr::null(), |group| name_in_context(ssl, group))
        })
    }
}

/// The signature schemes that we have and that the providers of `libctx` offer, with colons between their names, in memory that
/// the caller frees with `OPENSSL_free`. Null when memory is out. `SSL_get1_builtin_sigalgs(3)`, of OpenSSL 3.4
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get1_builtin_sigalgs(libctx: *mut OSSL_LIB_CTX) -> *mut c_char {
    guard(core::ptr::null_mut(), || {
        // SAFETY: the contract of this module.
        let offer = library::offer(&unsafe { Library::new(libctx, None) });
        let names: Vec<_> = signature_scheme::SCHEMES
            .iter()
            .filter(|scheme| !offer.missing_schemes.contains(&scheme.id))
            .map(|scheme| scheme.name)
            .collect();
        convert::allocate_string(names.join(":").as_bytes())
    })
}

/// Chooses the first protocol of `server` that `client` has too; both are lists in their wire form. Points `*out` into
/// one of them. `OPENSSL_NPN_NEGOTIATED` (1), or `OPENSSL_NPN_NO_OVERLAP` (2) with the client's first protocol,
/// which is null for an empty or malformed list. `SSL_select_next_proto(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_select_next_proto(
    out: *mut *mut c_uchar,
    out_length: *mut c_uchar,
    server: *const c_uchar,
    server_length: c_uint,
    client: *const c_uchar,
    client_length: c_uint,
) -> c_int {
    const NEGOTIATED: c_int = 1;
    const NO_OVERLAP: c_int = 2;
    guard(NO_OVERLAP, || {
        // SAFETY: the contract of this module.
        let (server, client) = unsafe {
            (
                convert::bytes(server, server_length as usize).unwrap_or_default(),
                convert::bytes(client, client_length as usize).unwrap_or_default(),
            )
        };
        let shared = alpn::names(server)
            .find(|name| !name.is_empty() && alpn::names(client).any(|offered| offered == *name));
        let (name, outcome) = match shared {
            Some(name) => (Some(name), NEGOTIATED),
            None => (alpn::names(client).next().filter(|name| !name.is_empty()), NO_OVERLAP),
        };
        // SAFETY: the contract of this module; a name is at most 255 bytes long.
        unsafe {
            convert::store(out, name.map_or(core::ptr::null_mut(), |name| name.as_ptr().cast_mut()));
            convert::store(out_length, name.map_or(0, |name| name.len() as c_uchar));
        }
        outcome
    })
}
