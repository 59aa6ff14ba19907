//! Asynchronous jobs: `SSL_waiting_for_async(3)`, `SSL_get_all_async_fds(3)`, `SSL_set_async_callback(3)`. They are used
//! when `SSL_MODE_ASYNC` is set.

use core::ffi::{c_int, c_void};

use super::support::{convert::store, export, with_context, with_ssl};
use crate::object::{SSL, SSL_CTX, callbacks::AsyncCallback};

export! {
    SSL_waiting_for_async SSL_get_async_status SSL_get_all_async_fds SSL_get_changed_async_fds
    SSL_CTX_set_async_callback SSL_CTX_set_async_callback_arg SSL_set_async_callback SSL_set_async_callback_arg
}

/// Whether a job of the connection is paused: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_waiting_for_async(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look_at_jobs(|jobs| jobs.is_paused()).unwrap_or_default().into()) }
}

/// Stores what an engine said last, `ASYNC_STATUS_…`. 1, or 0 if there was no job yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_async_status(ssl: *mut SSL, status: *mut c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match ssl.look_at_jobs(|jobs| jobs.status()) {
            Some(found) => {
                store(status, found);
                1
            }
            None => 0,
        })
    }
}

/// Stores the descriptors that the paused job waits for, and how many; with null for `fds` only how many. 1, or 0 if there
/// was no job yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_all_async_fds(ssl: *mut SSL, fds: *mut c_int, numfds: *mut usize) -> c_int {
    // SAFETY: the contract of this module: there is room for all of them.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.look_at_jobs(|jobs| jobs.descriptors(fds, numfds)).unwrap_or_default().into()
        })
    }
}

/// Stores the descriptors that the job began and ceased to wait for when it paused last, and how many; with null for either
/// array only how many. 1, or 0 if there was no job yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_changed_async_fds(
    ssl: *mut SSL,
    addfd: *mut c_int,
    numaddfds: *mut usize,
    delfd: *mut c_int,
    numdelfds: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module: there is room for all of them.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let changed =
                ssl.look_at_jobs(|jobs| jobs.changed_descriptors((addfd, numaddfds), (delfd, numdelfds)));
            changed.unwrap_or_default().into()
        })
    }
}

/// Sets what an engine calls when a job of a connection to come can go on; null for nothing. 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_async_callback(
    ctx: *mut SSL_CTX,
    callback: Option<AsyncCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_config(|config| config.callbacks.async_done.function = callback);
            1
        })
    }
}

/// Sets what that is called with. 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_async_callback_arg(ctx: *mut SSL_CTX, arg: *mut c_void) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_config(|config| config.callbacks.async_done.argument = arg);
            1
        })
    }
}

/// As `SSL_CTX_set_async_callback`, for a connection that had no job yet. 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_async_callback(ssl: *mut SSL, callback: Option<AsyncCallback>) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.change_async_callback(|done| done.function = callback);
            1
        })
    }
}

/// Sets what that is called with. 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_async_callback_arg(ssl: *mut SSL, arg: *mut c_void) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.change_async_callback(|done| done.argument = arg);
            1
        })
    }
}
