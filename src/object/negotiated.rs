//! What was negotiated, as programs ask for it: groups and signature schemes under libcrypto's numbers.

use core::ffi::{c_int, c_long};

use super::Ssl;
use crate::{
    crypto::group,
    policy::options::option,
    record::Side,
    wire::{NamedGroup, ProtocolVersion, SignatureScheme},
};

/// `TLSEXT_nid_unknown`: what marks a group that libcrypto has no number for.
const NO_NID: c_int = 0x0100_0000;

/// libcrypto's number of a group; for a group without one its number on the wire, marked.
#[must_use]
pub fn group_nid(id: NamedGroup) -> c_int {
    match group::find(id) {
        Some(group) if group.nid != 0 => group.nid,
        _ => NO_NID | c_int::from(id.0),
    }
}

/// The group of one of those numbers, or of its number on the wire.
#[must_use]
pub fn group_of_nid(nid: c_int) -> Option<&'static group::Group> {
    if nid & NO_NID != 0 {
        return group::find(NamedGroup(u16::try_from(nid & 0xffff).ok()?));
    }
    group::find_by_nid(nid)
}

impl Ssl {
    /// `SSL_get_shared_group(3)`: libcrypto's number of the `index`th group that both sides have, 0 behind the last; of the first for -2;
    /// how many there are for -1. A client does not know: 0.
    #[must_use]
    pub fn shared_group(&self, index: c_long) -> c_int {
        if self.side() == Side::Client {
            return 0;
        }
        let (version, peer) = self.with_connection(|connection| {
            (connection.negotiated().version, connection.negotiated().peer_groups.clone())
        });
        let settings = self.with_config(|config| std::sync::Arc::clone(&config.settings));
        let versions = version.map_or_else(|| settings.versions(), |version| vec![version]);
        let own = if self.has_security_callback() {
            // OpenSSL asks about the groups of other versions too.
            settings.listed_groups(&[ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2])
        } else {
            settings.offered_groups(&versions)
        };
        let usable = settings.listed_groups(&versions);
        let shared = in_common(&own, &peer, settings.has_option(option::CIPHER_SERVER_PREFERENCE));
        let mut shared = self.judge_shared_groups(&shared).filter(|group| usable.contains(group));
        match usize::try_from(index) {
            Ok(index) => shared.nth(index).map_or(0, |group| group_nid(*group)),
            Err(_) if index == -2 => shared.next().map_or(0, |group| group_nid(*group)),
            Err(_) if index == -1 => c_int::try_from(shared.count()).unwrap_or(c_int::MAX),
            Err(_) => 0,
        }
    }

    /// The signature schemes that the peer offered.
    #[must_use]
    pub fn peer_schemes(&self) -> Vec<SignatureScheme> {
        self.with_connection(|connection| connection.negotiated().peer_schemes.clone())
    }

    /// The signature schemes that both sides have, in the order of who is preferred.
    #[must_use]
    pub fn shared_schemes(&self) -> Vec<SignatureScheme> {
        let settings = self.with_config(|config| std::sync::Arc::clone(&config.settings));
        let own = settings.own_signature_schemes(&settings.versions(), false);
        in_common(&own, &self.peer_schemes(), settings.has_option(option::CIPHER_SERVER_PREFERENCE))
    }
}

/// What both lists hold, in the order of the first or of the second.
fn in_common<T: Copy + PartialEq>(own: &[T], peer: &[T], own_order: bool) -> Vec<T> {
    let (preferred, other) = if own_order { (own, peer) } else { (peer, own) };
    preferred.iter().copied().filter(|item| other.contains(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_numbers_come_back() {
        for group in group::GROUPS {
            let found = group_of_nid(group_nid(group.id));
            assert_eq!(found.map(|found| found.id), Some(group.id));
        }
        assert_eq!(group_nid(NamedGroup(0xfafa)), NO_NID | 0xfafa);
        assert!(group_of_nid(99_999).is_none());
    }

    #[test]
    fn in_common_keeps_the_preferred_order() {
        assert_eq!(in_common(&[1, 2, 3], &[3, 1], true), [1, 3]);
        assert_eq!(in_common(&[1, 2, 3], &[3, 1], false), [3, 1]);
    }
}
