//! `psk_key_exchange_modes` (RFC 8446 §4.2.9).

use crate::{
    error::Result,
    wire::{PskKeyExchangeMode, Writer},
};

/// The modes; at least one.
pub fn read(data: &[u8]) -> Result<Vec<PskKeyExchangeMode>> {
    todo!()
}

/// Writes the modes.
pub fn write(writer: &mut Writer, modes: &[PskKeyExchangeMode]) {
    todo!()
}
