//! `pre_shared_key` (RFC 8446 §4.2.11).

use crate::{error::Result, wire::Writer};

/// What a client offers.
#[derive(Clone, Debug)]
pub struct OfferedPsks {
    /// Identity and obfuscated ticket age.
    pub identities: Vec<(Vec<u8>, u32)>,
    /// As many binders, 32 to 255 bytes each.
    pub binders: Vec<Vec<u8>>,
}

impl OfferedPsks {
    /// The client's. A number of binders other than that of identities is `illegal_parameter`.
    pub fn read(data: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The client's.
    pub fn write(&self, writer: &mut Writer) {
        todo!()
    }
}

/// The server's: the index of the chosen identity.
pub fn read_selected(data: &[u8]) -> Result<u16> {
    todo!()
}
