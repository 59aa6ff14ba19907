//! A reader of DER (X.690 §8, §10), as far as it takes to find a key in a certificate, or what a session holds. Used by
//! `signature` and `session`.
//!
//! Everything is checked against the input's end; what is not DER is `None`.

/// The tag of an INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// The tag of a BIT STRING.
pub(crate) const BIT_STRING: u8 = 0x03;
/// The tag of an OCTET STRING.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// The tag of NULL.
pub(crate) const NULL: u8 = 0x05;
/// The tag of an OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// The tag of a SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

/// The tag of a constructed, context-specific element.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// Reads elements from front to back.
#[derive(Clone)]
pub(crate) struct DerReader<'a> {
    rest: &'a [u8],
}

impl<'a> DerReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        let after_tag = self.rest.strip_prefix(&[tag])?;
        let (length, after_length) = length(after_tag)?;
        let (content, rest) = after_length.split_at_checked(length)?;
        self.rest = rest;
        Some(content)
    }

    /// The next element whole, with its tag and length; it must have this tag.
    pub(crate) fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let start = self.rest;
        self.content(tag)?;
        start.get(..start.len() - self.rest.len())
    }

    /// The content of the next element if it has this tag; else nothing is read.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.rest.first() == Some(&tag) { self.content(tag).map(Some) } else { Some(None) }
    }

    /// A reader of the content of the next element, which must be a SEQUENCE.
    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.content(SEQUENCE).map(Self::new)
    }

    /// The big-endian bytes of an INTEGER that is not negative, without leading zeros.
    pub(crate) fn unsigned_integer(&mut self) -> Option<&'a [u8]> {
        let content = self.content(INTEGER)?;
        match content {
            [] => None,
            [first, ..] if *first >= 0x80 => None,
            [0, rest @ ..] if rest.first().is_none_or(|next| *next >= 0x80) => Some(rest),
            [0, ..] => None,
            whole => Some(whole),
        }
    }

    /// An INTEGER of at most 64 bits.
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let content = self.content(INTEGER)?;
        match content {
            [] => return None,
            // X.690 §8.3.2.
            [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => return None,
            _ if content.len() > 8 => return None,
            _ => {}
        }
        let negative = content.first().is_some_and(|first| *first >= 0x80);
        let start = if negative { -1 } else { 0 };
        Some(content.iter().fold(start, |value, byte| value << 8 | i64::from(*byte)))
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading: `None` if something is left.
    pub(crate) fn finish(self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

/// A definite length in as few bytes as it takes (X.690 §10.1), and what follows it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
    let significant = !digits.is_empty() && digits.len() <= 4 && digits.first() != Some(&0);
    let length = digits.iter().fold(0, |length: u64, digit| length << 8 | u64::from(*digit));
    (significant && length >= 0x80).then_some(())?;
    Some((usize::try_from(length).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_rest_are_told_apart() {
        let mut reader = DerReader::new(&[0x30, 3, 2, 1, 5, 0x05, 0]);
        let mut sequence = reader.sequence().unwrap();
        assert_eq!(sequence.unsigned_integer(), Some(&[5][..]));
        assert!(sequence.finish().is_some());
        assert_eq!(reader.content(NULL), Some(&[][..]));
        assert!(reader.finish().is_some());
    }

    #[test]
    fn element_has_its_header() {
        let mut reader = DerReader::new(&[2, 1, 5, 5, 0]);
        assert_eq!(reader.element(INTEGER), Some(&[2, 1, 5][..]));
        assert_eq!(reader.element(NULL), Some(&[5, 0][..]));
    }

    #[test]
    fn other_tag_is_not_read() {
        let mut reader = DerReader::new(&[2, 1, 5]);
        assert_eq!(reader.content(NULL), None);
        assert_eq!(reader.optional(NULL), Some(None));
        assert_eq!(reader.optional(INTEGER), Some(Some(&[5][..])));
        assert_eq!(reader.optional(INTEGER), Some(None));
    }

    #[test]
    fn long_lengths_are_read() {
        for (header, length) in [(&[4, 0x81, 0x80][..], 0x80), (&[4, 0x82, 1, 0], 0x100)] {
            let bytes = [header, &vec![7; length]].concat();
            assert_eq!(DerReader::new(&bytes).content(OCTET_STRING), Some(&vec![7; length][..]));
            assert_eq!(DerReader::new(&bytes[..bytes.len() - 1]).content(OCTET_STRING), None);
        }
    }

    #[test]
    fn length_that_is_not_der_is_none() {
        for header in [
            &[4, 0x80][..],
            &[4, 0x81, 0x05],
            &[4, 0x82, 0, 0x80],
            &[4, 0x85, 1, 0, 0, 0, 0],
            &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[4, 0xff],
            &[4],
            &[],
        ] {
            let bytes = [header, &[0; 5]].concat();
            assert_eq!(DerReader::new(&bytes[..header.len()]).content(OCTET_STRING), None);
            if !header.is_empty() && header.len() > 1 {
                assert_eq!(DerReader::new(&bytes).content(OCTET_STRING), None, "{header:?}");
            }
        }
    }

    #[test]
    fn integer_that_is_negative_or_padded_is_none() {
        let integer = |content: &[u8]| {
            let bytes = [&[INTEGER, content.len() as u8], content].concat();
            DerReader::new(&bytes).unsigned_integer().map(<[u8]>::to_vec)
        };
        assert_eq!(integer(&[0]), Some(vec![]));
        assert_eq!(integer(&[0x7f]), Some(vec![0x7f]));
        assert_eq!(integer(&[0, 0x80]), Some(vec![0x80]));
        assert_eq!(integer(&[0, 0x7f]), None);
        assert_eq!(integer(&[0x80]), None);
        assert_eq!(integer(&[]), None);
    }
}
