//! Our own certificates and keys, in the form that the handshake wants.

use std::sync::Arc;

use once_cell::race::OnceBox;

use super::suite_b::SuiteB;
use crate::{
    crypto::{
        signature::{KeyType, PrivateKey, PublicKey},
        signature_scheme,
    },
    error::Result,
    message::compressed_certificate::Compressed,
    wire::{CertificateCompression, NamedGroup, SignatureScheme},
};

/// A private key.
#[derive(Clone)]
pub enum SigningKey {
    /// In our memory, in the signer's form; or so it is hoped.
    Native(Arc<NativeKey>),
    /// Somewhere else (a token, a provider): the driver is asked.
    External,
}

/// The signer's form of a key, made when it is first wanted: a context may have thousands of them. `None`: it cannot be made, and
/// the driver is asked.
///
/// Nobody waits for another who makes it, for a forked process may lack that thread: two make it twice.
pub struct NativeKey {
    made: OnceBox<Option<PrivateKey>>,
    make: Box<dyn Fn() -> Option<PrivateKey> + Send + Sync>,
}

impl SigningKey {
    /// A key in our memory, which `make` puts into the signer's form.
    pub fn native(make: impl Fn() -> Option<PrivateKey> + Send + Sync + 'static) -> Self {
        Self::Native(Arc::new(NativeKey { made: OnceBox::new(), make: Box::new(make) }))
    }

    /// What signs under this scheme in our memory; without it the driver is asked.
    #[must_use]
    pub fn signer(&self, scheme: SignatureScheme) -> Option<&PrivateKey> {
        match self {
            Self::Native(key) => key.get().filter(|key| key.can_sign(scheme)),
            Self::External => None,
        }
    }
}

impl NativeKey {
    fn get(&self) -> Option<&PrivateKey> {
        if self.made.get().is_none() {
            // Of two that are made at once one is as good as the other.
            let _ = self.made.set(Box::new((self.make)()));
        }
        self.made.get()?.as_ref()
    }
}

/// One certificate with its key.
#[derive(Clone)]
pub struct CertifiedKey {
    /// The certificate, DER; or a SubjectPublicKeyInfo.
    pub certificate: Arc<[u8]>,
    /// Whether it is a raw public key (RFC 7250).
    pub is_raw: bool,
    /// What kind of key it holds.
    pub key_type: KeyType,
    /// The key's size in bits.
    pub key_bits: u32,
    /// The strength in bits of the weakest part: the keys and signatures of the certificate and of those in `chain`.
    pub strength: u16,
    /// libcrypto's numbers of the hash and the kind of key that the certificate is signed with.
    pub signature: (i32, i32),
    /// The private key; without one the certificate is not used.
    pub key: Option<SigningKey>,
    /// The certificates to send after it; `None`: the driver builds the chain when it is wanted.
    pub chain: Option<Arc<[Vec<u8>]>>,
    /// What the program compressed ahead (RFC 8879).
    pub compressed: Arc<[Compressed]>,
    /// The modes of Suite B that it may be used in.
    pub suite_b: Vec<SuiteB>,
}

impl CertifiedKey {
    /// The curve of an ECDSA key, if TLS has a number for it.
    #[must_use]
    pub fn curve(&self) -> Option<NamedGroup> {
        match self.key_type {
            KeyType::EcdsaP256 => Some(NamedGroup::SECP256R1),
            KeyType::EcdsaP384 => Some(NamedGroup::SECP384R1),
            KeyType::EcdsaP521 => Some(NamedGroup::SECP521R1),
            KeyType::EcdsaOther => self.public_key().ok()?.curve(),
            _ => None,
        }
    }

    fn public_key(&self) -> Result<PublicKey> {
        if self.is_raw {
            PublicKey::from_subject_public_key_info(&self.certificate)
        } else {
            PublicKey::from_certificate(&self.certificate)
        }
    }

    /// Whether the certificate is signed under one of these schemes; nobody signs a raw public key.
    #[must_use]
    pub fn is_signed_with(&self, schemes: &[SignatureScheme]) -> bool {
        if self.is_raw {
            return true;
        }
        let known = schemes.iter().filter_map(|id| signature_scheme::find(*id));
        known.map(|scheme| (scheme.hash_nid(), scheme.signature.nid())).any(|nids| nids == self.signature)
    }

    /// Whether the key's own parameters let it be used with this scheme; a certificate that cannot be read does not
    /// forbid it.
    #[must_use]
    pub fn permits(&self, scheme: SignatureScheme) -> bool {
        self.key_type != KeyType::RsaPss || self.public_key().map_or(true, |key| key.permits(scheme))
    }
}

/// Our certificates: at most one for each of OpenSSL's slots.
#[derive(Clone, Default)]
pub struct Certificates {
    /// One for each slot, by [`Slot`].
    pub slots: [Option<CertifiedKey>; Slot::COUNT],
    /// The slot that was set last.
    pub current: Option<Slot>,
}

/// The slots, one for each kind of key, in OpenSSL's order (`SSL_PKEY_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// RSA.
    Rsa = 0,
    /// RSA-PSS.
    RsaPss = 1,
    /// DSA.
    Dsa = 2,
    /// ECDSA on any curve.
    Ecdsa = 3,
    /// Ed25519.
    Ed25519 = 4,
    /// Ed448.
    Ed448 = 5,
    /// ML-DSA-44.
    MlDsa44 = 6,
    /// ML-DSA-65.
    MlDsa65 = 7,
    /// ML-DSA-87.
    MlDsa87 = 8,
}

impl Slot {
    /// How many there are.
    pub const COUNT: usize = 9;
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Rsa,
        Self::RsaPss,
        Self::Dsa,
        Self::Ecdsa,
        Self::Ed25519,
        Self::Ed448,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// The slot of a kind of key.
    #[must_use]
    pub fn of(key_type: KeyType) -> Option<Self> {
        match key_type {
            KeyType::Rsa => Some(Self::Rsa),
            KeyType::RsaPss => Some(Self::RsaPss),
            KeyType::Dsa => Some(Self::Dsa),
            KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::EcdsaOther => {
                Some(Self::Ecdsa)
            }
            KeyType::Ed25519 => Some(Self::Ed25519),
            KeyType::Ed448 => Some(Self::Ed448),
            KeyType::MlDsa44 => Some(Self::MlDsa44),
            KeyType::MlDsa65 => Some(Self::MlDsa65),
            KeyType::MlDsa87 => Some(Self::MlDsa87),
            KeyType::Other => None,
        }
    }
}

impl Certificates {
    /// The certificate in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&CertifiedKey> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Whether one of them was compressed ahead with this algorithm.
    #[must_use]
    pub fn compressed_with(&self, algorithm: CertificateCompression) -> bool {
        let mut all = self.slots.iter().flatten().flat_map(|own| own.compressed.iter());
        all.any(|made| made.algorithm == algorithm)
    }

    /// The certificate in a slot, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> &mut Option<CertifiedKey> {
        &mut self.slots[slot as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stand_at_their_numbers() {
        for (index, slot) in Slot::ALL.into_iter().enumerate() {
            assert_eq!(slot as usize, index);
        }
    }

    #[test]
    fn certificate_is_found_in_its_slot_alone() {
        let mut certificates = Certificates::default();
        let slot = Slot::of(KeyType::EcdsaOther).unwrap();
        *certificates.get_mut(slot) = Some(CertifiedKey {
            is_raw: false,
            certificate: Arc::default(),
            key_type: KeyType::EcdsaOther,
            key_bits: 256,
            strength: u16::MAX,
            signature: (0, 0),
            key: None,
            chain: None,
            compressed: Arc::default(),
            suite_b: Vec::new(),
        });
        for other in Slot::ALL {
            assert_eq!(certificates.get(other).is_some(), other == Slot::Ecdsa);
        }
    }
}
