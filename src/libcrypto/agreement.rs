//! Key agreement by libcrypto (`EVP_PKEY_derive(3)`): the groups that aws-lc-rs lacks, and Diffie-Hellman over any prime.
//! Used by `crypto`.
//!
//! The queue is left as it was: a peer's bad share is the handshake's error, not libcrypto's.

use core::{
    ffi::{CStr, c_int},
    ptr::null_mut,
};

use zeroize::Zeroizing;

use super::{
    error_queue,
    evp_pkey::PKey,
    library::Library,
    parameters::{Parameter, Parameters},
    sys,
};
use crate::wire::NamedGroup;

/// `EVP_PKEY_KEY_PARAMETERS`.
const KEY_PARAMETERS: c_int = 0x84;
/// `EVP_PKEY_PUBLIC_KEY`.
const PUBLIC_KEY: c_int = 0x86;
/// `EVP_PKEY_KEYPAIR`.
pub(super) const KEY_PAIR: c_int = 0x87;

/// What libcrypto calls a group: the kind of key, and the group's name if the kind has several.
#[derive(Clone, Copy)]
pub struct Name {
    algorithm: &'static CStr,
    group: Option<&'static CStr>,
}

/// What libcrypto calls this group; `None`: it has none such.
#[must_use]
pub const fn name(group: NamedGroup) -> Option<Name> {
    let (algorithm, group) = match group {
        NamedGroup::X25519 => return Some(Name { algorithm: c"X25519", group: None }),
        NamedGroup::X448 => return Some(Name { algorithm: c"X448", group: None }),
        NamedGroup::FFDHE2048 => (c"DH", c"ffdhe2048"),
        NamedGroup::FFDHE3072 => (c"DH", c"ffdhe3072"),
        NamedGroup::FFDHE4096 => (c"DH", c"ffdhe4096"),
        NamedGroup::FFDHE6144 => (c"DH", c"ffdhe6144"),
        NamedGroup::FFDHE8192 => (c"DH", c"ffdhe8192"),
        NamedGroup::SECT163K1 => (c"EC", c"sect163k1"),
        NamedGroup::SECT163R1 => (c"EC", c"sect163r1"),
        NamedGroup::SECT163R2 => (c"EC", c"sect163r2"),
        NamedGroup::SECT193R1 => (c"EC", c"sect193r1"),
        NamedGroup::SECT193R2 => (c"EC", c"sect193r2"),
        NamedGroup::SECT233K1 => (c"EC", c"sect233k1"),
        NamedGroup::SECT233R1 => (c"EC", c"sect233r1"),
        NamedGroup::SECT239K1 => (c"EC", c"sect239k1"),
        NamedGroup::SECT283K1 => (c"EC", c"sect283k1"),
        NamedGroup::SECT283R1 => (c"EC", c"sect283r1"),
        NamedGroup::SECT409K1 => (c"EC", c"sect409k1"),
        NamedGroup::SECT409R1 => (c"EC", c"sect409r1"),
        NamedGroup::SECT571K1 => (c"EC", c"sect571k1"),
        NamedGroup::SECT571R1 => (c"EC", c"sect571r1"),
        NamedGroup::SECP160K1 => (c"EC", c"secp160k1"),
        NamedGroup::SECP160R1 => (c"EC", c"secp160r1"),
        NamedGroup::SECP160R2 => (c"EC", c"secp160r2"),
        NamedGroup::SECP192K1 => (c"EC", c"secp192k1"),
        NamedGroup::SECP192R1 => (c"EC", c"prime192v1"),
        NamedGroup::SECP224K1 => (c"EC", c"secp224k1"),
        NamedGroup::SECP224R1 => (c"EC", c"secp224r1"),
        NamedGroup::SECP256K1 => (c"EC", c"secp256k1"),
        NamedGroup::SECP256R1 => (c"EC", c"prime256v1"),
        NamedGroup::SECP384R1 => (c"EC", c"secp384r1"),
        NamedGroup::SECP521R1 => (c"EC", c"secp521r1"),
        NamedGroup::BRAINPOOLP256R1 => (c"EC", c"brainpoolP256r1"),
        NamedGroup::BRAINPOOLP384R1 => (c"EC", c"brainpoolP384r1"),
        NamedGroup::BRAINPOOLP512R1 => (c"EC", c"brainpoolP512r1"),
        _ => return None,
    };
    Some(Name { algorithm, group: Some(group) })
}

/// What libcrypto calls a hybrid, which it has from 3.5 on: its keys are those that the client sends, and what the server sends back
/// is none. `None`: it is no hybrid.
#[must_use]
pub const fn hybrid_name(group: NamedGroup) -> Option<Name> {
    let algorithm = match group {
        NamedGroup::X25519MLKEM768 => c"X25519MLKEM768",
        NamedGroup::SECP256R1MLKEM768 => c"SecP256r1MLKEM768",
        NamedGroup::SECP384R1MLKEM1024 => c"SecP384r1MLKEM1024",
        _ => return None,
    };
    Some(Name { algorithm, group: None })
}

impl Name {
    fn is_finite_field(self) -> bool {
        self.algorithm == c"DH"
    }

    /// A private key of an elliptic curve and its public point as a key of this group; `None` if they are none of it.
    pub(super) fn curve_key_pair(self, private: &[u8], public: &[u8], library: &Library) -> Option<PKey> {
        let parts = [
            Parameter::text(c"group", self.group?),
            Parameter::bytes(c"pub", public),
            Parameter::number(c"priv", private),
        ];
        from_data(library, self.algorithm, KEY_PAIR, parts)
    }

    /// The public key in its wire form as a key of this group; `None` if it is none of it.
    #[must_use]
    pub fn public_key(self, public: &[u8], library: &Library) -> Option<PKey> {
        let public = if self.is_finite_field() {
            Parameter::number(c"pub", public)
        } else {
            Parameter::bytes(c"pub", public)
        };
        let group = self.group.map(|group| Parameter::text(c"group", group));
        from_data(library, self.algorithm, PUBLIC_KEY, group.into_iter().chain([public]))
    }
}

/// Diffie-Hellman parameters from a prime and a generator (big-endian); `None` if libcrypto does not take them.
#[must_use]
pub fn diffie_hellman(prime: &[u8], generator: &[u8]) -> Option<PKey> {
    let numbers = [Parameter::number(c"p", prime), Parameter::number(c"g", generator)];
    from_data(&Library::default(), c"DH", KEY_PARAMETERS, numbers)
}

/// A Diffie-Hellman public key over a prime and a generator (big-endian); `None` if libcrypto does not take them.
#[must_use]
pub fn diffie_hellman_public(prime: &[u8], generator: &[u8], public: &[u8]) -> Option<PKey> {
    let numbers = [
        Parameter::number(c"p", prime),
        Parameter::number(c"g", generator),
        Parameter::number(c"pub", public),
    ];
    from_data(&Library::default(), c"DH", PUBLIC_KEY, numbers)
}

/// A public key with the parameters of another key, from its wire form; `None` if it is not fit for them.
#[must_use]
pub fn public_like(parameters: &PKey, public: &[u8]) -> Option<PKey> {
    let mark = error_queue::set_mark();
    // SAFETY: the new key becomes ours; both keys are valid, and so is the slice.
    let key = unsafe { PKey::from_owned(sys::EVP_PKEY_new()) }.filter(|key| unsafe {
        sys::EVP_PKEY_copy_parameters(key.as_ptr(), parameters.as_ptr()) == 1
            && sys::EVP_PKEY_set1_encoded_public_key(key.as_ptr(), public.as_ptr(), public.len()) == 1
    });
    mark.pop();
    key
}

/// Whether the group of a Diffie-Hellman public key looks like one, and the key is in its range
/// (`EVP_PKEY_param_check_quick(3)`, `EVP_PKEY_public_check`).
#[must_use]
pub fn is_sound(public: &PKey) -> bool {
    let mark = error_queue::set_mark();
    let sound = Operation::of(public).is_some_and(|operation| {
        // SAFETY: the operation is valid.
        unsafe {
            sys::EVP_PKEY_param_check_quick(operation.0) == 1 && sys::EVP_PKEY_public_check(operation.0) == 1
        }
    });
    mark.pop();
    sound
}

/// A new private key in this group; `None` if libcrypto cannot.
#[must_use]
pub fn generate(name: Name, library: &Library) -> Option<PKey> {
    let mark = error_queue::set_mark();
    let key = Operation::named_in(library, name.algorithm).and_then(|operation| {
        // SAFETY: the operation is valid, and the name is a C string.
        let started = unsafe {
            sys::EVP_PKEY_keygen_init(operation.0) == 1
                && name
                    .group
                    .is_none_or(|group| sys::EVP_PKEY_CTX_set_group_name(operation.0, group.as_ptr()) == 1)
        };
        if started { operation.generate() } else { None }
    });
    mark.pop();
    key
}

/// A new private key with the same parameters; `None` if libcrypto cannot.
#[must_use]
pub fn generate_like(parameters: &PKey) -> Option<PKey> {
    let mark = error_queue::set_mark();
    let key = Operation::of(parameters).and_then(|operation| {
        // SAFETY: the operation is valid.
        if unsafe { sys::EVP_PKEY_keygen_init(operation.0) } == 1 { operation.generate() } else { None }
    });
    mark.pop();
    key
}

/// The public key in its wire form; that of Diffie-Hellman is as long as the prime.
#[must_use]
pub fn public(key: &PKey) -> Option<Vec<u8>> {
    let mut bytes = null_mut();
    // SAFETY: the key is valid; what is written to `bytes` is ours to free, and holds as many bytes as are returned.
    unsafe {
        let length = sys::EVP_PKEY_get1_encoded_public_key(key.as_ptr(), &raw mut bytes);
        if bytes.is_null() {
            return None;
        }
        let public = core::slice::from_raw_parts(bytes, length).to_vec();
        super::memory::free(bytes.cast());
        Some(public)
    }
}

/// The secret that both keys share; `None` if the peer's is not fit for it. A Diffie-Hellman secret is as long as the prime if
/// it is `padded` (RFC 8446 §7.4.1), else without its leading zeros (RFC 5246 §8.1.2).
#[must_use]
pub fn derive(own: &PKey, peer: &PKey, padded: bool, library: &Library) -> Option<Zeroizing<Vec<u8>>> {
    let mark = error_queue::set_mark();
    let secret = Operation::in_library(library, own).and_then(|operation| operation.derive(peer, padded));
    mark.pop();
    secret
}

/// A key from its parts; `None` if libcrypto does not take them. The queue is left as it was.
pub(super) fn from_data<'a>(
    library: &Library,
    algorithm: &CStr,
    selection: c_int,
    parts: impl IntoIterator<Item = Parameter<'a>>,
) -> Option<PKey> {
    let mut parameters = Parameters::new(parts);
    let mark = error_queue::set_mark();
    let key = Operation::named_in(library, algorithm).and_then(|operation| {
        let mut key = null_mut();
        // SAFETY: operation and parameters are valid, and the result is ours.
        unsafe {
            let made = sys::EVP_PKEY_fromdata_init(operation.0) == 1
                && sys::EVP_PKEY_fromdata(operation.0, &raw mut key, selection, parameters.as_mut_ptr()) == 1;
            PKey::from_owned(key).filter(|_| made)
        }
    });
    mark.pop();
    key
}

/// An operation with keys (`EVP_PKEY_CTX`).
pub(super) struct Operation(*mut sys::EVP_PKEY_CTX);

impl Operation {
    fn of(key: &PKey) -> Option<Self> {
        Self::in_library(&Library::default(), key)
    }

    /// With keys of this kind.
    pub(super) fn named_in(library: &Library, algorithm: &CStr) -> Option<Self> {
        // SAFETY: the name is a C string, and the library's pointers are valid or null, for the defaults.
        let context = unsafe {
            sys::EVP_PKEY_CTX_new_from_name(library.as_ptr(), algorithm.as_ptr(), library.properties())
        };
        (!context.is_null()).then_some(Self(context))
    }

    /// With this key.
    pub(super) fn in_library(library: &Library, key: &PKey) -> Option<Self> {
        // SAFETY: the key is valid, and the library's pointers are valid or null, for the defaults.
        let context =
            unsafe { sys::EVP_PKEY_CTX_new_from_pkey(library.as_ptr(), key.as_ptr(), library.properties()) };
        (!context.is_null()).then_some(Self(context))
    }

    /// For libcrypto, as long as `self` lives.
    pub(super) const fn as_ptr(&self) -> *mut sys::EVP_PKEY_CTX {
        self.0
    }

    /// A new key, or new parameters, as was begun.
    pub(super) fn generate(&self) -> Option<PKey> {
        let mut key = null_mut();
        // SAFETY: the operation is valid, and the result is ours.
        unsafe {
            let made = sys::EVP_PKEY_generate(self.0, &raw mut key) == 1;
            PKey::from_owned(key).filter(|_| made)
        }
    }

    /// See [`derive`].
    pub(super) fn derive(&self, peer: &PKey, padded: bool) -> Option<Zeroizing<Vec<u8>>> {
        let pad = core::ffi::c_uint::from(padded);
        let mut parameters = Parameters::new([Parameter::unsigned(c"pad", &pad)]);
        let mut length = 0;
        // SAFETY: both keys and the parameters are valid; a kind of key that has no padding passes over the parameter.
        let started = unsafe {
            sys::EVP_PKEY_derive_init_ex(self.0, parameters.as_mut_ptr()) == 1
                && sys::EVP_PKEY_derive_set_peer(self.0, peer.as_ptr()) == 1
                && sys::EVP_PKEY_derive(self.0, null_mut(), &raw mut length) == 1
        };
        if !started {
            return None;
        }
        let mut secret = Zeroizing::new(vec![0; length]);
        // SAFETY: `secret` has room for `length` bytes.
        let derived = unsafe { sys::EVP_PKEY_derive(self.0, secret.as_mut_ptr(), &raw mut length) };
        secret.truncate(length);
        (derived == 1).then_some(secret)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: the operation is ours.
        unsafe { sys::EVP_PKEY_CTX_free(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_diffie_hellman_agree() {
        let name = name(NamedGroup::FFDHE2048).unwrap();
        let library = Library::default();
        let (one, other) = (generate(name, &library).unwrap(), generate(name, &library).unwrap());
        let public_of = |key| name.public_key(&public(key).unwrap(), &library).unwrap();
        let secret = derive(&one, &public_of(&other), true, &library).unwrap();
        assert_eq!(secret.len(), 256);
        assert_eq!(derive(&other, &public_of(&one), true, &library).unwrap(), secret);
    }

    #[test]
    fn numbers_out_of_range_are_not_sound() {
        let prime = [&[0xff; 128][..]].concat();
        assert!(!diffie_hellman_public(&prime, &[2], &[1]).is_some_and(|key| is_sound(&key)));
        assert!(!diffie_hellman_public(&prime, &[2], &[]).is_some_and(|key| is_sound(&key)));
    }

    #[test]
    fn share_of_x25519_becomes_a_key() {
        let name = name(NamedGroup::X25519).unwrap();
        assert_eq!(name.public_key(&[9; 32], &Library::default()).unwrap().bits(), 253);
        assert!(name.public_key(&[9; 31], &Library::default()).is_none());
    }
}
