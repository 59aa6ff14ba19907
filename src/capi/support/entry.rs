//! The way in: no panic reaches the program, and no null handle reaches the library.

use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        panics::{Place, Poison, contain, strike},
    },
    object::{ConfContext, Context, SessionHandle, Ssl},
};

/// Runs `body`. A panic becomes `ERR_R_INTERNAL_ERROR` in the queue, and `failure` is returned.
pub fn guard<R>(failure: R, body: impl FnOnce() -> R) -> R {
    contain(|| {
        strike(Place::Entry);
        body()
    })
    .unwrap_or(failure)
}

/// What handles point to. A panic makes an object unusable: that call and every later one fail with
/// `ERR_R_INTERNAL_ERROR`. A setting that could not be made is none that a connection may go on without.
pub trait Object {
    /// Whether that happened.
    fn poison(&self) -> &Poison;
}

impl Object for Ssl {
    fn poison(&self) -> &Poison {
        &self.poison
    }
}

impl Object for Context {
    fn poison(&self) -> &Poison {
        &self.poison
    }
}

impl Object for SessionHandle {
    fn poison(&self) -> &Poison {
        &self.poison
    }
}

impl Object for ConfContext {
    fn poison(&self) -> &Poison {
        &self.poison
    }
}

/// Runs `body` with what a handle points to. A null handle is `ERR_R_PASSED_NULL_PARAMETER`.
///
/// # Safety
///
/// `handle` is null or valid for the duration of the call.
unsafe fn with_handle<T: Object, R: Copy>(handle: *const T, failure: R, body: impl FnOnce(&T) -> R) -> R {
    // SAFETY: the caller's promise.
    let Some(object) = (unsafe { handle.as_ref() }) else {
        error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
        return failure;
    };
    object
        .poison()
        .contain(|| {
            strike(Place::Entry);
            body(object)
        })
        .unwrap_or(failure)
}

/// Runs `body` with a connection.
///
/// # Safety
///
/// `ssl` is null or valid, and no other thread works on it during the call, though others may ask for its facts.
pub unsafe fn with_ssl<R: Copy>(ssl: *const Ssl, failure: R, body: impl FnOnce(&Ssl) -> R) -> R {
    // SAFETY: the caller's promise.
    unsafe { with_handle(ssl, failure, body) }
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
    unsafe { with_handle(context, failure, body) }
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
    unsafe { with_handle(session, failure, body) }
}

/// Runs `body` with commands of `SSL_CONF`.
///
/// # Safety
///
/// `conf` is null or valid, and used by no other thread during the call.
pub unsafe fn with_conf<R: Copy>(
    conf: *const ConfContext,
    failure: R,
    body: impl FnOnce(&ConfContext) -> R,
) -> R {
    // SAFETY: the caller's promise.
    unsafe { with_handle(conf, failure, body) }
}
