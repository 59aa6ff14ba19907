//! `application_layer_protocol_negotiation` (RFC 7301 §3.1). A list is in its wire form without the outer
//! length: each name with a one-byte length, which is also the form of the C API.

use super::{malformed, non_empty, parse_data};
use crate::{
    error::Result,
    message::items,
    wire::{Reader, Writer},
};

/// The client's list: at least one name, none of them empty.
pub fn read_list(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| {
        let list = non_empty(reader.vec16()?)?;
        // RFC 7301 §3.1: empty strings must not be included.
        items(list, |reader| non_empty(reader.vec8()?))?;
        Ok(list)
    })
}

/// The server's choice: exactly one name.
pub fn read_selected(data: &[u8]) -> Result<&[u8]> {
    match items(read_list(data)?, Reader::vec8)?.as_slice() {
        [name] => Ok(name),
        _ => Err(malformed()),
    }
}

/// The client's list, in its wire form.
pub fn write_list(writer: &mut Writer, list: &[u8]) {
    writer.vec16(|names| names.bytes(list));
}

/// The server's choice.
pub fn write_selected(writer: &mut Writer, name: &[u8]) {
    writer.vec16(|names| names.vec8(|selected| selected.bytes(name)));
}

/// The names of a list in its wire form; stops at a malformed one.
pub fn names(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Reader::new(list);
    core::iter::from_fn(move || rest.vec8().ok())
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn list_survives_a_round_trip() {
        let data = written(|writer| write_list(writer, b"\x02h2\x08http/1.1"));
        assert_eq!(read_list(&data), Ok(&b"\x02h2\x08http/1.1"[..]));
        assert_strict(&data, read_list);
    }

    #[test]
    fn selection_survives_a_round_trip() {
        let data = written(|writer| write_selected(writer, b"h2"));
        assert_eq!(read_selected(&data), Ok(&b"h2"[..]));
        assert_strict(&data, read_selected);
    }

    #[test]
    fn empty_list_and_empty_name_are_refused() {
        for data in [&[0, 0][..], &[0, 1, 0], &[0, 4, 2, b'h', b'2', 0]] {
            assert_eq!(read_list(data), Err(malformed()));
            assert_eq!(read_selected(data), Err(malformed()));
        }
    }

    #[test]
    fn selection_of_two_names_is_refused() {
        assert_eq!(read_selected(&[0, 4, 1, b'a', 1, b'b']), Err(malformed()));
    }

    #[test]
    fn names_stop_at_a_malformed_one() {
        assert_eq!(names(b"\x02h2\x01a").collect::<Vec<_>>(), [&b"h2"[..], b"a"]);
        assert_eq!(names(b"\x02h2\x09a").collect::<Vec<_>>(), [&b"h2"[..]]);
    }
}
