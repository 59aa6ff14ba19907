//! `compress_certificate` (RFC 8879 §3): how a side can decompress the other's certificates.

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    message::items,
    wire::{CertificateCompression, Writer},
};

/// The algorithms, at least one.
pub fn read(data: &[u8]) -> Result<Vec<CertificateCompression>> {
    parse_data(data, |reader| non_empty(items(reader.vec8()?, |reader| Ok(reader.u16()?.into()))?))
}

/// The algorithms.
pub fn write(writer: &mut Writer, algorithms: &[CertificateCompression]) {
    writer.vec8(|list| {
        for algorithm in algorithms {
            list.u16(*algorithm);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn list_survives_a_round_trip() {
        let algorithms = [CertificateCompression::BROTLI, CertificateCompression(0x4001)];
        let data = written(|writer| write(writer, &algorithms));
        assert_eq!(read(&data).as_deref(), Ok(&algorithms[..]));
        assert_strict(&data, read);
        assert_eq!(read(&[0]), Err(malformed()));
    }
}
