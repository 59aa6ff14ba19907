//! `max_fragment_length` (RFC 6066 §4): a code for the most plaintext bytes of a record.

use super::parse_data;
use crate::error::{Error, Reason, Result};

/// How many bytes the code stands for; `None` for a code that there is not.
#[must_use]
pub fn bytes(code: u8) -> Option<usize> {
    match code {
        1 => Some(512),
        2 => Some(1024),
        3 => Some(2048),
        4 => Some(4096),
        _ => None,
    }
}

/// The code, which is one that there is: else `illegal_parameter`, as RFC 6066 §4 says.
pub fn read(data: &[u8]) -> Result<u8> {
    let code = parse_data(data, |reader| reader.u8())?;
    bytes(code).map(|_| code).ok_or(Error::illegal(Reason::SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn code_is_one_byte() {
        for code in 1..=4 {
            assert_eq!(read(&[code]), Ok(code));
            assert_eq!(bytes(code), Some(256 << code));
        }
        assert_strict(&[2], read);
    }

    #[test]
    fn unknown_code_is_illegal_parameter() {
        for code in [0, 5, 255] {
            assert_eq!(read(&[code]), Err(Error::illegal(Reason::SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH)));
        }
    }
}
