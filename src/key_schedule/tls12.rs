//! The secrets of TLS 1.2 (RFC 5246 §6.3, §7.4.9, §8.1, RFC 7627 §4) and its exporter (RFC 5705). Used by
//! the handshakes of TLS 1.2 and by `connection`.

use zeroize::Zeroizing;

use crate::{
    crypto::{
        hash::HashAlgorithm,
        prf::{Prf, prf},
        secret::Secret,
    },
    error::{Error, Reason, Result},
    record::{SecurityParameters, WriteKeys},
};

/// The longest key block: two of SHA-384's MAC keys, two keys of 256 bits, two initialization vectors.
const MAX_KEY_BLOCK_LENGTH: usize = 2 * (48 + 32 + 16);

/// Which side of the connection a value belongs to.
pub use crate::record::Side;

/// The length of the master secret in bytes (RFC 5246 §8.1).
pub const MASTER_SECRET_LENGTH: usize = 48;

/// The labels of the PRF that are not for exporters (RFC 5705 §4).
const RESERVED_LABELS: [&[u8]; 5] =
    [b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"];

/// The master secret (48 bytes) with the hash of its PRF.
#[derive(Clone)]
pub struct MasterSecret {
    hash: HashAlgorithm,
    secret: Secret,
}

/// A master secret in its handshake, with the PRF that all is made with.
pub struct KeyedSecret {
    /// The secret.
    pub master: MasterSecret,
    prf: Prf,
}

/// The record keys of both directions.
pub struct KeyBlock {
    /// What the client writes with.
    pub client: WriteKeys,
    /// What the server writes with.
    pub server: WriteKeys,
}

impl MasterSecret {
    /// From the premaster secret and the randoms (RFC 5246 §8.1).
    #[must_use]
    pub fn new(
        hash: HashAlgorithm,
        premaster: &[u8],
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> Self {
        Self::derive(hash, premaster, b"master secret", &[client_random, server_random])
    }

    /// From the premaster secret and the session hash (RFC 7627 §4).
    #[must_use]
    pub fn extended(hash: HashAlgorithm, premaster: &[u8], session_hash: &[u8]) -> Self {
        Self::derive(hash, premaster, b"extended master secret", &[session_hash])
    }

    /// That of a session that is resumed.
    #[must_use]
    pub fn resumed(hash: HashAlgorithm, master_secret: Secret) -> Self {
        Self { hash, secret: master_secret }
    }

    /// For a handshake.
    #[must_use]
    pub fn keyed(self) -> KeyedSecret {
        KeyedSecret { prf: Prf::new(self.hash, self.secret.as_ref()), master: self }
    }

    /// Keying material (RFC 5705 §4): without a context the seed has none, not an empty one.
    ///
    /// A label that begins like one of the protocol's own is `TLS_ILLEGAL_EXPORTER_LABEL`; a context of more
    /// than 65535 bytes, or an empty `out`, is `ERR_INTERNAL_ERROR`. The connection lives on.
    pub fn export(
        &self,
        label: &[u8],
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<()> {
        if RESERVED_LABELS.iter().any(|reserved| label.starts_with(reserved)) {
            return Err(Error::Usage(Reason::TLS_ILLEGAL_EXPORTER_LABEL));
        }
        if out.is_empty() {
            return Err(Error::Usage(Reason::ERR_INTERNAL_ERROR));
        }
        match context {
            None => self.prf(label, &[client_random, server_random], out),
            Some(context) => {
                let length =
                    u16::try_from(context.len()).map_err(|_| Error::Usage(Reason::ERR_INTERNAL_ERROR))?;
                self.prf(label, &[client_random, server_random, &length.to_be_bytes(), context], out);
            }
        }
        Ok(())
    }

    /// The 48 bytes, for the session and the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.secret.as_ref()
    }

    fn derive(hash: HashAlgorithm, premaster: &[u8], label: &[u8], seeds: &[&[u8]]) -> Self {
        let secret = Secret::filled(MASTER_SECRET_LENGTH, |out| prf(hash, premaster, label, seeds, out));
        Self { hash, secret }
    }

    fn prf(&self, label: &[u8], seeds: &[&[u8]], out: &mut [u8]) {
        prf(self.hash, self.secret.as_ref(), label, seeds, out);
    }
}

impl KeyedSecret {
    /// The record keys (RFC 5246 §6.3).
    #[must_use]
    pub fn key_block(
        &self,
        parameters: &SecurityParameters,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> KeyBlock {
        let mac_key_length = parameters.mac_key_length();
        let key_length = parameters.bulk.key_length();
        let iv_length = parameters.iv_length();
        let mut block = Zeroizing::new([0; MAX_KEY_BLOCK_LENGTH]);
        // RFC 5246 §6.3: here, and only here, the server's random comes first.
        let (block, _) = block.split_at_mut(2 * (mac_key_length + key_length + iv_length));
        self.prf.fill(b"key expansion", &[server_random, client_random], block);
        let mut rest = &*block;
        let mut next = |length: usize| {
            let (part, after) = rest.split_at(length);
            rest = after;
            Secret::filled(length, |out| out.copy_from_slice(part))
        };
        let mut pair = |length: usize| [next(length), next(length)];
        let [client_mac_key, server_mac_key] = pair(mac_key_length);
        let [client_key, server_key] = pair(key_length);
        let [client_iv, server_iv] = pair(iv_length);
        KeyBlock {
            client: WriteKeys { mac_key: client_mac_key, key: client_key, iv: client_iv },
            server: WriteKeys { mac_key: server_mac_key, key: server_key, iv: server_iv },
        }
    }

    /// The `verify_data` of the Finished that `side` sends (RFC 5246 §7.4.9).
    #[must_use]
    pub fn verify_data(&self, side: Side, handshake_hash: &[u8]) -> [u8; 12] {
        let label: &[u8] = match side {
            Side::Client => b"client finished",
            Side::Server => b"server finished",
        };
        let mut verify_data = [0; 12];
        self.prf.fill(label, &[handshake_hash], &mut verify_data);
        verify_data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::{suite, test_data::hex},
        libcrypto::secrets_under_valgrind as valgrind,
        wire::ProtocolVersion,
    };

    /// `make secrets`: what is made of a premaster secret, that of RSA for one, is made without a look at it.
    #[test]
    fn premaster_becomes_finished_without_a_look_at_it() {
        if !valgrind::is_there() {
            return;
        }
        for hash in [HashAlgorithm::Md5Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let premaster = vec![6; 48];
            valgrind::hide(&premaster[..]);
            let ((), complaints) = valgrind::complaints_about(|| {
                for master in [
                    MasterSecret::new(hash, &premaster, &CLIENT_RANDOM, &SERVER_RANDOM),
                    MasterSecret::extended(hash, &premaster, &[7; 32]),
                ] {
                    core::hint::black_box(master.keyed().verify_data(Side::Client, &[8; 32]));
                }
            });
            assert_eq!(complaints, 0, "{hash:?}");
        }
    }

    const HASH: HashAlgorithm = HashAlgorithm::Sha256;
    const CLIENT_RANDOM: [u8; 32] = [1; 32];
    const SERVER_RANDOM: [u8; 32] = [2; 32];

    fn master() -> MasterSecret {
        MasterSecret::resumed(HASH, Secret::new(&[3; 48]).unwrap())
    }

    fn by_prf<const N: usize>(secret: &[u8], label: &[u8], seed: &[u8]) -> [u8; N] {
        let mut out = [0; N];
        prf(HASH, secret, label, &[seed], &mut out);
        out
    }

    #[test]
    fn master_secret_is_seeded_with_the_client_random_first() {
        let master = MasterSecret::new(HASH, b"premaster", &CLIENT_RANDOM, &SERVER_RANDOM);
        let expected: [u8; 48] =
            by_prf(b"premaster", b"master secret", &[CLIENT_RANDOM, SERVER_RANDOM].concat());
        assert_eq!(master.as_bytes(), expected);
    }

    #[test]
    fn extended_master_secret_is_seeded_with_the_session_hash() {
        let master = MasterSecret::extended(HASH, b"premaster", &[9; 32]);
        let expected: [u8; 48] = by_prf(b"premaster", b"extended master secret", &[9; 32]);
        assert_eq!(master.as_bytes(), expected);
    }

    #[test]
    fn key_block_is_cut_in_the_order_of_rfc5246() {
        let expanded: [u8; MAX_KEY_BLOCK_LENGTH] =
            by_prf(&[3; 48], b"key expansion", &[SERVER_RANDOM, CLIENT_RANDOM].concat());
        for (name, version, lengths) in [
            ("ECDHE-RSA-AES128-GCM-SHA256", ProtocolVersion::TLS1_2, [0, 16, 4]),
            ("ECDHE-RSA-AES256-GCM-SHA384", ProtocolVersion::TLS1_2, [0, 32, 4]),
            ("AES256-CCM8", ProtocolVersion::TLS1_2, [0, 32, 4]),
            ("ECDHE-ARIA128-GCM-SHA256", ProtocolVersion::TLS1_2, [0, 16, 4]),
            ("ECDHE-RSA-CHACHA20-POLY1305", ProtocolVersion::TLS1_2, [0, 32, 12]),
            ("ECDHE-RSA-CAMELLIA256-SHA384", ProtocolVersion::TLS1_2, [48, 32, 0]),
            ("AES128-SHA256", ProtocolVersion::TLS1_2, [32, 16, 0]),
            ("AES128-SHA", ProtocolVersion::TLS1_1, [20, 16, 0]),
            ("PSK-AES256-CBC-SHA384", ProtocolVersion::TLS1_0, [48, 32, 16]),
            ("NULL-MD5", ProtocolVersion::TLS1_0, [16, 0, 0]),
        ] {
            let parameters = SecurityParameters::new(suite::find_by_name(name).unwrap(), version, false);
            let block = master().keyed().key_block(&parameters, &CLIENT_RANDOM, &SERVER_RANDOM);
            let KeyBlock { client, server } = block;
            let parts = [&client.mac_key, &server.mac_key, &client.key, &server.key, &client.iv, &server.iv];
            let mut rest = &expanded[..];
            for (part, length) in parts.into_iter().zip(lengths.into_iter().flat_map(|length| [length; 2])) {
                let (expected, after) = rest.split_at(length);
                assert_eq!(part.as_ref(), expected, "{name}");
                rest = after;
            }
        }
    }

    #[test]
    fn verify_data_differs_by_side() {
        assert_eq!(
            master().keyed().verify_data(Side::Client, &[7; 32]),
            by_prf::<12>(&[3; 48], b"client finished", &[7; 32])
        );
        assert_eq!(
            master().keyed().verify_data(Side::Server, &[7; 32]),
            by_prf::<12>(&[3; 48], b"server finished", &[7; 32])
        );
    }

    #[test]
    fn exporter_without_context_differs_from_empty_context() {
        let randoms = [CLIENT_RANDOM, SERVER_RANDOM].concat();
        let export = |context: Option<&[u8]>| {
            let mut out = [0; 40];
            master().export(b"EXPORTER-x", &CLIENT_RANDOM, &SERVER_RANDOM, context, &mut out).unwrap();
            out
        };
        assert_eq!(export(None), by_prf(&[3; 48], b"EXPORTER-x", &randoms));
        assert_eq!(export(Some(b"")), by_prf(&[3; 48], b"EXPORTER-x", &[&randoms[..], &[0, 0]].concat()));
        assert_eq!(
            export(Some(b"abc")),
            by_prf(&[3; 48], b"EXPORTER-x", &[&randoms[..], b"\0\x03abc"].concat())
        );
    }

    /// Made with OpenSSL 3.0: the master secret of a key log, and what `SSL_export_keying_material` gave.
    #[test]
    fn exporter_value_is_that_of_openssl() {
        let random = |text: &str| <[u8; 32]>::try_from(hex(text)).unwrap();
        let client_random = random("698b1bbe6a21255cd5171857e2dbb7c34598248814fdc8f8c4c96bc951aa184f");
        let server_random = random("a3e7ffbe9d8b64a6ed93ac7654791a2ffefe73a0791b68e4444f574e47524401");
        let secret = Secret::new(&hex(
            "c88f40d5a2e822bebf262c2b3d4e899f836ef0b0c641a1a69232aa464636e5abc03bfbe05942278e14bd1628b0c80b4a",
        ));
        let master = MasterSecret::resumed(HashAlgorithm::Sha384, secret.unwrap());
        let export = |context: Option<&[u8]>, length: usize| {
            let mut out = vec![0; length];
            master.export(b"EXPORTER-test", &client_random, &server_random, context, &mut out).unwrap();
            out
        };
        assert_eq!(
            export(Some(b"context"), 80),
            hex("ba695b65640d052234310a691e1cb5cb6e2c3d819917b8e7d6ba9798031821f7f7cb02969ddf89f585d5319c77ec6a23
                 f3680be02eba13f0fa8ebce1fef10940f5ecdf8c14aca485bc5ddb611693185d")
        );
        assert_eq!(export(None, 20), hex("a10c45e4f4558fe8f6b31e8cf2855702b66122cc"));
        assert_eq!(export(Some(b""), 20), hex("a0a8456c822b7d1c191e2e3df32cdc6b37082b49"));
    }

    #[test]
    fn exporter_label_of_the_protocol_itself_is_refused() {
        for label in [&b"master secret"[..], b"key expansion2", b"client finished"] {
            let mut out = [0; 16];
            assert_eq!(
                master().export(label, &CLIENT_RANDOM, &SERVER_RANDOM, None, &mut out),
                Err(Error::Usage(Reason::TLS_ILLEGAL_EXPORTER_LABEL))
            );
            assert_eq!(out, [0; 16]);
        }
        let mut out = [0; 16];
        assert_eq!(
            master().export(b"client finishe", &CLIENT_RANDOM, &SERVER_RANDOM, None, &mut out),
            Ok(())
        );
    }

    #[test]
    fn exporter_refuses_a_context_that_no_length_can_say() {
        let error = Err(Error::Usage(Reason::ERR_INTERNAL_ERROR));
        let export = |context: &[u8], length: usize| {
            master().export(b"x", &CLIENT_RANDOM, &SERVER_RANDOM, Some(context), &mut vec![0; length])
        };
        assert_eq!(export(&[0; 65_536], 16), error);
        assert_eq!(export(&[0; 65_535], 16), Ok(()));
        assert_eq!(export(&[], 0), error);
    }
}
