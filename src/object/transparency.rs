//! Certificate transparency (RFC 6962): the server's signed certificate timestamps, the logs that are known, and what the
//! program says of them (`SSL_CTX_set_ct_validation_callback(3)`).

use core::{
    ffi::{c_int, c_void},
    ptr,
};
use std::sync::Arc;

use super::{Context, Ssl, callbacks::TimestampsCallback, parts::keep};
use crate::{
    error::{Error, Reason},
    handshake::want::Answer,
    libcrypto::{
        clock,
        ct::{self, LogFile, LogStore, Policy, Source, TimestampList},
        error_queue, sys,
    },
    policy::VerifyMode,
    session::PeerChain,
    wire::{AlertDescription, ProtocolVersion},
};

/// `X509_V_OK`.
const VERIFIED: i64 = 0;
/// `X509_V_ERR_NO_VALID_SCTS`.
const NO_VALID_TIMESTAMPS: i64 = 71;
/// The first usage of DANE that names an authority or a key beside the public ones (RFC 7671 §5.1, §5.2).
const DANE_TA: u8 = 2;

/// The timestamps that `SSL_get0_peer_scts` gives, and the chain of the server that they belong to.
pub(super) struct PeerTimestamps {
    of: PeerChain,
    list: Option<TimestampList>,
}

/// `SSL_CT_VALIDATION_STRICT`: one timestamp must be valid.
///
/// # Safety
/// `timestamps` is null or a valid list.
pub unsafe extern "C" fn is_strictly_valid(
    _policy: *const sys::CT_POLICY_EVAL_CTX,
    timestamps: *const sys::OPENSSL_STACK,
    _argument: *mut c_void,
) -> c_int {
    // SAFETY: it is called with the connection's timestamps.
    if unsafe { ct::has_valid(timestamps) } {
        return 1;
    }
    error_queue::raise_ssl(Reason::NO_VALID_SCTS);
    0
}

/// `SSL_CT_VALIDATION_PERMISSIVE`: whatever came.
pub extern "C" fn is_permissibly_valid(
    _policy: *const sys::CT_POLICY_EVAL_CTX,
    _timestamps: *const sys::OPENSSL_STACK,
    _argument: *mut c_void,
) -> c_int {
    1
}

/// The function for `SSL_CT_VALIDATION_…`; `None` with a reason in the queue.
#[must_use]
pub fn validation(mode: c_int) -> Option<TimestampsCallback> {
    match mode {
        0 => Some(is_permissibly_valid),
        1 => Some(is_strictly_valid),
        _ => {
            error_queue::raise_ssl(Reason::INVALID_CT_VALIDATION_TYPE);
            None
        }
    }
}

impl Context {
    /// Adds logs of a file, or of libcrypto's own one, to those that are known.
    #[must_use]
    pub fn load_logs(&self, file: LogFile<'_>) -> bool {
        match &**self.log_store.load() {
            Some(store) => store.load(file),
            None => false,
        }
    }

    /// Replaces the logs that are known.
    pub fn set_log_store(&self, store: Option<LogStore>) {
        self.log_store.store(Arc::new(store));
    }

    /// The logs that are known; null without any.
    #[must_use]
    pub fn log_store_pointer(&self) -> *mut sys::CTLOG_STORE {
        self.log_store.load().as_ref().as_ref().map_or(ptr::null_mut(), LogStore::as_ptr)
    }
}

impl Ssl {
    /// The server's timestamps, from its extension, its OCSP response and its certificate; null before its certificate came, or if
    /// those of the extension cannot be parsed.
    #[must_use]
    pub fn peer_timestamps(&self) -> *mut sys::OPENSSL_STACK {
        let chain = self.with_connection(|connection| connection.negotiated().peer_chain.clone());
        let Some(chain) = chain else { return ptr::null_mut() };
        let is_of_chain = |known: &PeerTimestamps| Arc::ptr_eq(&known.of, &chain);
        let is_known = self.with_parts(|parts| parts.timestamps.borrow().as_ref().is_some_and(is_of_chain));
        if !is_known {
            let list = self.collect_timestamps();
            let made = PeerTimestamps { of: Arc::clone(&chain), list };
            drop(self.with_parts(|parts| keep(&parts.timestamps, made, is_of_chain)));
        }
        let parts = self.parts();
        let known = parts.timestamps.borrow();
        let list = known.as_ref().and_then(|known| known.list.as_ref());
        list.map_or(ptr::null_mut(), TimestampList::as_ptr)
    }

    fn collect_timestamps(&self) -> Option<TimestampList> {
        let extension = self.with_connection(|connection| connection.negotiated().timestamps.clone());
        let mut sources = Vec::new();
        if !extension.is_empty() {
            sources.push((TimestampList::parse(&extension)?, Source::Extension));
        }
        let response = self.with_connection(|connection| connection.negotiated().ocsp_response.clone());
        let stapled = TimestampList::of_ocsp_response(&response.unwrap_or_default());
        sources.extend(stapled.into_iter().map(|list| (list, Source::OcspResponse)));
        let own = self.sent_certificate().and_then(|own| TimestampList::of_certificate(&own));
        sources.extend(own.map(|list| (list, Source::Certificate)));
        let mut all = TimestampList::new()?;
        for (mut list, source) in sources {
            all.take(&mut list, source);
        }
        Some(all)
    }

    /// What the program says of the server's timestamps. Nothing is asked of a chain that was not verified, or that has no
    /// issuer.
    pub(super) fn check_timestamps(&self) -> Answer {
        let (callback, mode) =
            self.with_config(|config| (config.callbacks.timestamps, config.settings.verify_mode));
        let issuer = || {
            self.with_parts(|parts| {
                parts.verified_chain.borrow().as_ref().and_then(|verified| verified.chain.get(1))
            })
        };
        let named_by_dane =
            self.dane_match().and_then(|found| found.fields).is_some_and(|(usage, ..)| usage >= DANE_TA);
        let Some(function) = callback.function else { return Answer::Proceed };
        if self.verify_result.get() != VERIFIED || named_by_dane || issuer().is_none() {
            return Answer::Proceed;
        }
        // Both are there, unless memory is out. The issuer may be another object once the program's own are made.
        let (Some(own), Some(issuer)) = (self.sent_certificate(), issuer()) else {
            return Answer::Refuse(Error::internal());
        };
        let (seconds, _) = clock::now();
        let now = u64::try_from(seconds).unwrap_or_default().saturating_mul(1000);
        let context = self.context();
        let store = context.log_store.load_full();
        let Some(policy) = Policy::new(&own, &issuer, store.as_ref().as_ref(), now) else {
            return Answer::Refuse(Error::internal());
        };
        let mark = error_queue::set_mark();
        let timestamps = self.peer_timestamps();
        // SAFETY: the list is the connection's; the program registered `function` for exactly these arguments; nothing of
        // `self` is borrowed.
        let reason = unsafe {
            if !policy.verify(timestamps) {
                Reason::SCT_VERIFICATION_FAILED
            } else if function(policy.as_ptr(), timestamps, callback.argument) <= 0 {
                Reason::CALLBACK_FAILED
            } else {
                mark.pop();
                return Answer::Proceed;
            }
        };
        self.verify_result.set(NO_VALID_TIMESTAMPS);
        let version = self.with_connection(|connection| {
            connection.negotiated_mut().verify_result = NO_VALID_TIMESTAMPS;
            connection.negotiated().version
        });
        // As OpenSSL does; SSL_CTX_set_ct_validation_callback(3) knows of no difference between the versions.
        if mode.has(VerifyMode::PEER) || version != Some(ProtocolVersion::TLS1_3) {
            mark.keep();
            Answer::Refuse(Error::fatal(AlertDescription::HANDSHAKE_FAILURE, reason))
        } else {
            // SSL_CTX_set_ct_validation_callback(3): the verify result tells.
            mark.pop();
            Answer::Proceed
        }
    }
}
