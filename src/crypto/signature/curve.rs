//! The named curves by the object identifiers that keys name them with (RFC 5480 §2.1.1.1, SEC 2 §A, RFC 5639 §3). Used by
//! `key_algorithm`: in TLS 1.2 the peer says on which curves it takes keys (RFC 8422 §5.1).

use crate::wire::NamedGroup;

/// 1.3.132.0: SEC's curves, the last number tells which.
const CERTICOM: [u8; 4] = [0x2b, 0x81, 4, 0];
/// 1.2.840.10045.3.1: the prime curves of X9.62.
const X962_PRIME: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1];
/// 1.3.36.3.3.2.8.1.1: those of Brainpool.
const BRAINPOOL: [u8; 8] = [0x2b, 0x24, 3, 3, 2, 8, 1, 1];

/// The group with this object identifier, if TLS has a number for it.
pub(super) fn find(identifier: &[u8]) -> Option<NamedGroup> {
    let (last, arc) = identifier.split_last()?;
    match arc {
        arc if arc == X962_PRIME => match last {
            1 => Some(NamedGroup::SECP192R1),
            7 => Some(NamedGroup::SECP256R1),
            _ => None,
        },
        arc if arc == BRAINPOOL => match last {
            7 => Some(NamedGroup::BRAINPOOLP256R1),
            11 => Some(NamedGroup::BRAINPOOLP384R1),
            13 => Some(NamedGroup::BRAINPOOLP512R1),
            _ => None,
        },
        arc if arc == CERTICOM => certicom(*last),
        _ => None,
    }
}

const fn certicom(number: u8) -> Option<NamedGroup> {
    Some(match number {
        1 => NamedGroup::SECT163K1,
        2 => NamedGroup::SECT163R1,
        3 => NamedGroup::SECT239K1,
        8 => NamedGroup::SECP160R1,
        9 => NamedGroup::SECP160K1,
        10 => NamedGroup::SECP256K1,
        15 => NamedGroup::SECT163R2,
        16 => NamedGroup::SECT283K1,
        17 => NamedGroup::SECT283R1,
        24 => NamedGroup::SECT193R1,
        25 => NamedGroup::SECT193R2,
        26 => NamedGroup::SECT233K1,
        27 => NamedGroup::SECT233R1,
        30 => NamedGroup::SECP160R2,
        31 => NamedGroup::SECP192K1,
        32 => NamedGroup::SECP224K1,
        33 => NamedGroup::SECP224R1,
        34 => NamedGroup::SECP384R1,
        35 => NamedGroup::SECP521R1,
        36 => NamedGroup::SECT409K1,
        37 => NamedGroup::SECT409R1,
        38 => NamedGroup::SECT571K1,
        39 => NamedGroup::SECT571R1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_of_the_three_registries_are_found() {
        let find = |arc: &[u8], last: u8| find(&[arc, &[last]].concat());
        assert_eq!(find(&X962_PRIME, 7), Some(NamedGroup::SECP256R1));
        assert_eq!(find(&BRAINPOOL, 11), Some(NamedGroup::BRAINPOOLP384R1));
        assert_eq!(find(&CERTICOM, 10), Some(NamedGroup::SECP256K1));
        assert_eq!(find(&CERTICOM, 35), Some(NamedGroup::SECP521R1));
    }

    #[test]
    fn other_identifiers_are_none() {
        assert_eq!(find(&[]), None);
        assert_eq!(find(&CERTICOM), None);
        assert_eq!(find(&[&CERTICOM[..], &[99]].concat()), None);
        assert_eq!(find(&[&BRAINPOOL[..], &[7, 1]].concat()), None);
    }
}
