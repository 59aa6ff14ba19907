//! Finished (RFC 8446 §4.4.4, RFC 5246 §7.4.9): `verify_data` and nothing else.

use subtle::ConstantTimeEq as _;

use super::Message;
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, HandshakeType},
};

/// Compares a received body with the `verify_data` that is expected, in constant time: a wrong one is
/// `decrypt_error`, one of another length `decode_error`.
pub fn check(received: &[u8], expected: &[u8]) -> Result<()> {
    if received.len() != expected.len() {
        return Err(Error::decode(Reason::BAD_DIGEST_LENGTH));
    }
    #[cfg(fuzzing)]
    if crate::crypto::unprotected::is_on() {
        return Ok(());
    }
    if !bool::from(received.ct_eq(expected)) {
        return Err(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::DIGEST_CHECK_FAILED));
    }
    Ok(())
}

/// The whole message.
#[must_use]
pub fn write(verify_data: &[u8]) -> Message {
    Message::build(HandshakeType::FINISHED, |body| body.bytes(verify_data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::libcrypto::secrets_under_valgrind as valgrind;

    /// `make secrets`: what is decided is the only thing that depends on the secret.
    #[test]
    fn verify_data_is_compared_without_a_look_at_it() {
        if !valgrind::is_there() {
            return;
        }
        let expected = vec![7; 32];
        valgrind::hide(&expected[..]);
        for place in [0, 15, 31, 32] {
            let mut received = [7; 32];
            received.iter_mut().skip(place).for_each(|byte| *byte = 9);
            let (result, complaints) = valgrind::complaints_about(|| check(&received, &expected));
            assert!(complaints <= 1, "{place}: {complaints}");
            valgrind::show(&result);
            assert_eq!(result.is_ok(), place == 32, "{place}");
        }
    }

    #[test]
    fn body_is_the_verify_data() {
        let message = write(&[7; 12]);
        assert_eq!(message.handshake_type(), HandshakeType::FINISHED);
        assert_eq!(message.body(), [7; 12]);
    }

    #[test]
    fn other_verify_data_or_length_is_refused() {
        assert_eq!(check(&[7; 12], &[7; 12]), Ok(()));
        assert_eq!(
            check(&[8; 12], &[7; 12]),
            Err(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::DIGEST_CHECK_FAILED))
        );
        assert_eq!(check(&[7; 11], &[7; 12]), Err(Error::decode(Reason::BAD_DIGEST_LENGTH)));
    }
}
