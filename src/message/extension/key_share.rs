//! `key_share` (RFC 8446 §4.2.8).

use crate::{
    error::Result,
    wire::{NamedGroup, Writer},
};

/// The shares of a ClientHello (maybe none). The same group twice is `illegal_parameter` with
/// `SSL_R_BAD_KEY_SHARE`; more than 16 shares are as well.
pub fn read_client(data: &[u8]) -> Result<Vec<(NamedGroup, &[u8])>> {
    todo!()
}

/// The share of a ServerHello.
pub fn read_server(data: &[u8]) -> Result<(NamedGroup, &[u8])> {
    todo!()
}

/// The group that a HelloRetryRequest selects.
pub fn read_retry(data: &[u8]) -> Result<NamedGroup> {
    todo!()
}

/// The shares of a ClientHello.
pub fn write_client(writer: &mut Writer, shares: &[(NamedGroup, &[u8])]) {
    todo!()
}

/// The share of a ServerHello.
pub fn write_server(writer: &mut Writer, group: NamedGroup, share: &[u8]) {
    todo!()
}
