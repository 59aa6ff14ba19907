//! The table of named groups: names, security bits, which versions may use them. Used by `policy`.
//!
//! The names are those that a groups list (man page `SSL_CTX_set1_groups_list`) accepts: the name in the
//! TLS registry, NIST's name, and libcrypto's short name.

use crate::wire::NamedGroup;

/// One named group.
#[derive(Debug)]
pub struct Group {
    /// Its number on the wire.
    pub id: NamedGroup,
    /// The names that a groups list may call it by, the first being the one reported
    /// (`SSL_group_to_name`); compared with case, as OpenSSL 3.0 does.
    pub names: &'static [&'static str],
    /// libcrypto's NID for `SSL_get_negotiated_group` and friends; 0 if it has none.
    pub nid: i32,
    /// Security strength in bits.
    pub security_bits: u16,
    /// Whether TLS 1.2 may use it (a hybrid may not).
    pub tls12: bool,
}

/// All groups that we have, in the order of preference that a program gets which sets none.
pub static GROUPS: &[Group] = &[
    Group {
        id: NamedGroup::X25519MLKEM768,
        names: &["X25519MLKEM768"],
        nid: 0,
        security_bits: 192,
        tls12: false,
    },
    Group {
        id: NamedGroup::X25519,
        names: &["x25519", "X25519"],
        nid: 1034,
        security_bits: 128,
        tls12: true,
    },
    Group {
        id: NamedGroup::SECP256R1,
        names: &["secp256r1", "P-256", "prime256v1"],
        nid: 415,
        security_bits: 128,
        tls12: true,
    },
    Group {
        id: NamedGroup::SECP521R1,
        names: &["secp521r1", "P-521"],
        nid: 716,
        security_bits: 256,
        tls12: true,
    },
    Group {
        id: NamedGroup::SECP384R1,
        names: &["secp384r1", "P-384"],
        nid: 715,
        security_bits: 192,
        tls12: true,
    },
];

/// The group with this number, if we have it.
#[must_use]
pub fn find(id: NamedGroup) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.id == id)
}

/// The group that a groups list calls `name`, if we have it.
#[must_use]
pub fn find_by_name(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.names.contains(&name))
}

/// The group with libcrypto's number `nid`, if we have it.
#[must_use]
pub fn find_by_nid(nid: i32) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.nid != 0 && group.nid == nid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_curve_find_one_group() {
        for name in ["P-256", "prime256v1", "secp256r1"] {
            assert_eq!(find_by_name(name).map(|group| group.id), Some(NamedGroup::SECP256R1));
        }
    }

    #[test]
    fn name_in_other_case_is_not_found() {
        assert!(find_by_name("p-256").is_none());
        assert!(find_by_name("PRIME256V1").is_none());
    }

    #[test]
    fn nid_zero_finds_nothing() {
        assert!(find_by_nid(0).is_none());
        assert_eq!(find_by_nid(1034).map(|group| group.id), Some(NamedGroup::X25519));
    }

    #[test]
    fn numbers_and_names_are_unique() {
        for (index, group) in GROUPS.iter().enumerate() {
            for other in &GROUPS[index + 1..] {
                assert_ne!(group.id, other.id);
                assert!(group.names.iter().all(|name| !other.names.contains(name)));
            }
        }
    }
}
