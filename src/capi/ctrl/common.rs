//! What contexts and connections have in common: modes (`SSL_CTX_set_mode(3)`), versions
//! (`SSL_CTX_set_min_proto_version(3)`), sizes, groups (`SSL_CTX_set1_groups(3)`), signature algorithms
//! (`SSL_CTX_set1_sigalgs(3)`).

use core::ffi::{c_int, c_long};
use std::sync::Arc;

use super::{Arguments, command};
use crate::{
    capi::{support::convert, temporary_dh},
    crypto::{
        group,
        signature_scheme::{self, SignatureAlgorithm},
    },
    error::Reason,
    libcrypto::{error_queue, evp_pkey, sys},
    object::{config::Configurable, groups},
    policy::{library::LibraryOffer, list},
    wire::{NamedGroup, ProtocolVersion, SignatureScheme},
};

/// The least and the most that `SSL_CTX_set_max_send_fragment` takes.
const SEND_FRAGMENT: core::ops::RangeInclusive<usize> = 512..=16384;
/// `SSL_MAX_PIPELINES`.
const MOST_PIPELINES: usize = 32;

/// Runs a command; `None` for one that is not of this kind.
///
/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn control(target: &impl Configurable, arguments: Arguments) -> Option<c_long> {
    let Arguments { command, number, pointer } = arguments;
    Some(match command {
        command::MODE => change_mode(target, |mode| mode | number as u32),
        command::CLEAR_MODE => change_mode(target, |mode| mode & !(number as u32)),
        command::GET_READ_AHEAD => target.look(|config| config.settings.read_ahead).into(),
        command::SET_READ_AHEAD => {
            let before = target.look(|config| config.settings.read_ahead);
            target.change_settings(|settings| settings.read_ahead = number as c_int);
            before.into()
        }
        command::GET_MAX_CERT_LIST => size(target.look(|config| config.settings.max_cert_list)),
        command::SET_MAX_CERT_LIST => {
            let Ok(most) = usize::try_from(number) else { return Some(0) };
            let before = target.look(|config| config.settings.max_cert_list);
            target.change_settings(|settings| settings.max_cert_list = most);
            size(before)
        }
        command::SET_MAX_SEND_FRAGMENT => set_max_send_fragment(target, number),
        command::SET_SPLIT_SEND_FRAGMENT => set_split_send_fragment(target, number),
        command::SET_MAX_PIPELINES => set_max_pipelines(target, number),
        command::SET_MIN_PROTO_VERSION => set_version(target, number, true),
        command::SET_MAX_PROTO_VERSION => set_version(target, number, false),
        command::GET_MIN_PROTO_VERSION => {
            target.look(|config| config.settings.min_version).map_or(0, |version| version.0.into())
        }
        command::GET_MAX_PROTO_VERSION => {
            target.look(|config| config.settings.max_version).map_or(0, |version| version.0.into())
        }
        command::SET_TMP_DH_CB => {
            error_queue::raise_ssl(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
            0
        }
        // SAFETY: the caller's promise.
        command::SET_TMP_DH => unsafe { temporary_dh::set_tmp_dh(target, pointer.cast()) },
        command::SET_DH_AUTO => temporary_dh::set_automatic(target, number),
        // SAFETY: the caller's promise.
        command::SET_TMP_ECDH => unsafe { set_curve(target, pointer.cast()) },
        // SAFETY: the caller's promise.
        command::SET_GROUPS => match unsafe { numbers(pointer.cast(), number) } {
            Some(&[]) => {
                error_queue::raise_ssl(Reason::BAD_LENGTH);
                0
            }
            Some(nids) => set_groups(target, groups_of(nids)),
            None => refuse_count(),
        },
        // SAFETY: the caller's promise.
        command::SET_GROUPS_LIST => {
            // SAFETY: the caller's promise.
            let text = unsafe { list_text(arguments) };
            text.is_some_and(|text| groups::set_groups_list(target, text)).into()
        }
        command::SET_SIGALGS | command::SET_CLIENT_SIGALGS => {
            // SAFETY: the caller's promise.
            match unsafe { numbers(pointer.cast(), number) } {
                Some(nids) if nids.len() % 2 == 1 => 0,
                None if number % 2 != 0 => 0,
                Some(&[]) | None => refuse_count(),
                Some(nids) => set_schemes(target, command, schemes_of(nids)),
            }
        }
        command::SET_SIGALGS_LIST | command::SET_CLIENT_SIGALGS_LIST => {
            // SAFETY: the caller's promise.
            set_schemes(target, command, unsafe { schemes_list(arguments) })
        }
        command::SET_TLSEXT_STATUS_REQ_TYPE => {
            target.change_settings(|settings| settings.status_type = number as c_int);
            1
        }
        command::GET_TLSEXT_STATUS_REQ_TYPE => target.look(|config| config.settings.status_type).into(),
        _ => return None,
    })
}

/// Checks a list of groups or of signature algorithms, without setting it anywhere.
///
/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn check_list(arguments: Arguments) -> c_long {
    let is_good = match arguments.command {
        // SAFETY: the caller's promise.
        command::SET_GROUPS_LIST => unsafe { list_text(arguments) }
            .is_some_and(|text| groups::read_groups_list(text, &LibraryOffer::default()).is_some()),
        command::SET_SIGALGS_LIST | command::SET_CLIENT_SIGALGS_LIST => {
            // SAFETY: the caller's promise.
            unsafe { schemes_list(arguments).is_some() }
        }
        _ => false,
    };
    is_good.into()
}

fn size(value: usize) -> c_long {
    c_long::try_from(value).unwrap_or(c_long::MAX)
}

/// What OpenSSL says of lists of numbers that it can make no room for: one of negative length, and, of signature algorithms, one
/// of none.
fn refuse_count() -> c_long {
    error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE);
    0
}

fn refuse_null() -> c_long {
    error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
    0
}

fn change_mode(target: &impl Configurable, change: impl FnOnce(u32) -> u32) -> c_long {
    target.change_settings(|settings| settings.mode = change(settings.mode));
    target.look(|config| config.settings.mode).into()
}

/// Records are sealed one after another, which any number of pipelines allows. What shows is that a connection with several
/// reads ahead.
fn set_max_pipelines(target: &impl Configurable, number: c_long) -> c_long {
    match usize::try_from(number) {
        Ok(pipelines) if (1..=MOST_PIPELINES).contains(&pipelines) => {
            target.set_max_pipelines(pipelines);
            1
        }
        _ => 0,
    }
}

fn set_max_send_fragment(target: &impl Configurable, number: c_long) -> c_long {
    match usize::try_from(number) {
        Ok(length) if SEND_FRAGMENT.contains(&length) => {
            target.change_settings(|settings| {
                settings.max_send_fragment = length;
                settings.split_send_fragment = settings.split_send_fragment.min(length);
            });
            1
        }
        _ => 0,
    }
}

/// Records are this long with pipelines and without, as in OpenSSL.
fn set_split_send_fragment(target: &impl Configurable, number: c_long) -> c_long {
    let most = target.look(|config| config.settings.max_send_fragment);
    match usize::try_from(number) {
        Ok(length) if (1..=most).contains(&length) => {
            target.change_settings(|settings| settings.split_send_fragment = length);
            1
        }
        _ => 0,
    }
}

/// The lowest or the highest version; 0 leaves it to the method. A method for one version keeps it.
pub(in crate::capi) fn set_version(target: &impl Configurable, number: c_long, is_min: bool) -> c_long {
    let version = match u16::try_from(number).map(ProtocolVersion) {
        Ok(ProtocolVersion(0)) => None,
        Ok(
            version @ (ProtocolVersion::DTLS1_BAD_VER | ProtocolVersion::DTLS1_0 | ProtocolVersion::DTLS1_2),
        ) => Some(version),
        Ok(version) if (ProtocolVersion::SSL3..=ProtocolVersion::TLS1_3).contains(&version) => Some(version),
        _ => return 0,
    };
    let is_of_family = |version: &ProtocolVersion| {
        (version.is_datagram() || *version == ProtocolVersion::DTLS1_BAD_VER)
            == target.look(|config| config.method.is_datagram())
    };
    // A version of the other family is passed over, unless the other bound is of ours.
    if !version.as_ref().is_none_or(is_of_family) {
        let other = target
            .look(|config| if is_min { config.settings.max_version } else { config.settings.min_version });
        return other.is_none().into();
    }
    if target.context_fixed_version().is_none() {
        target.change_settings(|settings| {
            let bound = if is_min { &mut settings.min_version } else { &mut settings.max_version };
            *bound = version;
        });
    }
    1
}

/// `None` for a count below 0, and for numbers that are not there.
///
/// # Safety
/// `pointer` is null or points to `count` numbers.
unsafe fn numbers<'a>(pointer: *const c_int, count: c_long) -> Option<&'a [c_int]> {
    let count = usize::try_from(count).ok()?;
    if count == 0 {
        return Some(&[]);
    }
    // SAFETY: the caller's promise.
    (!pointer.is_null()).then(|| unsafe { core::slice::from_raw_parts(pointer, count) })
}

/// # Safety
/// The pointer is null or a C string.
unsafe fn schemes_list(arguments: Arguments) -> Option<Arc<[SignatureScheme]>> {
    // SAFETY: the caller's promise.
    list::signature_schemes(unsafe { list_text(arguments) }?)
}

/// # Safety
/// The pointer is null or a C string.
unsafe fn list_text<'a>(arguments: Arguments) -> Option<&'a str> {
    if arguments.pointer.is_null() {
        error_queue::raise_conf_list_null();
    }
    // SAFETY: the caller's promise.
    unsafe { convert::text(arguments.pointer.cast()) }
}

/// The groups of GOST (RFC 9189), which have numbers and no implementation: they are taken and never used.
const GOST: [(c_int, NamedGroup); 7] = [
    (1148, NamedGroup(34)),
    (1184, NamedGroup(35)),
    (1185, NamedGroup(36)),
    (1186, NamedGroup(37)),
    (998, NamedGroup(38)),
    (999, NamedGroup(39)),
    (1149, NamedGroup(40)),
];

fn groups_of(nids: &[c_int]) -> Option<Arc<[NamedGroup]>> {
    let mut groups = Vec::new();
    for nid in nids {
        let gost = GOST.iter().find(|(gost, _)| gost == nid).map(|(_, group)| *group);
        let group = group::find_by_nid(*nid).map(|group| group.id).or(gost)?;
        if groups.contains(&group) {
            return None;
        }
        groups.push(group);
    }
    Some(groups.into())
}

fn set_groups(target: &impl Configurable, groups: Option<Arc<[NamedGroup]>>) -> c_long {
    let Some(groups) = groups else { return 0 };
    target.change_settings(|settings| settings.groups = groups);
    1
}

/// `SSL_CTX_set_tmp_ecdh`: the curve of a key becomes the only group.
///
/// # Safety
/// `key` is null or valid.
unsafe fn set_curve(target: &impl Configurable, key: *const sys::EC_KEY) -> c_long {
    if key.is_null() {
        return refuse_null();
    }
    // SAFETY: the caller's promise.
    let nid = unsafe { evp_pkey::curve_of(key) };
    set_groups(target, nid.and_then(|nid| groups_of(&[nid])))
}

/// Schemes by pairs of libcrypto's numbers: hash and key.
fn schemes_of(nids: &[c_int]) -> Option<Arc<[SignatureScheme]>> {
    let (pairs, []) = nids.as_chunks::<2>() else { return None };
    let find = |[hash, key]: &[c_int; 2]| {
        // The number of RSA-PSS stands for the schemes of RSA keys.
        let fits = |scheme: &&signature_scheme::Scheme| {
            scheme.hash_nid() == *hash
                && scheme.signature.nid() == *key
                && scheme.signature != SignatureAlgorithm::RsaPssPss
        };
        signature_scheme::SCHEMES.iter().find(fits).map(|scheme| scheme.id)
    };
    pairs.iter().map(find).collect()
}

fn set_schemes(
    target: &impl Configurable,
    command: c_int,
    schemes: Option<Arc<[SignatureScheme]>>,
) -> c_long {
    if schemes.is_none() {
        return 0;
    }
    target.change_settings(|settings| {
        if matches!(command, command::SET_CLIENT_SIGALGS | command::SET_CLIENT_SIGALGS_LIST) {
            settings.client_signature_schemes = schemes;
        } else {
            settings.signature_schemes = schemes;
        }
    });
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_by_numbers_are_found() {
        /// `NID_sha256`, `EVP_PKEY_RSA`.
        const SHA256_RSA: [c_int; 2] = [672, 6];
        assert_eq!(&*schemes_of(&SHA256_RSA).unwrap(), &[SignatureScheme::RSA_PKCS1_SHA256]);
        assert_eq!(schemes_of(&[672]), None);
        assert_eq!(schemes_of(&[1, 1]), None);
    }

    #[test]
    fn groups_by_numbers_are_found_once() {
        assert_eq!(&*groups_of(&[415, 1035]).unwrap(), &[NamedGroup::SECP256R1, NamedGroup::X448]);
        assert_eq!(&*groups_of(&[998]).unwrap(), &[NamedGroup(38)]);
        assert_eq!(groups_of(&[415, 415]), None);
        assert_eq!(groups_of(&[1]), None);
    }
}
