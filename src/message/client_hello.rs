//! ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).

use super::{Message, extension::Extensions, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, CipherSuite, ExtensionType, HandshakeType, ProtocolVersion, Reader},
};

/// What some servers cannot read (RFC 7685 §1).
const UNREADABLE: core::ops::Range<usize> = 256..512;
/// Type and length of an extension.
const EXTENSION_HEADER: usize = 4;
/// What the header of a handshake message has in DTLS alone (RFC 6347 §4.2.2).
const EXTRA_DATAGRAM_HEADER: usize = 8;

/// A ClientHello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`.
    pub legacy_version: ProtocolVersion,
    /// `random`.
    pub random: [u8; 32],
    /// `legacy_session_id`, at most 32 bytes.
    pub session_id: Vec<u8>,
    /// DTLS: what a HelloVerifyRequest brought; may be empty (RFC 6347 §4.2.1). `None` in TLS.
    pub cookie: Option<Vec<u8>>,
    /// `cipher_suites`, signalling values included; at least one.
    pub cipher_suites: Vec<CipherSuite>,
    /// `legacy_compression_methods`; at least one.
    pub compression_methods: Vec<u8>,
    /// The extensions in their order.
    pub extensions: Extensions,
}

impl ClientHello {
    /// Parses a body. A TLS 1.2 hello may end after the compression methods (RFC 5246 §7.4.1.2).
    ///
    /// No cipher suite is `illegal_parameter` with `SSL_R_NO_CIPHERS_SPECIFIED`, and so is a
    /// `pre_shared_key` that is not the last extension with `SSL_R_BAD_EXTENSION`. All else that cannot be
    /// parsed is `decode_error`.
    pub fn read(body: &[u8]) -> Result<Self> {
        Self::read_form(body, false)
    }

    /// As [`Self::read`], for DTLS: the hello has a cookie.
    pub fn read_datagram(body: &[u8]) -> Result<Self> {
        Self::read_form(body, true)
    }

    /// The cookie in the front of a body, of which the rest may still be to come.
    pub fn read_cookie(front: &[u8]) -> Result<&[u8]> {
        let mut reader = Reader::new(front);
        reader.u16()?;
        reader.array::<32>()?;
        reader.vec8()?;
        reader.vec8()
    }

    fn read_form(body: &[u8], has_cookie: bool) -> Result<Self> {
        parse(body, |reader| {
            let legacy_version = reader.u16().map_err(|_| Error::decode(Reason::LENGTH_TOO_SHORT))?.into();
            let random = reader.array()?;
            let session_id = reader.vec8()?;
            if session_id.len() > 32 {
                return Err(Error::decode(Reason::LENGTH_MISMATCH));
            }
            let cookie = if has_cookie { Some(reader.vec8()?.to_vec()) } else { None };
            let cipher_suites = reader.vec16()?;
            let compression_methods = reader.vec8()?;
            let extensions = if reader.is_empty() { Extensions::new() } else { Extensions::read(reader)? };
            if cipher_suites.is_empty() {
                return Err(Error::illegal(Reason::NO_CIPHERS_SPECIFIED));
            }
            if compression_methods.is_empty() {
                return Err(Error::decode(Reason::NO_COMPRESSION_SPECIFIED));
            }
            // RFC 8446 §4.2.11: a server must check that pre_shared_key is the last extension.
            if extensions.contains(ExtensionType::PRE_SHARED_KEY)
                && extensions.last() != Some(ExtensionType::PRE_SHARED_KEY)
            {
                return Err(Error::illegal(Reason::BAD_EXTENSION));
            }
            Ok(Self {
                legacy_version,
                random,
                session_id: session_id.to_vec(),
                cookie,
                cipher_suites: Reader::code_points(cipher_suites)
                    .map_err(|_| Error::decode(Reason::ERROR_IN_RECEIVED_CIPHER_LIST))?,
                compression_methods: compression_methods.to_vec(),
                extensions,
            })
        })
    }

    /// Pads a message of 256 to 511 bytes to 512, before its `pre_shared_key`, for servers that cannot read such ones (RFC 7685). Padding that
    /// is there is replaced.
    pub fn pad(&mut self) {
        let mut psks = None;
        let before = core::mem::take(&mut self.extensions);
        for (extension_type, data) in before.iter() {
            match extension_type {
                ExtensionType::PADDING => {}
                ExtensionType::PRE_SHARED_KEY => psks = Some(data),
                _ => self.extensions.add(extension_type, |writer| writer.bytes(data)),
            }
        }
        let mut length = self.write().as_bytes().len();
        if self.cookie.is_some() {
            length += EXTRA_DATAGRAM_HEADER;
        }
        length += psks.map_or(0, |psks| EXTENSION_HEADER + psks.len());
        if UNREADABLE.contains(&length) {
            let padding = UNREADABLE.end.saturating_sub(length + EXTENSION_HEADER);
            self.extensions.add(ExtensionType::PADDING, |writer| writer.bytes(&vec![0; padding]));
        }
        if let Some(psks) = psks {
            self.extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| writer.bytes(psks));
        }
    }

    /// The whole message. Extensions are written in their order; a `pre_shared_key` must be the last.
    /// Without any extension the extensions block is left out.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CLIENT_HELLO, |body| {
            body.u16(self.legacy_version);
            body.bytes(&self.random);
            body.vec8(|session_id| session_id.bytes(&self.session_id));
            if let Some(cookie) = &self.cookie {
                body.vec8(|writer| writer.bytes(cookie));
            }
            body.vec16(|suites| self.cipher_suites.iter().for_each(|suite| suites.u16(*suite)));
            body.vec8(|methods| methods.bytes(&self.compression_methods));
            if !self.extensions.is_empty() {
                self.extensions.write(body);
            }
        })
    }
}

/// How many bytes at the end of a ClientHello message the binders list takes, its own length included:
/// what is cut off before the binder is computed (RFC 8446 §4.2.11.2). `message` is a whole ClientHello
/// whose last extension is `pre_shared_key`.
pub fn binders_length(message: &Message) -> Result<usize> {
    let hello = ClientHello::read(message.body())?;
    let offered = hello
        .extensions
        .get(ExtensionType::PRE_SHARED_KEY)
        .ok_or(Error::fatal(AlertDescription::MISSING_EXTENSION, Reason::BAD_EXTENSION))?;
    let mut reader = Reader::new(offered);
    reader.vec16().map_err(|_| Error::decode(Reason::BAD_EXTENSION))?;
    Ok(reader.remaining())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{assert_strict, extension::pre_shared_key::OfferedPsks},
        *,
    };

    fn sample() -> ClientHello {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType(0x1a1a), |data| data.u8(7));
        extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |_| ());
        ClientHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: [7; 32],
            session_id: vec![3; 32],
            cookie: None,
            cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite(0x1a1a)],
            compression_methods: vec![0],
            extensions,
        }
    }

    fn read(hello: &ClientHello) -> Result<ClientHello> {
        ClientHello::read(hello.write().body())
    }

    #[test]
    fn hello_survives_a_round_trip() {
        let message = sample().write();
        assert_eq!(message.handshake_type(), HandshakeType::CLIENT_HELLO);
        assert_eq!(ClientHello::read(message.body()), Ok(sample()));
        let end_of_compression_methods = 2 + 32 + 33 + 6 + 2;
        assert_strict(message.body(), &[end_of_compression_methods], ClientHello::read);
    }

    #[test]
    fn hello_of_dtls_has_a_cookie() {
        for cookie in [vec![], vec![9; 255]] {
            let hello = ClientHello { cookie: Some(cookie), ..sample() };
            assert_eq!(ClientHello::read_datagram(hello.write().body()), Ok(hello));
        }
        assert!(ClientHello::read_datagram(sample().write().body()).is_err());
        let hello = ClientHello { cookie: Some(vec![9; 20]), ..sample() }.write();
        let front = 2 + 32 + 33 + 21;
        assert_eq!(ClientHello::read_cookie(&hello.body()[..front]), Ok(&[9; 20][..]));
        assert!(ClientHello::read_cookie(&hello.body()[..front - 1]).is_err());
    }

    #[test]
    fn hello_without_extensions_survives_a_round_trip() {
        let hello = ClientHello { extensions: Extensions::new(), ..sample() };
        assert_eq!(read(&hello).as_ref(), Ok(&hello));
    }

    #[test]
    fn hello_outside_the_bounds_is_refused_as_openssl_does() {
        let refused = |hello: ClientHello| read(&hello).unwrap_err();
        assert_eq!(ClientHello::read(&[]), Err(Error::decode(Reason::LENGTH_TOO_SHORT)));
        assert_eq!(
            refused(ClientHello { session_id: vec![0; 33], ..sample() }),
            Error::decode(Reason::LENGTH_MISMATCH)
        );
        assert_eq!(
            refused(ClientHello { cipher_suites: vec![], ..sample() }),
            Error::illegal(Reason::NO_CIPHERS_SPECIFIED)
        );
        assert_eq!(
            refused(ClientHello { compression_methods: vec![], ..sample() }),
            Error::decode(Reason::NO_COMPRESSION_SPECIFIED)
        );
    }

    #[test]
    fn cipher_suites_of_odd_length_are_decode_error() {
        let mut body = vec![3, 3];
        body.extend_from_slice(&[0; 33]);
        body.extend_from_slice(&[0, 3, 0x13, 0x01, 0xc0, 1, 0]);
        assert_eq!(ClientHello::read(&body), Err(Error::decode(Reason::ERROR_IN_RECEIVED_CIPHER_LIST)));
    }

    #[test]
    fn pre_shared_key_before_another_extension_is_illegal_parameter() {
        let mut hello = sample();
        hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |_| ());
        assert!(read(&hello).is_ok());
        hello.extensions.add(ExtensionType::COOKIE, |_| ());
        assert_eq!(read(&hello), Err(Error::illegal(Reason::BAD_EXTENSION)));
    }

    #[test]
    fn binders_length_is_that_of_the_last_list() {
        let mut hello = sample();
        assert!(binders_length(&hello.write()).is_err());
        let offered = OfferedPsks { identities: vec![(b"ticket".to_vec(), 1)], binders: vec![vec![9; 32]] };
        hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |data| offered.write(data));
        assert_eq!(binders_length(&hello.write()), Ok(2 + 1 + 32));
    }

    #[test]
    fn hello_is_padded_before_its_psks_and_padding_replaced() {
        let psks = OfferedPsks { identities: vec![(vec![7; 100], 0)], binders: vec![vec![0; 32]] };
        for length in 0..400 {
            let mut hello = sample();
            hello.extensions.add(ExtensionType::ALPN, |data| data.bytes(&vec![7; length]));
            let mut alone = hello.clone();
            hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |data| psks.write(data));
            for hello in [&mut hello, &mut alone] {
                let before = hello.write().as_bytes().len();
                let last = hello.extensions.last();
                hello.pad();
                let padded = hello.clone();
                hello.pad();
                assert_eq!(*hello, padded);
                let after = hello.write().as_bytes().len();
                let expected = if UNREADABLE.contains(&before) { 512.max(before + 4) } else { before };
                assert_eq!(after, expected);
                assert!(last != Some(ExtensionType::PRE_SHARED_KEY) || hello.extensions.last() == last);
            }
        }
    }
}
