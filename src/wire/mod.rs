//! The presentation language of TLS (RFC 8446 §3): cursors that read and write it, and the code points.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod code_point;
mod reader;
mod writer;

pub use code_point::{
    AlertDescription, AlertLevel, CertificateCompression, CertificateFormat, CertificateType, CipherSuite,
    ContentType, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, PskKeyExchangeMode,
    SignatureScheme, SrtpProfile,
};
pub use reader::Reader;
pub use writer::Writer;
