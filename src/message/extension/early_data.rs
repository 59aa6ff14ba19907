//! `early_data` (RFC 8446 §4.2.10).

use super::parse_data;
use crate::{
    error::{Error, Reason, Result},
    message::parse,
    wire::Reader,
};

/// In a ClientHello or EncryptedExtensions: nothing.
pub fn read_empty(data: &[u8]) -> Result<()> {
    parse_data(data, |_| Ok(()))
}

/// In a NewSessionTicket: `max_early_data_size`. A wrong length is `decode_error` with
/// `SSL_R_INVALID_MAX_EARLY_DATA`.
pub fn read_max_size(data: &[u8]) -> Result<u32> {
    parse(data, Reader::u32).map_err(|_| Error::decode(Reason::INVALID_MAX_EARLY_DATA))
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn empty_extension_with_data_is_refused() {
        assert_eq!(read_empty(&[]), Ok(()));
        assert_strict(&[], read_empty);
    }

    #[test]
    fn max_size_is_read() {
        assert_eq!(read_max_size(&[0, 0, 0x40, 0]), Ok(16384));
        assert_strict(&[0, 0, 0x40, 0], read_max_size);
    }
}
