//! Lines of the NSS key log format (draft-ietf-tls-keylogfile §2).

/// `LABEL client_random secret`, in lower-case hexadecimal, without a line end.
#[must_use]
pub fn line(label: &str, client_random: &[u8; 32], secret: &[u8]) -> String {
    todo!()
}
