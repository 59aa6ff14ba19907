//! `client_certificate_type` and `server_certificate_type` (RFC 7250 §3): whether certificates or raw public keys are sent.

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    wire::{CertificateFormat, Writer},
};

/// A client's list.
pub fn write_list(writer: &mut Writer, formats: &[CertificateFormat]) {
    writer.vec8(|list| {
        for format in formats {
            list.u8(format.0);
        }
    });
}

/// Reads a client's list, at least one.
pub fn read_list(data: &[u8]) -> Result<Vec<CertificateFormat>> {
    parse_data(data, |reader| non_empty(reader.vec8()?.iter().copied().map(CertificateFormat).collect()))
}

/// Reads what a server chose.
pub fn read_chosen(data: &[u8]) -> Result<CertificateFormat> {
    parse_data(data, |reader| Ok(CertificateFormat(reader.u8()?)))
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn list_survives_a_round_trip() {
        let formats = [CertificateFormat::RAW_PUBLIC_KEY, CertificateFormat::X509, CertificateFormat(77)];
        let data = written(|writer| write_list(writer, &formats));
        assert_eq!(data, [3, 2, 0, 77]);
        assert_eq!(read_list(&data).as_deref(), Ok(&formats[..]));
        assert_strict(&data, read_list);
        assert_eq!(read_list(&[0]), Err(malformed()));
    }

    #[test]
    fn choice_is_one_byte() {
        assert_eq!(read_chosen(&[2]), Ok(CertificateFormat::RAW_PUBLIC_KEY));
        assert_strict(&[2], read_chosen);
    }
}
