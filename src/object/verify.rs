//! Verification of the peer's chain by libcrypto.

use super::{Ssl, peer_certificates::VerifiedChain, ssl::Waiting};
use crate::{
    error::{Error, Reason},
    handshake::want::Answer,
    libcrypto::{
        error_queue,
        store::{StoreContext, X509Store},
    },
    policy::VerifyMode,
    record::Side,
    wire::AlertDescription,
};

impl Ssl {
    /// The store that the peer's chain is verified with.
    pub(super) fn verify_store(&self) -> X509Store {
        let context = self.context();
        let own = self.with_config(|config| config.verify_store.clone());
        own.map_or_else(|| context.store(), |store| store.within(&context.library))
    }

    /// Verifies the peer's chain: the program's callback in place of libcrypto if it set one.
    pub(super) fn verify_chain(&self) -> Answer {
        let (level, mode, callback) = self.with_config(|config| {
            (config.settings.security_level, config.settings.verify_mode, config.callbacks.verify)
        });
        if let Some(key) = self.with_connection(|connection| connection.negotiated().peer_raw_key.clone()) {
            return self.verify_raw_key(&key);
        }
        let (context, store) = (self.context(), self.verify_store());
        let replacement = context.live().cert_verify;
        // With DANE the program is given the certificate that matched.
        let shows_certificates = callback.is_some()
            || replacement.function.is_some()
            || store.has_callbacks()
            || self.dane.has_records();
        let peer =
            if shows_certificates { self.peer_certificates() } else { self.shared_peer_certificates() };
        let Some(peer) = peer else {
            // The bytes do not parse as a certificate.
            let alert = match self.side() {
                Side::Client => AlertDescription::BAD_CERTIFICATE,
                Side::Server => AlertDescription::DECODE_ERROR,
            };
            return Answer::Refuse(Error::fatal(alert, Reason::ERR_ASN1_LIB));
        };
        let purpose = match self.side() {
            Side::Server => c"ssl_client",
            Side::Client => c"ssl_server",
        };
        let Some(own) = peer.chain.get(0) else { return Answer::Refuse(Error::internal()) };
        let Some(mut verification) = StoreContext::new(&store, &own, Some(&peer.chain)) else {
            return Answer::Refuse(Error::internal());
        };
        verification.set_auth_level(level);
        if let Some(mode) = self.with_config(|config| config.settings.suite_b()) {
            verification.set_flags(mode.flags());
        }
        // What could not be set, nobody would check.
        if !verification.set_connection(self.as_handle().cast()) || !verification.set_defaults(purpose) {
            return Answer::Refuse(Error::internal());
        }
        self.follow_matching_types();
        if self.dane.has_records() {
            verification.set_dane(&self.dane);
        } else if !shows_certificates && context.library.is_own() {
            verification.set_known_signatures(&context.known_signatures);
        }
        if !verification.set_parameters(&self.verify_param) {
            return Answer::Refuse(Error::internal());
        }
        if let Some(callback) = callback {
            verification.set_callback(callback);
        }
        let good = match replacement.function {
            // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
            Some(function) => unsafe { function(verification.as_ptr(), replacement.argument) > 0 },
            None => verification.verify(),
        };
        let result = i64::from(verification.error());
        self.verify_result.set(result);
        // Without a chain nobody would ask for the server's timestamps.
        let Ok(chain) = verification.chain() else { return Answer::Refuse(Error::internal()) };
        drop(self.keep_verified_chain(chain.map(|chain| VerifiedChain::new(chain, &peer))));
        verification.move_peer_name(&self.verify_param);
        if good && self.waiting.get() == Waiting::RetryVerify {
            return Answer::NotYet;
        }
        // A server that does not care about the result does not ask for a certificate.
        let is_ignored = mode == VerifyMode::NONE && self.side() == Side::Client;
        let outcome = if good || is_ignored { Ok(()) } else { Err(alert_of(result)) };
        if outcome.is_ok() {
            error_queue::clear();
        }
        Answer::Verified { outcome, result }
    }
}

/// The alert that tells a peer what is wrong with its certificate (RFC 8446 §6.2), by libcrypto's
/// `X509_V_ERR_…`: the same as OpenSSL sends for each.
pub(super) fn alert_of(result: i64) -> AlertDescription {
    match result {
        2 | 3 | 18..=22 | 25 | 33 | 79 => AlertDescription::UNKNOWN_CA,
        4..=6 | 9 | 11 | 13..=16 | 27 | 28 | 62..=68 | 94 => AlertDescription::BAD_CERTIFICATE,
        10 | 12 => AlertDescription::CERTIFICATE_EXPIRED,
        23 => AlertDescription::CERTIFICATE_REVOKED,
        26 => AlertDescription::UNSUPPORTED_CERTIFICATE,
        7 | 8 => AlertDescription::DECRYPT_ERROR,
        50 => AlertDescription::HANDSHAKE_FAILURE,
        1 | 17 | 69 | 70 => AlertDescription::INTERNAL_ERROR,
        _ => AlertDescription::CERTIFICATE_UNKNOWN,
    }
}
