//! The cipher-string language of `openssl-ciphers(1)`.

use std::sync::Arc;

use crate::crypto::suite::Suite;

/// What a cipher string says.
pub struct CipherList {
    /// Suites of TLS 1.2 and below, in order.
    pub suites: Arc<[&'static Suite]>,
    /// `@SECLEVEL=n`, if it was there.
    pub security_level: Option<u8>,
}

/// Parses a cipher string. `Err` carries the reason that the oracle leaves (`SSL_R_NO_CIPHER_MATCH`, `SSL_R_INVALID_COMMAND`).
pub fn parse(text: &str) -> Result<CipherList, crate::error::Reason> {
    todo!()
}

/// The default list (`SSL_CTX_new`).
#[must_use]
pub fn default_suites() -> Arc<[&'static Suite]> {
    todo!()
}
