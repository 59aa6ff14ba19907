//! Methods: which sides and versions a context is for (`SSL_CTX_new(3)`), and the versions in use
//! (`SSL_get_version(3)`).

use core::ffi::{c_char, c_int};

use super::support::{export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, SSL_CTX, Ssl, context::Method, log},
    record::Side,
    wire::ProtocolVersion,
};

/// The C name of a [`Method`].
#[allow(non_camel_case_types)]
pub type SSL_METHOD = Method;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident($versions:expr, client: $client:expr, server: $server:expr);)*) => {$(
        export!($name);
        $(#[$doc])*
        /// The method is static.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() -> *const SSL_METHOD {
            static METHOD: Method = Method { versions: $versions, client: $client, server: $server };
            &raw const METHOD
        }
    )*};
}

/// The versions that OpenSSL's `TLS_method` stands for; settings narrow them down.
const ANY: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::SSL3, ProtocolVersion::TLS1_3);
const TLS1_0: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_0);
const TLS1_1: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_1);
const TLS1_2: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_2);
const ANY_DTLS: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::DTLS1_0, ProtocolVersion::DTLS1_2);
const DTLS1_0: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::DTLS1_0, ProtocolVersion::DTLS1_0);
const DTLS1_2: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::DTLS1_2, ProtocolVersion::DTLS1_2);

methods! {
    /// Any version, either side.
    TLS_method(ANY, client: true, server: true);
    /// Any version, client only.
    TLS_client_method(ANY, client: true, server: false);
    /// Any version, server only.
    TLS_server_method(ANY, client: false, server: true);
    /// TLS 1.2, either side.
    TLSv1_2_method(TLS1_2, client: true, server: true);
    /// TLS 1.2, client only.
    TLSv1_2_client_method(TLS1_2, client: true, server: false);
    /// TLS 1.2, server only.
    TLSv1_2_server_method(TLS1_2, client: false, server: true);
    /// TLS 1.1, either side.
    TLSv1_1_method(TLS1_1, client: true, server: true);
    /// TLS 1.1, client only.
    TLSv1_1_client_method(TLS1_1, client: true, server: false);
    /// TLS 1.1, server only.
    TLSv1_1_server_method(TLS1_1, client: false, server: true);
    /// TLS 1.0, either side.
    TLSv1_method(TLS1_0, client: true, server: true);
    /// TLS 1.0, client only.
    TLSv1_client_method(TLS1_0, client: true, server: false);
    /// TLS 1.0, server only.
    TLSv1_server_method(TLS1_0, client: false, server: true);
    /// Any version of DTLS, either side.
    DTLS_method(ANY_DTLS, client: true, server: true);
    /// Any version of DTLS, client only.
    DTLS_client_method(ANY_DTLS, client: true, server: false);
    /// Any version of DTLS, server only.
    DTLS_server_method(ANY_DTLS, client: false, server: true);
    /// DTLS 1.2, either side.
    DTLSv1_2_method(DTLS1_2, client: true, server: true);
    /// DTLS 1.2, client only.
    DTLSv1_2_client_method(DTLS1_2, client: true, server: false);
    /// DTLS 1.2, server only.
    DTLSv1_2_server_method(DTLS1_2, client: false, server: true);
    /// DTLS 1.0, either side.
    DTLSv1_method(DTLS1_0, client: true, server: true);
    /// DTLS 1.0, client only.
    DTLSv1_client_method(DTLS1_0, client: true, server: false);
    /// DTLS 1.0, server only.
    DTLSv1_server_method(DTLS1_0, client: false, server: true);
}

/// The version negotiated; before that what the hello speaks of, or the highest of the method.
fn version(ssl: &Ssl) -> ProtocolVersion {
    let known = ssl.with_connection(|connection| connection.version_so_far());
    known.unwrap_or(ssl.method().versions.1)
}

export!(SSL_CTX_get_ssl_method SSL_CTX_set_ssl_version SSL_get_ssl_method SSL_set_ssl_method);
export!(SSL_version SSL_client_version SSL_get_version SSL_is_dtls SSL_is_server);

/// The method of a context. It is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_ssl_method(context: *const SSL_CTX) -> *const SSL_METHOD {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null(), |context| core::ptr::from_ref(context.method())) }
}

/// Changes the method of a context, for connections to come. Its suites are the default ones again. 1, or 0 for a null method, or with a
/// reason in the queue where there are no suites.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_ssl_version(context: *mut SSL_CTX, method: *const SSL_METHOD) -> c_int {
    // SAFETY: the contract of this module; methods are static.
    unsafe {
        let Some(method) = method.as_ref() else { return no_method() };
        with_context(context, 0, |context| context.set_method(method).into())
    }
}

/// The method of a connection: where it may have several versions, that of the negotiated version and of its side as soon as there is one,
/// also when it is started over. It is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_ssl_method(ssl: *const SSL) -> *const SSL_METHOD {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null(), |ssl| {
            let method = ssl.method();
            let negotiated = ssl.with_connection(|connection| connection.method_until_now());
            match negotiated.filter(|_| method.versions.0 != method.versions.1) {
                Some((version, side)) => method_of(version, side),
                None => core::ptr::from_ref(method),
            }
        })
    }
}

/// The method of one version and one side.
fn method_of(version: ProtocolVersion, side: Side) -> *const SSL_METHOD {
    const TLS1_3: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3);
    // OpenSSL has these two, but no function that gives them.
    static TLS1_3_CLIENT: Method = Method { versions: TLS1_3, client: true, server: false };
    static TLS1_3_SERVER: Method = Method { versions: TLS1_3, client: false, server: true };

    match (version, side) {
        (ProtocolVersion::TLS1_0, Side::Client) => TLSv1_client_method(),
        (ProtocolVersion::TLS1_0, Side::Server) => TLSv1_server_method(),
        (ProtocolVersion::TLS1_1, Side::Client) => TLSv1_1_client_method(),
        (ProtocolVersion::TLS1_1, Side::Server) => TLSv1_1_server_method(),
        (ProtocolVersion::TLS1_2, Side::Client) => TLSv1_2_client_method(),
        (ProtocolVersion::TLS1_2, Side::Server) => TLSv1_2_server_method(),
        (ProtocolVersion::DTLS1_0, Side::Client) => DTLSv1_client_method(),
        (ProtocolVersion::DTLS1_0, Side::Server) => DTLSv1_server_method(),
        (ProtocolVersion::DTLS1_2, Side::Client) => DTLSv1_2_client_method(),
        (ProtocolVersion::DTLS1_2, Side::Server) => DTLSv1_2_server_method(),
        (_, Side::Client) => &raw const TLS1_3_CLIENT,
        (_, Side::Server) => &raw const TLS1_3_SERVER,
    }
}

/// Changes the method of a connection before its handshake. 1, or 0 for a null method.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_ssl_method(ssl: *mut SSL, method: *const SSL_METHOD) -> c_int {
    // SAFETY: the contract of this module; methods are static.
    unsafe {
        let Some(method) = method.as_ref() else { return no_method() };
        with_ssl(ssl, 0, |ssl| {
            if !ssl.is_before_handshake() {
                log::differs("SSL_set_ssl_method", "in or after a handshake it starts over");
            }
            ssl.set_method(method);
            1
        })
    }
}

fn no_method() -> c_int {
    error_queue::raise_ssl(Reason::NULL_SSL_METHOD_PASSED);
    0
}

/// The number of the protocol version in use (`TLS1_3_VERSION`); before the handshake the highest of the
/// method.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_version(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(version(ssl).0)) }
}

/// The version that the ClientHello names in its old field: what a server received or a client sent.
/// Before there is one the method's version, or `TLS_ANY_VERSION` (0x10000), `DTLS_ANY_VERSION` (0x1ffff).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_client_version(ssl: *const SSL) -> c_int {
    const ANY_VERSION: c_int = 0x10000;
    const ANY_DTLS_VERSION: c_int = 0x1ffff;
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let any = if ssl.is_datagram() { ANY_DTLS_VERSION } else { ANY_VERSION };
            let fixed = ssl.with_config(|config| config.settings.fixed_version()).map(|only| only.0.into());
            ssl.with_connection(|connection| connection.negotiated().client_version)
                .map_or_else(|| fixed.unwrap_or(any), |version| version.0.into())
        })
    }
}

/// The name of the protocol version in use, `TLSv1.3`; before the handshake that of the highest of the method. The
/// string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_version(ssl: *const SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| version(ssl).openssl_name().as_ptr()) }
}

/// 1 if the connection is of DTLS, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_dtls(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.is_datagram())) }
}

/// 1 for a server, 0 for a client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_server(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.side() == Side::Server)) }
}
