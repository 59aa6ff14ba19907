//! A strict reader of PEM (RFC 7468 §3, Figure 3): the common case only. Used by `libcrypto::plain_key`.
//!
//! Whatever is written in another way, encrypted or damaged is `None`, and left to libcrypto.

use zeroize::Zeroizing;

/// What an encapsulation boundary begins and ends with.
const DASHES: &[u8] = b"-----";
/// The longest line outside a section: libcrypto cuts longer ones in pieces.
const LONGEST_LINE: usize = 200;
/// The longest line inside a section, as MIME has them (RFC 2045 §6.8).
const LONGEST_BASE64_LINE: usize = 76;

/// The label of the first section that is none of those `passed` over, and what is in it.
pub(crate) fn first_section<'a>(text: &'a [u8], passed: &[&[u8]]) -> Option<(&'a [u8], Zeroizing<Vec<u8>>)> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    loop {
        let label = next_label(&mut lines)?;
        let content = read_section(&mut lines, label, text.len())?;
        if !passed.contains(&label) {
            return Some((label, content));
        }
    }
}

/// The label of the next section.
fn next_label<'a>(lines: &mut impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    loop {
        let line = without_end(lines.next()?)?;
        if line.windows(DASHES.len()).any(|part| part == DASHES) {
            let label = line.strip_prefix(b"-----BEGIN ")?.strip_suffix(DASHES)?;
            let is_plain =
                label.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'0'..=b'9'));
            return (is_plain && !label.is_empty()).then_some(label);
        }
        (line.len() <= LONGEST_LINE && !line.contains(&0)).then_some(())?;
    }
}

/// The line without its end, which is the line feed with or without a carriage return.
fn without_end(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n")?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// What is in the section, to its end, in a text of `length` bytes.
fn read_section<'a>(
    lines: &mut impl Iterator<Item = &'a [u8]>,
    label: &[u8],
    length: usize,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut decoder = Base64::of_at_most(length);
    for whole in lines {
        // The last line of a file may lack its end.
        let line = without_end(whole).unwrap_or(whole);
        if let Some(end) = line.strip_prefix(b"-----END ") {
            return if end.strip_suffix(DASHES)? == label { decoder.finish() } else { None };
        }
        (line.len() <= LONGEST_BASE64_LINE && !line.is_empty()).then_some(())?;
        decoder.read(line)?;
    }
    None
}

/// Base64 (RFC 4648 §4) in lines of any length.
struct Base64 {
    output: Zeroizing<Vec<u8>>,
    /// The bits of the digits that do not make a group of four yet.
    bits: u32,
    /// How many digits those are.
    digits: usize,
    padding: usize,
}

impl Base64 {
    /// For no more than so many digits: what grows leaves a copy behind.
    fn of_at_most(digits: usize) -> Self {
        let output = Zeroizing::new(Vec::with_capacity(digits.div_ceil(4) * 3));
        Self { output, bits: 0, digits: 0, padding: 0 }
    }

    fn read(&mut self, line: &[u8]) -> Option<()> {
        for byte in line {
            if *byte == b'=' {
                self.padding += 1;
                continue;
            }
            (self.padding == 0).then_some(())?;
            self.bits = self.bits << 6 | u32::from(digit(*byte)?);
            self.digits += 1;
            if self.digits == 4 {
                self.push(3);
            }
        }
        Some(())
    }

    /// Appends the first bytes of a group.
    fn push(&mut self, count: usize) {
        let [_, bytes @ ..] = self.bits.to_be_bytes();
        self.output.extend(bytes.iter().take(count));
        (self.bits, self.digits) = (0, 0);
    }

    /// What was read; `None` unless groups and padding are whole.
    fn finish(mut self) -> Option<Zeroizing<Vec<u8>>> {
        match (self.digits, self.padding) {
            (0, 0) => {}
            (2, 2) if self.bits.trailing_zeros() >= 4 => {
                self.bits <<= 12;
                self.push(1);
            }
            (3, 1) if self.bits.trailing_zeros() >= 2 => {
                self.bits <<= 6;
                self.push(2);
            }
            _ => return None,
        }
        Some(self.output)
    }
}

const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Vec<u8>)> {
        let (label, content) = first_section(text.as_bytes(), &[b"OTHER"])?;
        Some((String::from_utf8(label.to_vec()).unwrap(), content.to_vec()))
    }

    fn content(base64: &str) -> Option<Vec<u8>> {
        read(&format!("-----BEGIN A-----\n{base64}\n-----END A-----\n")).map(|(_, content)| content)
    }

    #[test]
    fn sections_of_every_length_are_read() {
        assert_eq!(content("Zm9v").unwrap(), b"foo");
        assert_eq!(content("Zm9vYg==").unwrap(), b"foob");
        assert_eq!(content("Zm9vYmE=").unwrap(), b"fooba");
        assert_eq!(content("Zm9v\r\nYmFy").unwrap(), b"foobar");
        assert_eq!(content("Zm\n9vYm\nFy").unwrap(), b"foobar");
        let long = "AAAA\n".repeat(5000);
        assert_eq!(content(long.trim_end()).unwrap(), vec![0; 15_000]);
    }

    #[test]
    fn text_and_other_sections_are_passed_over() {
        let text = "hello\n\n-----BEGIN OTHER-----\nZm9v\n-----END OTHER-----\nworld\n\
                    -----BEGIN SOME KEY-----\nYmFy\n-----END SOME KEY-----\n";
        assert_eq!(read(text), Some(("SOME KEY".into(), b"bar".to_vec())));
        assert_eq!(read(text.trim_end()), Some(("SOME KEY".into(), b"bar".to_vec())));
    }

    #[test]
    fn what_is_unusual_is_none() {
        for base64 in [
            "Zm9",
            "Zm9v=",
            "Zm9vYg=",
            "Zm9vYh==",
            "Zm9vYmF=",
            "Zm9vYg==Zm9v",
            "Zm 9v",
            " Zm9v",
            "Zm9v ",
            "Zm-v",
            "Zm9v\n",
            "Proc-Type: 4,ENCRYPTED\n\nZm9v",
            "=",
            "Zm9v\n-----BEGIN B-----",
        ] {
            assert_eq!(content(base64), None, "{base64}");
        }
        assert_eq!(content(&"A".repeat(80)), None);
        for text in [
            "-----BEGIN A-----\nZm9v\n",
            "-----BEGIN A-----\nZm9v\n-----END B-----\n",
            "-----BEGIN A-----\nZm9v\n-----END A----\n",
            "-----BEGIN A----- \nZm9v\n-----END A-----\n",
            " -----BEGIN A-----\nZm9v\n-----END A-----\n",
            "-----BEGIN -----\nZm9v\n-----END -----\n",
            "-----END A-----\n-----BEGIN A-----\nZm9v\n-----END A-----\n",
            "\0\n-----BEGIN A-----\nZm9v\n-----END A-----\n",
            "-----BEGIN OTHER-----\nZm9\n-----END OTHER-----\n-----BEGIN A-----\nZm9v\n-----END A-----\n",
            "nothing\n",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&format!("{}\n-----BEGIN A-----\nZm9v\n-----END A-----\n", "x".repeat(201))), None);
    }
}
