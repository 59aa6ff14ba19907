//! A session sealed into a ticket that only the server can open (RFC 5077 §4, RFC 8446 §4.6.1), in the
//! form that OpenSSL gives it, so that servers of both kinds can share keys:
//!
//! ```text
//! key name (16 bytes) | IV (16 bytes) | AES-256-CBC(ASN.1 form of the session) | HMAC-SHA256 of all before
//! ```
//!
//! Used by `object`, when the program has no callback of its own for tickets.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Id, Session, asn1};
use crate::{
    crypto::{hash::HashAlgorithm, hmac::hmac, rand},
    error::{Error, Result},
    wire::ProtocolVersion,
};

const NAME_LENGTH: usize = 16;
const IV_LENGTH: usize = 16;
const BLOCK_LENGTH: usize = 16;
const TAG_LENGTH: usize = 32;
const HALF_KEY_LENGTH: usize = 32;
/// The most bytes that a ticket may have on the wire (RFC 5077 §3.3, RFC 8446 §4.6.1).
const MAX_TICKET_LENGTH: usize = 0xffff;

/// The keys of tickets, and the name that tickets tell them by.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TicketKeys {
    name: [u8; NAME_LENGTH],
    hmac_key: [u8; HALF_KEY_LENGTH],
    aes_key: [u8; HALF_KEY_LENGTH],
}

impl TicketKeys {
    /// How many bytes `SSL_CTX_set_tlsext_ticket_keys` takes.
    pub const LENGTH: usize = NAME_LENGTH + 2 * HALF_KEY_LENGTH;

    /// Fresh random keys.
    pub fn generate() -> Result<Self> {
        Ok(Self { name: rand::array()?, hmac_key: rand::array()?, aes_key: rand::array()? })
    }

    /// From the form of `SSL_CTX_set_tlsext_ticket_keys`: name, HMAC key, AES key. `None` if `bytes` are
    /// not [`Self::LENGTH`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (name, keys) = bytes.split_first_chunk()?;
        let (hmac_key, aes_key) = keys.split_first_chunk()?;
        Some(Self { name: *name, hmac_key: *hmac_key, aes_key: aes_key.try_into().ok()? })
    }

    /// The form of `SSL_CTX_get_tlsext_ticket_keys`.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::LENGTH]> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        let parts = self.name.iter().chain(&self.hmac_key).chain(&self.aes_key);
        bytes.iter_mut().zip(parts).for_each(|(byte, source)| *byte = *source);
        bytes
    }

    fn cipher(&self) -> Result<UnboundCipherKey> {
        UnboundCipherKey::new(&AES_256, &self.aes_key).map_err(|_| Error::internal())
    }
}

/// What a ticket holds: the ASN.1 form of a session. `internal_error` for a session that was never negotiated.
pub fn encode(session: &Session) -> Result<Zeroizing<Vec<u8>>> {
    let mut session = session.clone();
    session.ticket.clear();
    if session.version < ProtocolVersion::TLS1_3 {
        // RFC 5077 §3.4: the id is the client's invention.
        session.id = Id::default();
    }
    asn1::encode(&session).ok_or(Error::internal())
}

/// Reads what a ticket held. `None` if that is no session.
#[must_use]
pub fn decode(plaintext: &[u8]) -> Option<Session> {
    // A session that says no time is as old as can be.
    let (session, length) = asn1::decode(plaintext, 0).ok()?;
    (length == plaintext.len()).then_some(session)
}

/// Seals a session into a ticket. `internal_error` if that is not possible, or too long for a ticket.
pub fn seal(keys: &TicketKeys, session: &Session) -> Result<Vec<u8>> {
    let plaintext = encode(session)?;
    let iv: [u8; IV_LENGTH] = rand::array()?;
    // Room for the padding as well, so that nothing of the plaintext is left in memory that was outgrown.
    let mut ciphertext = Vec::with_capacity(plaintext.len() + BLOCK_LENGTH);
    ciphertext.extend_from_slice(&plaintext);
    PaddedBlockEncryptingKey::cbc_pkcs7(keys.cipher()?)
        .and_then(|key| {
            let context = EncryptionContext::Iv128(FixedLength::from(iv));
            key.less_safe_encrypt(&mut ciphertext, context)
        })
        .map_err(|_| {
            ciphertext.zeroize();
            Error::internal()
        })?;
    let mut ticket = [&keys.name[..], &iv, &ciphertext].concat();
    let tag = hmac(HashAlgorithm::Sha256, &keys.hmac_key, &[&ticket]);
    ticket.extend_from_slice(tag.as_ref());
    if ticket.len() > MAX_TICKET_LENGTH { Err(Error::internal()) } else { Ok(ticket) }
}

/// Opens a ticket. `None` if it was not sealed with these keys, or was changed.
#[must_use]
pub fn open(keys: &TicketKeys, ticket: &[u8]) -> Option<Session> {
    let (authenticated, tag) = ticket.split_last_chunk::<TAG_LENGTH>()?;
    let (name, rest) = authenticated.split_first_chunk::<NAME_LENGTH>()?;
    let (iv, ciphertext) = rest.split_first_chunk::<IV_LENGTH>()?;
    let expected = hmac(HashAlgorithm::Sha256, &keys.hmac_key, &[authenticated]);
    // Nothing is decrypted that we did not make: the padding can tell nobody anything.
    if *name != keys.name || !bool::from(expected.as_ref().ct_eq(tag)) {
        return None;
    }
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(keys.cipher().ok()?).ok()?;
    let plaintext = key.decrypt(&mut buffer, DecryptionContext::Iv128(FixedLength::from(iv))).ok()?;
    decode(plaintext)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::{secret::Secret, test_data::hex},
        libcrypto::secrets_under_valgrind as valgrind,
        session::Chain,
        wire::{CipherSuite, NamedGroup},
    };

    /// `make secrets`: the MAC is computed and compared without a look at the key; what is decided tells one bit.
    #[test]
    fn mac_of_a_ticket_is_checked_without_a_look_at_the_key() {
        if !valgrind::is_there() {
            return;
        }
        let ticket = seal(&counting_keys(), &session(ProtocolVersion::TLS1_3)).unwrap();
        // As a program gives them (SSL_CTX_set_tlsext_ticket_keys(3)).
        let bytes: Vec<u8> = (0..80).collect();
        valgrind::hide(&bytes[NAME_LENGTH..]);
        let keys = TicketKeys::from_bytes(&bytes).unwrap();
        for place in [0, NAME_LENGTH, NAME_LENGTH + IV_LENGTH, TAG_LENGTH, 1] {
            let mut changed = ticket.clone();
            let place = changed.len() - 1 - place;
            changed[place] ^= 1;
            let (opened, complaints) = valgrind::complaints_about(|| open(&keys, &changed).is_some());
            assert_eq!(complaints, 1, "{place}");
            valgrind::show(&opened);
            assert!(!opened);
        }
    }

    /// The keys 00 01 02 … of the tickets below.
    fn counting_keys() -> TicketKeys {
        let bytes: Vec<u8> = (0..80).collect();
        TicketKeys::from_bytes(&bytes).unwrap()
    }

    fn session(version: ProtocolVersion) -> Session {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        let mut session = Session::new(version, suite, Secret::new(&[3; 32]).unwrap(), 1_700_000_000, 7200);
        session.id = Id::of(&[9; 32]);
        session.ticket = vec![8; 100];
        session.peer_chain = Some(Chain::sent(vec![vec![0x30, 1, 7], vec![0x30, 0]]));
        session
    }

    #[test]
    fn sealed_session_opens() {
        let keys = TicketKeys::generate().unwrap();
        let ticket = seal(&keys, &session(ProtocolVersion::TLS1_3)).unwrap();
        let opened = open(&keys, &ticket).unwrap();
        assert_eq!(opened.secret, Secret::new(&[3; 32]).unwrap());
        assert_eq!((opened.time, opened.timeout), (1_700_000_000, 7200));
        assert_eq!(opened.peer_chain.unwrap()[0], [0x30, 1, 7]);
        assert_eq!((&*opened.id, opened.ticket), (&[9; 32][..], vec![]));
        let ticket = seal(&keys, &session(ProtocolVersion::TLS1_2)).unwrap();
        assert!(open(&keys, &ticket).unwrap().id.is_empty());
    }

    #[test]
    fn same_session_gives_another_ticket_each_time() {
        let keys = counting_keys();
        let session = session(ProtocolVersion::TLS1_3);
        assert_ne!(seal(&keys, &session).unwrap(), seal(&keys, &session).unwrap());
    }

    #[test]
    fn changed_or_truncated_ticket_does_not_open() {
        let keys = counting_keys();
        let ticket = seal(&keys, &session(ProtocolVersion::TLS1_3)).unwrap();
        for index in 0..ticket.len() {
            let mut changed = ticket.clone();
            changed[index] ^= 1;
            assert!(open(&keys, &changed).is_none(), "byte {index}");
            assert!(open(&keys, &ticket[..index]).is_none(), "{index} bytes");
        }
        assert!(open(&keys, &[&ticket[..], &[0]].concat()).is_none());
    }

    #[test]
    fn ticket_of_other_keys_does_not_open() {
        let keys = counting_keys();
        let ticket = seal(&keys, &session(ProtocolVersion::TLS1_3)).unwrap();
        for index in 0..TicketKeys::LENGTH - HALF_KEY_LENGTH {
            let mut bytes = *keys.to_bytes();
            bytes[index] ^= 1;
            assert!(open(&TicketKeys::from_bytes(&bytes).unwrap(), &ticket).is_none());
        }
    }

    #[test]
    fn authentic_ticket_without_a_session_does_not_open() {
        let keys = counting_keys();
        for ciphertext in [&[][..], &[7; 15], &[7; 16], &[7; 32]] {
            let mut ticket = [&keys.name[..], &[0; 16], ciphertext].concat();
            let tag = hmac(HashAlgorithm::Sha256, &keys.hmac_key, &[&ticket]);
            ticket.extend_from_slice(tag.as_ref());
            assert!(open(&keys, &ticket).is_none());
        }
    }

    #[test]
    fn session_too_long_for_a_ticket_is_internal_error() {
        let mut long = session(ProtocolVersion::TLS1_3);
        long.ticket_app_data = vec![0; 0xffff];
        assert_eq!(seal(&counting_keys(), &long).err(), Some(Error::internal()));
    }

    #[test]
    fn keys_come_back_as_they_were_set() {
        let bytes: Vec<u8> = (0..80).collect();
        assert_eq!(counting_keys().to_bytes()[..], bytes);
        assert!(TicketKeys::from_bytes(&bytes[..79]).is_none());
        assert!(TicketKeys::from_bytes(&[0; 81]).is_none());
    }

    /// Made by OpenSSL 3.0.22 after `SSL_CTX_set_tlsext_ticket_keys` with the bytes 00 to 4f.
    #[test]
    fn tickets_of_openssl_open() {
        let tls12 = concat!(
            "000102030405060708090a0b0c0d0e0f0563216e5d4ed50373c8a354c4c9098e54bb4c9eb3c27c6b6c6fbd631dc3f520",
            "1a187641a0aa3752fd17aca2f8ffe6c875fc7a8914e9a370e3c5b713e89ae9c196fa23ce25e351d9ca25625aa15e13ab",
            "0654c7455c8e6be4e81a967b1eacb38218872a78c258f43f944fbea7f38eb3ce0ee5923443f49f5147d6c8a61a8fc0c5",
            "1cb4d2bb0380330b88340b28092e878111d563626163eaef587fc7dacb2e551f",
        );
        let session = open(&counting_keys(), &hex(tls12)).unwrap();
        assert_eq!((session.version, session.cipher_suite), (ProtocolVersion::TLS1_2, CipherSuite(0xc02c)));
        assert_eq!(session.secret.as_ref()[..4], [0x4b, 0x6e, 0x2b, 0x81]);
        assert_eq!((session.time, session.timeout), (0x6b03_3659, 7200));
        assert!(session.extended_master_secret);
        let tls13 = concat!(
            "000102030405060708090a0b0c0d0e0fea00b13db9c7bfde9352a6723c5ae2e723044e4c0dd0b80948ba7a2f8adf97d1",
            "1d207d1a06cf0808db1c17fb2737ea61fde813555ff1955df75d99a8cb30899e59da9bc5d5e0d82096ba77c63fea611d",
            "8497d4f06358085a6704dc9528e101f6058fd725ae6e24988677df6e5ae836cc8d83275a5dedbb22df65c9e5bf4542d4",
            "bae3d8bbc95452af36dcba6ffd3bd292cbbfa7d3851bef3434ffbd6ec7dccdd7fc8ce80e391061b8630f879ba47f46cb",
            "5b43028ae1094fddd1a047d525d309ab",
        );
        let session = open(&counting_keys(), &hex(tls13)).unwrap();
        assert_eq!((session.version, session.group), (ProtocolVersion::TLS1_3, Some(NamedGroup::X25519)));
        assert_eq!((session.ticket_age_add, &*session.id_context), (0xa331_2ad1, &b"ctx"[..]));
    }
}
