//! `cookie` (RFC 8446 §4.2.2).

use super::{non_empty, parse_data};
use crate::{error::Result, wire::Writer};

/// The cookie; at least one byte.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| non_empty(reader.vec16()?))
}

/// Writes the cookie.
pub fn write(writer: &mut Writer, cookie: &[u8]) {
    writer.vec16(|value| value.bytes(cookie));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn cookie_survives_a_round_trip() {
        let data = written(|writer| write(writer, b"crumb"));
        assert_eq!(read(&data), Ok(&b"crumb"[..]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_cookie_is_refused() {
        assert_eq!(read(&[0, 0]), Err(malformed()));
    }
}
