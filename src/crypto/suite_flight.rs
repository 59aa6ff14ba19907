//! What the server's flight looks like with a suite of TLS 1.2 or below (RFC 5246 §7.4.2, §7.4.3). Used by `policy` and
//! `handshake`.

use super::{
    hash::HashAlgorithm,
    suite::{Authentication, KeyExchangeAlgorithm, Suite},
};
use crate::wire::ProtocolVersion;

impl Suite {
    /// The hash of the transcript and of the PRF in this version: before TLS 1.2 it is not the suite's to choose
    /// (RFC 4346 §5, §7.4.9).
    #[must_use]
    pub const fn handshake_hash(&self, version: ProtocolVersion) -> HashAlgorithm {
        if version.has_signature_schemes() { self.hash } else { HashAlgorithm::Md5Sha1 }
    }

    /// Whether a certificate authenticates the server: if not, no Certificate comes, and nobody signs.
    #[must_use]
    pub const fn has_certificate(&self) -> bool {
        match self.authentication {
            Authentication::Rsa | Authentication::Ecdsa | Authentication::Dss => true,
            Authentication::Any | Authentication::Null | Authentication::Psk | Authentication::Srp => false,
        }
    }

    /// Whether the key exchange runs on a named group.
    #[must_use]
    pub const fn has_group(&self) -> bool {
        self.key_exchange.has_ecdhe()
    }

    /// Whether the server's certificate signs its half of the key exchange.
    #[must_use]
    pub const fn signs_parameters(&self) -> bool {
        match self.key_exchange {
            KeyExchangeAlgorithm::Ecdhe | KeyExchangeAlgorithm::Dhe | KeyExchangeAlgorithm::Srp => {
                self.has_certificate()
            }
            // RFC 4279 §4, §2: what RSA encrypts or a pre-shared key protects is not signed.
            KeyExchangeAlgorithm::Any
            | KeyExchangeAlgorithm::Rsa
            | KeyExchangeAlgorithm::Psk
            | KeyExchangeAlgorithm::EcdhePsk
            | KeyExchangeAlgorithm::DhePsk
            | KeyExchangeAlgorithm::RsaPsk => false,
        }
    }
}
