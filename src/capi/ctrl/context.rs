//! What only contexts have: the session cache (`SSL_CTX_set_session_cache_mode(3)`), counters
//! (`SSL_CTX_sess_number(3)`), ticket keys, callbacks and their arguments.

use core::{
    ffi::{c_int, c_long},
    mem::transmute,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{AnyCallback, Arguments, certificates, command};
use crate::{
    capi::{srp, support::convert, temporary_dh},
    crypto::group::GROUPS,
    error::Reason,
    libcrypto::{error_queue, sys},
    object::{
        Context,
        callbacks::{
            MessageCallback, NotResumableCallback, ServerNameCallback, SrpPasswordCallback, SrpUserCallback,
            SrpVerifyCallback, StatusCallback, TemporaryDhCallback, TicketKeyHmacCallback,
        },
        config::Configurable,
        srp::Password,
    },
    session::TicketKeys,
    wire::ProtocolVersion,
};

/// Runs a command; `None` for one that is not of this kind.
///
/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn control(context: &Context, arguments: Arguments) -> Option<c_long> {
    let Arguments { command, number, pointer } = arguments;
    Some(match command {
        command::SESS_NUMBER => c_long::try_from(context.sessions.len()).unwrap_or(c_long::MAX),
        command::SET_SESS_CACHE_SIZE => {
            let Ok(limit) = usize::try_from(number) else { return Some(0) };
            let before = context.sessions.limit();
            context.sessions.set_limit(limit);
            c_long::try_from(before).unwrap_or(c_long::MAX)
        }
        command::GET_SESS_CACHE_SIZE => c_long::try_from(context.sessions.limit()).unwrap_or(c_long::MAX),
        command::SET_SESS_CACHE_MODE => {
            let before = context.live().session_cache_mode;
            context.update_live(|live| live.session_cache_mode = number as u32);
            before.into()
        }
        command::GET_SESS_CACHE_MODE => context.live().session_cache_mode.into(),
        // SAFETY: the caller's promise.
        command::SET_TLSEXT_TICKET_KEYS => unsafe { set_ticket_keys(context, pointer.cast(), number) },
        // SAFETY: the caller's promise.
        command::GET_TLSEXT_TICKET_KEYS => unsafe { get_ticket_keys(context, pointer.cast(), number) },
        // SAFETY: the caller's promise.
        command::SET_TLS_EXT_SRP_USERNAME => unsafe { srp::set_user_name(context, pointer.cast()) }.into(),
        // SAFETY: the caller's promise.
        command::SET_TLS_EXT_SRP_PASSWORD => unsafe { srp::set_password(context, pointer.cast()) }.into(),
        command::SET_TLS_EXT_SRP_STRENGTH => srp::set_strength(context, number as c_int).into(),
        command::SET_TLSEXT_SERVERNAME_ARG => {
            context.update_live(|live| live.server_name.argument = pointer);
            1
        }
        command::SET_TLSEXT_STATUS_REQ_CB_ARG => {
            context.update_live(|live| live.status.argument = pointer);
            1
        }
        command::GET_TLSEXT_STATUS_REQ_CB => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(pointer.cast(), context.live().status.function) };
            1
        }
        command::GET_TLSEXT_STATUS_REQ_CB_ARG => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(pointer.cast(), context.live().status.argument) };
            1
        }
        command::SET_MSG_CALLBACK_ARG => {
            context.change(|config| config.callbacks.message.argument = pointer);
            1
        }
        // SAFETY: the caller's promise.
        command::GET0_IMPLEMENTED_GROUPS => unsafe { give_groups(context, number != 0, pointer.cast()) },
        _ => {
            return count(context, command).or_else(||
                // SAFETY: the caller's promise.
                unsafe { certificates::extra_chain(context, command, arguments) });
        }
    })
}

/// `SSL_CTX_get0_implemented_groups(3)`, of OpenSSL 3.5: pushes the names of the groups that the context's versions can use
/// on a stack of C strings, which are static; with all their names if wanted.
///
/// # Safety
/// `stack` is null or a `STACK_OF(OPENSSL_CSTRING)`.
unsafe fn give_groups(context: &Context, with_aliases: bool, stack: *mut sys::OPENSSL_STACK) -> c_long {
    if stack.is_null() {
        error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
        return 0;
    }
    let settings = std::sync::Arc::clone(&context.config().settings);
    let versions = settings.offered_versions();
    let has = |versions: &[ProtocolVersion], is_tls13: bool| {
        versions.iter().any(|version| (*version == ProtocolVersion::TLS1_3) == is_tls13)
    };
    let (tls13, tls12) = (has(&versions, true), has(&versions, false));
    let usable = GROUPS.iter().filter(|group| {
        (group.tls13 && tls13 || group.tls12 && tls12) && !settings.library.missing_groups.contains(&group.id)
    });
    for group in usable {
        let names = if with_aliases { group.names } else { group.names.get(..1).unwrap_or_default() };
        for name in names {
            let name = convert::static_c_string(name);
            // SAFETY: the caller's promise; the name is static.
            if unsafe { sys::OPENSSL_sk_push(stack, name.cast()) } <= 0 {
                return 0;
            }
        }
    }
    1
}

/// A counter.
fn count(context: &Context, command: c_int) -> Option<c_long> {
    let counters = &context.statistics;
    let counter: &AtomicU64 = match command {
        command::SESS_CONNECT => &counters.connect,
        command::SESS_CONNECT_GOOD => &counters.connect_good,
        command::SESS_CONNECT_RENEGOTIATE => &counters.connect_renegotiate,
        command::SESS_ACCEPT => &counters.accept,
        command::SESS_ACCEPT_GOOD => &counters.accept_good,
        command::SESS_ACCEPT_RENEGOTIATE => &counters.accept_renegotiate,
        command::SESS_HIT => &counters.hits,
        command::SESS_CB_HIT => &counters.callback_hits,
        command::SESS_MISSES => &counters.misses,
        command::SESS_TIMEOUTS => &counters.timeouts,
        command::SESS_CACHE_FULL => &counters.cache_full,
        _ => return None,
    };
    Some(c_long::try_from(counter.load(Ordering::Relaxed)).unwrap_or(c_long::MAX))
}

/// `SSL_CTX_set_tlsext_ticket_keys`: 1; the length that is wanted for a null pointer; 0 for another length.
///
/// # Safety
/// `keys` is null or points to `length` bytes.
unsafe fn set_ticket_keys(context: &Context, keys: *const u8, length: c_long) -> c_long {
    if keys.is_null() {
        return TicketKeys::LENGTH as c_long;
    }
    // SAFETY: the caller's promise.
    let bytes = usize::try_from(length).ok().and_then(|length| unsafe { convert::bytes(keys, length) });
    match bytes.and_then(TicketKeys::from_bytes) {
        Some(keys) => {
            context.set_ticket_keys(keys);
            1
        }
        None => refuse_length(),
    }
}

/// `SSL_CTX_get_tlsext_ticket_keys`: as `set_ticket_keys`.
///
/// # Safety
/// `keys` is null or has room for `length` bytes.
unsafe fn get_ticket_keys(context: &Context, keys: *mut u8, length: c_long) -> c_long {
    if keys.is_null() {
        return TicketKeys::LENGTH as c_long;
    }
    if length != TicketKeys::LENGTH as c_long {
        return refuse_length();
    }
    let bytes = context.share_ticket_keys().to_bytes();
    // SAFETY: the caller's promise; both are as long as the keys.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), keys, bytes.len()) };
    1
}

fn refuse_length() -> c_long {
    error_queue::raise_ssl(Reason::INVALID_TICKET_KEYS_LENGTH);
    0
}

/// Sets a callback; 0 for a command that names none.
///
/// # Safety
/// The callback is of the type that the command names.
pub(super) unsafe fn set_callback(context: &Context, command: c_int, callback: AnyCallback) -> c_long {
    // SAFETY: the caller's promise: the type is the command's.
    unsafe {
        match command {
            command::SET_TLSEXT_SERVERNAME_CB => {
                let function = transmute::<AnyCallback, Option<ServerNameCallback>>(callback);
                context.update_live(|live| live.server_name.function = function);
            }
            command::SET_TLSEXT_STATUS_REQ_CB => {
                let function = transmute::<AnyCallback, Option<StatusCallback>>(callback);
                context.update_live(|live| live.status.function = function);
            }
            command::SET_TLSEXT_TICKET_KEY_CB => {
                let function = transmute::<AnyCallback, Option<TicketKeyHmacCallback>>(callback);
                context.update_live(|live| live.ticket_key_hmac = function);
            }
            command::SET_MSG_CALLBACK => {
                let function = transmute::<AnyCallback, Option<MessageCallback>>(callback);
                context.change(|config| config.callbacks.message.function = function);
            }
            command::SET_NOT_RESUMABLE_SESS_CB => {
                let function = transmute::<AnyCallback, Option<NotResumableCallback>>(callback);
                context.change(|config| config.callbacks.not_resumable = function);
            }
            command::SET_TMP_DH_CB => {
                let function = transmute::<AnyCallback, Option<TemporaryDhCallback>>(callback);
                temporary_dh::set_callback(context, function);
            }
            command::SET_TLS_EXT_SRP_USERNAME_CB => {
                let function = transmute::<AnyCallback, Option<SrpUserCallback>>(callback);
                srp::enable(context, |srp| srp.user_callback = function);
            }
            command::SET_SRP_VERIFY_PARAM_CB => {
                let function = transmute::<AnyCallback, Option<SrpVerifyCallback>>(callback);
                srp::enable(context, |srp| srp.verify_callback = function);
            }
            command::SET_SRP_GIVE_CLIENT_PWD_CB => {
                let function = transmute::<AnyCallback, Option<SrpPasswordCallback>>(callback);
                srp::enable(context, |srp| {
                    srp.password = function.map_or(Password::None, Password::Callback);
                });
            }
            _ => return 0,
        }
    }
    1
}
