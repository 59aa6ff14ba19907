//! `ec_point_formats` (RFC 8422 §5.1.2).

use super::{non_empty, parse_data};
use crate::{error::Result, wire::Writer};

/// The formats; at least one.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| non_empty(reader.vec8()?))
}

/// Writes the formats.
pub fn write(writer: &mut Writer, formats: &[u8]) {
    writer.vec8(|list| list.bytes(formats));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn formats_survive_a_round_trip() {
        let data = written(|writer| write(writer, &[0, 1, 2]));
        assert_eq!(read(&data), Ok(&[0, 1, 2][..]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_list_is_refused() {
        assert_eq!(read(&[0]), Err(malformed()));
    }
}
