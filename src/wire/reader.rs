//! A cursor over received bytes. Every read is checked; a message that is too short or too long is a
//! `decode_error` (RFC 8446 §6.2). Used by everything in `message` and by the record headers.

use crate::error::{Error, Reason, Result};

/// Reads the presentation language from a slice, front to back.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A cursor at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(Error::decode(Reason::LENGTH_MISMATCH))?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) =
            self.rest.split_first_chunk::<N>().ok_or(Error::decode(Reason::LENGTH_MISMATCH))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// A `uint8`.
    pub fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A `uint16`.
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// A `uint24`.
    pub fn u24(&mut self) -> Result<u32> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// A `uint32`.
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A vector with a one-byte length: `opaque x<0..2^8-1>`.
    pub fn vec8(&mut self) -> Result<&'a [u8]> {
        let length = self.u8()?;
        self.take(length.into())
    }

    /// A vector with a two-byte length: `opaque x<0..2^16-1>`.
    pub fn vec16(&mut self) -> Result<&'a [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }

    /// A vector with a three-byte length: `opaque x<0..2^24-1>`.
    pub fn vec24(&mut self) -> Result<&'a [u8]> {
        let length = self.u24()?;
        self.take(length as usize)
    }

    /// The items of a vector of 16-bit code points; an odd length is a `decode_error`.
    pub fn code_points<T: From<u16>>(bytes: &[u8]) -> Result<Vec<T>> {
        let (pairs, []) = bytes.as_chunks::<2>() else {
            return Err(Error::decode(Reason::LENGTH_MISMATCH));
        };
        Ok(pairs.iter().map(|pair| u16::from_be_bytes(*pair).into()).collect())
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading: bytes that are left over are a `decode_error`.
    pub fn finish(self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::decode(Reason::LENGTH_MISMATCH)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_big_endian() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(0x0203));
        assert_eq!(reader.u24(), Ok(0x04_0506));
        assert_eq!(reader.u32(), Ok(0x0708_090a));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn vector_longer_than_input_is_decode_error() {
        assert_eq!(Reader::new(&[2, 1]).vec8(), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        assert_eq!(Reader::new(&[0, 2, 1]).vec16(), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        assert_eq!(Reader::new(&[255, 255, 255]).vec24(), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }

    #[test]
    fn trailing_byte_is_decode_error() {
        let mut reader = Reader::new(&[1, 7, 0]);
        assert_eq!(reader.vec8(), Ok(&[7][..]));
        assert_eq!(reader.finish(), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }

    #[test]
    fn code_points_of_odd_length_are_decode_error() {
        assert_eq!(Reader::code_points::<u16>(&[0, 1, 2]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        assert_eq!(Reader::code_points::<u16>(&[0, 1, 2, 3]), Ok(vec![1, 0x0203]));
    }
}
