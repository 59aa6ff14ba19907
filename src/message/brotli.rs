//! Brotli (RFC 7932), for CompressedCertificate.

use std::io::{self, Read};

use brotli::{
    Allocator, BrotliCompressCustomIo,
    enc::{BrotliAlloc, BrotliEncoderParams},
};
use brotli_decompressor::{Decompressor, IoReaderWrapper, IoWriterWrapper, StandardAlloc};

const QUALITY: i32 = 5;
const WINDOW: i32 = 17;
/// What encoder and decoder take at once.
const BUFFER: usize = 4096;
/// The first seven bits of a stream with a window beyond 16 MiB, which RFC 7932 §9.1 does not have and the decoder would
/// allocate.
const LARGE_WINDOW: u8 = 0x11;

/// The heap. The encoder has an allocator of its own only where it computes logarithms with libm, which would be one more
/// library for every program to load.
struct Heap(StandardAlloc);

impl<T: Clone + Default> Allocator<T> for Heap {
    type AllocatedMemory = <StandardAlloc as Allocator<T>>::AllocatedMemory;

    fn alloc_cell(&mut self, length: usize) -> Self::AllocatedMemory {
        self.0.alloc_cell(length)
    }

    fn free_cell(&mut self, memory: Self::AllocatedMemory) {
        self.0.free_cell(memory);
    }
}

impl BrotliAlloc for Heap {}

/// Compresses it.
pub fn compress(data: &[u8]) -> io::Result<Vec<u8>> {
    compress_with(data, &BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, ..Default::default() })
}

fn compress_with(mut data: &[u8], params: &BrotliEncoderParams) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    BrotliCompressCustomIo(
        &mut IoReaderWrapper(&mut data),
        &mut IoWriterWrapper(&mut out),
        &mut vec![0; BUFFER],
        &mut vec![0; BUFFER],
        params,
        Heap(StandardAlloc::default()),
        &mut |_, _, _, _| (),
        io::ErrorKind::UnexpectedEof.into(),
    )?;
    Ok(out)
}

/// What was compressed, as long as it comes out; `None` if its window is too large.
pub fn decoder(compressed: &[u8]) -> Option<impl Read> {
    let large = compressed.first().is_some_and(|first| first & 0x7f == LARGE_WINDOW);
    (!large).then(|| Decompressor::new(compressed, BUFFER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_beyond_its_specification_is_refused() {
        let large = BrotliEncoderParams { large_window: true, lgwin: 30, ..Default::default() };
        let compressed = compress_with(b"certificate", &large).unwrap();
        assert!(decoder(&compressed).is_none());
    }
}
