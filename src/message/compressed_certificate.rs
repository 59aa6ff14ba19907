//! CompressedCertificate (RFC 8879 §4): a Certificate of TLS 1.3, compressed with zlib, brotli or zstd.

use std::{io::Read, sync::Arc};

use ruzstd::{
    decoding::StreamingDecoder,
    encoding::{CompressionLevel, compress_to_vec},
};

use super::{Message, brotli, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, CertificateCompression, HandshakeType},
};

/// The level of effort; certificates are small, and are compressed for each handshake.
const ZLIB_LEVEL: u32 = 6;
const ZSTD_LEVEL: CompressionLevel = CompressionLevel::Fastest;
/// The most memory in bytes that a zstd frame may ask for: the least that RFC 8878 §3.1.1.1.2 asks of decoders.
const ZSTD_WINDOW: u64 = 8 << 20;

/// The algorithms that there are.
pub const ALL: [CertificateCompression; 3] =
    [CertificateCompression::ZLIB, CertificateCompression::BROTLI, CertificateCompression::ZSTD];

/// Whether there is such an algorithm.
#[must_use]
pub fn is_supported(algorithm: CertificateCompression) -> bool {
    ALL.contains(&algorithm)
}

/// The Certificate message in a CompressedCertificate, which was compressed with one of the `offered` algorithms. More than
/// `limit` bytes are not even tried.
pub fn expand(message: &Message, offered: &[CertificateCompression], limit: usize) -> Result<Message> {
    let (algorithm, length, compressed) =
        parse(message.expect(HandshakeType::COMPRESSED_CERTIFICATE)?, |reader| {
            Ok((CertificateCompression(reader.u16()?), reader.u24()?, reader.vec24()?))
        })?;
    // RFC 8879 §4: one that was not offered is illegal_parameter.
    if !offered.contains(&algorithm) {
        return Err(Error::illegal(Reason::INVALID_COMPRESSION_ALGORITHM));
    }
    let length = length as usize;
    if length > limit {
        return Err(bad(Reason::EXCESSIVE_MESSAGE_SIZE));
    }
    let body = decompress(algorithm, compressed, length).ok_or(bad(Reason::BAD_DECOMPRESSION))?;
    // RFC 8879 §4: the length is that of what comes out.
    if body.len() != length {
        return Err(bad(Reason::BAD_DECOMPRESSION));
    }
    Ok(Message::build(HandshakeType::CERTIFICATE, |writer| writer.bytes(&body)))
}

/// The body of a Certificate, compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compressed {
    /// With what.
    pub algorithm: CertificateCompression,
    /// How long it was.
    pub length: u32,
    /// What it became.
    pub data: Arc<[u8]>,
}

impl Compressed {
    /// Compresses the body of a Certificate message; `None` if there is no such algorithm.
    #[must_use]
    pub fn new(certificate: &Message, algorithm: CertificateCompression) -> Option<Self> {
        let body = certificate.body();
        let data = deflate(algorithm, body)?.into();
        Some(Self { algorithm, length: u32::try_from(body.len()).ok()?, data })
    }

    /// The message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::COMPRESSED_CERTIFICATE, |writer| {
            writer.u16(self.algorithm);
            writer.u24(self.length);
            writer.vec24(|data| data.bytes(&self.data));
        })
    }
}

/// A Certificate message compressed; `None` if that does not make it smaller.
#[must_use]
pub fn compress(certificate: &Message, algorithm: CertificateCompression) -> Option<Message> {
    let message = Compressed::new(certificate, algorithm)?.write();
    (message.as_bytes().len() < certificate.as_bytes().len()).then_some(message)
}

/// What cannot be decompressed is bad_certificate (RFC 8879 §4).
const fn bad(reason: Reason) -> Error {
    Error::fatal(AlertDescription::BAD_CERTIFICATE, reason)
}

fn deflate(algorithm: CertificateCompression, body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match algorithm {
        CertificateCompression::ZLIB => {
            let level = flate2::Compression::new(ZLIB_LEVEL);
            flate2::read::ZlibEncoder::new(body, level).read_to_end(&mut out).ok()?;
        }
        CertificateCompression::BROTLI => {
            out = brotli::compress(body).ok()?;
        }
        CertificateCompression::ZSTD => {
            out = compress_to_vec(body, ZSTD_LEVEL);
        }
        _ => return None,
    }
    Some(out)
}

/// At most one byte more than `length` comes out: memory is bounded by what was announced.
fn decompress(algorithm: CertificateCompression, compressed: &[u8], length: usize) -> Option<Vec<u8>> {
    let limit = length.checked_add(1)? as u64;
    let mut out = Vec::new();
    match algorithm {
        CertificateCompression::ZLIB => {
            flate2::read::ZlibDecoder::new(compressed).take(limit).read_to_end(&mut out).ok()?;
        }
        CertificateCompression::BROTLI => {
            brotli::decoder(compressed)?.take(limit).read_to_end(&mut out).ok()?;
        }
        CertificateCompression::ZSTD => {
            let mut frame = StreamingDecoder::new_with_max_window_size(compressed, ZSTD_WINDOW).ok()?;
            frame.by_ref().take(limit).read_to_end(&mut out).ok()?;
            let checksum = frame.decoder.get_checksum_from_data();
            if checksum.is_some() && checksum != frame.decoder.get_calculated_checksum() {
                return None;
            }
        }
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> Message {
        Message::build(HandshakeType::CERTIFICATE, |writer| writer.bytes(&b"certificate ".repeat(100)))
    }

    fn made(algorithm: u16, length: u32, data: &[u8]) -> Message {
        Message::build(HandshakeType::COMPRESSED_CERTIFICATE, |writer| {
            writer.u16(algorithm);
            writer.u24(length);
            writer.vec24(|compressed| compressed.bytes(data));
        })
    }

    #[test]
    fn certificate_survives_a_round_trip_with_each_algorithm() {
        for algorithm in ALL {
            let message = compress(&certificate(), algorithm).unwrap();
            assert!(message.as_bytes().len() < 200, "{algorithm:?}");
            assert_eq!(expand(&message, &ALL, 1200), Ok(certificate()));
            assert!(is_supported(algorithm));
        }
        assert!(!is_supported(CertificateCompression(0)));
    }

    #[test]
    fn what_does_not_shrink_is_not_compressed() {
        let small = Message::build(HandshakeType::CERTIFICATE, |writer| writer.bytes(b"x"));
        assert!(ALL.into_iter().all(|algorithm| compress(&small, algorithm).is_none()));
    }

    #[test]
    fn algorithm_that_was_not_offered_is_illegal_parameter() {
        let message = compress(&certificate(), ALL[0]).unwrap();
        let error = Error::illegal(Reason::INVALID_COMPRESSION_ALGORITHM);
        assert_eq!(expand(&message, &ALL[1..], 1200), Err(error));
        assert_eq!(expand(&made(77, 1, b"x"), &ALL, 1200), Err(error));
    }

    #[test]
    fn announced_length_over_the_limit_is_bad_certificate() {
        let error = bad(Reason::EXCESSIVE_MESSAGE_SIZE);
        for algorithm in ALL {
            let message = compress(&certificate(), algorithm).unwrap();
            assert_eq!(expand(&message, &ALL, 1199), Err(error));
            assert_eq!(expand(&made(algorithm.0, 0xff_ffff, b"x"), &ALL, 102_400), Err(error));
        }
    }

    #[test]
    fn wrong_length_and_bad_data_are_bad_certificate() {
        let error = bad(Reason::BAD_DECOMPRESSION);
        for algorithm in ALL {
            let compressed = deflate(algorithm, certificate().body()).unwrap();
            for length in [0, 1199, 1201] {
                assert_eq!(expand(&made(algorithm.0, length, &compressed), &ALL, 2000), Err(error));
            }
            for length in 0..compressed.len() {
                let cut = made(algorithm.0, 1200, &compressed[..length]);
                assert_eq!(expand(&cut, &ALL, 2000), Err(error), "{algorithm:?} {length}");
            }
            assert_eq!(expand(&made(algorithm.0, 1200, &[0xff; 100]), &ALL, 2000), Err(error));
        }
    }

    #[test]
    fn bomb_is_not_inflated_beyond_what_it_announces() {
        for algorithm in ALL {
            let bomb = deflate(algorithm, &vec![0; 10_000_000]).unwrap();
            assert!(decompress(algorithm, &bomb, 1000).is_none_or(|out| out.len() <= 1001), "{algorithm:?}");
        }
    }

    #[test]
    fn zstd_frame_of_the_reference_encoder_is_expanded_and_its_checksum_looked_at() {
        let mut frame =
            *b"\x28\xb5\x2f\xfd\x04\x58\x9d\x00\x00\x60certificate \x01\x00\xa1\xfc\x2f\x49\x85\x7f\x6b\x9e";
        let expand = |frame: &[u8]| decompress(CertificateCompression::ZSTD, frame, 1200);
        assert_eq!(expand(&frame), Some(b"certificate ".repeat(100)));
        *frame.last_mut().unwrap() ^= 1;
        assert_eq!(expand(&frame), None);
    }

    #[test]
    fn zstd_window_beyond_the_limit_is_refused() {
        // A frame of a single raw block, whose header asks for windows of 8 MiB and 16 MiB.
        let frame = |window: u8| [0x28, 0xb5, 0x2f, 0xfd, 0, window, 9, 0, 0, b'x'];
        let expand = |window: u8| decompress(CertificateCompression::ZSTD, &frame(window), 1);
        assert_eq!(expand(13 << 3), Some(b"x".to_vec()));
        assert_eq!(expand(14 << 3), None);
    }

    #[test]
    fn truncated_message_is_decode_error() {
        let message = compress(&certificate(), ALL[0]).unwrap();
        crate::message::assert_strict(message.body().to_vec().leak(), &[], |body| {
            expand(
                &Message::build(HandshakeType::COMPRESSED_CERTIFICATE, |writer| writer.bytes(body)),
                &ALL,
                2000,
            )
        });
    }
}
