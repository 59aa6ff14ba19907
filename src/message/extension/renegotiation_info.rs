//! `renegotiation_info` (RFC 5746 §3.2).

use crate::{error::Result, wire::Writer};

/// `renegotiated_connection`. A wrong length is `decode_error` with `SSL_R_RENEGOTIATION_ENCODING_ERR`.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// Writes it.
pub fn write(writer: &mut Writer, renegotiated_connection: &[u8]) {
    todo!()
}
