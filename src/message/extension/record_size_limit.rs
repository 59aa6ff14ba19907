//! `record_size_limit` (RFC 8449): the most bytes that a side takes in a record.

use super::parse_data;
use crate::error::{Error, Reason, Result};

/// The least that may be asked for (RFC 8449 §4).
const LEAST: u16 = 64;

/// What both sides take, once each has said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordSizeLimits {
    /// The most that we may send.
    pub peer: u16,
    /// The most that we take.
    pub own: u16,
}

/// The limit. Less than 64 is `illegal_parameter` (RFC 8449 §4); more than a version allows is left to the version.
pub fn read(data: &[u8]) -> Result<u16> {
    let limit = parse_data(data, |reader| reader.u16())?;
    if limit < LEAST { Err(Error::illegal(Reason::BAD_EXTENSION)) } else { Ok(limit) }
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn limit_is_two_bytes() {
        assert_eq!(read(&[0x40, 1]), Ok(16_385));
        assert_eq!(read(&[0xff, 0xff]), Ok(65_535));
        assert_strict(&[0, 64], read);
    }

    #[test]
    fn limit_under_64_is_illegal_parameter() {
        for data in [[0, 0], [0, 63]] {
            assert_eq!(read(&data), Err(Error::illegal(Reason::BAD_EXTENSION)));
        }
    }
}
