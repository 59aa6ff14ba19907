//! `next_protocol_negotiation` (draft-agl-tls-nextprotoneg-04 §3): TLS 1.2 and below; ALPN (RFC 7301) took its place. A client's is
//! empty, a server's is the list of its protocols in their wire form, which may be empty.

use super::{non_empty, parse_data};
use crate::{error::Result, message::items};

/// The server's list: names after a byte with their length, none of them empty.
pub fn read_list(data: &[u8]) -> Result<&[u8]> {
    parse_data(data, |reader| {
        let list = reader.rest();
        items(list, |reader| non_empty(reader.vec8()?))?;
        Ok(list)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn list_may_be_empty_but_no_name() {
        for list in [&b""[..], b"\x02h2", b"\x02h2\x08http/1.1"] {
            assert_eq!(read_list(list), Ok(list));
        }
        for list in [&b"\x00"[..], b"\x02h", b"\x02h2\x00", b"\x02h2\x01"] {
            assert_eq!(read_list(list), Err(malformed()));
        }
    }
}
