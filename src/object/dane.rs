//! DANE: authentication of the server by TLSA records (`SSL_CTX_dane_enable(3)`, RFC 6698, RFC 7671). What fails puts its
//! reason into the queue. The verification itself is libcrypto's: see `verify`.

use core::ffi::{CStr, c_int, c_ulong};
use std::sync::Arc;

use super::{Context, Ssl, log};
use crate::{
    error::Reason,
    libcrypto::{
        dane::{self, Match, MatchingTypes, Refusal},
        error_queue, sys,
    },
};

/// What the connections of a context share.
#[derive(Clone, Default)]
pub struct DaneSettings {
    types: MatchingTypes,
    /// `DANE_FLAG_…`: copied by `SSL_new`.
    pub flags: c_ulong,
}

impl Context {
    /// Makes DANE possible for connections. `false` if the libcrypto in this process is not one that it is known to
    /// work with.
    pub fn enable_dane(&self) -> bool {
        if !check_libcrypto() {
            log::differs("SSL_CTX_dane_enable", "it works with libcrypto 3.0 and 3.5 alone");
            return false;
        }
        self.update_dane(|settings| {
            if settings.types.is_empty() {
                settings.types = MatchingTypes::standard();
            }
        });
        true
    }

    /// Sets the digest of a matching type, null for none, and how strong it is held to be. The digest has to outlive
    /// the context.
    pub fn set_matching_type(&self, matching_type: u8, digest: *const sys::EVP_MD, strength: u8) -> bool {
        if matching_type == 0 && !digest.is_null() {
            error_queue::raise_ssl(Reason::DANE_CANNOT_OVERRIDE_MTYPE_FULL);
            return false;
        }
        if !check_libcrypto() {
            return false;
        }
        if matching_type != 0 {
            self.update_dane(|settings| settings.types.set(matching_type, digest, strength));
        }
        true
    }

    /// Changes what connections share.
    pub fn update_dane<R>(&self, change: impl FnOnce(&mut DaneSettings) -> R) -> R {
        self.changes.one_at_a_time(|| {
            let mut settings = DaneSettings::clone(&self.dane.load());
            let result = change(&mut settings);
            self.dane.store(std::sync::Arc::new(settings));
            result
        })
    }
}

impl Ssl {
    /// Lets this connection take TLSA records of a server whose name is `base_domain`: 1; 0 if that cannot be; -1 if it
    /// failed.
    pub fn enable_dane(&self, base_domain: Option<&CStr>) -> c_int {
        let context = self.context();
        if context.dane.load().types.is_empty() {
            return refuse(Reason::CONTEXT_NOT_DANE_ENABLED, 0);
        }
        if self.dane.is_enabled() {
            return refuse(Reason::DANE_ALREADY_ENABLED, 0);
        }
        let has_server_name = self.with_config(|config| config.settings.server_name.is_some());
        if !has_server_name && let Err(reason) = self.set_server_name(base_domain.map(CStr::to_bytes)) {
            error_queue::raise_ssl(reason);
            return refuse(Reason::ERROR_SETTING_TLSA_BASE_DOMAIN, -1);
        }
        if !self.verify_param.set_name(base_domain) {
            return refuse(Reason::ERROR_SETTING_TLSA_BASE_DOMAIN, -1);
        }
        if !self.dane.enable() {
            return refuse(Reason::ERR_MALLOC_FAILURE, -1);
        }
        drop(self.with_parts(|parts| parts.dane_context.replace(Some(context))));
        1
    }

    /// Adds a record, given as usage, selector and matching type, and its data: 1; 0 if it is unusable; -1 if it failed.
    pub fn add_tlsa_record(&self, fields: (u8, u8, u8), data: Option<&[u8]>, length: usize) -> c_int {
        if !self.dane.is_enabled() {
            return refuse(Reason::DANE_NOT_ENABLED, -1);
        }
        self.follow_matching_types();
        match self.dane.add(fields, data, length) {
            Ok(()) => 1,
            Err(Refusal::Unusable(reason)) => refuse(reason, 0),
            Err(Refusal::Failed(reason)) => refuse(reason, -1),
        }
    }

    fn dane_context(&self) -> Option<Arc<Context>> {
        self.with_parts(|parts| parts.dane_context.borrow().clone())
    }

    /// Takes over the matching types as they are now in the context that DANE was enabled with.
    pub(super) fn follow_matching_types(&self) {
        if let Some(context) = self.dane_context() {
            self.dane.set_types(&context.dane.load().types);
        }
    }

    /// Takes over the flags and records of another connection that has records. `false`: memory is out.
    pub(super) fn copy_dane(&self, from: &Self) -> bool {
        if !from.dane.has_records() {
            return true;
        }
        let context = from.dane_context();
        drop(self.with_parts(|parts| parts.dane_context.replace(context)));
        self.follow_matching_types();
        self.dane.copy_from(&from.dane).is_ok()
    }

    /// What matched; `None` if there are no records, or the verification failed.
    #[must_use]
    pub fn dane_match(&self) -> Option<Match> {
        (self.dane.has_records() && self.verify_result.get() == 0).then(|| self.dane.matched())
    }
}

/// Whether libcrypto is one that this is known to work with; if not, the reason is in the queue.
fn check_libcrypto() -> bool {
    let is_supported = dane::is_supported();
    if !is_supported {
        error_queue::raise_ssl(Reason::ERR_UNSUPPORTED);
    }
    is_supported
}

#[track_caller]
fn refuse(reason: Reason, value: c_int) -> c_int {
    error_queue::raise_ssl(reason);
    value
}
