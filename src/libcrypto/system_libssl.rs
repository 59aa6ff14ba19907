//! The system's libssl, loaded beside ours: the oracle of tests that only our own core can play the attacker in.

use core::{
    cell::RefCell,
    ffi::{CStr, c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void},
};
use std::sync::OnceLock;

use super::sys;

/// Where Debian and others keep it; never on the search path, where ours may be.
const FILES: [&CStr; 3] = [
    c"/usr/lib/x86_64-linux-gnu/libssl.so.3",
    c"/usr/lib/aarch64-linux-gnu/libssl.so.3",
    c"/usr/lib64/libssl.so.3",
];

type Pointer = *mut c_void;
type PskClient =
    unsafe extern "C" fn(Pointer, *const c_char, *mut c_char, c_uint, *mut c_uchar, c_uint) -> c_uint;
type PskServer = unsafe extern "C" fn(Pointer, *const c_char, *mut c_uchar, c_uint) -> c_uint;

unsafe extern "C" {
    fn BIO_s_mem() -> *const sys::BIO_METHOD;
    fn ERR_get_error() -> c_ulong;
}

macro_rules! functions {
    ($($name:ident($($argument:ty),*) $(-> $result:ty)?;)*) => {
        #[allow(non_snake_case)]
        struct Functions {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Functions {
            fn find(library: Pointer) -> Self {
                let find = |name: &CStr| {
                    // SAFETY: the handle is dlopen's, the name a C string.
                    let symbol = unsafe { libc::dlsym(library, name.as_ptr()) };
                    assert!(!symbol.is_null(), "{name:?} is missing");
                    symbol
                };
                Self {
                    $($name: {
                        let name = CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes());
                        // SAFETY: the function has this signature in <openssl/ssl.h>.
                        unsafe { core::mem::transmute::<Pointer, unsafe extern "C" fn($($argument),*) $(-> $result)?>(find(name.unwrap())) }
                    },)*
                }
            }
        }
    };
}

functions! {
    TLS_method() -> Pointer;
    SSL_CTX_new(Pointer) -> Pointer;
    SSL_CTX_free(Pointer);
    SSL_CTX_ctrl(Pointer, c_int, c_long, Pointer) -> c_long;
    SSL_CTX_set_options(Pointer, u64) -> u64;
    SSL_CTX_set_security_level(Pointer, c_int);
    SSL_CTX_set_cipher_list(Pointer, *const c_char) -> c_int;
    SSL_CTX_set_ciphersuites(Pointer, *const c_char) -> c_int;
    SSL_CTX_use_certificate_ASN1(Pointer, c_int, *const c_uchar) -> c_int;
    SSL_CTX_use_PrivateKey_ASN1(c_int, Pointer, *const c_uchar, c_long) -> c_int;
    SSL_CTX_set_verify(Pointer, c_int, Pointer);
    SSL_CTX_set_cert_verify_callback(Pointer, unsafe extern "C" fn(Pointer, Pointer) -> c_int, Pointer);
    SSL_CTX_set_info_callback(Pointer, unsafe extern "C" fn(Pointer, c_int, c_int));
    SSL_CTX_set_psk_client_callback(Pointer, PskClient);
    SSL_CTX_set_psk_server_callback(Pointer, PskServer);
    SSL_CTX_set_post_handshake_auth(Pointer, c_int);
    SSL_CTX_set_max_early_data(Pointer, u32) -> c_int;
    SSL_CTX_set_alpn_protos(Pointer, *const c_uchar, c_uint) -> c_int;
    SSL_CTX_set_session_id_context(Pointer, *const c_uchar, c_uint) -> c_int;
    SSL_new(Pointer) -> Pointer;
    SSL_free(Pointer);
    SSL_set_bio(Pointer, *mut sys::BIO, *mut sys::BIO);
    SSL_set_connect_state(Pointer);
    SSL_set_accept_state(Pointer);
    SSL_do_handshake(Pointer) -> c_int;
    SSL_is_init_finished(Pointer) -> c_int;
    SSL_read(Pointer, Pointer, c_int) -> c_int;
    SSL_read_early_data(Pointer, Pointer, usize, *mut usize) -> c_int;
    SSL_get_error(Pointer, c_int) -> c_int;
    SSL_get1_session(Pointer) -> Pointer;
    SSL_set_session(Pointer, Pointer) -> c_int;
    SSL_SESSION_dup(Pointer) -> Pointer;
    SSL_SESSION_free(Pointer);
    SSL_set_shutdown(Pointer, c_int);
    SSL_set_verify(Pointer, c_int, Pointer);
    SSL_verify_client_post_handshake(Pointer) -> c_int;
}

fn functions() -> &'static Functions {
    static LOADED: OnceLock<Functions> = OnceLock::new();
    LOADED.get_or_init(|| {
        let open = |file: &&CStr| {
            // SAFETY: the name is a C string; libssl has no constructors that need anything of ours.
            let library = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
            (!library.is_null()).then_some(library)
        };
        Functions::find(FILES.iter().find_map(open).expect("the system has a libssl.so.3"))
    })
}

thread_local! {
    /// The fatal alerts that connections of this thread sent since they were last asked for.
    static ALERTS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The identity of the PSK that both sides have.
pub const PSK_IDENTITY: &[u8] = b"id";
/// The PSK.
pub const PSK: &[u8] = b"a pre-shared key of no secrecy..";

extern "C" fn note_alert(_: Pointer, place: c_int, value: c_int) {
    /// `SSL_CB_WRITE_ALERT`.
    const WRITE_ALERT: c_int = 0x4008;
    /// The level in the upper byte.
    const FATAL: c_int = 2;
    if place == WRITE_ALERT && value >> 8 == FATAL {
        ALERTS.with_borrow_mut(|alerts| alerts.extend(u8::try_from(value & 0xff)));
    }
}

extern "C" fn accept_chain(_: Pointer, _: Pointer) -> c_int {
    1
}

unsafe extern "C" fn psk_client(
    _: Pointer,
    _: *const c_char,
    identity: *mut c_char,
    _: c_uint,
    key: *mut c_uchar,
    _: c_uint,
) -> c_uint {
    // SAFETY: the callback's buffers are at least 128 and 256 bytes long.
    unsafe {
        core::ptr::copy_nonoverlapping(c"id".as_ptr(), identity, 3);
        core::ptr::copy_nonoverlapping(PSK.as_ptr(), key, PSK.len());
    }
    PSK.len() as c_uint
}

unsafe extern "C" fn psk_server(_: Pointer, identity: *const c_char, key: *mut c_uchar, _: c_uint) -> c_uint {
    // SAFETY: the identity is a C string, the buffer at least 256 bytes long.
    unsafe {
        if CStr::from_ptr(identity).to_bytes() != PSK_IDENTITY {
            return 0;
        }
        core::ptr::copy_nonoverlapping(PSK.as_ptr(), key, PSK.len());
    }
    PSK.len() as c_uint
}

/// How a context is set up.
#[derive(Clone, Default)]
pub struct Setup {
    /// Which side its connections are.
    pub server: bool,
    /// The only version.
    pub version: u16,
    /// The cipher list of TLS 1.2, or the suites of TLS 1.3.
    pub suites: Option<&'static CStr>,
    /// The groups.
    pub groups: Option<&'static CStr>,
    /// The `EVP_PKEY_` type, the certificate and the key in DER.
    pub identity: Option<(c_int, &'static [u8], &'static [u8])>,
    /// `SSL_VERIFY_…`; every chain is accepted.
    pub verify: c_int,
    /// `SSL_OP_…`.
    pub options: u64,
    /// Whether there is a PSK.
    pub psk: bool,
    /// The protocols that a client offers.
    pub alpn: &'static [u8],
    /// The most early data of a server.
    pub early_data: u32,
    /// Whether a client offers authentication after the handshake.
    pub post_handshake_auth: bool,
    /// Whether a client asks for an OCSP response.
    pub status_request: bool,
}

/// An `SSL_CTX`, and a client's last session.
pub struct Context {
    context: Pointer,
    session: Pointer,
    server: bool,
    early: bool,
}

impl Context {
    /// Set up so.
    pub fn new(setup: &Setup) -> Self {
        const SET_TMP_DH_AUTO: c_int = 118;
        const SET_MIN: c_int = 123;
        const SET_MAX: c_int = 124;
        const SET_GROUPS_LIST: c_int = 92;
        const SET_STATUS_REQUEST_TYPE: c_int = 127;
        let f = functions();
        let version = c_long::from(setup.version);
        // SAFETY: the functions are called as their man pages say, on the context made here, with C strings and lengths that
        // belong together.
        unsafe {
            let context = (f.SSL_CTX_new)((f.TLS_method)());
            assert!(!context.is_null());
            let control = |command, number, pointer| {
                assert_eq!((f.SSL_CTX_ctrl)(context, command, number, pointer), 1, "control {command}");
            };
            (f.SSL_CTX_set_security_level)(context, 0);
            control(SET_MIN, version, core::ptr::null_mut());
            control(SET_MAX, version, core::ptr::null_mut());
            control(SET_TMP_DH_AUTO, 1, core::ptr::null_mut());
            if let Some(groups) = setup.groups {
                control(SET_GROUPS_LIST, 0, groups.as_ptr().cast_mut().cast());
            }
            if setup.status_request {
                control(SET_STATUS_REQUEST_TYPE, 1, core::ptr::null_mut());
            }
            if let Some(suites) = setup.suites {
                let set = if setup.version == 0x304 {
                    f.SSL_CTX_set_ciphersuites
                } else {
                    f.SSL_CTX_set_cipher_list
                };
                assert_eq!(set(context, suites.as_ptr()), 1);
            }
            if let Some((key_type, certificate, key)) = setup.identity {
                let length = certificate.len() as c_int;
                assert_eq!((f.SSL_CTX_use_certificate_ASN1)(context, length, certificate.as_ptr()), 1);
                let length = key.len() as c_long;
                assert_eq!((f.SSL_CTX_use_PrivateKey_ASN1)(key_type, context, key.as_ptr(), length), 1);
            }
            (f.SSL_CTX_set_options)(context, setup.options);
            (f.SSL_CTX_set_verify)(context, setup.verify, core::ptr::null_mut());
            (f.SSL_CTX_set_cert_verify_callback)(context, accept_chain, core::ptr::null_mut());
            (f.SSL_CTX_set_info_callback)(context, note_alert);
            if setup.psk && setup.server {
                (f.SSL_CTX_set_psk_server_callback)(context, psk_server);
            } else if setup.psk {
                (f.SSL_CTX_set_psk_client_callback)(context, psk_client);
            }
            if !setup.alpn.is_empty() {
                let length = setup.alpn.len() as c_uint;
                assert_eq!((f.SSL_CTX_set_alpn_protos)(context, setup.alpn.as_ptr(), length), 0);
            }
            if setup.server {
                assert_eq!((f.SSL_CTX_set_session_id_context)(context, b"test".as_ptr(), 4), 1);
                assert_eq!((f.SSL_CTX_set_max_early_data)(context, setup.early_data), 1);
            }
            (f.SSL_CTX_set_post_handshake_auth)(context, c_int::from(setup.post_handshake_auth));
            Self {
                context,
                session: core::ptr::null_mut(),
                server: setup.server,
                early: setup.early_data > 0,
            }
        }
    }

    /// A connection over memory.
    pub fn connect(&self) -> Connection {
        let f = functions();
        ALERTS.take();
        super::error_queue::clear();
        // SAFETY: the context lives; the BIOs go over to the connection, which keeps pointers to them while it lives.
        unsafe {
            let (input, output) = (sys::BIO_new(BIO_s_mem()), sys::BIO_new(BIO_s_mem()));
            let ssl = (f.SSL_new)(self.context);
            assert!(!ssl.is_null() && !input.is_null() && !output.is_null());
            (f.SSL_set_bio)(ssl, input, output);
            if self.server {
                (f.SSL_set_accept_state)(ssl);
            } else {
                (f.SSL_set_connect_state)(ssl);
            }
            if !self.session.is_null() {
                // A failure would spoil the session itself.
                let copy = (f.SSL_SESSION_dup)(self.session);
                assert_eq!((f.SSL_set_session)(ssl, copy), 1);
                (f.SSL_SESSION_free)(copy);
            }
            Connection { ssl, input, output, early: self.early }
        }
    }

    /// What this connection negotiated is resumed from now on.
    pub fn keep_session(&mut self, connection: &Connection) {
        /// Closed properly, both ways: otherwise the session is forgotten.
        const CLOSED: c_int = 3;
        let f = functions();
        // SAFETY: the connection lives.
        unsafe {
            (f.SSL_set_shutdown)(connection.ssl, CLOSED);
            if !self.server {
                self.forget_session();
                self.session = (f.SSL_get1_session)(connection.ssl);
            }
        }
    }

    fn forget_session(&mut self) {
        // SAFETY: the session is ours, or null.
        unsafe { (functions().SSL_SESSION_free)(self.session) };
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.forget_session();
        // SAFETY: the context is ours.
        unsafe { (functions().SSL_CTX_free)(self.context) };
    }
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The handshake is done, and nothing more came.
    Established,
    /// More is needed.
    Waiting,
    /// The peer said that it is done.
    Closed,
    /// It failed: the fatal alert that was sent, and the reason.
    Failed(Option<u8>, i32),
}

/// An `SSL` over memory BIOs.
pub struct Connection {
    ssl: Pointer,
    input: *mut sys::BIO,
    output: *mut sys::BIO,
    /// A server reads early data first.
    early: bool,
}

impl Connection {
    /// Takes all of `incoming` and goes as far as it gets; what it sends is added to `outgoing`.
    pub fn turn(&mut self, incoming: &mut Vec<u8>, outgoing: &mut Vec<u8>) -> Progress {
        const WANT_READ: c_int = 2;
        const ZERO_RETURN: c_int = 6;
        let f = functions();
        let mut buffer = [0_u8; 4096];
        // SAFETY: connection and BIOs live, the buffers are as long as is said.
        let progress = unsafe {
            if !incoming.is_empty() {
                let length = incoming.len() as c_int;
                assert_eq!(sys::BIO_write(self.input, incoming.as_ptr().cast(), length), length);
                incoming.clear();
            }
            loop {
                let (result, done) = if self.early {
                    let mut count = 0;
                    match (f.SSL_read_early_data)(
                        self.ssl,
                        buffer.as_mut_ptr().cast(),
                        buffer.len(),
                        &raw mut count,
                    ) {
                        0 => (-1, false),
                        status => {
                            self.early = status != 2;
                            (1, false)
                        }
                    }
                } else if (f.SSL_is_init_finished)(self.ssl) == 0 {
                    ((f.SSL_do_handshake)(self.ssl), false)
                } else {
                    ((f.SSL_read)(self.ssl, buffer.as_mut_ptr().cast(), buffer.len() as c_int), true)
                };
                if result > 0 {
                    continue;
                }
                break match (f.SSL_get_error)(self.ssl, result) {
                    WANT_READ if done && (f.SSL_is_init_finished)(self.ssl) == 1 => Progress::Established,
                    WANT_READ => Progress::Waiting,
                    ZERO_RETURN => Progress::Closed,
                    _ => Progress::Failed(ALERTS.take().first().copied(), first_reason()),
                };
            }
        };
        loop {
            // SAFETY: the BIO lives, the buffer is as long as is said.
            let count =
                unsafe { sys::BIO_read(self.output, buffer.as_mut_ptr().cast(), buffer.len() as c_int) };
            let Some(bytes) = usize::try_from(count).ok().and_then(|count| buffer.get(..count)) else {
                break;
            };
            outgoing.extend_from_slice(bytes);
        }
        progress
    }

    /// A server asks the client to authenticate itself now.
    pub fn request_certificate(&mut self) {
        let f = functions();
        // SAFETY: the connection lives.
        unsafe {
            (f.SSL_set_verify)(self.ssl, 1, core::ptr::null_mut());
            assert_eq!((f.SSL_verify_client_post_handshake)(self.ssl), 1);
            assert_eq!((f.SSL_do_handshake)(self.ssl), 1);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: the connection is ours, and the BIOs are its.
        unsafe { (functions().SSL_free)(self.ssl) };
    }
}

/// The reason of libssl's first entry in the error queue, which is emptied; 0 if there is none.
fn first_reason() -> i32 {
    let mut reason = 0;
    loop {
        // SAFETY: it takes no argument.
        let error = unsafe { ERR_get_error() };
        if error == 0 {
            return reason;
        }
        if reason == 0 && (error >> 23) & 0xff == sys::ERR_LIB_SSL as c_ulong {
            reason = (error & 0x7f_ffff) as i32;
        }
    }
}
