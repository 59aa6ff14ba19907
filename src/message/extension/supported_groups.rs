//! `supported_groups` (RFC 8446 §4.2.7).

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    wire::{NamedGroup, Reader, Writer},
};

/// More groups than any peer has a use for: as in OpenSSL 4.0 those beyond them are not looked at.
const MAX_GROUPS: usize = 128;

/// The groups, at most the first 128; at least one.
pub fn read(data: &[u8]) -> Result<Vec<NamedGroup>> {
    let mut groups: Vec<_> = parse_data(data, |reader| Reader::code_points(non_empty(reader.vec16()?)?))?;
    groups.truncate(MAX_GROUPS);
    Ok(groups)
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
    fn groups_after_the_first_128_are_ignored() {
        let groups: Vec<_> = (0..1000).map(NamedGroup).collect();
        let data = written(|writer| write(writer, &groups));
        assert_eq!(read(&data).as_deref(), Ok(&groups[..128]));
    }

    #[test]
    fn empty_list_and_odd_length_are_refused() {
        assert_eq!(read(&[0, 0]), Err(malformed()));
        assert_eq!(read(&[0, 3, 0, 29, 0]), Err(malformed()));
    }
}
