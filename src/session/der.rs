//! As much of DER (X.690) as the ASN.1 form of a session needs. Used by [`super::asn1`].

/// The tag of an INTEGER.
pub(super) const INTEGER: u8 = 0x02;
/// The tag of an OCTET STRING.
pub(super) const OCTET_STRING: u8 = 0x04;
/// The tag of a SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;

/// The tag of an explicitly tagged field `[number]`.
const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// Appends an element.
pub(super) fn write(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    let length = content.len().to_be_bytes();
    let significant = length
        .iter()
        .position(|byte| *byte != 0)
        .map_or(&[][..], |first| length.get(first..).unwrap_or_default());
    match significant {
        [] => out.push(0),
        [short @ 0..=0x7f] => out.push(*short),
        long => {
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
}

/// Appends an INTEGER.
pub(super) fn write_integer(out: &mut Vec<u8>, value: i64) {
    let bytes = value.to_be_bytes();
    let mut content = &bytes[..];
    // X.690 §8.3.2: the first nine bits are not all the same.
    while let [first, second, ..] = content
        && (*first == 0 && *second < 0x80 || *first == 0xff && *second >= 0x80)
    {
        content = content.get(1..).unwrap_or_default();
    }
    write(out, INTEGER, content);
}

/// Appends an element inside an explicit tag.
pub(super) fn write_explicit(out: &mut Vec<u8>, number: u8, write_content: impl FnOnce(&mut Vec<u8>)) {
    let mut content = Vec::new();
    write_content(&mut content);
    write(out, explicit(number), &content);
}

/// A cursor over elements. All its functions give `None` for what is not DER, or not what was asked for.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A cursor at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The content of the next element, which has this tag.
    pub fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.whole_element(tag).map(|(_, content)| content)
    }

    /// The next element, which has this tag: with its header, and its content alone.
    pub fn whole_element(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let (header, rest) = self.rest.split_first_chunk::<2>()?;
        let [found, first_length] = *header;
        if found != tag {
            return None;
        }
        let (length, rest) = match first_length {
            0..=0x7f => (usize::from(first_length), rest),
            // X.690 §10.1: the definite form, as short as it can be. Four bytes are enough for anything.
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first_length & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                if length < 0x80 || bytes.first() == Some(&0) {
                    return None;
                }
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = self.rest.get(..self.rest.len() - rest.len())?;
        self.rest = rest;
        Some((whole, content))
    }

    /// The next element, an INTEGER of at most 64 bits.
    pub fn integer(&mut self) -> Option<i64> {
        let content = self.element(INTEGER)?;
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

    /// The next element, if it is explicitly tagged `[number]`: a cursor over what is inside. `Ok(None)` if
    /// the next element is another one.
    pub fn explicit(&mut self, number: u8) -> Option<Option<Self>> {
        if self.rest.first() != Some(&explicit(number)) {
            return Some(None);
        }
        self.element(explicit(number)).map(|content| Some(Self::new(content)))
    }

    /// Ends the reading: nothing may be left.
    pub fn finish(self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_as_short_as_they_can_be() {
        for (value, content) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0, 0x80]),
            (255, &[0, 0xff]),
            (256, &[1, 0]),
            (-1, &[0xff]),
            (-5, &[0xfb]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
            (i64::MAX, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            (i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let mut out = Vec::new();
            write_integer(&mut out, value);
            assert_eq!(out[2..], *content, "{value}");
            assert_eq!(Reader::new(&out).integer(), Some(value));
        }
    }

    #[test]
    fn integers_that_are_no_der_are_refused() {
        for bytes in
            [&[2, 0][..], &[2, 2, 0, 5], &[2, 2, 0xff, 0x80], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], &[4, 1, 0]]
        {
            assert_eq!(Reader::new(bytes).integer(), None, "{bytes:?}");
        }
    }

    #[test]
    fn lengths_of_every_form_come_back() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let mut out = Vec::new();
            write(&mut out, OCTET_STRING, &vec![7; length]);
            let mut reader = Reader::new(&out);
            assert_eq!(reader.element(OCTET_STRING).map(<[u8]>::len), Some(length));
            assert!(reader.finish().is_some());
            for short in [0, 1, out.len() - 1] {
                assert!(Reader::new(&out[..short]).element(OCTET_STRING).is_none());
            }
        }
    }

    #[test]
    fn lengths_that_are_no_der_are_refused() {
        for bytes in [
            &[4, 0x80, 0, 0][..],
            &[4, 0x81, 1, 7],
            &[4, 0x82, 0, 0x80],
            &[4, 0x85, 0, 0, 0, 0, 1, 7],
            &[4, 0xff],
        ] {
            let padded = [bytes, &[0; 200]].concat();
            assert!(Reader::new(&padded).element(OCTET_STRING).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn explicit_field_is_read_only_if_it_is_next() {
        let mut out = Vec::new();
        write_explicit(&mut out, 2, |inner| write_integer(inner, 9));
        let mut reader = Reader::new(&out);
        assert!(reader.explicit(1).is_some_and(|field| field.is_none()));
        assert_eq!(reader.explicit(2).flatten().and_then(|mut field| field.integer()), Some(9));
        assert!(reader.explicit(3).is_some_and(|field| field.is_none()));
        assert!(Reader::new(&out[..4]).explicit(2).is_none());
    }
}
