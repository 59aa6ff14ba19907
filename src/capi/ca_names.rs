//! The CA names that are sent with the request for a certificate: `SSL_CTX_set0_CA_list(3)`,
//! `SSL_load_client_CA_file(3)`; and the callback for clients without a certificate,
//! `SSL_CTX_set_client_cert_cb(3)`, or an engine in its place.

use core::ffi::{c_char, c_int};

use super::support::{convert, export, guard, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        engine::Engine,
        error_queue,
        name::NameStack,
        sys::{ENGINE, OSSL_LIB_CTX, X509, stack_st_X509_NAME},
        x509,
    },
    object::{
        SSL, SSL_CTX,
        ca_names::{self, CaList, Kind},
        callbacks::ClientCertificateCallback,
        config::Configurable,
    },
    record::Side,
};

export! {
    SSL_CTX_set_client_CA_list SSL_set_client_CA_list SSL_CTX_get_client_CA_list SSL_get_client_CA_list
    SSL_CTX_add_client_CA SSL_add_client_CA SSL_CTX_set0_CA_list SSL_set0_CA_list
    SSL_CTX_get0_CA_list SSL_get0_CA_list SSL_CTX_add1_to_CA_list SSL_add1_to_CA_list
    SSL_get0_peer_CA_list SSL_dup_CA_list SSL_load_client_CA_file SSL_load_client_CA_file_ex
    SSL_add_file_cert_subjects_to_stack SSL_add_dir_cert_subjects_to_stack SSL_add_store_cert_subjects_to_stack
    SSL_CTX_set_client_cert_cb SSL_CTX_set_client_cert_engine SSL_CTX_get_client_cert_cb
}

/// Sets the CA names that a server sends to clients that it asks for a certificate. The list is given away; null removes
/// the one that is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_client_CA_list(context: *mut SSL_CTX, names: *mut stack_st_X509_NAME) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            ca_names::set(context, Kind::ForClients, NameStack::from_owned(names))
        })
    }
}

/// As `SSL_CTX_set_client_CA_list`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_client_CA_list(ssl: *mut SSL, names: *mut stack_st_X509_NAME) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ca_names::set(ssl, Kind::ForClients, NameStack::from_owned(names))) }
}

/// Sets the CA names that either side sends; for a server those of `SSL_CTX_set_client_CA_list` come first. The list is
/// given away; null removes the one that is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set0_CA_list(context: *mut SSL_CTX, names: *mut stack_st_X509_NAME) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            ca_names::set(context, Kind::ForAny, NameStack::from_owned(names))
        })
    }
}

/// As `SSL_CTX_set0_CA_list`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set0_CA_list(ssl: *mut SSL, names: *mut stack_st_X509_NAME) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ca_names::set(ssl, Kind::ForAny, NameStack::from_owned(names))) }
}

/// The list of `SSL_CTX_set_client_CA_list`; null without one. It stays the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_client_CA_list(context: *const SSL_CTX) -> *mut stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), |context| list_of(context, Kind::ForClients)) }
}

/// The list of `SSL_CTX_set0_CA_list`; null without one. It stays the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_CA_list(context: *const SSL_CTX) -> *const stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null(), |context| list_of(context, Kind::ForAny).cast_const()) }
}

fn list_of(context: &SSL_CTX, kind: Kind) -> *mut stack_st_X509_NAME {
    context.look(|config| config.ca_lists.get(kind).map_or(core::ptr::null_mut(), CaList::as_ptr))
}

/// A server's list of CA names for its clients, its own or else its context's; on a client, what the server sent. Null
/// without any. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_client_CA_list(ssl: *const SSL) -> *mut stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| match ssl.side() {
            Side::Server => ssl.ca_list(Kind::ForClients),
            Side::Client => ssl.peer_ca_names(),
        })
    }
}

/// The connection's list of `SSL_set0_CA_list`, or else its context's; null without one. It stays theirs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_CA_list(ssl: *const SSL) -> *const stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| ssl.ca_list(Kind::ForAny).cast_const()) }
}

/// The CA names that the peer sent; null if it sent none. They stay the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peer_CA_list(ssl: *const SSL) -> *const stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| ssl.peer_ca_names().cast_const()) }
}

/// Appends a copy of the certificate's subject to the list of `SSL_CTX_set_client_CA_list`. 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add_client_CA(context: *mut SSL_CTX, certificate: *mut X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| add(context, Kind::ForClients, certificate)) }
}

/// As `SSL_CTX_add_client_CA`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add_client_CA(ssl: *mut SSL, certificate: *mut X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| add(ssl, Kind::ForClients, certificate)) }
}

/// Appends a copy of the certificate's subject to the list of `SSL_CTX_set0_CA_list`. 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add1_to_CA_list(context: *mut SSL_CTX, certificate: *const X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| add(context, Kind::ForAny, certificate)) }
}

/// As `SSL_CTX_add1_to_CA_list`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add1_to_CA_list(ssl: *mut SSL, certificate: *const X509) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| add(ssl, Kind::ForAny, certificate)) }
}

/// # Safety
///
/// `certificate` is null or valid.
unsafe fn add(owner: &impl Configurable, kind: Kind, certificate: *const X509) -> c_int {
    // SAFETY: the caller's promise; only the reference count changes.
    let certificate = unsafe { x509::X509::from_borrowed(certificate.cast_mut()) };
    certificate.is_some_and(|certificate| ca_names::add(owner, kind, &certificate)).into()
}

/// A copy of a list and of its names, for the caller to free; of null, an empty one. Null when memory is out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dup_CA_list(names: *const stack_st_X509_NAME) -> *mut stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    guard(core::ptr::null_mut(), || give(unsafe { NameStack::copy_of(names) }))
}

fn give(names: Option<NameStack>) -> *mut stack_st_X509_NAME {
    names.map_or(core::ptr::null_mut(), NameStack::into_raw)
}

/// The subjects of the certificates in a PEM file, each once, in a list for the caller to free. Null with the reason in
/// the queue: the file cannot be opened, or holds none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_load_client_CA_file(path: *const c_char) -> *mut stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    guard(core::ptr::null_mut(), || give(ca_names::load(unsafe { convert::c_string(path) })))
}

/// As `SSL_load_client_CA_file`; names need nothing of a library context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_load_client_CA_file_ex(
    path: *const c_char,
    _library: *mut OSSL_LIB_CTX,
    _properties: *const c_char,
) -> *mut stack_st_X509_NAME {
    // SAFETY: the contract of this module.
    unsafe { SSL_load_client_CA_file(path) }
}

/// Appends to `names` the subjects of the certificates in a PEM file that are not there. 1, or 0 with the reason in the
/// queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add_file_cert_subjects_to_stack(
    names: *mut stack_st_X509_NAME,
    path: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    guard(0, || unsafe {
        if names.is_null() {
            error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
            return 0;
        }
        ca_names::add_file(names, convert::c_string(path)).into()
    })
}

/// As `SSL_add_file_cert_subjects_to_stack`, for each file in a directory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add_dir_cert_subjects_to_stack(
    names: *mut stack_st_X509_NAME,
    path: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    guard(0, || unsafe {
        if names.is_null() {
            error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
            return 0;
        }
        ca_names::add_directory(names, convert::c_string(path)).into()
    })
}

/// As `SSL_add_file_cert_subjects_to_stack`, for the certificates at a URI.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add_store_cert_subjects_to_stack(
    names: *mut stack_st_X509_NAME,
    uri: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    guard(0, || unsafe {
        match convert::c_string(uri) {
            Some(uri) if !names.is_null() => ca_names::add_uri(names, uri).into(),
            _ => {
                error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
                0
            }
        }
    })
}

/// Lets an engine give the certificate when a server asks for one and the client has none, before the callback of
/// `SSL_CTX_set_client_cert_cb` is asked. A functional reference to it is taken. 1; 0 with the reason in the queue:
/// `ERR_R_ENGINE_LIB`, or `SSL_R_NO_CLIENT_CERT_METHOD` for an engine that knows no certificates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_client_cert_engine(context: *mut SSL_CTX, engine: *mut ENGINE) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            let reason = match Engine::initialize(engine) {
                None => Reason::ERR_ENGINE_LIB,
                Some(engine) if !engine.has_client_certificates() => Reason::NO_CLIENT_CERT_METHOD,
                Some(engine) => {
                    context.set_client_cert_engine(engine);
                    return 1;
                }
            };
            error_queue::raise_ssl(reason);
            0
        })
    }
}

/// Sets what is called when a server asks for a certificate and the client has none; null: nothing. The callback gives
/// away what it stores.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_client_cert_cb(
    context: *mut SSL_CTX,
    callback: Option<ClientCertificateCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| context.update_live(|live| live.client_certificate = callback))
    }
}

/// The callback of `SSL_CTX_set_client_cert_cb`; null without one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_client_cert_cb(
    context: *mut SSL_CTX,
) -> Option<ClientCertificateCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, None, |context| context.live().client_certificate) }
}
