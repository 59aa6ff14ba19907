//! CertificateStatus of TLS 1.2 (RFC 6066 §8), and its body as it stands in a TLS 1.3 certificate entry
//! (RFC 8446 §4.4.2.1).

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{HandshakeType, Writer},
};

/// The status type `ocsp`.
const OCSP: u8 = 1;

/// Parses a body: the DER OCSP response, at least one byte. A status type other than `ocsp` is
/// `decode_error` with `SSL_R_UNSUPPORTED_STATUS_TYPE`.
pub fn read(body: &[u8]) -> Result<Vec<u8>> {
    parse(body, |reader| {
        if reader.u8() != Ok(OCSP) {
            return Err(Error::decode(Reason::UNSUPPORTED_STATUS_TYPE));
        }
        match reader.vec24()? {
            [] => Err(Error::decode(Reason::LENGTH_MISMATCH)),
            response => Ok(response.to_vec()),
        }
    })
}

/// The body, for a TLS 1.3 certificate entry's extension.
#[must_use]
pub fn body(response: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    write_body(&mut writer, response);
    writer.into_bytes()
}

/// The whole message.
#[must_use]
pub fn write(response: &[u8]) -> Message {
    Message::build(HandshakeType::CERTIFICATE_STATUS, |writer| write_body(writer, response))
}

fn write_body(writer: &mut Writer, response: &[u8]) {
    writer.u8(OCSP);
    writer.vec24(|value| value.bytes(response));
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn response_survives_a_round_trip() {
        let message = write(b"response");
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE_STATUS);
        assert_eq!(message.body(), body(b"response"));
        assert_eq!(read(message.body()), Ok(b"response".to_vec()));
        assert_strict(message.body(), &[], read);
    }

    #[test]
    fn other_status_type_and_empty_response_are_decode_error() {
        assert_eq!(read(&[2, 0, 0, 1, 7]), Err(Error::decode(Reason::UNSUPPORTED_STATUS_TYPE)));
        assert_eq!(read(&[1, 0, 0, 0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }
}
