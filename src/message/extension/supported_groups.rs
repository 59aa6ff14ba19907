//! `supported_groups` (RFC 8446 §4.2.7).

use crate::{
    error::Result,
    wire::{NamedGroup, Writer},
};

/// The groups; at least one.
pub fn read(data: &[u8]) -> Result<Vec<NamedGroup>> {
    todo!()
}

/// Writes the groups.
pub fn write(writer: &mut Writer, groups: &[NamedGroup]) {
    todo!()
}
