//! What a command of `SSL_CONF_cmd(3)` does to a context or a connection.

use core::ffi::CStr;

use super::{
    FILE_TYPE_PEM,
    commands::{Action, Place, flag},
    words::{self, Bound},
};
use crate::{
    libcrypto::store::X509Store,
    object::{
        config::{Config, Configurable},
        credential_files, groups, suites, temporary_dh,
    },
    policy::{
        Settings, VerifyMode, certificate::Slot, library::LibraryOffer, list, options::CERT_FLAG_TLS_STRICT,
    },
};

/// The most that records are padded to a multiple of.
const MAX_PADDING_BLOCK: usize = 16384;

/// A switch. Whether we can do that.
pub fn switch(owner: &impl Configurable, action: Action) -> bool {
    match action {
        Action::Set(options) => owner.change_settings(|settings| settings.options |= options),
        Action::Clear(options) => owner.change_settings(|settings| settings.options &= !options),
        Action::Strict => {
            owner.change_settings(|settings| settings.certificate_flags |= CERT_FLAG_TLS_STRICT);
        }
        _ => return false,
    }
    true
}

/// What can be said of a command without a target. OpenSSL checks no more than this.
#[must_use]
pub fn check(action: Action, value: &CStr, flags: u32) -> bool {
    let text = value.to_str().unwrap_or_default();
    let mut bits = 0;
    match action {
        Action::SignatureSchemes | Action::ClientSignatureSchemes => list::signature_schemes(text).is_some(),
        Action::Groups => list::groups(text, &LibraryOffer::default()).is_ok(),
        Action::Group => !text.contains(':'),
        Action::Options => words::apply(text, words::OPTIONS, flags, &mut bits),
        Action::Protocol => words::apply(text, words::PROTOCOLS, flags, &mut bits),
        Action::VerifyMode => words::apply(text, words::VERIFY_MODES, flags, &mut bits),
        Action::CipherString
        | Action::CipherSuites
        | Action::Certificate
        | Action::PrivateKey
        | Action::DhParameters
        | Action::ChainStore(_)
        | Action::VerifyStore(_) => true,
        Action::MinProtocol
        | Action::MaxProtocol
        | Action::RecordPadding
        | Action::NumTickets
        | Action::Set(_)
        | Action::Clear(_)
        | Action::Strict
        | Action::ServerInfo
        | Action::CaNames(_) => false,
    }
}

/// Applies a command. `None`: the value is bad, or we cannot do that; the cause, if there is one to tell, is in the
/// queue. `Some(Some(_))`: a certificate went to this slot.
pub fn apply(owner: &impl Configurable, action: Action, value: &CStr, flags: u32) -> Option<Option<Slot>> {
    let text = value.to_str().ok();
    match action {
        Action::SignatureSchemes => {
            let schemes = list::signature_schemes(text?)?;
            owner.change_settings(|settings| settings.signature_schemes = Some(schemes));
        }
        Action::ClientSignatureSchemes => {
            let schemes = list::signature_schemes(text?)?;
            owner.change_settings(|settings| settings.client_signature_schemes = Some(schemes));
        }
        Action::Groups => groups::set_groups_list(owner, text?).then_some(())?,
        Action::Group => set_group(owner, text?, flags)?,
        Action::CipherString => suites::set_cipher_list(owner, text).then_some(())?,
        Action::CipherSuites => suites::set_tls13_suites(owner, text).then_some(())?,
        Action::Options => change_options(owner, text?, words::OPTIONS, flags)?,
        Action::Protocol => change_options(owner, text?, words::PROTOCOLS, flags)?,
        Action::VerifyMode => change_verify_mode(owner, text?, flags)?,
        Action::MinProtocol => {
            set_bound(owner, text?, |settings, version| settings.min_version = version)?;
        }
        Action::MaxProtocol => {
            set_bound(owner, text?, |settings, version| settings.max_version = version)?;
        }
        Action::RecordPadding => {
            let block = leading_number(text?).filter(|block| *block <= MAX_PADDING_BLOCK)?;
            owner.change_settings(|settings| {
                settings.block_padding = block;
                settings.handshake_block_padding = block;
            });
        }
        Action::NumTickets => {
            let count = leading_number(text?)?;
            owner.change_settings(|settings| settings.num_tickets = count);
        }
        Action::Certificate => {
            credential_files::use_certificate_chain_file(owner, Some(value)).then_some(())?;
            return Some(owner.look(|config| config.credentials.current));
        }
        Action::DhParameters => temporary_dh::use_parameters_file(owner, value).then_some(())?,
        Action::PrivateKey => {
            credential_files::use_key_file(owner, Some(value), FILE_TYPE_PEM).then_some(())?
        }
        Action::ChainStore(place) => add_to_store(owner, |config| &mut config.chain_store, place, value)?,
        Action::VerifyStore(place) => add_to_store(owner, |config| &mut config.verify_store, place, value)?,
        Action::Set(_) | Action::Clear(_) | Action::Strict | Action::ServerInfo | Action::CaNames(_) => {
            return None;
        }
    }
    Some(None)
}

/// One group, or a word that leaves the choice to us, which is what we do anyhow.
fn set_group(owner: &impl Configurable, text: &str, flags: u32) -> Option<()> {
    let word = text.strip_prefix('+').unwrap_or(text);
    let in_file = flags & flag::FILE != 0 && word.eq_ignore_ascii_case("automatic");
    let on_line = flags & flag::COMMAND_LINE != 0 && text == "auto";
    if in_file || on_line {
        return Some(());
    }
    if text.contains(':') { None } else { groups::set_groups_list(owner, text).then_some(()) }
}

/// What comes before an unknown word counts, as in OpenSSL.
fn change_options(owner: &impl Configurable, text: &str, list: &[words::Word], flags: u32) -> Option<()> {
    let mut options = owner.look(|config| config.settings.options);
    let is_known = words::apply(text, list, flags, &mut options);
    owner.change_settings(|settings| settings.options = options);
    is_known.then_some(())
}

fn change_verify_mode(owner: &impl Configurable, text: &str, flags: u32) -> Option<()> {
    let mut bits = u64::from(owner.look(|config| config.settings.verify_mode.0.cast_unsigned()));
    let is_known = words::apply(text, words::VERIFY_MODES, flags, &mut bits);
    let mode = VerifyMode(i32::try_from(bits).ok()?);
    owner.change_settings(|settings| settings.verify_mode = mode);
    is_known.then_some(())
}

fn set_bound(
    owner: &impl Configurable,
    text: &str,
    set: impl FnOnce(&mut Settings, Option<crate::wire::ProtocolVersion>),
) -> Option<()> {
    let fixed = owner.context_fixed_version();
    match words::bound(text)? {
        Bound::Unlimited => owner.change_settings(|settings| set(settings, None)),
        // A method for one version keeps it.
        Bound::Version(version) => owner.change_settings(|settings| {
            if version.is_datagram() == settings.is_datagram() && fixed.is_none() {
                set(settings, Some(version));
            }
        }),
    }
    Some(())
}

/// The number that a text begins with; 0 for none, `None` for a negative or an enormous one.
fn leading_number(text: &str) -> Option<usize> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_negative = text.starts_with('-');
    let text = text.strip_prefix('-').unwrap_or(text);
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end)?;
    let number = if digits.is_empty() { 0 } else { digits.parse::<i32>().ok()? };
    (!is_negative || number == 0).then(|| usize::try_from(number).ok())?
}

/// Adds to a store of the owner's own, which is made if there is none.
fn add_to_store(
    owner: &impl Configurable,
    of: impl Fn(&mut Config) -> &mut Option<X509Store>,
    place: Place,
    value: &CStr,
) -> Option<()> {
    let store = owner.change(|config| of(config).clone());
    let store = match store {
        Some(store) => store,
        None => {
            let store = X509Store::new()?.within(&owner.library());
            owner.change(|config| *of(config) = Some(store.clone()));
            store
        }
    };
    let is_loaded = match place {
        Place::File => store.load_file(value),
        Place::Directory => store.load_directory(value),
        Place::Store => store.load_uri(value),
    };
    is_loaded.then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_far_as_they_go() {
        for (text, expected) in
            [("", Some(0)), ("3", Some(3)), (" 3x", Some(3)), ("x", Some(0)), ("-1", None), ("0x3", Some(0))]
        {
            assert_eq!(leading_number(text), expected, "{text}");
        }
        assert_eq!(leading_number("99999999999"), None);
    }
}
