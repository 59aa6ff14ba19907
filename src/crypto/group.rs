//! The table of named groups: names, security bits, which versions may use them. Used by `policy`.

use crate::wire::NamedGroup;

/// One named group.
#[derive(Debug)]
pub struct Group {
    /// Its number on the wire.
    pub id: NamedGroup,
    /// The names that a groups list may call it by, the first being the one reported
    /// (`SSL_get0_group_name`); compared without case.
    pub names: &'static [&'static str],
    /// libcrypto's NID for `SSL_get_negotiated_group` and friends; 0 if it has none.
    pub nid: i32,
    /// Security strength in bits.
    pub security_bits: u16,
    /// Whether TLS 1.2 may use it (a hybrid may not).
    pub tls12: bool,
}

/// All groups that we have.
pub static GROUPS: &[Group] = &[];

/// The group with this number, if we have it.
#[must_use]
pub fn find(id: NamedGroup) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.id == id)
}
