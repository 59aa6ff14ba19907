//! The ASN.1 form of a session, as OpenSSL's `i2d_SSL_SESSION` writes it and `d2i_SSL_SESSION` reads it:
//!
//! ```text
//! SEQUENCE {
//!     structureVersion INTEGER (1), version INTEGER, cipher OCTET STRING, sessionId OCTET STRING,
//!     masterKey OCTET STRING,
//!     [1] time INTEGER, [2] timeout INTEGER, [3] peer Certificate, [4] sessionIdContext OCTET STRING,
//!     [5] verifyResult INTEGER, [6] serverName OCTET STRING, [7] pskIdentityHint OCTET STRING,
//!     [8] pskIdentity OCTET STRING, [9] ticketLifetime INTEGER, [10] ticket OCTET STRING,
//!     [11] compression OCTET STRING, [12] srpUserName OCTET STRING, [13] flags INTEGER,
//!     [14] ticketAgeAdd INTEGER, [15] maxEarlyData INTEGER, [16] alpn OCTET STRING,
//!     [17] maxFragmentLength INTEGER, [18] ticketAppData OCTET STRING, [19] group INTEGER, [20] peerRawKey OCTET STRING
//! }
//! ```
//!
//! The tagged fields are optional, and left out when they hold nothing; but `[4]` and `[19]` are always
//! written. Used by [`super::ticket`] and by `object`.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Carried, Chain, Id, MAX_ID_LENGTH, Session, der};
use crate::{
    crypto::{
        der::{DerReader, OCTET_STRING, SEQUENCE, context},
        secret::Secret,
        suite,
    },
    error::Reason,
    wire::{CipherSuite, NamedGroup, ProtocolVersion},
};

/// The only version of the structure that there is.
const STRUCTURE_VERSION: i64 = 1;
/// The flag of the extended master secret.
const EXTENDED_MASTER_SECRET: u32 = 1;
/// The timeout of a session that says none, in seconds.
const DEFAULT_TIMEOUT: i64 = 3;

/// Why bytes are not a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They are not this structure in DER.
    Malformed,
    /// A field holds what no session has; OpenSSL gives this reason.
    Refused(Reason),
    /// A field holds what we cannot use (a suite that we do not have, say); OpenSSL gives no reason.
    Unusable,
}

/// Writes a session. `None` if it has no cipher suite: it was never negotiated.
#[must_use]
pub fn encode(session: &Session) -> Option<Zeroizing<Vec<u8>>> {
    if session.cipher_suite.0 == 0 {
        return None;
    }
    let mut fields = Zeroizing::new(Vec::with_capacity(encoded_length_at_most(session)));
    der::write_integer(&mut fields, STRUCTURE_VERSION);
    der::write_integer(&mut fields, session.version.0.into());
    der::write(&mut fields, OCTET_STRING, &session.cipher_suite.0.to_be_bytes());
    der::write(&mut fields, OCTET_STRING, &session.id);
    der::write(&mut fields, OCTET_STRING, session.secret.as_ref());
    write_number(&mut fields, 1, session.time);
    write_number(&mut fields, 2, session.timeout);
    if let Some(certificate) = session.peer_chain.as_ref().and_then(|chain| chain.first()) {
        der::write_explicit(&mut fields, 3, |field| field.extend_from_slice(certificate));
    }
    write_bytes(&mut fields, 4, Some(&session.id_context));
    write_number(&mut fields, 5, session.verify_result);
    write_bytes(&mut fields, 6, session.server_name.as_deref());
    write_bytes(&mut fields, 7, session.carried().psk_identity_hint.as_deref());
    write_bytes(&mut fields, 8, session.carried().psk_identity.as_deref());
    write_number(&mut fields, 9, session.ticket_lifetime.into());
    write_bytes(&mut fields, 10, unless_empty(&session.ticket));
    if session.carried().compression != 0 {
        write_bytes(&mut fields, 11, Some(&[session.carried().compression]));
    }
    write_bytes(&mut fields, 12, session.carried().srp_user_name.as_deref());
    write_number(&mut fields, 13, flags(session).into());
    write_number(&mut fields, 14, session.ticket_age_add.into());
    write_number(&mut fields, 15, session.max_early_data.into());
    write_bytes(&mut fields, 16, unless_empty(&session.alpn));
    write_number(&mut fields, 17, session.max_fragment_length.into());
    write_bytes(&mut fields, 18, unless_empty(&session.ticket_app_data));
    let group = session.group.map_or(0, |group| group.0);
    der::write_explicit(&mut fields, 19, |field| der::write_integer(field, group.into()));
    write_bytes(&mut fields, 20, session.peer_raw_key.as_deref());

    let mut encoded = Zeroizing::new(Vec::with_capacity(fields.len() + 8));
    der::write(&mut encoded, SEQUENCE, &fields);
    Some(encoded)
}

/// Reads a session off the front of `bytes`, and says how many of them it had. A session without a time
/// began at `now` (seconds since 1970).
pub fn decode(bytes: &[u8], now: i64) -> Result<(Session, usize), DecodeError> {
    let mut outer = DerReader::new(bytes);
    let mut reader = DerReader::new(outer.content(SEQUENCE).ok_or(DecodeError::Malformed)?);
    let session = decode_fields(&mut reader, now)?;
    reader.finish().ok_or(DecodeError::Malformed)?;
    Ok((session, bytes.len() - outer.rest().len()))
}

fn decode_fields(reader: &mut DerReader<'_>, now: i64) -> Result<Session, DecodeError> {
    let structure_version = reader.integer().ok_or(DecodeError::Malformed)?;
    let version = reader.integer().ok_or(DecodeError::Malformed)?;
    let cipher_suite = reader.content(OCTET_STRING).ok_or(DecodeError::Malformed)?;
    let id = reader.content(OCTET_STRING).ok_or(DecodeError::Malformed)?;
    let secret = reader.content(OCTET_STRING).ok_or(DecodeError::Malformed)?;
    let time = read_integer(reader, 1)?.filter(|time| *time != 0).unwrap_or(now);
    let timeout = read_integer(reader, 2)?.filter(|timeout| *timeout != 0).unwrap_or(DEFAULT_TIMEOUT);
    let peer = read_certificate(reader, 3)?;
    let id_context = read_bytes(reader, 4)?.unwrap_or_default();
    let verify_result = read_integer(reader, 5)?.unwrap_or_default();
    let server_name = read_bytes(reader, 6)?.map(|name| until_nul(name).to_vec());
    let psk_identity_hint = read_bytes(reader, 7)?.map(|hint| until_nul(hint).to_vec());
    let psk_identity = read_bytes(reader, 8)?.map(|identity| until_nul(identity).to_vec());
    let ticket_lifetime = read_number(reader, 9)?;
    let ticket = read_bytes(reader, 10)?.unwrap_or_default();
    let compression = read_bytes(reader, 11)?;
    let srp_user_name = read_bytes(reader, 12)?.map(|name| until_nul(name).to_vec());
    let flags: u32 = read_number(reader, 13)?;
    let ticket_age_add = read_number(reader, 14)?;
    let max_early_data = read_number(reader, 15)?;
    let alpn = read_bytes(reader, 16)?.unwrap_or_default();
    let max_fragment_length: u32 = read_number(reader, 17)?;
    let ticket_app_data = read_bytes(reader, 18)?.unwrap_or_default();
    let group: u16 = read_number(reader, 19)?;
    let peer_raw_key = read_bytes(reader, 20)?.map(Arc::from);

    if structure_version != STRUCTURE_VERSION {
        return Err(DecodeError::Refused(Reason::UNKNOWN_SSL_VERSION));
    }
    let version = known_version(version).ok_or(DecodeError::Refused(Reason::UNSUPPORTED_SSL_VERSION))?;
    let cipher_suite =
        cipher_suite.try_into().map_err(|_| DecodeError::Refused(Reason::CIPHER_CODE_WRONG_LENGTH))?;
    let cipher_suite = CipherSuite(u16::from_be_bytes(cipher_suite));
    let compression = match compression {
        None => 0,
        Some([compression]) => *compression,
        Some(_) => return Err(DecodeError::Refused(Reason::BAD_LENGTH)),
    };
    let (Some(id), Some(id_context)) = (Id::new(id), Id::new(id_context)) else {
        return Err(DecodeError::Unusable);
    };
    if suite::find(cipher_suite).is_none() {
        return Err(DecodeError::Unusable);
    }
    let secret = Secret::new(secret).ok_or(DecodeError::Unusable)?;
    let [.., max_fragment_length] = max_fragment_length.to_be_bytes();
    Ok(Session {
        id,
        id_context,
        peer_chain: peer.map(Chain::own),
        peer_raw_key,
        verify_result,
        server_name,
        alpn: alpn.to_vec(),
        ticket: ticket.to_vec(),
        ticket_lifetime,
        ticket_age_add,
        max_early_data,
        extended_master_secret: flags & EXTENDED_MASTER_SECRET != 0,
        group: (group != 0).then_some(NamedGroup(group)),
        ticket_app_data: ticket_app_data.to_vec(),
        max_fragment_length,
        carried: Carried {
            flags: flags & !EXTENDED_MASTER_SECRET,
            compression,
            psk_identity_hint,
            psk_identity,
            srp_user_name,
        }
        .kept(),
        ..Session::new(version, cipher_suite, secret, time, timeout)
    })
}

fn flags(session: &Session) -> u32 {
    session.carried().flags | if session.extended_master_secret { EXTENDED_MASTER_SECRET } else { 0 }
}

/// Enough room for the fields, so that no copy of the secret is left behind in memory that was outgrown.
fn encoded_length_at_most(session: &Session) -> usize {
    let certificate = session.peer_chain.as_ref().and_then(|chain| chain.first()).map_or(0, Vec::len);
    let raw_key = session.peer_raw_key.as_ref().map_or(0, |key| key.len());
    let carried = session.carried();
    let strings =
        [&session.server_name, &carried.psk_identity_hint, &carried.psk_identity, &carried.srp_user_name];
    let strings: usize = strings.into_iter().flatten().map(Vec::len).sum();
    let vectors = [&session.alpn, &session.ticket, &session.ticket_app_data];
    let vectors: usize = vectors.into_iter().map(Vec::len).sum();
    let ids = 2 * MAX_ID_LENGTH;
    // Every one of 25 fields has a header within a header, and a number within.
    certificate + raw_key + strings + vectors + ids + session.secret.as_ref().len() + 25 * 24
}

fn write_number(out: &mut Vec<u8>, number: u8, value: i64) {
    if value != 0 {
        der::write_explicit(out, number, |field| der::write_integer(field, value));
    }
}

fn write_bytes(out: &mut Vec<u8>, number: u8, bytes: Option<&[u8]>) {
    if let Some(bytes) = bytes {
        der::write_explicit(out, number, |field| der::write(field, OCTET_STRING, bytes));
    }
}

fn unless_empty(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.is_empty() { None } else { Some(bytes) }
}

/// Reads the field `[number]`, if it is there.
fn read_field<'a, T>(
    reader: &mut DerReader<'a>,
    number: u8,
    read: impl FnOnce(&mut DerReader<'a>) -> Option<T>,
) -> Result<Option<T>, DecodeError> {
    let content = reader.optional(context(number)).ok_or(DecodeError::Malformed)?;
    let Some(mut field) = content.map(DerReader::new) else { return Ok(None) };
    let value = read(&mut field).ok_or(DecodeError::Malformed)?;
    field.finish().ok_or(DecodeError::Malformed)?;
    Ok(Some(value))
}

fn read_integer(reader: &mut DerReader<'_>, number: u8) -> Result<Option<i64>, DecodeError> {
    read_field(reader, number, DerReader::integer)
}

/// A number that is 0 when it is left out, and must fit `T`.
fn read_number<T: TryFrom<i64> + Default>(reader: &mut DerReader<'_>, number: u8) -> Result<T, DecodeError> {
    let value = read_integer(reader, number)?.map(T::try_from).transpose();
    value.map(Option::unwrap_or_default).map_err(|_| DecodeError::Malformed)
}

fn read_bytes<'a>(reader: &mut DerReader<'a>, number: u8) -> Result<Option<&'a [u8]>, DecodeError> {
    read_field(reader, number, |field| field.content(OCTET_STRING))
}

fn read_certificate<'a>(reader: &mut DerReader<'a>, number: u8) -> Result<Option<&'a [u8]>, DecodeError> {
    read_field(reader, number, |field| field.element(SEQUENCE))
}

/// What C sees of a string.
fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// TLS and DTLS have one major version each; OpenSSL's own DTLS before the RFC was 0x0100.
fn known_version(version: i64) -> Option<ProtocolVersion> {
    let version = u16::try_from(version).ok()?;
    let [major, _] = version.to_be_bytes();
    (major == 3 || major == 0xfe || version == 0x0100).then_some(ProtocolVersion(version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::der::write_integer;

    /// What OpenSSL 3.0 wrote: a name and the bytes in hexadecimal on each line.
    const FROM_OPENSSL: &str = include_str!("vectors/openssl_sessions.txt");

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2).map(|pair| core::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    fn from_openssl() -> Vec<(&'static str, Vec<u8>)> {
        let lines = FROM_OPENSSL.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split_once(" = ").map(|(name, text)| (name, hex(text))).unwrap()).collect()
    }

    fn named(name: &str) -> Session {
        let (_, bytes) = from_openssl().into_iter().find(|(found, _)| *found == name).unwrap();
        decode(&bytes, 0).unwrap().0
    }

    fn required(structure_version: i64, version: i64, suite: &[u8], id: &[u8], secret: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_integer(&mut out, structure_version);
        write_integer(&mut out, version);
        for field in [suite, id, secret] {
            der::write(&mut out, OCTET_STRING, field);
        }
        out
    }

    fn sequence(fields: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        der::write(&mut out, SEQUENCE, &fields.concat());
        out
    }

    fn minimal() -> Vec<u8> {
        required(1, 0x0303, &[0xc0, 0x2f], &[1, 2, 3], b"MASTER")
    }

    fn number(tag: u8, value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        der::write_explicit(&mut out, tag, |field| write_integer(field, value));
        out
    }

    fn octets(tag: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_bytes(&mut out, tag, Some(bytes));
        out
    }

    fn outcome(fields: &[&[u8]]) -> Result<Session, DecodeError> {
        decode(&sequence(fields), 77).map(|(session, _)| session)
    }

    #[test]
    fn sessions_of_openssl_come_out_as_they_went_in() {
        assert!(from_openssl().len() > 10);
        for (name, bytes) in from_openssl() {
            let (session, length) = decode(&bytes, 0).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(length, bytes.len());
            assert_eq!(*encode(&session).unwrap(), bytes, "{name}");
        }
    }

    #[test]
    fn fields_of_a_tls13_session_are_found() {
        let session = named("tls13_client_with_name_alpn_and_early_data");
        assert_eq!(session.version, ProtocolVersion::TLS1_3);
        assert_eq!(session.cipher_suite, CipherSuite::TLS_AES_256_GCM_SHA384);
        assert_eq!((session.id.len(), session.secret.as_ref().len(), session.ticket.len()), (32, 48, 32));
        assert_eq!((session.timeout, session.ticket_lifetime, session.verify_result), (7200, 7200, 18));
        assert_eq!((session.alpn, session.max_early_data), (b"h2".to_vec(), 16_384));
        assert_eq!(
            (session.group, session.ticket_age_add),
            (Some(NamedGroup::X25519), session.ticket_age_add)
        );
        assert_eq!(session.peer_chain.unwrap()[0][..3], [0x30, 0x81, 0xeb]);
        assert!(!session.extended_master_secret);
        assert!(session.resumable);
    }

    #[test]
    fn fields_of_a_tls12_session_are_found() {
        let session = named("tls12_client_with_ticket");
        assert_eq!((session.version, session.ticket.len()), (ProtocolVersion::TLS1_2, 176));
        assert!(session.extended_master_secret);
        assert_eq!(session.carried(), &Carried::default());
        assert_eq!(*named("tls12_server_with_id").id_context, *b"ctx");
        assert_eq!(named("with_server_name").server_name, Some(b"h".to_vec()));
        assert_eq!(named("with_empty_server_name").server_name, Some(Vec::new()));
        assert_eq!(named("with_ticket_app_data").ticket_app_data, b"app");
        assert_eq!(named("with_negative_time").time, -5);
        assert_eq!(named("with_most_early_data").max_early_data, u32::MAX);
        assert_eq!(named("with_psk_identities").carried().psk_identity, Some(b"ident".to_vec()));
    }

    #[test]
    fn fields_left_out_have_their_defaults() {
        let session = outcome(&[&minimal()]).unwrap();
        assert_eq!((session.time, session.timeout), (77, 3));
        assert_eq!((session.verify_result, session.group, session.peer_chain), (0, None, None));
        assert_eq!((session.server_name, session.ticket), (None, Vec::new()));
    }

    #[test]
    fn bytes_behind_the_session_are_left() {
        let bytes = [&sequence(&[&minimal()])[..], b"abc"].concat();
        assert_eq!(decode(&bytes, 0).map(|(_, length)| length).unwrap(), bytes.len() - 3);
    }

    #[test]
    fn session_without_suite_has_no_form() {
        let mut session = outcome(&[&minimal()]).unwrap();
        session.cipher_suite = CipherSuite(0);
        assert!(encode(&session).is_none());
    }

    #[test]
    fn every_truncation_is_malformed() {
        for (name, bytes) in from_openssl() {
            for length in 0..bytes.len() {
                let outcome = decode(&bytes[..length], 0).err();
                assert_eq!(outcome, Some(DecodeError::Malformed), "{length} bytes of {name}");
            }
        }
    }

    #[test]
    fn changed_bytes_never_panic() {
        for (_, bytes) in from_openssl() {
            for index in 0..bytes.len() {
                for mask in [1, 0x80, 0xff] {
                    let mut changed = bytes.clone();
                    changed[index] ^= mask;
                    if let Ok((session, _)) = decode(&changed, 0) {
                        assert!(encode(&session).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn versions_and_suites_that_no_session_has_are_refused_with_their_reason() {
        let refused = |reason| Some(DecodeError::Refused(reason));
        let suite = &[0xc0, 0x2f][..];
        for (fields, expected) in [
            (required(2, 0x0303, suite, b"", b""), refused(Reason::UNKNOWN_SSL_VERSION)),
            (required(0, 0x0303, suite, b"", b""), refused(Reason::UNKNOWN_SSL_VERSION)),
            (required(1, 0x0200, suite, b"", b""), refused(Reason::UNSUPPORTED_SSL_VERSION)),
            (required(1, 0x1_0303, suite, b"", b""), refused(Reason::UNSUPPORTED_SSL_VERSION)),
            (required(1, -1, suite, b"", b""), refused(Reason::UNSUPPORTED_SSL_VERSION)),
            (required(1, 0xfefd, suite, b"", b""), None),
            (required(1, 0x0303, &[0x2f], b"", b""), refused(Reason::CIPHER_CODE_WRONG_LENGTH)),
            (required(1, 0x0303, &[0, 0, 0x2f], b"", b""), refused(Reason::CIPHER_CODE_WRONG_LENGTH)),
            (required(1, 0x0303, &[0xff, 0xff], b"", b""), Some(DecodeError::Unusable)),
            (required(1, 0x0303, suite, &[0; 32], b""), None),
            (required(1, 0x0303, suite, &[0; 33], b""), Some(DecodeError::Unusable)),
            (required(1, 0x0303, suite, b"", &[0; 512]), None),
            (required(1, 0x0303, suite, b"", &[0; 513]), Some(DecodeError::Unusable)),
        ] {
            assert_eq!(outcome(&[&fields]).err(), expected, "{fields:?}");
        }
        let long_context = octets(4, &[0; 33]);
        assert_eq!(outcome(&[&minimal(), &long_context]).err(), Some(DecodeError::Unusable));
        let long_compression = octets(11, &[0; 2]);
        assert_eq!(outcome(&[&minimal(), &long_compression]).err(), refused(Reason::BAD_LENGTH));
    }

    #[test]
    fn fields_out_of_order_or_unknown_are_malformed() {
        let (one, two, unknown) = (number(1, 5), number(2, 9), number(20, 1));
        for fields in [[&two[..], &one], [&one, &one], [&unknown, &[]], [&[5, 0], &[]]] {
            let all = [&minimal()[..], fields[0], fields[1]];
            assert_eq!(outcome(&all).err(), Some(DecodeError::Malformed), "{fields:?}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_malformed() {
        for (tag, value) in
            [(9, -1), (13, -1), (14, 1 << 32), (15, 1 << 32), (15, -1), (17, -1), (19, 1 << 16)]
        {
            let field = number(tag, value);
            let malformed = Some(DecodeError::Malformed);
            assert_eq!(outcome(&[&minimal(), &field]).err(), malformed, "[{tag}] {value}");
        }
    }

    #[test]
    fn names_end_at_a_nul() {
        let field = octets(6, b"a\0b");
        assert_eq!(outcome(&[&minimal(), &field]).unwrap().server_name, Some(b"a".to_vec()));
    }

    #[test]
    fn room_is_enough_for_everything() {
        for (name, bytes) in from_openssl() {
            let session = decode(&bytes, 0).unwrap().0;
            assert!(bytes.len() < encoded_length_at_most(&session), "{name}");
        }
    }
}
