//! Writes the presentation language. A length prefix is a closure: it closes itself when the closure
//! ends, so no length is ever counted by hand. Used by everything in `message`.

/// Appends to a byte vector.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// A vector is longer than its length can say.
    oversized: bool,
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), oversized: false }
    }

    /// A writer that goes on behind what was written before.
    #[must_use]
    pub const fn behind(bytes: Vec<u8>) -> Self {
        Self { bytes, oversized: false }
    }

    /// Whether a vector is longer than its length can say: what was written must not be sent.
    #[must_use]
    pub const fn is_oversized(&self) -> bool {
        self.oversized
    }

    /// What goes in was made elsewhere, and is oversized if `oversized` says so.
    pub const fn note_oversized(&mut self, oversized: bool) {
        self.oversized |= oversized;
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A `uint8`.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// A `uint16`, or a code point.
    pub fn u16(&mut self, value: impl Into<u16>) {
        self.bytes(&value.into().to_be_bytes());
    }

    /// A `uint24`; the value's top byte is not written.
    pub fn u24(&mut self, value: u32) {
        let [_, rest @ ..] = value.to_be_bytes();
        self.bytes(&rest);
    }

    /// A `uint32`.
    pub fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    /// A vector with a one-byte length, whose content `write` writes.
    pub fn vec8(&mut self, write: impl FnOnce(&mut Self)) {
        self.prefixed::<1>(write);
    }

    /// A vector with a two-byte length, whose content `write` writes.
    pub fn vec16(&mut self, write: impl FnOnce(&mut Self)) {
        self.prefixed::<2>(write);
    }

    /// A vector with a three-byte length, whose content `write` writes.
    pub fn vec24(&mut self, write: impl FnOnce(&mut Self)) {
        self.prefixed::<3>(write);
    }

    fn prefixed<const N: usize>(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; N]);
        write(self);
        let length = self.bytes.len() - start - N;
        self.oversized |= length >= 1 << (8 * N);
        let low_bytes = length.to_be_bytes().into_iter().rev().take(N).rev();
        self.bytes.iter_mut().skip(start).zip(low_bytes).for_each(|(prefix, byte)| *prefix = byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_vectors_close_themselves() {
        let mut writer = Writer::new();
        writer.vec24(|outer| {
            outer.u8(9);
            outer.vec16(|inner| inner.vec8(|innermost| innermost.bytes(b"abc")));
        });
        assert_eq!(writer.into_bytes(), [0, 0, 7, 9, 0, 4, 3, b'a', b'b', b'c']);
    }

    #[test]
    fn vector_that_outgrows_its_length_is_oversized() {
        for (length, oversized) in [(255, false), (256, true)] {
            let mut writer = Writer::new();
            writer.vec16(|outer| outer.vec8(|inner| inner.bytes(&vec![7; length])));
            assert_eq!(writer.is_oversized(), oversized, "{length} bytes");
        }
        for (length, oversized) in [(0xffff, false), (0x1_0000, true)] {
            let mut writer = Writer::new();
            writer.vec16(|vector| vector.bytes(&vec![7; length]));
            assert_eq!(writer.is_oversized(), oversized, "{length} bytes");
        }
    }

    #[test]
    fn integers_are_big_endian() {
        let mut writer = Writer::new();
        writer.u16(0x0102u16);
        writer.u24(0x03_0405);
        writer.u32(0x0607_0809);
        assert_eq!(writer.into_bytes(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
