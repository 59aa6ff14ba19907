//! What the library context of a program offers (`SSL_CTX_new_ex(3)`): what of ours it lacks, which therefore is not offered by
//! us either, whoever computes it, and the groups that its providers add. Made by `object::library`.

use std::sync::Arc;

use super::Settings;
use crate::{
    crypto::{
        group::{self, Group},
        key_exchange::{self, EphemeralKey, ProvidedGroup},
        secret::SharedSecret,
        suite::Suite,
    },
    error::Result,
    libcrypto::library::Library,
    wire::{CipherSuite, NamedGroup, SignatureScheme},
};

/// Asked for once, when a context is made.
#[derive(Clone, Default)]
pub struct LibraryOffer {
    /// The context itself.
    pub library: Library,
    /// Suites of ours that it lacks.
    pub missing_suites: Vec<CipherSuite>,
    /// Groups of ours that it lacks.
    pub missing_groups: Vec<NamedGroup>,
    /// Signature schemes of ours that it lacks.
    pub missing_schemes: Vec<SignatureScheme>,
    /// Whether it has keys of the ML-KEM hybrids: they are computed without, but shown as such.
    pub has_hybrid_keys: bool,
    /// The groups of providers that are none of ours.
    pub groups: Vec<Arc<ProvidedGroup>>,
}

impl LibraryOffer {
    /// The provider's group with this number.
    #[must_use]
    pub fn provided(&self, id: NamedGroup) -> Option<&Arc<ProvidedGroup>> {
        self.groups.iter().find(|group| group.id() == id)
    }

    /// The group that a groups list calls `name`: one of ours, or one of a provider by either of its names.
    #[must_use]
    pub fn group_by_name(&self, name: &str) -> Option<NamedGroup> {
        let provided = || self.groups.iter().find(|group| group.is_called(name)).map(|group| group.id());
        group::find_by_name(name).map(|group| group.id).or_else(provided)
    }
}

/// A group that a connection can use.
#[derive(Clone, Copy)]
pub enum KnownGroup<'a> {
    /// One of ours.
    Ours(&'static Group),
    /// One of a provider: it is for TLS 1.3 alone.
    Provided(&'a Arc<ProvidedGroup>),
}

impl KnownGroup<'_> {
    /// Security strength in bits.
    #[must_use]
    pub fn security_bits(self) -> u16 {
        match self {
            Self::Ours(group) => group.security_bits,
            Self::Provided(group) => group.security_bits(),
        }
    }

    /// Whether TLS 1.2 and what was before it may use it.
    #[must_use]
    pub const fn is_for_tls12(self) -> bool {
        matches!(self, Self::Ours(group) if group.tls12)
    }

    /// Whether TLS 1.3 may use it.
    #[must_use]
    pub fn is_for_tls13(self) -> bool {
        match self {
            Self::Ours(group) => group.tls13,
            Self::Provided(group) => group.is_for_tls13(),
        }
    }

    /// libcrypto's number; 0 if it has none.
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Ours(group) => group.nid,
            Self::Provided(_) => 0,
        }
    }
}

impl Settings {
    /// These suites, without those that the library context lacks.
    #[must_use]
    pub fn without_missing(&self, suites: &Arc<[&'static Suite]>) -> Arc<[&'static Suite]> {
        let missing = &self.library.missing_suites;
        if missing.is_empty() {
            return Arc::clone(suites);
        }
        suites.iter().copied().filter(|suite| !missing.contains(&suite.id)).collect()
    }

    /// The group with this number, if there is one.
    #[must_use]
    pub fn group(&self, id: NamedGroup) -> Option<KnownGroup<'_>> {
        let ours = group::find(id).map(KnownGroup::Ours);
        ours.or_else(|| self.library.provided(id).map(KnownGroup::Provided))
    }

    /// A new key on this group. `internal_error` if there is no such group.
    pub fn new_key(&self, id: NamedGroup) -> Result<EphemeralKey> {
        match self.library.provided(id) {
            Some(group) => EphemeralKey::generate_provided(group),
            None => EphemeralKey::generate(id, &self.library.library),
        }
    }

    /// The responder's end of the key exchange on this group: our share and the secret. Errors as in
    /// [`EphemeralKey::complete`].
    pub fn respond(&self, id: NamedGroup, peer_share: &[u8]) -> Result<(Vec<u8>, SharedSecret)> {
        match self.library.provided(id) {
            Some(group) => key_exchange::respond_provided(group, peer_share),
            None => key_exchange::respond(id, peer_share, &self.library.library),
        }
    }
}
