//! Configuration by commands in text: `SSL_CONF_cmd(3)`, `SSL_CONF_cmd_argv(3)`, `SSL_CONF_CTX_new(3)`,
//! `SSL_CONF_CTX_set_flags(3)`, `SSL_CONF_CTX_set_ssl_ctx(3)`, `SSL_CONF_CTX_set1_prefix(3)`, `SSL_CTX_config(3)`.

use core::ffi::{c_char, c_int, c_uint};

use super::support::{convert, export, guard, with_conf, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{
        SSL, SSL_CONF_CTX, SSL_CTX,
        conf::{Outcome, Target, configure_by_name},
    },
};

export! {
    SSL_CONF_CTX_new SSL_CONF_CTX_free SSL_CONF_CTX_finish
    SSL_CONF_CTX_set_flags SSL_CONF_CTX_clear_flags SSL_CONF_CTX_set1_prefix
    SSL_CONF_CTX_set_ssl SSL_CONF_CTX_set_ssl_ctx
    SSL_CONF_cmd SSL_CONF_cmd_argv SSL_CONF_cmd_value_type SSL_CTX_config SSL_config
}

/// A new context for commands, without flags. The caller frees it with `SSL_CONF_CTX_free`.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_CONF_CTX_new() -> *mut SSL_CONF_CTX {
    guard(core::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Frees a context for commands; null is left alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_free(conf: *mut SSL_CONF_CTX) {
    if !conf.is_null() {
        // SAFETY: it came from `SSL_CONF_CTX_new` and is the caller's no longer.
        guard((), || drop(unsafe { Box::from_raw(conf) }));
    }
}

/// To be called after the last command: loads the private keys that `SSL_CONF_FLAG_REQUIRE_PRIVATE` asks for from the
/// files of their certificates, and sets the CA names. 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_finish(conf: *mut SSL_CONF_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_conf(conf, 0, |conf| conf.finish().into()) }
}

/// Adds `SSL_CONF_FLAG_…`. All that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_set_flags(conf: *mut SSL_CONF_CTX, flags: c_uint) -> c_uint {
    // SAFETY: the contract of this module.
    unsafe { with_conf(conf, 0, |conf| conf.set_flags(flags)) }
}

/// Removes `SSL_CONF_FLAG_…`. All that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_clear_flags(conf: *mut SSL_CONF_CTX, flags: c_uint) -> c_uint {
    // SAFETY: the contract of this module.
    unsafe { with_conf(conf, 0, |conf| conf.clear_flags(flags)) }
}

/// Sets what stands before the name of each command; null for the default, which is `-` on a command line and nothing in
/// a file. The string is copied. Returns 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_set1_prefix(conf: *mut SSL_CONF_CTX, prefix: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_conf(conf, 0, |conf| {
            conf.set_prefix(convert::c_string(prefix));
            1
        })
    }
}

/// Lets commands configure this connection, to which a reference is held; null: they are only checked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_set_ssl(conf: *mut SSL_CONF_CTX, ssl: *mut SSL) {
    // SAFETY: the contract of this module.
    unsafe {
        with_conf(conf, (), |conf| {
            conf.set_target(convert::shared(ssl).map_or(Target::Nothing, Target::Connection));
        });
    }
}

/// Lets commands configure this context, to which a reference is held; null: they are only checked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_CTX_set_ssl_ctx(conf: *mut SSL_CONF_CTX, context: *mut SSL_CTX) {
    // SAFETY: the contract of this module.
    unsafe {
        with_conf(conf, (), |conf| {
            conf.set_target(convert::shared(context).map_or(Target::Nothing, Target::Context));
        });
    }
}

/// Runs a command. 2 if it took its value, 1 if it takes none; 0 for a bad value, -2 for an unknown name, -3 for a
/// missing value. The cause of a failure is in the queue; with `SSL_CONF_FLAG_SHOW_ERRORS` `SSL_R_UNKNOWN_CMD_NAME` or
/// `SSL_R_BAD_VALUE` follows it. A null name is `SSL_R_INVALID_NULL_CMD_NAME` and gives 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_cmd(
    conf: *mut SSL_CONF_CTX,
    name: *const c_char,
    value: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_conf(conf, 0, |conf| match convert::c_string(name) {
            Some(name) => conf.run(name, convert::c_string(value)) as c_int,
            None => {
                error_queue::raise_ssl(Reason::INVALID_NULL_CMD_NAME);
                0
            }
        })
    }
}

/// Runs the command that `*arguments` begins with, and moves `*arguments` and `*count` behind it and its value. `count`
/// may be null; then a null argument ends the list.
///
/// The number of arguments taken, which is 0 for an unknown name; -1 for a bad value, -3 for a missing one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_cmd_argv(
    conf: *mut SSL_CONF_CTX,
    count: *mut c_int,
    arguments: *mut *mut *mut c_char,
) -> c_int {
    // SAFETY: the contract of this module; a list without a count ends with a null pointer.
    unsafe {
        let left = count.as_ref().copied();
        if left.is_some_and(|left| left <= 0) || arguments.is_null() {
            return 0;
        }
        with_conf(conf, 0, |conf| {
            let list = *arguments;
            let Some(name) = convert::c_string(*list) else { return 0 };
            let value = if left == Some(1) { None } else { convert::c_string(*list.add(1)) };
            conf.read_command_line();
            match conf.run(name, value) {
                outcome @ (Outcome::TookValue | Outcome::TookNone) => {
                    let taken = outcome as c_int;
                    *arguments = list.add(if outcome == Outcome::TookValue { 2 } else { 1 });
                    if let Some(left) = left {
                        count.write(left - taken);
                    }
                    taken
                }
                Outcome::BadValue => -1,
                Outcome::Unknown => 0,
                Outcome::NoValue => Outcome::NoValue as c_int,
            }
        })
    }
}

/// What a command takes: `SSL_CONF_TYPE_…`; `SSL_CONF_TYPE_UNKNOWN` (0) if there is no such command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CONF_cmd_value_type(conf: *mut SSL_CONF_CTX, name: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_conf(conf, 0, |conf| {
            let value_type = convert::c_string(name).and_then(|name| conf.value_type(name));
            value_type.map_or(0, |value_type| value_type as c_int)
        })
    }
}

/// Configures a context by what stands under `name` in the configuration file that libcrypto has loaded (`config(5)`).
/// 1, or 0 if a command failed or, with `SSL_R_INVALID_CONFIGURATION_NAME` in the queue, if there is no such name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_config(context: *mut SSL_CTX, name: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |borrowed| {
            let target = convert::shared(context).map_or(Target::Nothing, Target::Context);
            configure_by_name(target, borrowed.method(), convert::c_string(name)).into()
        })
    }
}

/// As `SSL_CTX_config`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_config(ssl: *mut SSL, name: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |borrowed| {
            let target = convert::shared(ssl).map_or(Target::Nothing, Target::Connection);
            configure_by_name(target, borrowed.method(), convert::c_string(name)).into()
        })
    }
}
