//! One end of a connection for the fuzz targets: an `SSL` as a program has it, between two queues in memory. The calls that a
//! program could make come as numbers.
//!
//! | file | what is in it |
//! |---|---|
//! | `asking` | what can be asked at any time |
//! | `setting` | what can be set at any time |
//! | `callbacks` | callbacks that ask |
//! | `contexts` | the contexts of the ends |
//! | `filter` | a `BIO_f_ssl` on top |
//! | `quic` | an end without records |

mod asking;
mod callbacks;
mod contexts;
mod filter;
pub mod quic;
mod setting;

use core::{
    ffi::{c_char, c_int, c_long, c_void},
    ptr::null_mut,
};
use std::{collections::VecDeque, sync::OnceLock};

use super::{
    alpn::SSL_set_alpn_protos,
    cipher_list::{SSL_get_ciphers, SSL_set_cipher_list},
    connection::{SSL_clear, SSL_dup, SSL_free, SSL_new, SSL_set_SSL_CTX},
    ctrl::SSL_ctrl,
    datagram::DTLSv1_listen,
    early_data::{SSL_read_early_data, SSL_write_early_data},
    io::{
        SSL_do_handshake, SSL_get_error, SSL_key_update, SSL_peek, SSL_pending, SSL_read,
        SSL_set_accept_state, SSL_set_connect_state, SSL_shutdown, SSL_write,
    },
    method::TLS_method,
    options::SSL_set_options,
    renegotiation::{SSL_renegotiate, SSL_verify_client_post_handshake},
    session::SSL_SESSION_free,
    session_use::{SSL_get1_session, SSL_set_num_tickets, SSL_set_session},
    state_strings::SSL_state_string_long,
    verify::{SSL_get_verify_result, SSL_set_verify},
};
use crate::{
    libcrypto::{
        error_queue,
        sys::{self, BIO, BIO_METHOD},
    },
    object::{SSL, SSL_SESSION, context::Method},
};
pub use contexts::FreshContext;

/// The bounds of versions, the mode.
const MIN_VERSION: c_int = 123;
const MAX_VERSION: c_int = 124;
const MODE: c_int = 33;
const HOST_NAME: c_int = 55;
const STATUS_TYPE: c_int = 65;
/// `BIO_CTRL_DGRAM_QUERY_MTU`.
const QUERY_MTU: c_int = 40;
/// How many calls [`End::call`] knows.
pub const CALLS: u8 = 32;

const CERTIFICATE: &[u8] = include_bytes!("../connection/testdata/p256.crt.der");
const KEY: &[u8] = include_bytes!("../connection/testdata/p256.key.der");
const RSA_CERTIFICATE: &[u8] = include_bytes!("../connection/testdata/rsa.crt.der");
const RSA_KEY: &[u8] = include_bytes!("../connection/testdata/rsa.key.der");

/// What is between an end and its peer.
#[derive(Default)]
struct Wire {
    incoming: VecDeque<Vec<u8>>,
    outgoing: Vec<Vec<u8>>,
    datagrams: bool,
    /// After so many writes the BIO wants a retry, once.
    block_after: Option<usize>,
}

/// How an end is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Whether it is the server.
    pub server: bool,
    /// Whether it speaks DTLS.
    pub datagrams: bool,
    /// Bits: 0–1 versions, 2 verification of the peer, 3 CBC suites, 4 no tickets, 5 renegotiation allowed (server) or callbacks
    /// (client), 6 ALPN, name and status request (client) or callbacks (server), 7 release of buffers and partial writes.
    pub options: u8,
}

/// One end.
pub struct End {
    ssl: *mut SSL,
    wire: Box<Wire>,
    setup: Setup,
    /// Where it is not one that others share.
    context: Option<FreshContext>,
    /// Null where programs use the connection itself.
    filter: *mut BIO,
}

/// A session that an end can be told to resume.
pub struct Resumable(*mut SSL_SESSION);

// SAFETY: threads may share sessions.
unsafe impl Send for Resumable {}
// SAFETY: as above.
unsafe impl Sync for Resumable {}

/// The method that `TLS_method` gives.
#[must_use]
pub fn any_version() -> &'static Method {
    // SAFETY: methods are static.
    unsafe { &*TLS_method() }
}

impl End {
    /// A new end of this kind.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self::of_context(setup, None)
    }

    /// A new end of this kind; without a context of its own it has the one that all share.
    #[must_use]
    pub fn of_context(setup: Setup, context: Option<FreshContext>) -> Self {
        let mut wire = Box::new(Wire { datagrams: setup.datagrams, ..Wire::default() });
        let with_callbacks = setup.options & if setup.server { 64 } else { 32 } != 0;
        let of_all = || contexts::shared(setup.datagrams, with_callbacks);
        // SAFETY: the wire outlives the BIO, which only the connection has; all else are the contracts of the functions.
        let ssl = unsafe {
            let ssl = SSL_new(context.as_ref().map_or_else(of_all, FreshContext::as_ptr));
            assert!(!ssl.is_null());
            let bio = sys::BIO_new(method());
            sys::BIO_set_data(bio, (&raw mut *wire).cast());
            sys::BIO_set_init(bio, 1);
            super::bio::SSL_set_bio(ssl, bio, bio);
            let (low, high) = match (setup.datagrams, setup.options & 3) {
                (false, 0) => (0, 0),
                (false, 1) => (0x304, 0x304),
                (false, 2) => (0x303, 0x303),
                (false, _) => (0x301, 0x302),
                (true, 0) => (0, 0),
                (true, 1) => (0xfefd, 0xfefd),
                (true, _) => (0xfeff, 0xfeff),
            };
            if low != 0 {
                SSL_ctrl(ssl, MIN_VERSION, low, null_mut());
                SSL_ctrl(ssl, MAX_VERSION, high, null_mut());
            }
            if setup.options & 4 != 0 {
                SSL_set_verify(ssl, 1, Some(accept_all));
            }
            if setup.options & 8 != 0 {
                SSL_set_cipher_list(ssl, c"CBC:RSA:DHE:PSK:SRP:aNULL:@SECLEVEL=0".as_ptr());
            }
            if setup.options & 16 != 0 {
                SSL_set_options(ssl, 1 << 14);
            }
            if setup.options & 32 != 0 && setup.server {
                SSL_set_options(ssl, 1 << 8);
            }
            if setup.options & 64 != 0 && !setup.server {
                SSL_set_alpn_protos(ssl, b"\x02h2\x08http/1.1".as_ptr(), 12);
                SSL_ctrl(ssl, HOST_NAME, 0, c"example.org".as_ptr().cast_mut().cast());
                SSL_ctrl(ssl, STATUS_TYPE, 1, null_mut());
            }
            if setup.options & 128 != 0 {
                SSL_ctrl(ssl, MODE, 0x13, null_mut());
            }
            if setup.server {
                SSL_set_accept_state(ssl);
            } else {
                SSL_set_connect_state(ssl);
            }
            ssl
        };
        Self { ssl, wire, setup, context, filter: null_mut() }
    }

    /// The context that this end alone has.
    #[must_use]
    pub const fn context(&self) -> Option<&FreshContext> {
        self.context.as_ref()
    }

    /// From now on calls may also go to a `BIO_f_ssl` on top.
    pub fn put_filter_on(&mut self) {
        // SAFETY: the connection is valid, and is freed after the filter.
        self.filter = unsafe { filter::on_top_of(self.ssl) };
    }

    /// What will be read; a datagram where these are.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.wire.incoming.push_back(bytes.to_vec());
    }

    /// What was written, one item a call of the BIO.
    pub fn take(&mut self) -> Vec<Vec<u8>> {
        core::mem::take(&mut self.wire.outgoing)
    }

    /// The write after `writes` more has to be tried again.
    pub fn block_after(&mut self, writes: usize) {
        self.wire.block_after = Some(writes);
    }

    /// Offers to resume a session.
    pub fn resume(&mut self, session: &Resumable) {
        // SAFETY: both are valid.
        unsafe { SSL_set_session(self.ssl, session.0) };
    }

    /// The session of the connection.
    #[must_use]
    pub fn session(&self) -> Option<Resumable> {
        // SAFETY: the connection is valid.
        let session = unsafe { SSL_get1_session(self.ssl) };
        (!session.is_null()).then_some(Resumable(session))
    }

    /// Goes on with the handshake and reads what there is. Whether the connection is still alive.
    pub fn drive(&mut self) -> bool {
        let mut room = [0u8; 2048];
        for _ in 0..64 {
            // SAFETY: the connection is valid, and the length is that of `room`.
            let (count, error) = unsafe {
                error_queue::clear();
                let count = SSL_read(self.ssl, room.as_mut_ptr().cast(), room.len() as c_int);
                (count, SSL_get_error(self.ssl, count))
            };
            if count <= 0 {
                error_queue::clear();
                return error == 2 || error == 3;
            }
        }
        true
    }

    /// Makes the call that `number` stands for, with `argument` to vary it. What it returned.
    pub fn call(&mut self, number: u8, argument: u8) -> c_long {
        let mut room = vec![argument; usize::from(argument) * 70 + 1];
        let length = room.len() as c_int;
        let mut count = 0;
        let buffer: *mut c_void = room.as_mut_ptr().cast();
        // SAFETY: the connection is valid, and the length is that of the buffer.
        unsafe {
            let result = match number % CALLS {
                0..=2 => SSL_do_handshake(self.ssl).into(),
                3 | 4 => SSL_read(self.ssl, buffer, length).into(),
                5 => SSL_peek(self.ssl, buffer, length).into(),
                6 | 7 => SSL_write(self.ssl, buffer, length).into(),
                8 => SSL_shutdown(self.ssl).into(),
                9 => SSL_key_update(self.ssl, c_int::from(argument % 3)).into(),
                10 => SSL_renegotiate(self.ssl).into(),
                11 => SSL_verify_client_post_handshake(self.ssl).into(),
                12 => SSL_write_early_data(self.ssl, buffer, room.len(), &raw mut count).into(),
                13 => SSL_read_early_data(self.ssl, buffer, room.len(), &raw mut count).into(),
                14 if argument < 32 => SSL_clear(self.ssl).into(),
                15 => {
                    SSL_free(SSL_dup(self.ssl));
                    0
                }
                16 => {
                    SSL_set_SSL_CTX(self.ssl, contexts::shared(self.setup.datagrams, argument & 1 != 0));
                    0
                }
                17 => {
                    let session = SSL_get1_session(self.ssl);
                    let result = SSL_set_session(self.ssl, session);
                    SSL_SESSION_free(session);
                    result.into()
                }
                18 => SSL_set_options(self.ssl, 1 << (argument % 32)) as c_long,
                19 => SSL_ctrl(self.ssl, c_int::from(argument % 140), 0, null_mut()),
                20 => SSL_set_num_tickets(self.ssl, usize::from(argument % 20)).into(),
                21 => {
                    SSL_set_verify(self.ssl, c_int::from(argument % 8), Some(accept_all));
                    SSL_get_verify_result(self.ssl)
                }
                22 => {
                    SSL_get_ciphers(self.ssl);
                    SSL_state_string_long(self.ssl);
                    SSL_pending(self.ssl).into()
                }
                23 if self.setup.datagrams && self.setup.server => DTLSv1_listen(self.ssl, null_mut()).into(),
                // DTLS_CTRL_HANDLE_TIMEOUT.
                24 if self.setup.datagrams => SSL_ctrl(self.ssl, 74, 0, null_mut()),
                25 => SSL_ctrl(self.ssl, MODE, c_long::from(argument & 0x17), null_mut()),
                26 => {
                    self.block_after(usize::from(argument % 4));
                    0
                }
                27 if !self.filter.is_null() => {
                    filter::call(self.filter, argument);
                    0
                }
                28 => {
                    asking::ask(self.ssl, argument);
                    0
                }
                29 => {
                    setting::set_text(self.ssl, argument);
                    0
                }
                30 | 31 => {
                    setting::set_number(self.ssl, argument);
                    0
                }
                _ => SSL_get_error(self.ssl, -1).into(),
            };
            SSL_get_error(self.ssl, result as c_int);
            error_queue::clear();
            result
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // SAFETY: filter and connection are ours, and the wire is still there.
        unsafe {
            sys::BIO_free_all(self.filter);
            SSL_free(self.ssl);
        }
    }
}

impl Drop for Resumable {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { SSL_SESSION_free(self.0) };
    }
}

unsafe extern "C" fn accept_all(_ok: c_int, _store: *mut sys::X509_STORE_CTX) -> c_int {
    1
}

fn method() -> *const BIO_METHOD {
    static METHOD: OnceLock<usize> = OnceLock::new();
    let address = METHOD.get_or_init(|| {
        // SAFETY: the name is a static C string, and each function has the type of its place.
        unsafe {
            let method = sys::BIO_meth_new(0x4ff, c"fuzz".as_ptr());
            sys::BIO_meth_set_write(method, Some(write));
            sys::BIO_meth_set_read(method, Some(read));
            sys::BIO_meth_set_ctrl(method, Some(control));
            method.expose_provenance()
        }
    });
    core::ptr::with_exposed_provenance(*address)
}

/// The wire of a BIO.
unsafe fn wire<'a>(bio: *mut BIO) -> &'a mut Wire {
    // SAFETY: it was set by `End::new`, and is alive.
    unsafe { &mut *sys::BIO_get_data(bio).cast() }
}

unsafe extern "C" fn read(bio: *mut BIO, data: *mut c_char, length: c_int) -> c_int {
    // SAFETY: libcrypto calls this with a BIO of this method and room for `length` bytes.
    unsafe {
        sys::BIO_clear_flags(bio, sys::BIO_FLAGS_READ | sys::BIO_FLAGS_WRITE | sys::BIO_FLAGS_SHOULD_RETRY);
        let wire = wire(bio);
        let room = core::slice::from_raw_parts_mut(data.cast::<u8>(), usize::try_from(length).unwrap_or(0));
        let Some(mut bytes) = wire.incoming.pop_front() else {
            sys::BIO_set_flags(bio, sys::BIO_FLAGS_READ | sys::BIO_FLAGS_SHOULD_RETRY);
            return -1;
        };
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        if !wire.datagrams && count < bytes.len() {
            bytes.drain(..count);
            wire.incoming.push_front(bytes);
        }
        if count == 0 {
            sys::BIO_set_flags(bio, sys::BIO_FLAGS_READ | sys::BIO_FLAGS_SHOULD_RETRY);
            return -1;
        }
        count as c_int
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, length: c_int) -> c_int {
    // SAFETY: libcrypto calls this with a BIO of this method and `length` bytes.
    unsafe {
        sys::BIO_clear_flags(bio, sys::BIO_FLAGS_READ | sys::BIO_FLAGS_WRITE | sys::BIO_FLAGS_SHOULD_RETRY);
        let wire = wire(bio);
        match wire.block_after {
            Some(0) => {
                wire.block_after = None;
                sys::BIO_set_flags(bio, sys::BIO_FLAGS_WRITE | sys::BIO_FLAGS_SHOULD_RETRY);
                return -1;
            }
            Some(writes) => wire.block_after = Some(writes - 1),
            None => (),
        }
        let bytes = core::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(length).unwrap_or(0));
        wire.outgoing.push(bytes.to_vec());
        length
    }
}

unsafe extern "C" fn control(_: *mut BIO, command: c_int, _: c_long, _: *mut c_void) -> c_long {
    match command {
        sys::BIO_CTRL_FLUSH => 1,
        QUERY_MTU => 1400,
        _ => 0,
    }
}
