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
    /// Whether TLS 1.2 and what was before it may use it: a hybrid or a finite field may not (OpenSSL 3.0 takes no notice
    /// of RFC 7919 there).
    pub tls12: bool,
    /// Whether TLS 1.3 may use it (RFC 8446 §4.2.7).
    pub tls13: bool,
}

const BOTH: (bool, bool) = (true, true);
const TLS12: (bool, bool) = (true, false);
const TLS13: (bool, bool) = (false, true);

const fn group(
    id: NamedGroup,
    names: &'static [&'static str],
    nid: i32,
    security_bits: u16,
    (tls12, tls13): (bool, bool),
) -> Group {
    Group { id, names, nid, security_bits, tls12, tls13 }
}

/// All groups that we have.
pub static GROUPS: &[Group] = &[
    group(NamedGroup::X25519MLKEM768, &["X25519MLKEM768"], 0, 192, TLS13),
    group(NamedGroup::SECP256R1MLKEM768, &["SecP256r1MLKEM768"], 0, 192, TLS13),
    group(NamedGroup::SECP384R1MLKEM1024, &["SecP384r1MLKEM1024"], 0, 256, TLS13),
    group(NamedGroup::X25519, &["x25519", "X25519"], 1034, 128, BOTH),
    group(NamedGroup::SECP256R1, &["secp256r1", "P-256", "prime256v1"], 415, 128, BOTH),
    group(NamedGroup::X448, &["x448", "X448"], 1035, 224, BOTH),
    group(NamedGroup::SECP521R1, &["secp521r1", "P-521"], 716, 256, BOTH),
    group(NamedGroup::SECP384R1, &["secp384r1", "P-384"], 715, 192, BOTH),
    group(NamedGroup::FFDHE2048, &["ffdhe2048"], 1126, 112, TLS13),
    group(NamedGroup::FFDHE3072, &["ffdhe3072"], 1127, 128, TLS13),
    group(NamedGroup::FFDHE4096, &["ffdhe4096"], 1128, 128, TLS13),
    group(NamedGroup::FFDHE6144, &["ffdhe6144"], 1129, 128, TLS13),
    group(NamedGroup::FFDHE8192, &["ffdhe8192"], 1130, 192, TLS13),
    group(NamedGroup::BRAINPOOLP512R1, &["brainpoolP512r1"], 933, 256, TLS12),
    group(NamedGroup::BRAINPOOLP384R1, &["brainpoolP384r1"], 931, 192, TLS12),
    group(NamedGroup::BRAINPOOLP256R1, &["brainpoolP256r1"], 927, 128, TLS12),
    group(NamedGroup::SECP256K1, &["secp256k1"], 714, 128, TLS12),
    group(NamedGroup::SECP224R1, &["secp224r1", "P-224"], 713, 112, TLS12),
    group(NamedGroup::SECP224K1, &["secp224k1"], 712, 112, TLS12),
    group(NamedGroup::SECP192R1, &["secp192r1", "P-192", "prime192v1"], 409, 80, TLS12),
    group(NamedGroup::SECP192K1, &["secp192k1"], 711, 80, TLS12),
    group(NamedGroup::SECP160R2, &["secp160r2"], 710, 80, TLS12),
    group(NamedGroup::SECP160R1, &["secp160r1"], 709, 80, TLS12),
    group(NamedGroup::SECP160K1, &["secp160k1"], 708, 80, TLS12),
    group(NamedGroup::SECT571R1, &["sect571r1", "B-571"], 734, 256, TLS12),
    group(NamedGroup::SECT571K1, &["sect571k1", "K-571"], 733, 256, TLS12),
    group(NamedGroup::SECT409R1, &["sect409r1", "B-409"], 732, 192, TLS12),
    group(NamedGroup::SECT409K1, &["sect409k1", "K-409"], 731, 192, TLS12),
    group(NamedGroup::SECT283R1, &["sect283r1", "B-283"], 730, 128, TLS12),
    group(NamedGroup::SECT283K1, &["sect283k1", "K-283"], 729, 128, TLS12),
    group(NamedGroup::SECT239K1, &["sect239k1"], 728, 112, TLS12),
    group(NamedGroup::SECT233R1, &["sect233r1", "B-233"], 727, 112, TLS12),
    group(NamedGroup::SECT233K1, &["sect233k1", "K-233"], 726, 112, TLS12),
    group(NamedGroup::SECT193R2, &["sect193r2"], 725, 80, TLS12),
    group(NamedGroup::SECT193R1, &["sect193r1"], 724, 80, TLS12),
    group(NamedGroup::SECT163R2, &["sect163r2", "B-163"], 723, 80, TLS12),
    group(NamedGroup::SECT163R1, &["sect163r1"], 722, 80, TLS12),
    group(NamedGroup::SECT163K1, &["sect163k1", "K-163"], 721, 80, TLS12),
];

/// The groups of a program that sets none, in order of preference.
pub const DEFAULT_GROUPS: [NamedGroup; 11] = [
    NamedGroup::X25519MLKEM768,
    NamedGroup::X25519,
    NamedGroup::SECP256R1,
    NamedGroup::X448,
    NamedGroup::SECP521R1,
    NamedGroup::SECP384R1,
    NamedGroup::FFDHE2048,
    NamedGroup::FFDHE3072,
    NamedGroup::FFDHE4096,
    NamedGroup::FFDHE6144,
    NamedGroup::FFDHE8192,
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
