//! `use_srtp` (RFC 5764 §4.1.1): the protection profiles of SRTP that a client offers, and the one that the server chose.
//! Master key identifiers (§4.1.3) are not supported: none is sent, a client's is of no account.

use super::non_empty;
use crate::{
    error::{Error, Reason, Result},
    wire::{Reader, SrtpProfile, Writer},
};

/// The client's list.
pub fn read_offer(data: &[u8]) -> Result<Vec<SrtpProfile>> {
    let (profiles, _) = read(data)?;
    Ok(profiles)
}

/// The server's choice. RFC 5764 §4.1.1: it is one; §4.1.3: an identifier that was not offered is `illegal_parameter`.
pub fn read_choice(data: &[u8]) -> Result<SrtpProfile> {
    let (profiles, identifier) = read(data)?;
    if !identifier.is_empty() {
        return Err(Error::illegal(Reason::BAD_SRTP_MKI_VALUE));
    }
    match profiles.as_slice() {
        [profile] => Ok(*profile),
        _ => Err(malformed()),
    }
}

/// Writes the profiles, without an identifier.
pub fn write(writer: &mut Writer, profiles: &[SrtpProfile]) {
    writer.vec16(|list| profiles.iter().for_each(|profile| list.u16(*profile)));
    writer.vec8(|_| {});
}

fn read(data: &[u8]) -> Result<(Vec<SrtpProfile>, &[u8])> {
    let mut reader = Reader::new(data);
    let profiles =
        reader.vec16().and_then(non_empty).and_then(Reader::code_points).map_err(|_| malformed())?;
    let identifier = reader.vec8().map_err(|_| Error::decode(Reason::BAD_SRTP_MKI_VALUE))?;
    if reader.is_empty() { Ok((profiles, identifier)) } else { Err(malformed()) }
}

const fn malformed() -> Error {
    Error::decode(Reason::BAD_SRTP_PROTECTION_PROFILE_LIST)
}

#[cfg(test)]
mod tests {
    use super::{super::written, *};

    const GCM: SrtpProfile = SrtpProfile::SRTP_AEAD_AES_128_GCM;
    const COUNTER: SrtpProfile = SrtpProfile::SRTP_AES128_CM_SHA1_80;

    #[test]
    fn offer_survives_a_round_trip() {
        let data = written(|writer| write(writer, &[GCM, COUNTER, SrtpProfile(0x7777)]));
        assert_eq!(data, [0, 6, 0, 7, 0, 1, 0x77, 0x77, 0]);
        assert_eq!(read_offer(&data), Ok(vec![GCM, COUNTER, SrtpProfile(0x7777)]));
        for length in 0..data.len() {
            assert!(read_offer(&data[..length]).is_err());
        }
        assert_eq!(read_offer(&[&data[..], &[0]].concat()), Err(malformed()));
    }

    #[test]
    fn empty_or_odd_list_is_decode_error() {
        for data in [&[0, 0, 0][..], &[0, 1, 7, 0], &[0, 3, 0, 7, 0, 0]] {
            assert_eq!(read_offer(data), Err(malformed()));
            assert_eq!(read_choice(data), Err(malformed()));
        }
    }

    #[test]
    fn clients_identifier_is_ignored() {
        assert_eq!(read_offer(&[0, 2, 0, 7, 3, 1, 2, 3]), Ok(vec![GCM]));
    }

    #[test]
    fn choice_is_one_profile_without_identifier() {
        assert_eq!(read_choice(&[0, 2, 0, 7, 0]), Ok(GCM));
        assert_eq!(read_choice(&[0, 4, 0, 7, 0, 1, 0]), Err(malformed()));
        assert_eq!(read_choice(&[0, 2, 0, 7, 1, 9]), Err(Error::illegal(Reason::BAD_SRTP_MKI_VALUE)));
    }
}
