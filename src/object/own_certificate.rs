//! Setting our own certificates and keys (`SSL_CTX_use_certificate(3)`), for contexts and connections alike.
//! What fails puts its reason into the queue.

use std::sync::Arc;

use super::{
    certificate_security::{self, Role, check_chain},
    config::Config,
    credentials::Credential,
    security::Asker,
};
use crate::{
    error::Reason,
    libcrypto::{error_queue, evp_pkey::PKey, stack::X509Stack, x509::X509},
    policy::certificate::Slot,
};

impl Config {
    /// Uses a certificate, in the slot of its kind of key. A private key there that does not belong to it is dropped.
    pub fn use_certificate(&mut self, certificate: X509, asker: &Asker) -> bool {
        self.raising(|config| {
            certificate_security::check(asker, &certificate, Role::EndEntity)?;
            let key = certificate.public_key().ok_or(Reason::ERR_X509_LIB)?;
            let slot = slot_of(&key)?;
            if slot == Slot::Ecdsa && !key.can_sign() {
                return Err(Reason::ECC_CERT_NOT_FOR_SIGNING);
            }
            config.update_credentials(|credentials| {
                credentials.get_mut(slot).set_certificate(certificate);
                credentials.current = Some(slot);
            });
            Ok(())
        })
    }

    /// Uses a private key. One that does not belong to the certificate in its slot is refused with
    /// `X509_R_KEY_VALUES_MISMATCH`.
    pub fn use_key(&mut self, key: PKey) -> bool {
        let Ok(slot) = slot_of(&key) else {
            error_queue::raise_ssl(Reason::UNKNOWN_CERTIFICATE_TYPE);
            return false;
        };
        let certificate = self.credentials.get(slot).certificate.as_ref();
        if certificate.is_some_and(|certificate| !certificate.check_private_key(&key)) {
            return false;
        }
        self.update_credentials(|credentials| {
            credentials.get_mut(slot).set_key(key);
            credentials.current = Some(slot);
        });
        true
    }

    /// Uses a certificate, its key and its chain, as one (`SSL_CTX_use_cert_and_key(3)`). Unless `replace`, nothing
    /// that is there is replaced. Without a key the certificate's public one stands in for it.
    pub fn use_certificate_and_key(
        &mut self,
        certificate: X509,
        key: Option<PKey>,
        chain: Option<X509Stack>,
        replace: bool,
        asker: &Asker,
    ) -> bool {
        self.raising(|config| {
            certificate_security::check(asker, &certificate, Role::EndEntity)?;
            check_chain(asker, chain.as_ref())?;
            let public_key = certificate.public_key().ok_or(Reason::ERR_X509_LIB)?;
            let key = key.unwrap_or_else(|| public_key.clone());
            if !public_key.is_same_as(&key) {
                return Err(Reason::PRIVATE_KEY_MISMATCH);
            }
            let slot = slot_of(&public_key)?;
            let there = config.credentials.get(slot);
            if !replace && (there.certificate.is_some() || there.key.is_some() || there.chain.is_some()) {
                return Err(Reason::NOT_REPLACING_CERTIFICATE);
            }
            config.update_credentials(|credentials| {
                let mut credential = Credential {
                    certificate: Some(certificate),
                    chain: chain.map(Arc::new),
                    ..Credential::default()
                };
                credential.set_key(key);
                *credentials.get_mut(slot) = credential;
                credentials.current = Some(slot);
            });
            Ok(())
        })
    }

    /// Whether the current certificate has its key (`SSL_CTX_check_private_key`).
    #[must_use]
    pub fn check_private_key(&self) -> bool {
        let current = self.credentials.current();
        match (&current.certificate, &current.key) {
            (None, _) => {
                error_queue::raise_ssl(Reason::NO_CERTIFICATE_ASSIGNED);
                false
            }
            (_, None) => {
                error_queue::raise_ssl(Reason::NO_PRIVATE_KEY_ASSIGNED);
                false
            }
            (Some(certificate), Some(key)) => certificate.check_private_key(key),
        }
    }

    /// Makes the slot that holds this certificate the current one (`SSL_CTX_select_current_cert`).
    pub fn select_certificate(&mut self, wanted: &X509) -> bool {
        let holds = |config: &Self, slot: Slot, is_wanted: &dyn Fn(&X509) -> bool| {
            let credential = config.credentials.get(slot);
            credential.is_complete() && credential.certificate.as_ref().is_some_and(is_wanted)
        };
        let is_identical = |certificate: &X509| certificate.as_ptr() == wanted.as_ptr();
        let is_equal = |certificate: &X509| certificate.is_same_as(wanted);
        let slot = (Slot::ALL.into_iter().find(|slot| holds(self, *slot, &is_identical)))
            .or_else(|| Slot::ALL.into_iter().find(|slot| holds(self, *slot, &is_equal)));
        self.select_slot(slot)
    }

    /// Makes the first slot that holds a certificate with its key the current one (`SSL_CERT_SET_FIRST`).
    pub fn select_first_certificate(&mut self) -> bool {
        let slot = Slot::ALL.into_iter().find(|slot| self.credentials.get(*slot).is_complete());
        self.select_slot(slot)
    }

    /// Makes the next such slot after the current one the current one (`SSL_CERT_SET_NEXT`).
    pub fn select_next_certificate(&mut self) -> bool {
        let after = self.credentials.current.map_or(0, |slot| slot as usize) + 1;
        let later = Slot::ALL.into_iter().skip(after);
        let slot = later.into_iter().find(|slot| self.credentials.get(*slot).is_complete());
        self.select_slot(slot)
    }

    /// Makes `slot` the current one; `false` for none.
    pub(super) fn select_slot(&mut self, slot: Option<Slot>) -> bool {
        if slot.is_some() {
            self.update_credentials(|credentials| credentials.current = slot);
        }
        slot.is_some()
    }

    /// Forgets all certificates and keys (`SSL_certs_clear(3)`).
    pub fn clear_certificates(&mut self) {
        self.update_credentials(|credentials| credentials.slots = Default::default());
    }

    /// Puts the reason of what fails into the queue.
    pub(super) fn raising(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Reason>) -> bool {
        work(self).map_err(error_queue::raise_ssl).is_ok()
    }
}

fn slot_of(key: &PKey) -> Result<Slot, Reason> {
    Slot::of(key.key_type()).ok_or(Reason::UNKNOWN_CERTIFICATE_TYPE)
}
