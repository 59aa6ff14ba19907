//! The key schedule of TLS 1.3 as typestates: each secret gives only what may be derived from it, and
//! is consumed by the step to the next (RFC 8446 §7.1). Used by the handshakes of TLS 1.3 and, for key
//! updates and exporters, by `connection`.

use crate::{
    crypto::{
        aead::{AeadAlgorithm, NONCE_LENGTH},
        hash::{Digest, HashAlgorithm, MAX_DIGEST_LENGTH},
        hkdf::{self, MAX_LABEL_LENGTH, expand_label, expand_label_secret, max_output_length},
        hmac::hmac,
        secret::Secret,
    },
    error::{Error, Reason, Result},
};

/// As many zeros as any hash is long, where a step has nothing to mix in.
const ZEROS: [u8; MAX_DIGEST_LENGTH] = [0; MAX_DIGEST_LENGTH];

/// A secret with the hash that goes on with it.
#[derive(Clone)]
struct HashedSecret {
    hash: HashAlgorithm,
    secret: Secret,
}

impl HashedSecret {
    /// `Derive-Secret(secret, label, messages)`; `transcript` is the hash of the messages.
    fn derive(&self, label: &[u8], transcript: &[u8]) -> Self {
        Self {
            hash: self.hash,
            secret: expand_label_secret(self.hash, self.secret.as_ref(), label, transcript),
        }
    }

    /// `Derive-Secret(secret, label, "")`.
    fn derive_without_messages(&self, label: &[u8]) -> Self {
        self.derive(label, self.hash.digest(b"").as_ref())
    }

    /// The arrow down in the figure of RFC 8446 §7.1: to the secret of the next stage.
    fn next_stage(&self, input: Option<&[u8]>) -> Self {
        let salt = self.derive_without_messages(b"derived");
        Self::extract(self.hash, salt.secret.as_ref(), input)
    }

    /// `HKDF-Extract`, of zeros without an input.
    fn extract(hash: HashAlgorithm, salt: &[u8], input: Option<&[u8]>) -> Self {
        let input = input.unwrap_or(ZEROS.split_at(hash.output_length()).0);
        Self { hash, secret: hkdf::extract(hash, salt, input) }
    }

    /// The MAC of a Finished or a binder (RFC 8446 §4.4.4).
    fn verify_data(&self, transcript: &[u8]) -> Digest {
        let finished_key = expand_label_secret(self.hash, self.secret.as_ref(), b"finished", b"");
        hmac(self.hash, finished_key.as_ref(), &[transcript])
    }
}

/// The early secret.
pub struct EarlySecret(HashedSecret);

impl EarlySecret {
    /// From the PSK, or from zeros without one.
    #[must_use]
    pub fn new(hash: HashAlgorithm, psk: Option<&[u8]>) -> Self {
        Self(HashedSecret::extract(hash, b"", psk))
    }

    /// The binder over `partial_transcript`, the hash of the ClientHello up to the binders list
    /// (RFC 8446 §4.2.11.2).
    #[must_use]
    pub fn binder(&self, external: bool, partial_transcript: &[u8]) -> Digest {
        let label: &[u8] = if external { b"ext binder" } else { b"res binder" };
        self.0.derive_without_messages(label).verify_data(partial_transcript)
    }

    /// `client_early_traffic_secret`; `transcript` is the hash of the ClientHello.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        TrafficSecret(self.0.derive(b"c e traffic", transcript))
    }

    /// `early_exporter_master_secret`.
    #[must_use]
    pub fn exporter(&self, transcript: &[u8]) -> ExporterSecret {
        ExporterSecret(self.0.derive(b"e exp master", transcript))
    }

    /// Mixes in the (EC)DHE secret; zeros without one (`psk_ke`).
    #[must_use]
    pub fn into_handshake(self, shared_secret: Option<&[u8]>) -> HandshakeSecret {
        HandshakeSecret(self.0.next_stage(shared_secret))
    }
}

/// The handshake secret.
pub struct HandshakeSecret(HashedSecret);

impl HandshakeSecret {
    /// `client_handshake_traffic_secret`; `transcript` is the hash up to ServerHello.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        TrafficSecret(self.0.derive(b"c hs traffic", transcript))
    }

    /// `server_handshake_traffic_secret`.
    #[must_use]
    pub fn server_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        TrafficSecret(self.0.derive(b"s hs traffic", transcript))
    }

    /// The step to the master secret.
    #[must_use]
    pub fn into_master(self) -> MasterSecret {
        MasterSecret(self.0.next_stage(None))
    }
}

/// The master secret.
pub struct MasterSecret(HashedSecret);

impl MasterSecret {
    /// `client_application_traffic_secret_0`; `transcript` is the hash up to the server's Finished.
    #[must_use]
    pub fn client_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        TrafficSecret(self.0.derive(b"c ap traffic", transcript))
    }

    /// `server_application_traffic_secret_0`.
    #[must_use]
    pub fn server_traffic(&self, transcript: &[u8]) -> TrafficSecret {
        TrafficSecret(self.0.derive(b"s ap traffic", transcript))
    }

    /// `exporter_master_secret`.
    #[must_use]
    pub fn exporter(&self, transcript: &[u8]) -> ExporterSecret {
        ExporterSecret(self.0.derive(b"exp master", transcript))
    }

    /// `resumption_master_secret`; `transcript` is the hash up to the client's Finished.
    #[must_use]
    pub fn resumption(&self, transcript: &[u8]) -> ResumptionSecret {
        ResumptionSecret(self.0.derive(b"res master", transcript))
    }
}

/// A traffic secret of one direction.
#[derive(Clone)]
pub struct TrafficSecret(HashedSecret);

impl TrafficSecret {
    /// The record key and IV (RFC 8446 §7.3).
    #[must_use]
    pub fn record_keys(&self, algorithm: AeadAlgorithm) -> (Secret, [u8; NONCE_LENGTH]) {
        let expand = |label: &[u8], out: &mut [u8]| {
            expand_label(self.0.hash, self.0.secret.as_ref(), label, b"", out);
        };
        let key = Secret::filled(algorithm.key_length(), |out| expand(b"key", out));
        let mut iv = [0; NONCE_LENGTH];
        expand(b"iv", &mut iv);
        (key, iv)
    }

    /// The `verify_data` of a Finished sent by the side that owns this secret (RFC 8446 §4.4.4).
    #[must_use]
    pub fn verify_data(&self, transcript: &[u8]) -> Digest {
        self.0.verify_data(transcript)
    }

    /// The next generation, for a KeyUpdate (RFC 8446 §7.2).
    #[must_use]
    pub fn next(&self) -> Self {
        Self(self.0.derive(b"traffic upd", b""))
    }

    /// The bytes, for the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.secret.as_ref()
    }
}

/// The resumption master secret.
#[derive(Clone)]
pub struct ResumptionSecret(HashedSecret);

impl ResumptionSecret {
    /// The PSK of a ticket (RFC 8446 §4.6.1).
    #[must_use]
    pub fn psk(&self, ticket_nonce: &[u8]) -> Secret {
        self.0.derive(b"resumption", ticket_nonce).secret
    }
}

/// The (early) exporter master secret.
#[derive(Clone)]
pub struct ExporterSecret(HashedSecret);

impl ExporterSecret {
    /// Keying material (RFC 8446 §7.5).
    ///
    /// A label of more than 249 bytes is `TLS_ILLEGAL_EXPORTER_LABEL`, an `out` longer than 255 hashes is
    /// `ERR_INTERNAL_ERROR` (RFC 5869 §2.3). The connection lives on.
    pub fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<()> {
        let hash = self.0.hash;
        if label.len() > MAX_LABEL_LENGTH {
            return Err(Error::Usage(Reason::TLS_ILLEGAL_EXPORTER_LABEL));
        }
        if out.len() > max_output_length(hash) {
            return Err(Error::Usage(Reason::ERR_INTERNAL_ERROR));
        }
        let derived = self.0.derive_without_messages(label);
        expand_label(hash, derived.secret.as_ref(), b"exporter", hash.digest(context).as_ref(), out);
        Ok(())
    }

    /// The bytes, for the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.secret.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::test_data::hex, libcrypto::secrets_under_valgrind as valgrind};

    /// `make secrets`: binders and Finished are computed without a look at what they are made of.
    #[test]
    fn binders_and_finished_are_computed_without_a_look_at_secrets() {
        if !valgrind::is_there() {
            return;
        }
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let psk = vec![3; hash.output_length()];
            let shared = vec![4; 32];
            valgrind::hide(&psk[..]);
            valgrind::hide(&shared[..]);
            let transcript = vec![5; hash.output_length()];
            let ((), complaints) = valgrind::complaints_about(|| {
                let early = EarlySecret::new(hash, Some(&psk));
                core::hint::black_box((early.binder(true, &transcript), early.binder(false, &transcript)));
                let handshake = early.into_handshake(Some(&shared));
                let finished = handshake.client_traffic(&transcript).verify_data(&transcript);
                core::hint::black_box((finished, handshake.into_master().resumption(&transcript).psk(&[0])));
            });
            assert_eq!(complaints, 0, "{hash:?}");
        }
    }

    fn exporter(hash: HashAlgorithm) -> ExporterSecret {
        let secret = Secret::filled(hash.output_length(), |out| out.fill(1));
        ExporterSecret(HashedSecret { hash, secret })
    }

    /// Made with OpenSSL 3.0: the exporter secret of a key log, and what `SSL_export_keying_material` gave.
    #[test]
    fn exporter_value_is_that_of_openssl() {
        let secret = Secret::new(&hex(
            "6cff85fec68a8e068fdaa8d20c93b9b467379fd1288dd3eb54e80802e2d2514b64130c1c5c66f3a7f43a7754097dad46",
        ));
        let exporter = ExporterSecret(HashedSecret { hash: HashAlgorithm::Sha384, secret: secret.unwrap() });
        let mut out = [0; 80];
        exporter.export(b"EXPORTER-test", b"context", &mut out).unwrap();
        assert_eq!(
            out.as_slice(),
            hex("18ba0b0eafb8241c1f937ab720f68572ed4690b1ca57b4dbae7b31aed3a0f83d54f643cd46d3404ac1c48dc6dc708163
                 d27e837a7ec1d95462012abba581eb77764072f85b1c4a40a93505a4cc5c8724")
        );
        let mut out = [0; 20];
        exporter.export(b"EXPORTER-test", b"", &mut out).unwrap();
        assert_eq!(out.as_slice(), hex("b88011480e7cdd97b414bd610928e542238704d1"));
    }

    #[test]
    fn exporter_refuses_a_label_that_no_length_can_say() {
        let mut out = [0; 16];
        let exporter = exporter(HashAlgorithm::Sha256);
        assert_eq!(exporter.export(&[b'a'; 249], b"", &mut out), Ok(()));
        assert_eq!(
            exporter.export(&[b'a'; 250], b"", &mut out),
            Err(Error::Usage(Reason::TLS_ILLEGAL_EXPORTER_LABEL))
        );
    }

    #[test]
    fn exporter_refuses_more_than_255_blocks() {
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let most = max_output_length(hash);
            assert_eq!(exporter(hash).export(b"x", b"", &mut vec![0; most]), Ok(()));
            assert_eq!(
                exporter(hash).export(b"x", b"", &mut vec![0; most + 1]),
                Err(Error::Usage(Reason::ERR_INTERNAL_ERROR))
            );
        }
    }

    /// RFC 8446 §7.2.
    #[test]
    fn next_generation_is_expanded_from_the_last() {
        let first = TrafficSecret(exporter(HashAlgorithm::Sha256).0);
        let second = first.next();
        let expected = expand_label_secret(HashAlgorithm::Sha256, &[1; 32], b"traffic upd", b"");
        assert_eq!(second.as_bytes(), expected.as_ref());
        assert_ne!(second.next().as_bytes(), second.as_bytes());
    }

    #[test]
    fn missing_shared_secret_is_zeros() {
        let without = EarlySecret::new(HashAlgorithm::Sha384, Some(b"psk")).into_handshake(None);
        let zeros = EarlySecret::new(HashAlgorithm::Sha384, Some(b"psk")).into_handshake(Some(&[0; 48]));
        assert_eq!(without.client_traffic(b"").as_bytes(), zeros.client_traffic(b"").as_bytes());
    }
}
