//! `supported_versions` (RFC 8446 §4.2.1).

use crate::{
    error::Result,
    wire::{ProtocolVersion, Writer},
};

/// The client's list; at least one.
pub fn read_client(data: &[u8]) -> Result<Vec<ProtocolVersion>> {
    todo!()
}

/// The server's choice.
pub fn read_server(data: &[u8]) -> Result<ProtocolVersion> {
    todo!()
}

/// The client's list.
pub fn write_client(writer: &mut Writer, versions: &[ProtocolVersion]) {
    todo!()
}

/// The server's choice.
pub fn write_server(writer: &mut Writer, version: ProtocolVersion) {
    todo!()
}
