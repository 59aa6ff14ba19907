//! `status_request` (RFC 6066 §8).

use crate::{error::Result, wire::Writer};

/// A client's request for an OCSP response.
#[derive(Clone, Debug, Default)]
pub struct StatusRequest {
    /// DER ResponderIDs.
    pub responder_ids: Vec<Vec<u8>>,
    /// DER Extensions; may be empty.
    pub extensions: Vec<u8>,
}

impl StatusRequest {
    /// The client's; `None` for a status type other than `ocsp`, which is ignored.
    pub fn read(data: &[u8]) -> Result<Option<Self>> {
        todo!()
    }

    /// The client's.
    pub fn write(&self, writer: &mut Writer) {
        todo!()
    }
}
