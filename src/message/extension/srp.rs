//! `srp` (RFC 5054 §2.8.1): the user name.

use super::{malformed, parse_data};
use crate::{error::Result, wire::Writer};

/// The client's: the name, which C must be able to hold.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| match reader.vec8()? {
        name if name.contains(&0) => Err(malformed()),
        name => Ok(name),
    })
}

/// The client's; at most 255 bytes.
pub fn write(writer: &mut Writer, name: &[u8]) {
    writer.vec8(|item| item.bytes(name));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn name_survives_a_round_trip() {
        let data = written(|writer| write(writer, b"user"));
        assert_eq!(read(&data), Ok(&b"user"[..]));
        assert_strict(&data, read);
    }

    #[test]
    fn name_with_a_zero_byte_is_refused() {
        assert_eq!(read(b"\x03a\0b"), Err(malformed()));
    }
}
