//! `server_name` (RFC 6066 §3).

use super::{malformed, non_empty, parse_data};
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, Writer},
};

/// The name type `host_name`.
const HOST_NAME: u8 = 0;

/// The longest host name that OpenSSL takes.
const MAX_HOST_NAME_LENGTH: usize = 255;

/// The client's: the one `host_name`. A list without a host name, or with two, is `decode_error`; a name of
/// more than 255 bytes, or with a zero byte, is `unrecognized_name`, as OpenSSL has it.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| {
        // RFC 6066 §3: the list must not contain more than one name of the same type, and host_name is
        // the only type that there is.
        let host_name = super::parse(reader.vec16()?, |list| match list.u8()? {
            HOST_NAME => non_empty(list.vec16()?),
            _ => Err(malformed()),
        })?;
        if host_name.len() > MAX_HOST_NAME_LENGTH || host_name.contains(&0) {
            return Err(Error::fatal(AlertDescription::UNRECOGNIZED_NAME, Reason::BAD_EXTENSION));
        }
        Ok(host_name)
    })
}

/// The client's.
pub fn write(writer: &mut Writer, host_name: &[u8]) {
    writer.vec16(|list| {
        list.u8(HOST_NAME);
        list.vec16(|name| name.bytes(host_name));
    });
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    fn round_trip(name: &[u8]) -> Result<Vec<u8>> {
        read(&written(|writer| write(writer, name))).map(<[u8]>::to_vec)
    }

    #[test]
    fn host_name_survives_a_round_trip() {
        assert_eq!(round_trip(b"server.example"), Ok(b"server.example".to_vec()));
        assert_strict(&written(|writer| write(writer, b"server.example")), read);
    }

    #[test]
    fn long_name_and_zero_byte_are_unrecognized_name() {
        let unrecognized = Error::fatal(AlertDescription::UNRECOGNIZED_NAME, Reason::BAD_EXTENSION);
        assert!(round_trip(&[b'a'; 255]).is_ok());
        assert_eq!(round_trip(&[b'a'; 256]), Err(unrecognized));
        assert_eq!(round_trip(b"a\0b"), Err(unrecognized));
    }

    #[test]
    fn list_without_one_host_name_is_refused() {
        let none = &[0, 0][..];
        let empty_name = &[0, 3, 0, 0, 0];
        let other_type = &[0, 4, 1, 0, 1, b'a'];
        let two = &[0, 8, 0, 0, 1, b'a', 0, 0, 1, b'b'];
        for data in [none, empty_name, other_type, two] {
            assert_eq!(read(data), Err(malformed()));
        }
    }
}
