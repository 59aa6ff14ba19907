//! `certificate_authorities` (RFC 8446 §4.2.4): DER distinguished names.

use super::{non_empty, parse_data};
use crate::{error::Result, message::items, wire::Writer};

/// The names; at least one.
pub fn read(data: &[u8]) -> Result<Vec<Vec<u8>>> {
    parse_data(data, |reader| {
        items(non_empty(reader.vec16()?)?, |reader| Ok(non_empty(reader.vec16()?)?.to_vec()))
    })
}

/// Writes the names.
pub fn write<'a>(writer: &mut Writer, names: impl IntoIterator<Item = &'a [u8]>) {
    writer.vec16(|list| {
        for name in names {
            list.vec16(|item| item.bytes(name));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn names_survive_a_round_trip() {
        let data = written(|writer| write(writer, [&b"one"[..], b"other"]));
        assert_eq!(read(&data), Ok(vec![b"one".to_vec(), b"other".to_vec()]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_list_and_empty_name_are_refused() {
        assert_eq!(read(&[0, 0]), Err(malformed()));
        assert_eq!(read(&[0, 2, 0, 0]), Err(malformed()));
    }
}
