//! `renegotiation_info` (RFC 5746 §3.2).

use crate::{
    error::{Error, Reason, Result},
    message::parse,
    wire::{Reader, Writer},
};

/// `renegotiated_connection`. A wrong length is `decode_error` with `SSL_R_RENEGOTIATION_ENCODING_ERR`.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    parse(data, Reader::vec8).map_err(|_| Error::decode(Reason::RENEGOTIATION_ENCODING_ERR))
}

/// Writes it.
pub fn write(writer: &mut Writer, renegotiated_connection: &[u8]) {
    writer.vec8(|value| value.bytes(renegotiated_connection));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn verify_data_survive_a_round_trip() {
        for verify_data in [&[][..], &[7; 24]] {
            let data = written(|writer| write(writer, verify_data));
            assert_eq!(read(&data), Ok(verify_data));
            assert_strict(&data, read);
        }
        assert_eq!(read(&[]), Err(Error::decode(Reason::RENEGOTIATION_ENCODING_ERR)));
    }
}
