//! `supported_groups` (RFC 8446 §4.2.7).

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    wire::{NamedGroup, Reader, Writer},
};

/// The groups; at least one.
pub fn read(data: &[u8]) -> Result<Vec<NamedGroup>> {
    parse_data(data, |reader| Reader::code_points(non_empty(reader.vec16()?)?))
}

/// Writes the groups.
pub fn write(writer: &mut Writer, groups: &[NamedGroup]) {
    writer.vec16(|list| groups.iter().for_each(|group| list.u16(*group)));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn groups_survive_a_round_trip() {
        let groups = [NamedGroup::X25519, NamedGroup(0x1a1a)];
        let data = written(|writer| write(writer, &groups));
        assert_eq!(read(&data).as_deref(), Ok(&groups[..]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_list_and_odd_length_are_refused() {
        assert_eq!(read(&[0, 0]), Err(malformed()));
        assert_eq!(read(&[0, 3, 0, 29, 0]), Err(malformed()));
    }
}
