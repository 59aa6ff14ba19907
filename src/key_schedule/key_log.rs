//! Lines of the NSS key log format (draft-ietf-tls-keylogfile §2). Used by both handshakes.

use core::fmt::Write;

/// `LABEL identifier secret`, in lower-case hexadecimal, without a line end. What identifies the connection is the client's random.
#[must_use]
pub fn line(label: &str, identifier: &[u8], secret: &[u8]) -> String {
    let mut line = String::with_capacity(label.len() + 2 * (1 + identifier.len() + secret.len()));
    line.push_str(label);
    for bytes in [identifier, secret] {
        line.push(' ');
        // Writing to a String cannot fail.
        bytes.iter().for_each(|byte| _ = write!(line, "{byte:02x}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_label_random_secret() {
        let mut random = [0x0a; 32];
        random[31] = 0xff;
        assert_eq!(
            line("CLIENT_RANDOM", &random, &[0, 1, 0xfe]),
            format!("CLIENT_RANDOM {}ff 0001fe", "0a".repeat(31))
        );
    }
}
