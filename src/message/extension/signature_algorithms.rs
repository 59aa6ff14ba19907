//! `signature_algorithms` and `signature_algorithms_cert` (RFC 8446 §4.2.3).

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    wire::{Reader, SignatureScheme, Writer},
};

/// More schemes than any peer has a use for: as in OpenSSL 4.0 those beyond them are not looked at.
pub const MAX_SCHEMES: usize = 128;

/// The schemes, at most the first [`MAX_SCHEMES`]; at least one.
pub fn read(data: &[u8]) -> Result<Vec<SignatureScheme>> {
    let mut schemes: Vec<_> = parse_data(data, |reader| Reader::code_points(non_empty(reader.vec16()?)?))?;
    schemes.truncate(MAX_SCHEMES);
    Ok(schemes)
}

/// Writes the schemes.
pub fn write(writer: &mut Writer, schemes: &[SignatureScheme]) {
    writer.vec16(|list| schemes.iter().for_each(|scheme| list.u16(*scheme)));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn schemes_after_the_first_128_are_ignored() {
        let schemes: Vec<_> = (0..1000).map(SignatureScheme).collect();
        let data = written(|writer| write(writer, &schemes));
        assert_eq!(read(&data).as_deref(), Ok(&schemes[..128]));
    }

    #[test]
    fn schemes_survive_a_round_trip() {
        let schemes = [SignatureScheme::ED25519, SignatureScheme(0x1a1a)];
        let data = written(|writer| write(writer, &schemes));
        assert_eq!(read(&data).as_deref(), Ok(&schemes[..]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_list_and_odd_length_are_refused() {
        assert_eq!(read(&[0, 0]), Err(malformed()));
        assert_eq!(read(&[0, 3, 0, 29, 0]), Err(malformed()));
    }
}
