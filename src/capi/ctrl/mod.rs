//! `SSL_ctrl(3)` and `SSL_CTX_ctrl`, which most macros of `<openssl/ssl.h>` become: a table of commands.
//!
//! | file | commands |
//! |---|---|
//! | `command` | their numbers |
//! | `common` | what contexts and connections have in common: modes, versions, sizes, groups, signature algorithms |
//! | `certificates` | chains, the current certificate, stores |
//! | `context` | what only contexts have: the session cache, counters, ticket keys, callbacks' arguments |
//! | `connection` | what only connections have: the server name, OCSP responses, what was negotiated |
//!
//! A command that nobody knows returns 0 and leaves the error queue alone.

mod certificates;
mod command;
mod common;
mod connection;
mod context;

use core::ffi::{c_int, c_long, c_void};

use super::support::{export, guard, with_context, with_ssl};
use crate::object::{SSL, SSL_CTX};

export!(SSL_ctrl SSL_CTX_ctrl SSL_callback_ctrl SSL_CTX_callback_ctrl);

/// A callback of a type that the command tells.
type AnyCallback = Option<unsafe extern "C" fn()>;

/// What a command comes with.
#[derive(Clone, Copy)]
struct Arguments {
    command: c_int,
    number: c_long,
    pointer: *mut c_void,
}

/// Runs `command` (`SSL_CTRL_…`) on a connection. What it takes and returns, its macro's man page says; 0 for an unknown
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_ctrl(
    ssl: *mut SSL,
    command: c_int,
    number: c_long,
    pointer: *mut c_void,
) -> c_long {
    let arguments = Arguments { command, number, pointer };
    // SAFETY: the contract of this module; the pointer is what the command expects.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            connection::control(ssl, arguments)
                .or_else(|| certificates::control(ssl, arguments))
                .or_else(|| common::control(ssl, arguments))
                .unwrap_or(0)
        })
    }
}

/// Runs `command` (`SSL_CTRL_…`) on a context. What it takes and returns, its macro's man page says; 0 for an unknown
/// one. With a null context the lists of groups and signature algorithms are only checked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_ctrl(
    ctx: *mut SSL_CTX,
    command: c_int,
    number: c_long,
    pointer: *mut c_void,
) -> c_long {
    let arguments = Arguments { command, number, pointer };
    if ctx.is_null() {
        // SAFETY: the pointer is what the command expects.
        return guard(0, || unsafe { common::check_list(arguments) });
    }
    // SAFETY: the contract of this module; the pointer is what the command expects.
    unsafe {
        with_context(ctx, 0, |ctx| {
            context::control(ctx, arguments)
                .or_else(|| certificates::control(ctx, arguments))
                .or_else(|| common::control(ctx, arguments))
                .unwrap_or(0)
        })
    }
}

/// Sets the callback that `command` names, of the type that its macro says. 1, or 0 for an unknown command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_callback_ctrl(ssl: *mut SSL, command: c_int, callback: AnyCallback) -> c_long {
    // SAFETY: the contract of this module; the callback is of the command's type.
    unsafe { with_ssl(ssl, 0, |ssl| connection::set_callback(ssl, command, callback)) }
}

/// Sets the callback that `command` names, of the type that its macro says. 1, or 0 for an unknown command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_callback_ctrl(
    ctx: *mut SSL_CTX,
    command: c_int,
    callback: AnyCallback,
) -> c_long {
    // SAFETY: the contract of this module; the callback is of the command's type.
    unsafe { with_context(ctx, 0, |ctx| context::set_callback(ctx, command, callback)) }
}
