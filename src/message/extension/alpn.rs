//! `application_layer_protocol_negotiation` (RFC 7301). A list is in its wire form without the outer
//! length: each name with a one-byte length, which is also the form of the C API.

use crate::{error::Result, wire::Writer};

/// The client's list: at least one name, none of them empty.
pub fn read_list(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// The server's choice: exactly one name.
pub fn read_selected(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// The client's list, in its wire form.
pub fn write_list(writer: &mut Writer, list: &[u8]) {
    todo!()
}

/// The server's choice.
pub fn write_selected(writer: &mut Writer, name: &[u8]) {
    todo!()
}

/// The names of a list in its wire form; stops at a malformed one.
pub fn names(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    todo!();
    #[allow(unreachable_code)]
    core::iter::empty()
}
