//! `pre_shared_key` (RFC 8446 §4.2.11).

use super::{malformed, non_empty, parse_data};
use crate::{
    error::{Error, Reason, Result},
    message::items,
    wire::Writer,
};

/// What a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedPsks {
    /// Identity and obfuscated ticket age.
    pub identities: Vec<(Vec<u8>, u32)>,
    /// As many binders, 32 to 255 bytes each.
    pub binders: Vec<Vec<u8>>,
}

impl OfferedPsks {
    /// The client's. A number of binders other than that of identities is `illegal_parameter`.
    pub fn read(data: &[u8]) -> Result<Self> {
        parse_data(data, |reader| {
            let identities = items(non_empty(reader.vec16()?)?, |reader| {
                Ok((non_empty(reader.vec16()?)?.to_vec(), reader.u32()?))
            })?;
            let binders = items(non_empty(reader.vec16()?)?, |reader| match reader.vec8()? {
                binder if binder.len() < 32 => Err(malformed()),
                binder => Ok(binder.to_vec()),
            })?;
            // RFC 8446 §4.2.11: the binders are in the order of the identities, one for each.
            if binders.len() != identities.len() {
                return Err(Error::illegal(Reason::BAD_EXTENSION));
            }
            Ok(Self { identities, binders })
        })
    }

    /// The client's.
    pub fn write(&self, writer: &mut Writer) {
        writer.vec16(|identities| {
            for (identity, obfuscated_ticket_age) in &self.identities {
                identities.vec16(|item| item.bytes(identity));
                identities.u32(*obfuscated_ticket_age);
            }
        });
        writer.vec16(|binders| {
            for binder in &self.binders {
                binders.vec8(|item| item.bytes(binder));
            }
        });
    }
}

/// The server's: the index of the chosen identity.
pub fn read_selected(data: &[u8]) -> Result<u16> {
    parse_data(data, |reader| reader.u16())
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    fn sample() -> OfferedPsks {
        OfferedPsks {
            identities: vec![(b"one".to_vec(), 7), (b"other".to_vec(), u32::MAX)],
            binders: vec![vec![1; 32], vec![2; 48]],
        }
    }

    fn read(offered: &OfferedPsks) -> Result<OfferedPsks> {
        OfferedPsks::read(&written(|writer| offered.write(writer)))
    }

    #[test]
    fn offer_survives_a_round_trip() {
        assert_eq!(read(&sample()), Ok(sample()));
        assert_strict(&written(|writer| sample().write(writer)), OfferedPsks::read);
    }

    #[test]
    fn selection_is_read() {
        assert_eq!(read_selected(&[0, 1]), Ok(1));
        assert_strict(&[0, 1], read_selected);
    }

    #[test]
    fn offer_outside_the_bounds_is_refused() {
        let nothing = OfferedPsks { identities: vec![], binders: vec![] };
        let nameless = OfferedPsks { identities: vec![(vec![], 0)], binders: vec![vec![1; 32]] };
        let short = OfferedPsks { identities: vec![(vec![1], 0)], binders: vec![vec![1; 31]] };
        for offered in [nothing, nameless, short] {
            assert_eq!(read(&offered), Err(malformed()));
        }
    }

    #[test]
    fn fewer_binders_than_identities_are_illegal_parameter() {
        let offered = OfferedPsks { binders: vec![vec![1; 32]], ..sample() };
        assert_eq!(read(&offered), Err(Error::illegal(Reason::BAD_EXTENSION)));
    }
}
