//! `supported_versions` (RFC 8446 §4.2.1). Data that cannot be parsed is `decode_error` with
//! `SSL_R_LENGTH_MISMATCH`.

use crate::{
    error::{Error, Reason, Result},
    message::parse,
    wire::{ProtocolVersion, Reader, Writer},
};

/// The client's list; at least one.
pub fn read_client(data: &[u8]) -> Result<Vec<ProtocolVersion>> {
    parse(data, |reader| match reader.vec8()? {
        [] => Err(Error::decode(Reason::LENGTH_MISMATCH)),
        list => Reader::code_points(list),
    })
}

/// The server's choice.
pub fn read_server(data: &[u8]) -> Result<ProtocolVersion> {
    parse(data, |reader| reader.u16().map(ProtocolVersion))
}

/// The client's list.
pub fn write_client(writer: &mut Writer, versions: &[ProtocolVersion]) {
    writer.vec8(|list| versions.iter().for_each(|version| list.u16(*version)));
}

/// The server's choice.
pub fn write_server(writer: &mut Writer, version: ProtocolVersion) {
    writer.u16(version);
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn client_list_survives_a_round_trip() {
        let versions = [ProtocolVersion(0x1a1a), ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
        let data = written(|writer| write_client(writer, &versions));
        assert_eq!(read_client(&data).as_deref(), Ok(&versions[..]));
        assert_strict(&data, read_client);
    }

    #[test]
    fn server_choice_survives_a_round_trip() {
        let data = written(|writer| write_server(writer, ProtocolVersion::TLS1_3));
        assert_eq!(read_server(&data), Ok(ProtocolVersion::TLS1_3));
        assert_strict(&data, read_server);
    }

    #[test]
    fn empty_list_and_odd_length_are_refused() {
        assert_eq!(read_client(&[0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        assert_eq!(read_client(&[3, 3, 4, 3]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }
}
