//! Extensions: the list as it stands in a message, and one file an extension.
//!
//! The list keeps each extension's bytes; a handshake step reads those that it understands with the
//! typed readers of the files here. So unknown extensions survive, and the program's ClientHello
//! callback can look at any of them.

pub mod alpn;
pub mod certificate_authorities;
pub mod cookie;
pub mod early_data;
pub mod ec_point_formats;
pub mod key_share;
pub mod pre_shared_key;
pub mod psk_key_exchange_modes;
pub mod renegotiation_info;
pub mod server_name;
pub mod signature_algorithms;
pub mod status_request;
pub mod supported_groups;
pub mod supported_versions;

use crate::{
    error::Result,
    wire::{ExtensionType, Reader, Writer},
};

/// The extensions of a message, in their order.
#[derive(Clone, Debug, Default)]
pub struct Extensions {}

impl Extensions {
    /// No extensions.
    #[must_use]
    pub fn new() -> Self {
        todo!()
    }

    /// Reads the block with its two-byte length. The same type twice is `illegal_parameter` with
    /// `SSL_R_BAD_EXTENSION` (RFC 8446 §4.2).
    pub fn read(reader: &mut Reader<'_>) -> Result<Self> {
        todo!()
    }

    /// Writes the block with its two-byte length.
    pub fn write(&self, writer: &mut Writer) {
        todo!()
    }

    /// The data of the extension of this type; quick, whatever number of extensions there is.
    #[must_use]
    pub fn get(&self, extension_type: ExtensionType) -> Option<&[u8]> {
        todo!()
    }

    /// Whether there is one of this type.
    #[must_use]
    pub fn contains(&self, extension_type: ExtensionType) -> bool {
        self.get(extension_type).is_some()
    }

    /// Adds an extension whose data `write` writes.
    pub fn add(&mut self, extension_type: ExtensionType, write: impl FnOnce(&mut Writer)) {
        todo!()
    }

    /// All of them in their order.
    pub fn iter(&self) -> impl Iterator<Item = (ExtensionType, &[u8])> {
        todo!();
        #[allow(unreachable_code)]
        core::iter::empty()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        todo!()
    }
}
