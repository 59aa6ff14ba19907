//! Groups that providers announce for TLS (`provider-base(7)`, CAPABILITIES, "TLS-GROUP"), and key exchange on those that are
//! none of ours: by agreement (`EVP_PKEY_derive(3)`) or by encapsulation (`EVP_PKEY_encapsulate(3)`). Used by `crypto` and
//! `object::library`.
//!
//! The queue is left as it was: a peer's bad share is the handshake's error, not libcrypto's.

use core::{
    ffi::{CStr, c_char, c_int, c_uint, c_void},
    ptr::{null, null_mut},
};
use std::ffi::CString;

use zeroize::Zeroizing;

use super::{
    agreement::{self, Operation},
    error_queue,
    evp_pkey::PKey,
    library::Library,
    panics::contain,
    sys,
};
use crate::wire::{NamedGroup, ProtocolVersion};

/// A group that a provider announces, in the library context that has the provider.
pub struct ProvidedGroup {
    library: Library,
    id: NamedGroup,
    name: CString,
    internal_name: CString,
    algorithm: CString,
    security_bits: u16,
    is_kem: bool,
    /// Lowest and highest version; 0: no limit, negative: none at all.
    versions: (c_int, c_int),
}

impl Library {
    /// The groups that the providers of this context announce and have keys for; each once. Asks all of them.
    #[must_use]
    pub fn groups(&self) -> Vec<ProvidedGroup> {
        let mut found = Found { library: self, groups: Vec::new() };
        let mark = error_queue::set_mark();
        // SAFETY: the context is valid or null, and `found` outlives the call, which hands it to `ask_provider` alone.
        unsafe {
            sys::OSSL_PROVIDER_do_all(self.as_ptr(), Some(ask_provider), (&raw mut found).cast());
        }
        mark.pop();
        let mut groups: Vec<ProvidedGroup> = Vec::new();
        let mut algorithms: Vec<(CString, bool)> = Vec::new();
        for group in found.groups {
            let known = algorithms.iter().find(|(algorithm, _)| *algorithm == group.algorithm);
            let has_keys = match known {
                Some((_, has_keys)) => *has_keys,
                None => {
                    let has_keys = self.has_key_type(&group.algorithm);
                    algorithms.push((group.algorithm.clone(), has_keys));
                    has_keys
                }
            };
            if has_keys && groups.iter().all(|other| other.id != group.id) {
                groups.push(group);
            }
        }
        groups
    }
}

struct Found<'a> {
    library: &'a Library,
    groups: Vec<ProvidedGroup>,
}

/// Collects the groups of one provider.
///
/// # Safety
/// `argument` points to a [`Found`] that nobody else uses, and `provider` is valid.
unsafe extern "C" fn ask_provider(provider: *mut sys::OSSL_PROVIDER, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise. A provider without this capability is no error.
    unsafe {
        sys::OSSL_PROVIDER_get_capabilities(provider, c"TLS-GROUP".as_ptr(), Some(take_group), argument);
    }
    1
}

/// Takes note of one group.
///
/// # Safety
/// `argument` points to a [`Found`] that nobody else uses, and `parameters` is valid.
unsafe extern "C" fn take_group(parameters: *const sys::OSSL_PARAM, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let (found, parameters) = unsafe { (&mut *argument.cast::<Found<'_>>(), Announced(parameters)) };
    if let Some(Some(group)) = contain(|| parameters.read(found.library)) {
        found.groups.push(group);
    }
    1
}

/// What a provider says of a group.
struct Announced(*const sys::OSSL_PARAM);

impl Announced {
    /// `None`: something is missing.
    fn read(&self, library: &Library) -> Option<ProvidedGroup> {
        Some(ProvidedGroup {
            library: library.clone(),
            id: NamedGroup(self.unsigned(c"tls-group-id")?.try_into().ok()?),
            name: self.text(c"tls-group-name")?,
            internal_name: self.text(c"tls-group-name-internal")?,
            algorithm: self.text(c"tls-group-alg")?,
            security_bits: self.unsigned(c"tls-group-sec-bits")?.try_into().ok()?,
            is_kem: self.unsigned(c"tls-group-is-kem").unwrap_or(0) == 1,
            versions: (self.signed(c"tls-min-tls")?, self.signed(c"tls-max-tls")?),
        })
    }

    fn find(&self, name: &CStr) -> *const sys::OSSL_PARAM {
        // SAFETY: the list is valid while the provider's callback runs, which is as long as `self` is there.
        unsafe { sys::OSSL_PARAM_locate_const(self.0, name.as_ptr()) }
    }

    fn text(&self, name: &CStr) -> Option<CString> {
        let mut text: *const c_char = null();
        // SAFETY: the parameter is null or valid, and so is what it points to, a string.
        unsafe {
            let found = sys::OSSL_PARAM_get_utf8_string_ptr(self.find(name), &raw mut text) == 1;
            (found && !text.is_null()).then(|| CStr::from_ptr(text).to_owned())
        }
    }

    fn unsigned(&self, name: &CStr) -> Option<c_uint> {
        let mut number = 0;
        // SAFETY: the parameter is null or valid.
        unsafe { sys::OSSL_PARAM_get_uint(self.find(name), &raw mut number) == 1 }.then_some(number)
    }

    fn signed(&self, name: &CStr) -> Option<c_int> {
        let mut number = 0;
        // SAFETY: the parameter is null or valid.
        unsafe { sys::OSSL_PARAM_get_int(self.find(name), &raw mut number) == 1 }.then_some(number)
    }
}

impl ProvidedGroup {
    /// Its number on the wire.
    #[must_use]
    pub const fn id(&self) -> NamedGroup {
        self.id
    }

    /// What TLS calls it.
    #[must_use]
    pub fn name(&self) -> &CStr {
        &self.name
    }

    /// Whether this is one of its names.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_bytes() == name.as_bytes() || self.internal_name.to_bytes() == name.as_bytes()
    }

    /// Security strength in bits.
    #[must_use]
    pub const fn security_bits(&self) -> u16 {
        self.security_bits
    }

    /// Whether TLS 1.3 may use it.
    #[must_use]
    pub fn is_for_tls13(&self) -> bool {
        let version = c_int::from(ProtocolVersion::TLS1_3.0);
        let (lowest, highest) = self.versions;
        (0..=version).contains(&lowest) && (highest == 0 || highest >= version)
    }

    /// Whether the responder encapsulates a secret to the initiator's key.
    #[must_use]
    pub const fn is_kem(&self) -> bool {
        self.is_kem
    }

    /// A new private key; `None` if the provider cannot.
    #[must_use]
    pub fn generate(&self) -> Option<PKey> {
        self.make(sys::EVP_PKEY_keygen_init)
    }

    /// The public key in its wire form as a key of this group; `None` if it is none of it.
    #[must_use]
    pub fn public_key(&self, share: &[u8]) -> Option<PKey> {
        let key = self.make(sys::EVP_PKEY_paramgen_init)?;
        let mark = error_queue::set_mark();
        // SAFETY: the key is valid and nobody else's yet, and so is the slice.
        let taken =
            unsafe { sys::EVP_PKEY_set1_encoded_public_key(key.as_ptr(), share.as_ptr(), share.len()) == 1 };
        mark.pop();
        taken.then_some(key)
    }

    /// The secret that both keys share; `None` if the peer's is not fit for it.
    #[must_use]
    pub fn agree(&self, own: &PKey, peer: &PKey) -> Option<Zeroizing<Vec<u8>>> {
        let mark = error_queue::set_mark();
        let secret = self.operation_of(own).and_then(|operation| operation.derive(peer, true));
        mark.pop();
        secret
    }

    /// What to send to the holder of this public key, and the secret in it; `None` if the key is not fit for it.
    #[must_use]
    pub fn encapsulate(&self, peer: &PKey) -> Option<(Vec<u8>, Zeroizing<Vec<u8>>)> {
        let mark = error_queue::set_mark();
        let encapsulated = self.operation_of(peer).and_then(|operation| {
            let (mut length, mut secret_length) = (0, 0);
            // SAFETY: the operation is valid, and nothing is written but the lengths.
            let started = unsafe {
                sys::EVP_PKEY_encapsulate_init(operation.as_ptr(), null()) == 1
                    && sys::EVP_PKEY_encapsulate(
                        operation.as_ptr(),
                        null_mut(),
                        &raw mut length,
                        null_mut(),
                        &raw mut secret_length,
                    ) == 1
            };
            if !started {
                return None;
            }
            let (mut wrapped, mut secret) = (vec![0; length], Zeroizing::new(vec![0; secret_length]));
            // SAFETY: both have room for the lengths, which are the operation's own.
            let made = unsafe {
                sys::EVP_PKEY_encapsulate(
                    operation.as_ptr(),
                    wrapped.as_mut_ptr(),
                    &raw mut length,
                    secret.as_mut_ptr(),
                    &raw mut secret_length,
                ) == 1
            };
            wrapped.truncate(length);
            secret.truncate(secret_length);
            made.then_some((wrapped, secret))
        });
        mark.pop();
        encapsulated
    }

    /// The secret in what the responder sent; `None` if it is none.
    #[must_use]
    pub fn decapsulate(&self, own: &PKey, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mark = error_queue::set_mark();
        let secret = self.operation_of(own).and_then(|operation| {
            let mut length = 0;
            let (input, input_length) = (wrapped.as_ptr(), wrapped.len());
            let decapsulate = |out, length: &mut usize| {
                // SAFETY: the operation and the input are valid, and `out` is null or has room for the length.
                unsafe {
                    sys::EVP_PKEY_decapsulate(operation.as_ptr(), out, length, input, input_length) == 1
                }
            };
            // SAFETY: the operation is valid.
            let started = unsafe { sys::EVP_PKEY_decapsulate_init(operation.as_ptr(), null()) == 1 };
            if !started || !decapsulate(null_mut(), &mut length) {
                return None;
            }
            let mut secret = Zeroizing::new(vec![0; length]);
            let opened = decapsulate(secret.as_mut_ptr(), &mut length);
            secret.truncate(length);
            opened.then_some(secret)
        });
        mark.pop();
        secret
    }

    fn operation_of(&self, key: &PKey) -> Option<Operation> {
        Operation::in_library(&self.library, key)
    }

    /// A new key, or parameters: `init` begins.
    fn make(&self, init: unsafe extern "C" fn(*mut sys::EVP_PKEY_CTX) -> c_int) -> Option<PKey> {
        let mark = error_queue::set_mark();
        let key = Operation::named_in(&self.library, &self.algorithm).and_then(|operation| {
            // SAFETY: the operation is valid, and the name is a C string.
            let started = unsafe {
                init(operation.as_ptr()) == 1
                    && sys::EVP_PKEY_CTX_set_group_name(operation.as_ptr(), self.internal_name.as_ptr()) > 0
            };
            if started { operation.generate() } else { None }
        });
        mark.pop();
        key
    }

    /// The public part of a key of this group, in its wire form.
    #[must_use]
    pub fn share(&self, key: &PKey) -> Option<Vec<u8>> {
        agreement::public(key).filter(|share| !share.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_provider_announces_its_groups() {
        let groups = Library::default().groups();
        let x448 = groups.iter().find(|group| group.id == NamedGroup::X448).unwrap();
        assert!(x448.is_called("x448") && x448.is_called("X448") && !x448.is_called("x25519"));
        assert!(x448.is_for_tls13() && !x448.is_kem() && x448.security_bits() == 224);
        let binary = groups.iter().find(|group| group.id == NamedGroup::SECT163K1).unwrap();
        assert!(!binary.is_for_tls13());
    }

    #[test]
    fn both_ends_of_a_provided_group_agree() {
        let groups = Library::default().groups();
        let x448 = groups.iter().find(|group| group.id == NamedGroup::X448).unwrap();
        let (one, other) = (x448.generate().unwrap(), x448.generate().unwrap());
        let secret = x448.agree(&one, &x448.public_key(&x448.share(&other).unwrap()).unwrap()).unwrap();
        let same = x448.agree(&other, &x448.public_key(&x448.share(&one).unwrap()).unwrap()).unwrap();
        assert_eq!((secret.len(), secret), (56, same));
        assert!(x448.public_key(&[9; 55]).is_none() && x448.encapsulate(&one).is_none());
    }
}
