//! The words of the commands that take a list: `Options`, `Protocol` and `VerifyMode` of `SSL_CONF_cmd(3)`, and the
//! names of versions.

use super::commands::flag;
use crate::{policy::VerifyMode, policy::options::option, wire::ProtocolVersion};

/// A word: its name, the sides that may use it, the bits that it stands for, and whether it stands for their absence.
pub type Word = (&'static str, u32, u64, bool);

const BOTH: u32 = flag::CLIENT | flag::SERVER;

/// The words of `Options`.
pub const OPTIONS: &[Word] = &[
    ("SessionTicket", BOTH, option::NO_TICKET, true),
    ("EmptyFragments", BOTH, option::DONT_INSERT_EMPTY_FRAGMENTS, true),
    ("Bugs", BOTH, option::ALL, false),
    ("Compression", BOTH, option::NO_COMPRESSION, true),
    ("ServerPreference", flag::SERVER, option::CIPHER_SERVER_PREFERENCE, false),
    ("NoResumptionOnRenegotiation", flag::SERVER, option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION, false),
    // Ephemeral keys are never used twice.
    ("DHSingle", flag::SERVER, 0, false),
    ("ECDHSingle", flag::SERVER, 0, false),
    ("UnsafeLegacyRenegotiation", BOTH, option::ALLOW_UNSAFE_LEGACY_RENEGOTIATION, false),
    ("UnsafeLegacyServerConnect", BOTH, option::LEGACY_SERVER_CONNECT, false),
    ("ClientRenegotiation", BOTH, option::ALLOW_CLIENT_RENEGOTIATION, false),
    ("EncryptThenMac", BOTH, option::NO_ENCRYPT_THEN_MAC, true),
    ("NoRenegotiation", BOTH, option::NO_RENEGOTIATION, false),
    ("AllowNoDHEKEX", BOTH, option::ALLOW_NO_DHE_KEX, false),
    ("PrioritizeChaCha", BOTH, option::PRIORITIZE_CHACHA, false),
    ("MiddleboxCompat", BOTH, option::ENABLE_MIDDLEBOX_COMPAT, false),
    ("AntiReplay", BOTH, option::NO_ANTI_REPLAY, true),
    ("ExtendedMasterSecret", BOTH, option::NO_EXTENDED_MASTER_SECRET, true),
    ("CANames", BOTH, option::DISABLE_TLSEXT_CA_NAMES, true),
    ("KTLS", BOTH, option::ENABLE_KTLS, false),
];

/// The words of `Protocol`: the options that forbid versions.
pub const PROTOCOLS: &[Word] = &[
    ("ALL", BOTH, option::NO_SSL_MASK, true),
    ("SSLv2", BOTH, 0, true),
    ("SSLv3", BOTH, option::NO_SSLV3, true),
    ("TLSv1", BOTH, option::NO_TLSV1, true),
    ("TLSv1.1", BOTH, option::NO_TLSV1_1, true),
    ("TLSv1.2", BOTH, option::NO_TLSV1_2, true),
    ("TLSv1.3", BOTH, option::NO_TLSV1_3, true),
    ("DTLSv1", BOTH, option::NO_DTLSV1, true),
    ("DTLSv1.2", BOTH, option::NO_DTLSV1_2, true),
];

const fn bits(flags: i32) -> u64 {
    flags.unsigned_abs() as u64
}

const PEER: u64 = bits(VerifyMode::PEER);
const REQUIRE: u64 = PEER | bits(VerifyMode::FAIL_IF_NO_PEER_CERT);
const POST_HANDSHAKE: u64 = bits(VerifyMode::POST_HANDSHAKE);

/// The words of `VerifyMode`.
pub const VERIFY_MODES: &[Word] = &[
    ("Peer", flag::CLIENT, PEER, false),
    ("Request", flag::SERVER, PEER, false),
    ("Require", flag::SERVER, REQUIRE, false),
    ("Once", flag::SERVER, PEER | bits(VerifyMode::CLIENT_ONCE), false),
    ("RequestPostHandshake", flag::SERVER, PEER | POST_HANDSHAKE, false),
    ("RequirePostHandshake", flag::SERVER, REQUIRE | POST_HANDSHAKE, false),
];

/// Applies a list of words to `bits`, `,` between them, each with `+` or `-` before it or nothing. Whether all were
/// known to these sides; those before the first unknown one have been applied.
#[must_use]
pub fn apply(list: &str, words: &[Word], flags: u32, bits: &mut u64) -> bool {
    list.split(',').map(str::trim_ascii).all(|item| {
        let (name, is_on) = match item.strip_prefix('-') {
            Some(name) => (name, false),
            None => (item.strip_prefix('+').unwrap_or(item), true),
        };
        let mut words = words.iter();
        match words.find(|word| word.1 & flags != 0 && word.0.eq_ignore_ascii_case(name)) {
            Some((_, _, mask, is_absence)) => {
                if is_on != *is_absence {
                    *bits |= mask;
                } else {
                    *bits &= !mask;
                }
                true
            }
            None => false,
        }
    })
}

/// What `MinProtocol` and `MaxProtocol` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `None`: the bound is lifted.
    Unlimited,
    /// A version; one of DTLS says nothing to contexts of TLS, nor the other way round.
    Version(ProtocolVersion),
}

/// Reads the name of a version.
#[must_use]
pub fn bound(name: &str) -> Option<Bound> {
    Some(match name {
        "None" => Bound::Unlimited,
        "SSLv3" => Bound::Version(ProtocolVersion::SSL3),
        "TLSv1" => Bound::Version(ProtocolVersion::TLS1_0),
        "TLSv1.1" => Bound::Version(ProtocolVersion::TLS1_1),
        "TLSv1.2" => Bound::Version(ProtocolVersion::TLS1_2),
        "TLSv1.3" => Bound::Version(ProtocolVersion::TLS1_3),
        "DTLSv1" => Bound::Version(ProtocolVersion::DTLS1_0),
        "DTLSv1.2" => Bound::Version(ProtocolVersion::DTLS1_2),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_set_and_clear_bits() {
        for (list, expected) in [
            ("-SessionTicket", option::NO_TICKET),
            (" -sessionticket ,+Bugs", option::NO_TICKET | option::ALL),
            ("Bugs,-Bugs", 0),
            ("-SessionTicket,SessionTicket", 0),
        ] {
            let mut bits = 0;
            assert!(apply(list, OPTIONS, BOTH, &mut bits), "{list}");
            assert_eq!(bits, expected, "{list}");
        }
    }

    #[test]
    fn words_before_an_unknown_one_are_applied() {
        for list in ["-SessionTicket,Foo", "-SessionTicket,", "-SessionTicket,- Bugs"] {
            let mut bits = 0;
            assert!(!apply(list, OPTIONS, BOTH, &mut bits), "{list}");
            assert_eq!(bits, option::NO_TICKET);
        }
    }

    #[test]
    fn words_belong_to_sides() {
        let mut bits = 0;
        assert!(!apply("Request", VERIFY_MODES, flag::CLIENT, &mut bits));
        assert!(apply("Require", VERIFY_MODES, flag::SERVER, &mut bits));
        assert_eq!(bits, 3);
    }
}
