//! Lists that programs give as strings: TLS 1.3 suites, groups, signature schemes.

use std::sync::Arc;

use crate::{
    crypto::suite::Suite,
    wire::{NamedGroup, SignatureScheme},
};

/// `SSL_CTX_set_ciphersuites`: names with `:` between them. `None` as the oracle fails; an empty string is an
/// empty list.
#[must_use]
pub fn tls13_suites(text: &str) -> Option<Arc<[&'static Suite]>> {
    todo!()
}

/// `SSL_CTX_set1_groups_list`.
#[must_use]
pub fn groups(text: &str) -> Option<Arc<[NamedGroup]>> {
    todo!()
}

/// `SSL_CTX_set1_sigalgs_list`.
#[must_use]
pub fn signature_schemes(text: &str) -> Option<Arc<[SignatureScheme]>> {
    todo!()
}
