//! ClientKeyExchange (RFC 5246 §7.4.7): the client's point (RFC 8422 §5.7), its number of Diffie-Hellman (§7.4.7.2) or SRP
//! (RFC 5054 §2.8.4), or what it encrypted to the server's RSA key (§7.4.7.1); with a pre-shared key its identity first
//! (RFC 4279 §2, §3, §4, RFC 5489 §2).

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{HandshakeType, Reader},
};

/// Parses a body: the client's public key, at least one byte. An empty body is `handshake_failure` with
/// `SSL_R_MISSING_TMP_ECDH_KEY`, as in OpenSSL.
pub fn read_ecdhe(body: &[u8]) -> Result<Vec<u8>> {
    if body.is_empty() {
        return Err(Error::handshake_failure(Reason::MISSING_TMP_ECDH_KEY));
    }
    parse(body, |reader| match reader.vec8()? {
        [] => Err(Error::decode(Reason::LENGTH_MISMATCH)),
        public => Ok(public.to_vec()),
    })
}

/// The whole message.
#[must_use]
pub fn write_ecdhe(public: &[u8]) -> Message {
    Message::build(HandshakeType::CLIENT_KEY_EXCHANGE, |body| body.vec8(|point| point.bytes(public)))
}

/// Parses the body of SRP (RFC 5054 §2.8.4): the client's public key.
pub fn read_srp(body: &[u8]) -> Result<&[u8]> {
    let bad_length = |_| Error::decode(Reason::BAD_SRP_A_LENGTH);
    let mut reader = Reader::new(body);
    let public = reader.vec16().map_err(bad_length)?;
    if reader.is_empty() { Ok(public) } else { Err(Error::decode(Reason::LENGTH_MISMATCH)) }
}

/// The most bytes of the identity of a pre-shared key, and of a hint: OpenSSL's `PSK_MAX_IDENTITY_LEN`.
pub const MAX_IDENTITY_LENGTH: usize = 256;

/// Parses a body that begins with the identity of a pre-shared key: the identity, and what follows it. A longer one than 256
/// bytes is `decode_error` with `SSL_R_DATA_LENGTH_TOO_LONG`.
pub fn read_psk(body: &[u8]) -> Result<(&[u8], &[u8])> {
    let mut reader = Reader::new(body);
    let identity = reader.vec16().map_err(|_| Error::decode(Reason::LENGTH_MISMATCH))?;
    if identity.len() > MAX_IDENTITY_LENGTH {
        return Err(Error::decode(Reason::DATA_LENGTH_TOO_LONG));
    }
    let rest = reader.remaining();
    Ok((identity, reader.take(rest)?))
}

/// The whole message: the identity of a pre-shared key, and before a key exchange besides, what that says.
#[must_use]
pub fn write_psk(identity: &[u8], exchange: Option<&Message>) -> Message {
    Message::build(HandshakeType::CLIENT_KEY_EXCHANGE, |body| {
        body.vec16(|psk_identity| psk_identity.bytes(identity));
        body.bytes(exchange.map_or(&[], Message::body));
    })
}

/// Parses a body with a Diffie-Hellman public key. A wrong length is `decode_error` with
/// `SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG`, none at all with `SSL_R_MISSING_TMP_DH_KEY`, as in OpenSSL.
pub fn read_dhe(body: &[u8]) -> Result<Vec<u8>> {
    let wrong_length = |_| Error::decode(Reason::DH_PUBLIC_VALUE_LENGTH_IS_WRONG);
    match parse(body, |reader| Ok(reader.vec16()?.to_vec())).map_err(wrong_length)? {
        public if public.is_empty() => Err(Error::decode(Reason::MISSING_TMP_DH_KEY)),
        public => Ok(public),
    }
}

/// Parses a body with an encrypted premaster secret.
pub fn read_rsa(body: &[u8]) -> Result<Vec<u8>> {
    parse(body, |reader| Ok(reader.vec16()?.to_vec()))
}

/// The whole message of [`read_dhe`], [`read_rsa`] or [`read_srp`].
#[must_use]
pub fn write_vec16(content: &[u8]) -> Message {
    Message::build(HandshakeType::CLIENT_KEY_EXCHANGE, |body| body.vec16(|bytes| bytes.bytes(content)))
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn message_survives_a_round_trip() {
        let message = write_ecdhe(&[7; 32]);
        assert_eq!(message.handshake_type(), HandshakeType::CLIENT_KEY_EXCHANGE);
        assert_eq!(read_ecdhe(message.body()), Ok(vec![7; 32]));
        assert_strict(message.body(), &[0], |body| match body {
            [] => Ok(Vec::new()),
            body => read_ecdhe(body),
        });
        assert_eq!(read_ecdhe(&[]), Err(Error::handshake_failure(Reason::MISSING_TMP_ECDH_KEY)));
    }

    #[test]
    fn public_key_of_srp_survives_a_round_trip() {
        let message = write_vec16(&[7; 128]);
        assert_eq!(read_srp(message.body()), Ok(&[7; 128][..]));
        let cut = &message.body()[..message.body().len() - 1];
        assert_eq!(read_srp(cut), Err(Error::decode(Reason::BAD_SRP_A_LENGTH)));
        let longer = [message.body(), &[0]].concat();
        assert_eq!(read_srp(&longer), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }

    #[test]
    fn identity_stands_before_the_rest() {
        let message = write_psk(b"me", Some(&write_ecdhe(&[7; 3])));
        assert_eq!(read_psk(message.body()), Ok((&b"me"[..], &[3, 7, 7, 7][..])));
        assert_eq!(read_psk(write_psk(b"", None).body()), Ok((&[][..], &[][..])));
    }

    #[test]
    fn identity_that_is_cut_or_too_long_is_decode_error() {
        let message = write_psk(&[1; 256], None);
        assert!(read_psk(message.body()).is_ok());
        for length in 0..message.body().len() {
            let error = Error::decode(Reason::LENGTH_MISMATCH);
            assert_eq!(read_psk(&message.body()[..length]), Err(error));
        }
        let long = write_psk(&[1; 257], None);
        assert_eq!(read_psk(long.body()), Err(Error::decode(Reason::DATA_LENGTH_TOO_LONG)));
    }

    #[test]
    fn number_and_ciphertext_survive_a_round_trip() {
        let message = write_vec16(&[7; 256]);
        assert_eq!(read_dhe(message.body()), Ok(vec![7; 256]));
        assert_eq!(read_rsa(message.body()), Ok(vec![7; 256]));
        assert_strict(message.body(), &[], read_dhe);
        assert_strict(message.body(), &[], read_rsa);
    }

    /// CVE-2015-1787.
    #[test]
    fn empty_number_is_missing() {
        assert_eq!(read_dhe(&[0, 0]), Err(Error::decode(Reason::MISSING_TMP_DH_KEY)));
        assert_eq!(read_dhe(&[0]), Err(Error::decode(Reason::DH_PUBLIC_VALUE_LENGTH_IS_WRONG)));
    }

    #[test]
    fn empty_point_is_decode_error() {
        assert_eq!(read_ecdhe(&[0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }
}
