//! Where ours differs from OpenSSL, and why.

use super::*;

const DECODE_ERROR: u8 = AlertDescription::DECODE_ERROR.0;
const UNEXPECTED_MESSAGE: u8 = AlertDescription::UNEXPECTED_MESSAGE.0;
const ILLEGAL_PARAMETER: u8 = AlertDescription::ILLEGAL_PARAMETER.0;
const UNSUPPORTED_EXTENSION: u8 = AlertDescription::UNSUPPORTED_EXTENSION.0;
const BAD_RECORD_MAC: u8 = AlertDescription::BAD_RECORD_MAC.0;

fn failed(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed(..))
}

const fn alert(outcome: Outcome) -> Option<u8> {
    match outcome {
        Outcome::Failed(alert, _) => alert,
        Outcome::Content | Outcome::Waits => None,
    }
}

/// Whether the difference is meant.
pub fn is_deliberate(
    scenario: &Scenario,
    attacker: Side,
    (content_type, kind): (ContentType, u8),
    change: &Change,
    mine: Outcome,
    theirs: Outcome,
) -> bool {
    let tls13 = scenario.version == ProtocolVersion::TLS1_3;
    let kind = if content_type == ContentType::HANDSHAKE { HandshakeType(kind) } else { HandshakeType(254) };
    let second_hello = scenario.start == Start::Retry && kind == HandshakeType::CLIENT_HELLO;
    match change {
        // Where in a field it strikes decides what is wrong; but it must not go unnoticed, or be our fault. A certificate is
        // parsed by the driver, which is not here, and a changed key may be of any kind.
        Change::Flip(..) => {
            failed(mine)
                && (failed(theirs) || theirs == Outcome::Waits)
                && (alert(mine) != Some(AlertDescription::INTERNAL_ERROR.0)
                    || kind == HandshakeType::CERTIFICATE)
        }
        // RFC 8446 §4: there is no HelloRequest in TLS 1.3, where OpenSSL passes over it.
        Change::Before(0) => tls13 && alert(mine) == Some(UNEXPECTED_MESSAGE),
        // RFC 8446 §5: it may come any time after the first ClientHello.
        Change::CipherSpecBefore | Change::BehindNext if kind == HandshakeType::SERVER_HELLO => {
            tls13 && (mine == Outcome::Content || alert(mine) == Some(UNEXPECTED_MESSAGE))
        }
        // What comes without the hello is protected, and means nothing yet.
        Change::Left | Change::DataBefore | Change::LengthMore
            if tls13 && kind == HandshakeType::SERVER_HELLO =>
        {
            mine == Outcome::Waits || alert(mine) == Some(UNEXPECTED_MESSAGE)
        }
        // RFC 8446 §4.1.4: without extensions it is no HelloRetryRequest.
        Change::Cut(_) if kind == HandshakeType::SERVER_HELLO => alert(mine) == Some(ILLEGAL_PARAMETER),
        // RFC 5246 §7.4.1.1: the peer may send data until it has dealt with the request.
        Change::DataBefore => scenario.after == After::Renegotiation && mine == Outcome::Content,
        // What comes behind it is not protected, and too short to be: OpenSSL says so in various ways.
        Change::CipherSpecBefore | Change::Twice if content_type == ContentType::CHANGE_CIPHER_SPEC => {
            !tls13 && alert(mine) == Some(BAD_RECORD_MAC)
        }
        // RFC 8446 §5: unexpected_message, where OpenSSL says illegal_parameter.
        Change::Content(_) => {
            mine == Outcome::Failed(Some(UNEXPECTED_MESSAGE), Reason::INVALID_CCS_MESSAGE.0)
                && theirs == Outcome::Failed(Some(ILLEGAL_PARAMETER), Reason::INVALID_CCS_MESSAGE.0)
        }
        // RFC 5246 §7.4.1.4, RFC 8446 §4.2: OpenSSL passes over extensions that it does not know, and tells others apart.
        // A second ClientHello must not have other extensions (RFC 8446 §4.1.2).
        Change::Extension(_, extension, _) if second_hello && *extension != 14 => {
            alert(mine) == Some(ILLEGAL_PARAMETER)
                || (alert(mine) == Some(DECODE_ERROR) && alert(theirs) == Some(DECODE_ERROR))
        }
        Change::Extension(_, extension, data) => match attacker {
            Side::Server => {
                alert(mine) == Some(UNSUPPORTED_EXTENSION)
                    || (alert(mine) == Some(DECODE_ERROR) && !data.is_empty())
                    || (alert(mine) == Some(DECODE_ERROR) && alert(theirs) == Some(DECODE_ERROR))
            }
            // RFC 8446 §4.2: a server passes over what it does not know, and what is not for its version; what it knows and
            // cannot read is decode_error.
            Side::Client => match extension {
                14 => !failed(mine) || alert(mine) != Some(AlertDescription::INTERNAL_ERROR.0),
                41 => !tls13,
                5 | 43 | 47 => alert(mine) == Some(DECODE_ERROR),
                _ => false,
            },
        },
        // RFC 8446 §6.2: decode_error where the length is wrong; OpenSSL says that there is too much.
        Change::Trailing => {
            alert(mine) == Some(DECODE_ERROR)
                && theirs == Outcome::Failed(Some(ILLEGAL_PARAMETER), Reason::EXCESSIVE_MESSAGE_SIZE.0)
        }
        Change::Type(_) => {
            alert(mine) == Some(DECODE_ERROR)
                && theirs == Outcome::Failed(Some(ILLEGAL_PARAMETER), Reason::EXCESSIVE_MESSAGE_SIZE.0)
        }
        // The message is too short, and its last byte does not end its record: either may be told.
        Change::LengthLess => {
            alert(mine) == Some(DECODE_ERROR)
                && theirs == Outcome::Failed(Some(UNEXPECTED_MESSAGE), Reason::NOT_ON_RECORD_BOUNDARY.0)
        }
        // Both wait for the byte that lacks, or take one of the next message for it.
        Change::LengthMore if kind == HandshakeType::NEW_SESSION_TICKET => !failed(theirs),
        Change::LengthMore => !failed(mine) && !failed(theirs),
        _ => false,
    }
}
