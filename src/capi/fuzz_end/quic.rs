//! One end of a handshake for QUIC (`SSL_set_quic_tls_cbs(3)`): what comes for each level, and a stack that takes all.

use core::{
    ffi::{c_int, c_uchar, c_void},
    mem::transmute,
    ptr::null,
};

use super::{asking::ask, contexts};
use crate::{
    capi::{
        connection::{SSL_free, SSL_new},
        io::{SSL_do_handshake, SSL_get_error, SSL_read, SSL_set_accept_state, SSL_set_connect_state},
        quic_tls::{
            SSL_set_quic_tls_cbs, SSL_set_quic_tls_early_data_enabled, SSL_set_quic_tls_transport_params,
        },
        session_use::SSL_set_session,
    },
    libcrypto::{error_queue, sys::OSSL_DISPATCH},
    object::{
        SSL,
        quic::{
            AlertCallback, ParametersCallback, ReceiveCallback, ReleaseCallback, SecretCallback, SendCallback,
        },
    },
};

/// Initial, early data, handshake, application.
const LEVELS: usize = 4;

/// What the stack of an end has.
#[derive(Default)]
struct Stack {
    incoming: [Vec<u8>; LEVELS],
    outgoing: Vec<(u8, Vec<u8>)>,
    /// The level that is read, and the one that is written.
    levels: [usize; 2],
    lent: usize,
    /// How often something was asked.
    asked: u8,
    /// The most that is lent or taken at once.
    most: usize,
}

/// One end.
pub struct QuicEnd {
    ssl: *mut SSL,
    stack: Box<Stack>,
}

impl QuicEnd {
    /// A new end; no more than `most` bytes pass at once.
    #[must_use]
    pub fn new(server: bool, resumed: Option<&super::Resumable>, most: usize) -> Self {
        let mut stack = Box::new(Stack { most, ..Stack::default() });
        let argument: *mut c_void = (&raw mut *stack).cast();
        type Any = unsafe extern "C" fn();
        // SAFETY: each function has the type of its number, and the stack outlives the connection; all else are the contracts
        // of the functions.
        let ssl = unsafe {
            let table = [
                (2001, transmute::<SendCallback, Any>(send)),
                (2002, transmute::<ReceiveCallback, Any>(receive)),
                (2003, transmute::<ReleaseCallback, Any>(release)),
                (2004, transmute::<SecretCallback, Any>(secret)),
                (2005, transmute::<ParametersCallback, Any>(parameters)),
                (2006, transmute::<AlertCallback, Any>(alert)),
            ];
            let mut table: Vec<_> =
                table.map(|(function_id, it)| OSSL_DISPATCH { function_id, function: Some(it) }).into();
            table.push(OSSL_DISPATCH { function_id: 0, function: None });
            let ssl = SSL_new(contexts::shared(false, false));
            assert_eq!(SSL_set_quic_tls_cbs(ssl, table.as_ptr(), argument), 1);
            if server {
                SSL_set_accept_state(ssl);
            } else {
                SSL_set_connect_state(ssl);
            }
            SSL_set_quic_tls_transport_params(ssl, b"parameters".as_ptr(), 10);
            if let Some(session) = resumed {
                SSL_set_session(ssl, session.0);
            }
            SSL_set_quic_tls_early_data_enabled(ssl, 1);
            ssl
        };
        Self { ssl, stack }
    }

    /// What comes for a level.
    pub fn feed(&mut self, level: u8, bytes: &[u8]) {
        self.stack.incoming[usize::from(level) % LEVELS].extend_from_slice(bytes);
    }

    /// What was sent, with its levels.
    pub fn take(&mut self) -> Vec<(u8, Vec<u8>)> {
        core::mem::take(&mut self.stack.outgoing)
    }

    /// Goes on with the handshake, and with what comes after it. Whether the connection is still alive.
    pub fn drive(&mut self) -> bool {
        let mut byte = 0u8;
        // SAFETY: the connection is valid.
        unsafe {
            error_queue::clear();
            let mut result = SSL_do_handshake(self.ssl);
            if result == 1 {
                result = SSL_read(self.ssl, (&raw mut byte).cast(), 1);
            }
            let error = SSL_get_error(self.ssl, result);
            ask(self.ssl, self.stack.asked);
            self.stack.asked = self.stack.asked.wrapping_add(1);
            error_queue::clear();
            error == 2 || error == 3
        }
    }
}

impl Drop for QuicEnd {
    fn drop(&mut self) {
        // SAFETY: the connection is ours, and the stack is still there.
        unsafe { SSL_free(self.ssl) };
    }
}

/// The stack that a callback is called with.
unsafe fn stack<'a>(argument: *mut c_void) -> &'a mut Stack {
    // SAFETY: it was passed by `QuicEnd::new`, and is alive.
    unsafe { &mut *argument.cast() }
}

unsafe extern "C" fn send(
    _: *mut SSL,
    bytes: *const c_uchar,
    length: usize,
    consumed: *mut usize,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: so many bytes are there, and a place for a number.
    unsafe {
        let stack = stack(argument);
        let count = length.min(stack.most);
        let bytes = core::slice::from_raw_parts(bytes, count);
        stack.outgoing.push((stack.levels[1] as u8, bytes.to_vec()));
        *consumed = count;
    }
    1
}

unsafe extern "C" fn receive(
    _: *mut SSL,
    bytes: *mut *const c_uchar,
    length: *mut usize,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: both are places; what is lent stays until it is released.
    unsafe {
        let stack = stack(argument);
        let incoming = &stack.incoming[stack.levels[0]];
        stack.lent = incoming.len().min(stack.most);
        *bytes = if stack.lent == 0 { null() } else { incoming.as_ptr() };
        *length = stack.lent;
    }
    1
}

unsafe extern "C" fn release(_: *mut SSL, length: usize, argument: *mut c_void) -> c_int {
    // SAFETY: see `stack`.
    let stack = unsafe { stack(argument) };
    assert!(length <= stack.lent, "more is given back than was lent");
    stack.incoming[stack.levels[0]].drain(..length);
    stack.lent = 0;
    1
}

unsafe extern "C" fn secret(
    _: *mut SSL,
    level: u32,
    direction: c_int,
    _: *const c_uchar,
    length: usize,
    argument: *mut c_void,
) -> c_int {
    assert!(length == 32 || length == 48);
    // SAFETY: see `stack`.
    let stack = unsafe { stack(argument) };
    // Early data has no handshake messages.
    if level != 1 {
        stack.levels[direction as usize] = level as usize;
    }
    1
}

unsafe extern "C" fn parameters(_: *mut SSL, bytes: *const c_uchar, length: usize, _: *mut c_void) -> c_int {
    // SAFETY: so many bytes are there.
    let bytes = unsafe { core::slice::from_raw_parts(bytes, length) };
    c_int::from(bytes.first() != Some(&0xff))
}

unsafe extern "C" fn alert(_: *mut SSL, _: c_uchar, _: *mut c_void) -> c_int {
    1
}
