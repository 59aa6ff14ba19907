//! `server_name` (RFC 6066 §3).

use crate::{error::Result, wire::Writer};

/// The client's: the one `host_name`, at most 255 bytes, without a zero byte (as OpenSSL demands). A list without a host name, or
/// with two, is `decode_error`.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// The client's.
pub fn write(writer: &mut Writer, host_name: &[u8]) {
    todo!()
}
