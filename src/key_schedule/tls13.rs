//! The key schedule of TLS 1.3 as typestates: each secret gives only what may be derived from it, and
//! is consumed by the step to the next (RFC 8446 §7.1).

use crate::crypto::{
    aead::{AeadAlgorithm, NONCE_LENGTH},
    hash::{Digest, HashAlgorithm},
    secret::Secret,
};

/// The early secret.
pub struct EarlySecret {}

impl EarlySecret {
    /// From the PSK, or from zeros without one.
    #[must_use]
    pub fn new(hash: HashAlgorithm, psk: Option<&[u8]>) -> Self {
        todo!()
    }

    /// The binder over `partial_transcript`, the hash of the ClientHello up to the binders list
    /// (RFC 8446 §4.2.11.2).
    #[must_use]
    pub fn binder(&self, external: bool, partial_transcript: &[u8]) -> Digest {
        todo!()
    }

    /// `client_early_traffic_secret`; `transcript` is the hash of the ClientHello.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        todo!()
    }

    /// `early_exporter_master_secret`.
    #[must_use]
    pub fn exporter(&self, transcript: &[u8]) -> ExporterSecret {
        todo!()
    }

    /// Mixes in the (EC)DHE secret; zeros without one (`psk_ke`).
    #[must_use]
    pub fn into_handshake(self, shared_secret: Option<&[u8]>) -> HandshakeSecret {
        todo!()
    }
}

/// The handshake secret.
pub struct HandshakeSecret {}

impl HandshakeSecret {
    /// `client_handshake_traffic_secret`; `transcript` is the hash up to ServerHello.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        todo!()
    }

    /// `server_handshake_traffic_secret`.
    #[must_use]
    pub fn server_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        todo!()
    }

    /// The step to the master secret.
    #[must_use]
    pub fn into_master(self) -> MasterSecret {
        todo!()
    }
}

/// The master secret.
pub struct MasterSecret {}

impl MasterSecret {
    /// `client_application_traffic_secret_0`; `transcript` is the hash up to the server's Finished.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        todo!()
    }

    /// `server_application_traffic_secret_0`.
    #[must_use]
    pub fn server_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        todo!()
    }

    /// `exporter_master_secret`.
    #[must_use]
    pub fn exporter(&self, transcript: &[u8]) -> ExporterSecret {
        todo!()
    }

    /// `resumption_master_secret`; `transcript` is the hash up to the client's Finished.
    #[must_use]
    pub fn resumption(&self, transcript: &[u8]) -> ResumptionSecret {
        todo!()
    }
}

/// A traffic secret of one direction.
#[derive(Clone)]
pub struct TrafficSecret {}

impl TrafficSecret {
    /// The record key and IV (RFC 8446 §7.3).
    #[must_use]
    pub fn record_keys(&self, algorithm: AeadAlgorithm) -> (Secret, [u8; NONCE_LENGTH]) {
        todo!()
    }

    /// The `verify_data` of a Finished sent by the side that owns this secret (RFC 8446 §4.4.4).
    #[must_use]
    pub fn verify_data(&self, transcript: &[u8]) -> Digest {
        todo!()
    }

    /// The next generation, for a KeyUpdate (RFC 8446 §7.2).
    #[must_use]
    pub fn next(&self) -> Self {
        todo!()
    }

    /// The bytes, for the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        todo!()
    }
}

/// The resumption master secret.
#[derive(Clone)]
pub struct ResumptionSecret {}

impl ResumptionSecret {
    /// The PSK of a ticket (RFC 8446 §4.6.1).
    #[must_use]
    pub fn psk(&self, ticket_nonce: &[u8]) -> Secret {
        todo!()
    }
}

/// The (early) exporter master secret.
#[derive(Clone)]
pub struct ExporterSecret {}

impl ExporterSecret {
    /// Keying material (RFC 8446 §7.5).
    pub fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) {
        todo!()
    }

    /// The bytes, for the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        todo!()
    }
}
