//! `key_share` (RFC 8446 §4.2.8). Data that cannot be parsed is `decode_error` with
//! `SSL_R_LENGTH_MISMATCH`.

use crate::{
    error::{Error, Reason, Result},
    message::{items, parse},
    wire::{NamedGroup, Reader, Writer},
};

/// More shares than any client has a use for: as in OpenSSL 4.0 those beyond them are not looked at.
const MAX_SHARES: usize = 16;

/// The shares of a ClientHello (maybe none), at most the first 16. The same group twice is `illegal_parameter` with
/// `SSL_R_BAD_KEY_SHARE`.
pub fn read_client(data: &[u8]) -> Result<Vec<(NamedGroup, &[u8])>> {
    let mut shares = parse(data, |reader| items(reader.vec16()?, read_entry))?;
    shares.truncate(MAX_SHARES);
    // RFC 8446 §4.2.8: clients must not offer multiple shares for the same group.
    let mut groups: Vec<_> = shares.iter().map(|(group, _)| *group).collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() < shares.len() { Err(Error::illegal(Reason::BAD_KEY_SHARE)) } else { Ok(shares) }
}

/// The share of a ServerHello.
pub fn read_server(data: &[u8]) -> Result<(NamedGroup, &[u8])> {
    parse(data, read_entry)
}

/// The group that a HelloRetryRequest selects.
pub fn read_retry(data: &[u8]) -> Result<NamedGroup> {
    parse(data, |reader| reader.u16().map(NamedGroup))
}

/// The shares of a ClientHello.
pub fn write_client(writer: &mut Writer, shares: &[(NamedGroup, &[u8])]) {
    writer.vec16(|list| {
        for (group, share) in shares {
            write_server(list, *group, share);
        }
    });
}

/// The share of a ServerHello.
pub fn write_server(writer: &mut Writer, group: NamedGroup, share: &[u8]) {
    writer.u16(group);
    writer.vec16(|key_exchange| key_exchange.bytes(share));
}

/// A `KeyShareEntry`: its `key_exchange` has at least one byte.
fn read_entry<'a>(reader: &mut Reader<'a>) -> Result<(NamedGroup, &'a [u8])> {
    let group = reader.u16()?.into();
    match reader.vec16()? {
        [] => Err(Error::decode(Reason::LENGTH_MISMATCH)),
        share => Ok((group, share)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn client_shares_survive_a_round_trip() {
        let shares = [(NamedGroup::X25519, &[1; 32][..]), (NamedGroup(0x1a1a), &[0][..])];
        let data = written(|writer| write_client(writer, &shares));
        assert_eq!(read_client(&data).as_deref(), Ok(&shares[..]));
        assert_strict(&data, read_client);
    }

    #[test]
    fn no_client_share_is_allowed() {
        assert_eq!(read_client(&[0, 0]), Ok(vec![]));
    }

    #[test]
    fn server_share_survives_a_round_trip() {
        let data = written(|writer| write_server(writer, NamedGroup::X25519, &[1; 32]));
        assert_eq!(read_server(&data), Ok((NamedGroup::X25519, &[1; 32][..])));
        assert_strict(&data, read_server);
    }

    #[test]
    fn retry_group_is_read() {
        assert_eq!(read_retry(&[0, 23]), Ok(NamedGroup::SECP256R1));
        assert_strict(&[0, 23], read_retry);
    }

    #[test]
    fn empty_share_is_decode_error() {
        assert_eq!(read_server(&[0, 29, 0, 0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        assert_eq!(read_client(&[0, 4, 0, 29, 0, 0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }

    #[test]
    fn same_group_twice_is_illegal_parameter() {
        let shares = [(NamedGroup::X25519, &[1][..]), (NamedGroup::X448, &[2]), (NamedGroup::X25519, &[3])];
        let data = written(|writer| write_client(writer, &shares));
        assert_eq!(read_client(&data), Err(Error::illegal(Reason::BAD_KEY_SHARE)));
    }

    #[test]
    fn shares_after_the_first_16_are_ignored() {
        let shares: Vec<_> = (0..17).map(|number| (NamedGroup(number), &[1][..])).collect();
        let data = |count: usize| written(|writer| write_client(writer, &shares[..count]));
        assert_eq!(read_client(&data(16)).map(|shares| shares.len()), Ok(16));
        assert_eq!(read_client(&data(17)).as_deref(), Ok(&shares[..16]));
        assert_eq!(read_client(&data(17)[..80]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }
}
