//! Writes as much of DER (X.690) as the ASN.1 form of a session needs. Used by [`super::asn1`].

use crate::crypto::der::{INTEGER, context};

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
    write(out, context(number), &content);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::der::{DerReader, OCTET_STRING};

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
            assert_eq!(DerReader::new(&out).integer(), Some(value));
        }
    }

    #[test]
    fn integers_that_are_no_der_are_refused() {
        for bytes in
            [&[2, 0][..], &[2, 2, 0, 5], &[2, 2, 0xff, 0x80], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], &[4, 1, 0]]
        {
            assert_eq!(DerReader::new(bytes).integer(), None, "{bytes:?}");
        }
    }

    #[test]
    fn lengths_of_every_form_come_back() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let mut out = Vec::new();
            write(&mut out, OCTET_STRING, &vec![7; length]);
            let mut reader = DerReader::new(&out);
            assert_eq!(reader.content(OCTET_STRING).map(<[u8]>::len), Some(length));
            assert!(reader.finish().is_some());
            for short in [0, 1, out.len() - 1] {
                assert!(DerReader::new(&out[..short]).content(OCTET_STRING).is_none());
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
            assert!(DerReader::new(&padded).content(OCTET_STRING).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn explicit_field_is_read_only_if_it_is_next() {
        let mut out = Vec::new();
        write_explicit(&mut out, 2, |inner| write_integer(inner, 9));
        let mut reader = DerReader::new(&out);
        assert_eq!(reader.optional(context(1)), Some(None));
        let field = reader.optional(context(2)).flatten();
        assert_eq!(field.and_then(|field| DerReader::new(field).integer()), Some(9));
        assert_eq!(reader.optional(context(3)), Some(None));
        assert!(DerReader::new(&out[..4]).optional(context(2)).is_none());
    }
}
