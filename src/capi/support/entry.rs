//! The way in: no panic reaches the program, and no null handle reaches the library.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{Context, SessionHandle, Ssl},
};

/// Runs `body`. A panic becomes `ERR_R_INTERNAL_ERROR` in the queue, and `failure` is returned.
pub fn guard<R>(failure: R, body: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
        failure
    })
}

/// Runs `body` with what a handle points to. A null handle is `ERR_R_PASSED_NULL_PARAMETER`.
///
/// # Safety
///
/// `handle` is null or valid for the duration of the call.
unsafe fn with_handle<T, R>(handle: *const T, failure: R, body: impl FnOnce(&T) -> R) -> R {
    // SAFETY: the caller's promise.
    match unsafe { handle.as_ref() } {
        Some(object) => body(object),
        None => {
            error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
            failure
        }
    }
}

/// Runs `body` with a connection. A panic makes the connection unusable: this call and every later one fail with
/// `ERR_R_INTERNAL_ERROR`.
///
/// # Safety
///
/// `ssl` is null or valid, and used by no other thread during the call.
pub unsafe fn with_ssl<R: Copy>(ssl: *const Ssl, failure: R, body: impl FnOnce(&Ssl) -> R) -> R {
    // SAFETY: the caller's promise.
    unsafe {
        with_handle(ssl, failure, |ssl| {
            if ssl.poisoned.get() {
                error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
                return failure;
            }
            catch_unwind(AssertUnwindSafe(|| body(ssl))).unwrap_or_else(|_| {
                ssl.poisoned.set(true);
                error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
                failure
            })
        })
    }
}

/// Runs `body` with a context.
///
/// # Safety
///
/// `context` is null or valid.
pub unsafe fn with_context<R: Copy>(
    context: *const Context,
    failure: R,
    body: impl FnOnce(&Context) -> R,
) -> R {
    // SAFETY: the caller's promise.
    unsafe { with_handle(context, failure, |context| guard(failure, || body(context))) }
}

/// Runs `body` with a session.
///
/// # Safety
///
/// `session` is null or valid.
pub unsafe fn with_session<R: Copy>(
    session: *const SessionHandle,
    failure: R,
    body: impl FnOnce(&SessionHandle) -> R,
) -> R {
    // SAFETY: the caller's promise.
    unsafe { with_handle(session, failure, |session| guard(failure, || body(session))) }
}
