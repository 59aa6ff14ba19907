//! Keys for SRTP: `SSL_CTX_set_tlsext_use_srtp(3)`.

use core::ffi::{c_char, c_int};

use super::support::{convert, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{error_queue, sys::OPENSSL_STACK as stack_st_SRTP_PROTECTION_PROFILE},
    object::{
        SSL, SSL_CTX,
        config::Configurable,
        context::Method,
        log,
        use_srtp::{self, SRTP_PROTECTION_PROFILE},
    },
};

export! {
    SSL_CTX_set_tlsext_use_srtp SSL_set_tlsext_use_srtp
    SSL_get_selected_srtp_profile SSL_get_srtp_profiles
}

/// 0 for success, 1 for an error whose reason is in the queue.
unsafe fn set_profiles(target: &impl Configurable, profiles: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    let result = match unsafe { convert::c_string(profiles) } {
        Some(text) => use_srtp::set_profiles(target, text),
        None => Err(Reason::ERR_PASSED_NULL_PARAMETER),
    };
    result.err().map_or(0, |reason| {
        error_queue::raise_ssl(reason);
        1
    })
}

fn note_use_in_tls(function: &'static str, method: &Method) {
    if !method.is_datagram() {
        log::differs(function, "TLS makes no use of the profiles");
    }
}

/// Sets which protection profiles the connections of a context offer (client) or take (server), by their names between
/// colons, the best first. TLS makes no use of them. A connection without profiles of its own follows its context.
///
/// Returns 0 for success and 1 for an error: a name that there is not, or one that comes twice.
/// `SSL_CTX_set_tlsext_use_srtp(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_tlsext_use_srtp(ctx: *mut SSL_CTX, profiles: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 1, |ctx| {
            note_use_in_tls("SSL_CTX_set_tlsext_use_srtp", ctx.method());
            set_profiles(ctx, profiles)
        })
    }
}

/// As `SSL_CTX_set_tlsext_use_srtp`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_tlsext_use_srtp(ssl: *mut SSL, profiles: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 1, |ssl| {
            note_use_in_tls("SSL_set_tlsext_use_srtp", ssl.method());
            set_profiles(ssl, profiles)
        })
    }
}

/// The profiles that are set, for the connection or else for its context, which keeps them until others are set; null for none.
/// `SSL_CTX_set_tlsext_use_srtp(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srtp_profiles(ssl: *mut SSL) -> *mut stack_st_SRTP_PROTECTION_PROFILE {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.srtp_profile_stack()) }
}

/// The profile that was agreed on, which nobody frees; null for none. The keys are those of `SSL_export_keying_material`
/// with the label `EXTRACTOR-dtls_srtp` and no context. `SSL_CTX_set_tlsext_use_srtp(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_selected_srtp_profile(ssl: *mut SSL) -> *mut SRTP_PROTECTION_PROFILE {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            ssl.selected_srtp_profile()
                .map_or(core::ptr::null_mut(), |profile| core::ptr::from_ref(profile).cast_mut())
        })
    }
}
