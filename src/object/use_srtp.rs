//! The protection profiles of SRTP (RFC 5764): the objects that `SSL_get_srtp_profiles(3)` gives out, and which of them a
//! context or a connection offers or takes.

use core::ffi::{CStr, c_char, c_ulong};
use std::sync::Arc;

use super::{
    Ssl,
    config::{Config, Configurable},
};
use crate::{
    error::Reason,
    libcrypto::{pointer_stack::PointerStack, sys::OPENSSL_STACK},
    wire::SrtpProfile,
};

/// `SRTP_PROTECTION_PROFILE`: a name and a number, which never change.
#[repr(C)]
pub struct SRTP_PROTECTION_PROFILE {
    name: *const c_char,
    id: c_ulong,
}

// SAFETY: the name is a static string.
unsafe impl Sync for SRTP_PROTECTION_PROFILE {}

impl SRTP_PROTECTION_PROFILE {
    const fn new(name: &'static CStr, profile: SrtpProfile) -> Self {
        // Lossless.
        Self { name: name.as_ptr(), id: profile.0 as c_ulong }
    }

    fn name(&self) -> &'static CStr {
        // SAFETY: it is the static string of `new`.
        unsafe { CStr::from_ptr(self.name) }
    }

    fn is(&self, profile: SrtpProfile) -> bool {
        self.id == c_ulong::from(profile.0)
    }
}

/// The profiles that there are, by OpenSSL's names (RFC 5764 §4.1.2, RFC 7714 §14.2).
static PROFILES: [SRTP_PROTECTION_PROFILE; 4] = [
    SRTP_PROTECTION_PROFILE::new(c"SRTP_AES128_CM_SHA1_80", SrtpProfile::SRTP_AES128_CM_SHA1_80),
    SRTP_PROTECTION_PROFILE::new(c"SRTP_AES128_CM_SHA1_32", SrtpProfile::SRTP_AES128_CM_SHA1_32),
    SRTP_PROTECTION_PROFILE::new(c"SRTP_AEAD_AES_128_GCM", SrtpProfile::SRTP_AEAD_AES_128_GCM),
    SRTP_PROTECTION_PROFILE::new(c"SRTP_AEAD_AES_256_GCM", SrtpProfile::SRTP_AEAD_AES_256_GCM),
];

/// A list of profiles, for the core and for the program.
pub struct Profiles {
    numbers: Arc<[SrtpProfile]>,
    stack: PointerStack,
}

impl Profiles {
    /// The profiles of these names between colons. A name that there is not is `SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE`, one that
    /// comes twice `SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST`.
    fn parse(text: &[u8]) -> Result<Self, Reason> {
        let mut found: Vec<&'static SRTP_PROTECTION_PROFILE> = Vec::new();
        for name in text.split(|byte| *byte == b':') {
            let profile = PROFILES
                .iter()
                .find(|profile| profile.name().to_bytes() == name)
                .ok_or(Reason::SRTP_UNKNOWN_PROTECTION_PROFILE)?;
            if found.iter().any(|other| other.id == profile.id) {
                return Err(Reason::BAD_SRTP_PROTECTION_PROFILE_LIST);
            }
            found.push(profile);
        }
        // Lossless: they are made of `SrtpProfile`s.
        let numbers = found.iter().map(|profile| SrtpProfile(profile.id as u16)).collect();
        let stack =
            PointerStack::of(found.iter().copied()).ok_or(Reason::SRTP_COULD_NOT_ALLOCATE_PROFILES)?;
        Ok(Self { numbers, stack })
    }
}

/// Sets the profiles that a client offers and a server takes. After an error those from before stay.
pub fn set_profiles(target: &impl Configurable, text: &CStr) -> Result<(), Reason> {
    let profiles = Arc::new(Profiles::parse(text.to_bytes())?);
    target.change(|config| {
        config.update_settings(|settings| settings.srtp_profiles = Arc::clone(&profiles.numbers));
        config.srtp_profiles = Some(profiles);
    });
    Ok(())
}

impl Ssl {
    fn srtp_profiles(&self, theirs: &Config) -> Option<Arc<Profiles>> {
        self.look(|config| config.srtp_profiles.clone()).or_else(|| theirs.srtp_profiles.clone())
    }

    /// Takes the profiles of the context's configuration, unless the connection has its own.
    pub(super) fn follow_srtp_profiles(&self, theirs: &Config) {
        if !self.look(|config| config.settings.is_datagram()) {
            return;
        }
        let numbers =
            self.srtp_profiles(theirs).map(|profiles| Arc::clone(&profiles.numbers)).unwrap_or_default();
        if self.look(|config| config.settings.srtp_profiles != numbers) {
            self.change_settings(|settings| settings.srtp_profiles = numbers);
        }
    }

    /// The stack of the profiles that are set: the connection's or the context's, which keeps it. Null without any.
    #[must_use]
    pub fn srtp_profile_stack(&self) -> *mut OPENSSL_STACK {
        self.srtp_profiles(&self.context().config())
            .map_or(core::ptr::null_mut(), |profiles| profiles.stack.as_ptr())
    }

    /// The profile that was agreed on.
    #[must_use]
    pub fn selected_srtp_profile(&self) -> Option<&'static SRTP_PROTECTION_PROFILE> {
        let selected = self.with_connection(|connection| connection.negotiated().srtp_profile)?;
        PROFILES.iter().find(|profile| profile.is(selected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<SrtpProfile>, Reason> {
        Profiles::parse(text.as_bytes()).map(|profiles| profiles.numbers.to_vec())
    }

    #[test]
    fn names_between_colons_are_profiles_in_their_order() {
        assert_eq!(
            numbers("SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_32"),
            Ok(vec![SrtpProfile::SRTP_AEAD_AES_256_GCM, SrtpProfile::SRTP_AES128_CM_SHA1_32])
        );
    }

    #[test]
    fn unknown_or_repeated_names_are_refused() {
        for text in ["", ":", "SRTP_AEAD_AES_256_GCM:", "srtp_aead_aes_256_gcm", "SRTP_NULL_SHA1_80"] {
            assert_eq!(numbers(text), Err(Reason::SRTP_UNKNOWN_PROTECTION_PROFILE), "{text}");
        }
        assert_eq!(
            numbers("SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_256_GCM"),
            Err(Reason::BAD_SRTP_PROTECTION_PROFILE_LIST)
        );
    }
}
