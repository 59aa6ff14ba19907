//! Raw public keys (RFC 7250, `SSL_set1_server_cert_type(3)`): the peer's as libcrypto's object, and its verification, which is
//! by TLSA records alone (`SSL_add_expected_rpk(3)`).

use std::sync::Arc;

use super::{
    Ssl,
    parts::{Parts, keep},
    ssl::Waiting,
    verify::alert_of,
};
use crate::{
    error::Error,
    handshake::want::Answer,
    libcrypto::{dane::RawKeyMatch, error_queue, evp_pkey::PKey, store::StoreContext, sys},
    policy::{Settings, VerifyMode, security::minimum_bits},
    record::Side,
    wire::CertificateFormat,
};

/// `X509_V_OK`.
const OK: i32 = 0;
/// `X509_V_ERR_EE_KEY_TOO_SMALL`.
const KEY_TOO_SMALL: i32 = 66;
/// `X509_V_ERR_DANE_NO_MATCH`.
const DANE_NO_MATCH: i32 = 65;
/// `X509_V_ERR_RPK_UNTRUSTED`, of OpenSSL 3.2.
const UNTRUSTED: i32 = 95;

impl Ssl {
    /// The peer's raw public key, which the connection keeps; null if it sent none.
    #[must_use]
    pub fn peer_raw_key(&self) -> *mut sys::EVP_PKEY {
        let Some(der) = self.with_connection(|connection| connection.negotiated().peer_raw_key.clone())
        else {
            return core::ptr::null_mut();
        };
        let is_known = |(known, _): &(Arc<[u8]>, PKey)| Arc::ptr_eq(known, &der);
        let known = |parts: &Parts| {
            parts.raw_key.borrow().as_ref().filter(|known| is_known(known)).map(|(_, key)| key.as_ptr())
        };
        self.with_parts(known)
            .or_else(|| {
                let made = (Arc::clone(&der), PKey::public_from_der(&der)?);
                drop(self.with_parts(|parts| keep(&parts.raw_key, made, is_known)));
                self.with_parts(known)
            })
            .unwrap_or(core::ptr::null_mut())
    }

    /// Takes a TLSA record for this key (usage DANE-EE, selector SPKI, the key itself). `false`: DANE is not enabled, or the key
    /// cannot be written down.
    pub fn expect_raw_key(&self, key: &PKey) -> bool {
        const DANE_EE: u8 = 3;
        const SPKI: u8 = 1;
        const FULL: u8 = 0;
        if !self.dane.is_enabled() {
            return false;
        }
        let Some(der) = key.public_to_der() else { return false };
        self.add_tlsa_record((DANE_EE, SPKI, FULL), Some(&der), der.len()) == 1
    }

    /// Whether we are to send a raw public key in place of a certificate.
    pub(super) fn sends_raw_key(&self) -> bool {
        let side = self.side();
        let format =
            self.look_at_connection(|connection| connection.negotiated().certificate_formats.of(side));
        format == CertificateFormat::RAW_PUBLIC_KEY
    }

    /// The settings with raw public keys in place of our certificates.
    pub(super) fn with_raw_keys(&self, mut settings: Arc<Settings>) -> Arc<Settings> {
        let credentials = self.with_config(|config| Arc::clone(&config.credentials));
        Arc::make_mut(&mut settings).certificates = Arc::new(credentials.raw_for_core());
        settings
    }

    /// Verifies the peer's raw public key. The program's callback has the last word, with no certificate to look at; one that stands
    /// in place of libcrypto's verification is asked in place of ours.
    pub(super) fn verify_raw_key(&self, der: &[u8]) -> Answer {
        let (level, mode, callback) = self.with_config(|config| {
            (config.settings.security_level, config.settings.verify_mode, config.callbacks.verify)
        });
        self.follow_matching_types();
        let store = self.verify_store();
        let key = PKey::public_from_der(der);
        let Some(mut verification) = StoreContext::of_raw_key(&store, key.as_ref()) else {
            return Answer::Refuse(Error::internal());
        };
        verification.set_auth_level(level);
        if !verification.set_connection(self.as_handle().cast())
            || !verification.set_parameters(&self.verify_param)
        {
            return Answer::Refuse(Error::internal());
        }
        let judge = |verification: &mut StoreContext<'_>, found: i32| {
            verification.set_error(found);
            match callback {
                // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
                Some(function) => unsafe { function((found == OK).into(), verification.as_ptr()) > 0 },
                None => found == OK,
            }
        };
        let replacement = self.context().live().cert_verify;
        let good = match replacement.function {
            // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
            Some(function) => unsafe { function(verification.as_ptr(), replacement.argument) > 0 },
            None => {
                let strong = is_strong_enough(der, level) || judge(&mut verification, KEY_TOO_SMALL);
                strong && judge(&mut verification, self.match_raw_key(der))
            }
        };
        let result = i64::from(verification.error());
        self.verify_result.set(result);
        drop(self.keep_verified_chain(None));
        if good && self.waiting.get() == Waiting::RetryVerify {
            return Answer::NotYet;
        }
        let is_ignored = mode == VerifyMode::NONE && self.side() == Side::Client;
        let outcome = if good || is_ignored { Ok(()) } else { Err(alert_of(result)) };
        if outcome.is_ok() {
            error_queue::clear();
        }
        Answer::Verified { outcome, result }
    }

    /// What the TLSA records say of a key.
    fn match_raw_key(&self, der: &[u8]) -> i32 {
        match self.dane.match_raw_key(der) {
            RawKeyMatch::NoRecords => UNTRUSTED,
            RawKeyMatch::None => DANE_NO_MATCH,
            RawKeyMatch::Matched => OK,
        }
    }
}

/// Whether a key is as strong as the security level wants (`SSL_CTX_set_security_level(3)`).
fn is_strong_enough(der: &[u8], level: u8) -> bool {
    let bits = PKey::public_from_der(der).and_then(|key| key.security_bits()).unwrap_or(0);
    bits >= u32::from(minimum_bits(level))
}
