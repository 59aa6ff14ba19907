//! `status_request` (RFC 6066 §8).

use super::{non_empty, parse_data};
use crate::{error::Result, message::items, wire::Writer};

/// The status type `ocsp`, as programs name it.
pub const OCSP: i32 = 1;
/// The status type `ocsp`.
const CODE: u8 = 1;

/// A client's request for an OCSP response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusRequest {
    /// DER ResponderIDs.
    pub responder_ids: Vec<Vec<u8>>,
    /// DER Extensions; may be empty.
    pub extensions: Vec<u8>,
}

impl StatusRequest {
    /// The client's; `None` for a status type other than `ocsp`, which is ignored.
    pub fn read(data: &[u8]) -> Result<Option<Self>> {
        parse_data(data, |reader| {
            if reader.u8()? != CODE {
                reader.rest();
                return Ok(None);
            }
            let responder_ids = items(reader.vec16()?, |reader| Ok(non_empty(reader.vec16()?)?.to_vec()))?;
            Ok(Some(Self { responder_ids, extensions: reader.vec16()?.to_vec() }))
        })
    }

    /// The client's.
    pub fn write(&self, writer: &mut Writer) {
        writer.u8(CODE);
        writer.vec16(|list| {
            for responder_id in &self.responder_ids {
                list.vec16(|item| item.bytes(responder_id));
            }
        });
        writer.vec16(|extensions| extensions.bytes(&self.extensions));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn request_survives_a_round_trip() {
        let full = StatusRequest {
            responder_ids: vec![b"one".to_vec(), b"other".to_vec()],
            extensions: b"extensions".to_vec(),
        };
        for request in [full, StatusRequest::default()] {
            let data = written(|writer| request.write(writer));
            assert_eq!(StatusRequest::read(&data), Ok(Some(request)));
            assert_strict(&data, StatusRequest::read);
        }
    }

    #[test]
    fn other_status_type_is_ignored() {
        assert_eq!(StatusRequest::read(b"\x02anything"), Ok(None));
    }

    #[test]
    fn empty_responder_id_is_refused() {
        assert_eq!(StatusRequest::read(&[1, 0, 2, 0, 0, 0, 0]), Err(malformed()));
    }
}
