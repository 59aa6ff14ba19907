//! What the library context of a program does not offer, and what therefore is not offered by us either, whoever computes
//! it (`SSL_CTX_new_ex(3)`). Made by `object::library`.

use super::Settings;
use crate::{
    crypto::suite::Suite,
    wire::{CipherSuite, NamedGroup, SignatureScheme},
};

/// Asked for once, when a context is made.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// Suites.
    pub suites: Vec<CipherSuite>,
    /// Groups.
    pub groups: Vec<NamedGroup>,
    /// Signature schemes.
    pub schemes: Vec<SignatureScheme>,
}

impl Settings {
    /// These suites, without those that are missing.
    #[must_use]
    pub fn without_missing(
        &self,
        suites: &std::sync::Arc<[&'static Suite]>,
    ) -> std::sync::Arc<[&'static Suite]> {
        if self.missing.suites.is_empty() {
            return std::sync::Arc::clone(suites);
        }
        suites.iter().copied().filter(|suite| !self.missing.suites.contains(&suite.id)).collect()
    }
}
