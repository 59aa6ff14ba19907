//! Our own certificates and keys: libcrypto's objects as the program gave them, and the form that the
//! core wants, made once. `own_certificate` and `own_chain` fill them.

use std::sync::Arc;

use super::{certificate_security, server_info::ServerInfo};
use crate::{
    crypto::signature::PrivateKey,
    libcrypto::{evp_pkey::PKey, stack::X509Stack, x509::X509},
    message::compressed_certificate::Compressed,
    policy::{
        certificate::{Certificates, CertifiedKey, SigningKey, Slot},
        suite_b::SuiteB,
    },
};

/// What stands in one slot.
#[derive(Clone, Default)]
pub struct Credential {
    /// The certificate.
    pub certificate: Option<X509>,
    /// The private key.
    pub key: Option<PKey>,
    /// The key in the signer's form.
    pub signing_key: Option<SigningKey>,
    /// The certificates to send after it (`SSL_CTX_set1_chain`); `None`: the extra certificates of the context,
    /// or a chain built from the store.
    pub chain: Option<Arc<X509Stack>>,
    /// The Certificate message, compressed ahead (`SSL_CTX_compress_certs`): gone when the certificate or its chain changes.
    pub compressed: Arc<[Compressed]>,
    /// Extensions that go with the certificate (`SSL_CTX_use_serverinfo`).
    pub server_info: Option<Arc<ServerInfo>>,
}

/// One credential for each slot.
#[derive(Clone, Default)]
pub struct Credentials {
    /// By [`Slot`].
    pub slots: [Credential; Slot::COUNT],
    /// The slot that was set last: what `SSL_CTX_get0_certificate` and the key functions mean.
    pub current: Option<Slot>,
}

impl Credential {
    /// Whether it has both a certificate and a key.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.certificate.is_some() && self.key.is_some()
    }

    /// Sets the key, and how the form that the signer wants is made.
    pub fn set_key(&mut self, key: PKey) {
        self.signing_key = Some(signing_key(&key));
        self.key = Some(key);
    }

    /// Sets the certificate. A key that does not belong to it is dropped (`SSL_CTX_use_certificate(3)`).
    pub fn set_certificate(&mut self, certificate: X509) {
        if self.key.as_ref().is_some_and(|key| !certificate.has_private_key(key)) {
            self.key = None;
            self.signing_key = None;
        }
        self.certificate = Some(certificate);
        self.compressed = Arc::default();
    }

    /// Sets the certificates to send after it.
    pub fn set_chain(&mut self, chain: Option<Arc<X509Stack>>) {
        self.chain = chain;
        self.compressed = Arc::default();
    }

    /// Keeps what was compressed, in place of what was made with the same algorithm.
    pub fn keep_compressed(&mut self, made: impl IntoIterator<Item = Compressed>) {
        let mut all = self.compressed.to_vec();
        for new in made {
            all.retain(|old| old.algorithm != new.algorithm);
            all.push(new);
        }
        self.compressed = all.into();
    }
}

impl Credentials {
    /// The credential in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &Credential {
        &self.slots[slot as usize]
    }

    /// The credential in a slot, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> &mut Credential {
        &mut self.slots[slot as usize]
    }

    /// The credential that was set last; the first one if none was.
    #[must_use]
    pub fn current(&self) -> &Credential {
        self.get(self.current_slot())
    }

    /// The credential that was set last, to be changed.
    pub fn current_mut(&mut self) -> &mut Credential {
        self.get_mut(self.current_slot())
    }

    pub(super) fn current_slot(&self) -> Slot {
        self.current.unwrap_or(Slot::Rsa)
    }

    /// What the core is told of each slot.
    #[must_use]
    pub fn for_core(&self) -> Certificates {
        let mut certificates = Certificates { current: self.current, ..Certificates::default() };
        for slot in Slot::ALL {
            *certificates.get_mut(slot) = self.certified_key(slot);
        }
        certificates
    }

    /// As [`Self::for_core`], with raw public keys in place of the certificates (RFC 7250): that of the certificate, or else of
    /// the private key.
    #[must_use]
    pub fn raw_for_core(&self) -> Certificates {
        let mut certificates = Certificates { current: self.current, ..Certificates::default() };
        for slot in Slot::ALL {
            *certificates.get_mut(slot) = self.raw_key(slot);
        }
        certificates
    }

    fn raw_key(&self, slot: Slot) -> Option<CertifiedKey> {
        let credential = self.get(slot);
        let of_certificate = credential.certificate.as_ref().and_then(X509::public_key);
        let key = of_certificate.or_else(|| credential.key.clone())?;
        Some(CertifiedKey {
            certificate: key.public_to_der()?.into(),
            is_raw: true,
            key_type: key.key_type(),
            key_bits: key.bits(),
            strength: u16::MAX,
            signature: (0, 0),
            key: credential.signing_key.clone(),
            chain: Some(Arc::default()),
            compressed: Arc::default(),
            suite_b: Vec::new(),
        })
    }

    fn certified_key(&self, slot: Slot) -> Option<CertifiedKey> {
        let credential = self.get(slot);
        let certificate = credential.certificate.as_ref()?;
        Some(CertifiedKey {
            certificate: certificate.to_der().into(),
            is_raw: false,
            key_type: certificate.key_type(),
            key_bits: certificate.key_bits(),
            strength: certificate_security::strength(certificate, credential.chain.as_deref()),
            signature: certificate.signature_nids(),
            key: credential.signing_key.clone(),
            chain: credential.chain.as_deref().map(X509Stack::to_der),
            compressed: Arc::clone(&credential.compressed),
            suite_b: suite_b_modes(slot, certificate, credential.chain.as_deref()),
        })
    }
}

/// The modes of Suite B that libcrypto finds a certificate fit for.
fn suite_b_modes(slot: Slot, certificate: &X509, chain: Option<&X509Stack>) -> Vec<SuiteB> {
    // No other key is one of Suite B.
    if slot != Slot::Ecdsa {
        return Vec::new();
    }
    SuiteB::ALL.into_iter().filter(|mode| certificate.is_fit_for_suite_b(chain, mode.flags())).collect()
}

/// The form that the signer wants, made once, when it is first wanted; a key with which another than libcrypto itself computes
/// stays where it is.
fn signing_key(key: &PKey) -> SigningKey {
    if !key.is_libcryptos_own() {
        return SigningKey::External;
    }
    let key = key.clone();
    SigningKey::native(move || PrivateKey::from_der(key.key_type(), &key.to_der()?))
}
