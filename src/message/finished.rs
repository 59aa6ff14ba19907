//! Finished (RFC 8446 §4.4.4, RFC 5246 §7.4.9): `verify_data` and nothing else.

use super::Message;

/// The whole message. Reading is a comparison in constant time, where the expected value is known.
#[must_use]
pub fn write(verify_data: &[u8]) -> Message {
    todo!()
}
