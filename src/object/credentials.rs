//! Our own certificates and keys: libcrypto's objects as the program gave them, and the form that the
//! core wants, made once when they are set.

use std::sync::Arc;

use crate::{
    crypto::signature::PrivateKey,
    error::Reason,
    libcrypto::{evp_pkey::PKey, x509::X509},
    policy::certificate::{Certificates, CertifiedKey, SigningKey, Slot},
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
    pub chain: Option<Vec<X509>>,
}

/// One credential for each slot.
#[derive(Clone, Default)]
pub struct Credentials {
    /// By [`Slot`].
    pub slots: [Credential; Slot::COUNT],
    /// The slot that was set last: what `SSL_CTX_get0_certificate` and the key functions mean.
    pub current: Option<Slot>,
    /// `SSL_CTX_add_extra_chain_cert`: sent after a certificate without a chain of its own.
    pub extra_chain: Option<Vec<X509>>,
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

    /// The credential that was set last.
    #[must_use]
    pub fn current(&self) -> Option<&Credential> {
        self.current.map(|slot| self.get(slot))
    }

    /// Uses a certificate. A private key in its slot that does not belong to it is dropped
    /// (`SSL_CTX_use_certificate(3)`). The error is the reason for the queue.
    pub fn use_certificate(&mut self, certificate: X509) -> Result<(), Reason> {
        let slot = Slot::of(certificate.key_type()).ok_or(Reason::UNKNOWN_CERTIFICATE_TYPE)?;
        let credential = self.get_mut(slot);
        if credential.key.as_ref().is_some_and(|key| !certificate.has_private_key(key)) {
            credential.key = None;
            credential.signing_key = None;
        }
        credential.certificate = Some(certificate);
        self.current = Some(slot);
        Ok(())
    }

    /// Uses a private key. `false`: it does not belong to the certificate in its slot; libcrypto's reason is
    /// in the queue then.
    pub fn use_key(&mut self, key: PKey) -> Result<bool, Reason> {
        let slot = Slot::of(key.key_type()).ok_or(Reason::UNKNOWN_CERTIFICATE_TYPE)?;
        let credential = self.get_mut(slot);
        if credential.certificate.as_ref().is_some_and(|certificate| !certificate.check_private_key(&key)) {
            return Ok(false);
        }
        credential.signing_key = Some(signing_key(&key));
        credential.key = Some(key);
        self.current = Some(slot);
        Ok(true)
    }

    /// What the core is told: the slots that hold both a certificate and a key.
    #[must_use]
    pub fn for_core(&self) -> Certificates {
        let mut certificates = Certificates { current: self.current, ..Certificates::default() };
        for slot in Slot::ALL {
            *certificates.get_mut(slot) = self.certified_key(slot);
        }
        certificates
    }

    fn certified_key(&self, slot: Slot) -> Option<CertifiedKey> {
        let credential = self.get(slot);
        let certificate = credential.certificate.as_ref()?;
        let chain = credential.chain.as_ref().or(self.extra_chain.as_ref());
        Some(CertifiedKey {
            certificate: certificate.to_der().into(),
            key_type: certificate.key_type(),
            key_bits: certificate.key_bits(),
            key: credential.signing_key.clone(),
            chain: chain.map(|chain| chain.iter().map(X509::to_der).collect::<Arc<[_]>>()),
        })
    }
}

/// The form that the signer wants, parsed once; a key that cannot be exported stays where it is.
fn signing_key(key: &PKey) -> SigningKey {
    key.to_der()
        .and_then(|der| PrivateKey::from_der(key.key_type(), &der))
        .map_or(SigningKey::External, |native| SigningKey::Native(Arc::new(native)))
}
