//! What only connections have: the server name, OCSP responses, what was negotiated.

use core::{
    ffi::{CStr, c_int, c_long},
    mem::transmute,
};

use super::{AnyCallback, Arguments, command};
use crate::{
    capi::{datagram, support::convert, temporary_dh},
    crypto::signature_scheme,
    error::Reason,
    libcrypto::{
        error_queue,
        evp_pkey::PKey,
        ocsp::{RequestExtensions, ResponderIds},
        sys,
    },
    object::{
        Ssl,
        callbacks::{ExtensionsCallback, MessageCallback, NotResumableCallback, TemporaryDhCallback},
        negotiated,
    },
    record::Side,
    wire::SignatureScheme,
};

/// `SSL_CERT_SET_SERVER`.
const SERVER: c_long = 3;

/// Runs a command; `None` for one that is not of this kind.
///
/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn control(ssl: &Ssl, arguments: Arguments) -> Option<c_long> {
    let Arguments { command, number, pointer } = arguments;
    Some(match command {
        // SAFETY: the caller's promise.
        command::SET_TLSEXT_HOSTNAME => unsafe {
            set_server_name(ssl, number, convert::c_string(pointer.cast()))
        },
        command::SET_MSG_CALLBACK_ARG => {
            ssl.update_config(|config| config.callbacks.message.argument = pointer);
            1
        }
        command::SET_TLSEXT_DEBUG_ARG => {
            ssl.update_config(|config| config.callbacks.extensions.argument = pointer);
            1
        }
        command::GET_TLSEXT_STATUS_REQ_EXTS => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(pointer.cast(), ssl.status_extensions()) };
            1
        }
        command::GET_TLSEXT_STATUS_REQ_IDS => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(pointer.cast(), ssl.status_ids()) };
            1
        }
        command::SET_TLSEXT_STATUS_REQ_EXTS => {
            // SAFETY: the caller's promise; the stack is given away.
            ssl.set_status_extensions(unsafe { RequestExtensions::from_owned(pointer.cast()) });
            1
        }
        command::SET_TLSEXT_STATUS_REQ_IDS => {
            // SAFETY: the caller's promise; the stack is given away.
            ssl.set_status_ids(unsafe { ResponderIds::from_owned(pointer.cast()) });
            1
        }
        // SAFETY: the caller's promise.
        command::GET_TLSEXT_STATUS_REQ_OCSP_RESP => unsafe { get_ocsp_response(ssl, pointer.cast()) },
        // SAFETY: the caller's promise.
        command::SET_TLSEXT_STATUS_REQ_OCSP_RESP => unsafe { set_ocsp_response(ssl, pointer.cast(), number) },
        command::SET_CURRENT_CERT if number == SERVER => ssl.select_sent_certificate(),
        // A server that knows what the client asked for may say otherwise.
        command::SET_TLSEXT_STATUS_REQ_TYPE if ssl.side() == Side::Server => {
            ssl.with_connection(|connection| connection.negotiated_mut().status_type = Some(number as c_int));
            return None;
        }
        // A server tells what the client asked for.
        command::GET_TLSEXT_STATUS_REQ_TYPE
            if ssl.side() == Side::Server
                && ssl.with_connection(|connection| connection.negotiated().client_version.is_some()) =>
        {
            ssl.with_connection(|connection| {
                let negotiated = connection.negotiated();
                // It matters to a full handshake alone, and so counts as not read.
                negotiated.status_type.filter(|_| !negotiated.resumed).unwrap_or(-1).into()
            })
        }
        command::GET_NUM_RENEGOTIATIONS => count(ssl.renegotiations()),
        command::CLEAR_NUM_RENEGOTIATIONS => count(ssl.clear_renegotiations()),
        command::GET_TOTAL_RENEGOTIATIONS => count(ssl.total_renegotiations()),
        command::GET_RI_SUPPORT => {
            ssl.with_connection(|connection| connection.negotiated().secure_renegotiation).into()
        }
        command::GET_EXTMS_SUPPORT if ssl.is_in_handshake() => -1,
        command::GET_EXTMS_SUPPORT => ssl.with_connection(|connection| {
            let negotiated = connection.negotiated();
            negotiated.session.as_ref().map_or(-1, |session| session.extended_master_secret.into())
        }),
        // SAFETY: the caller's promise.
        command::GET_GROUPS => unsafe { get_groups(ssl, pointer.cast()) },
        command::GET_SHARED_GROUP => ssl.shared_group(number).into(),
        command::GET_NEGOTIATED_GROUP => {
            let group = ssl
                .with_connection(|connection| connection.negotiated().group)
                .or_else(|| ssl.session_so_far()?.core().group);
            group.map_or(0, negotiated::group_nid).into()
        }
        command::GET_PEER_SIGNATURE_NID => {
            let scheme = ssl.with_connection(|connection| connection.negotiated().peer_scheme);
            // SAFETY: the caller's promise.
            unsafe { store_hash(scheme, pointer.cast()) }
        }
        // SAFETY: the caller's promise.
        command::GET_PEER_TMP_KEY => unsafe { give_share(ssl.peer_share(), pointer.cast()) },
        // SAFETY: the caller's promise.
        command::GET_TMP_KEY => unsafe { give_share(ssl.own_share(), pointer.cast()) },
        command::GET_SIGNATURE_NID => {
            let scheme = ssl.with_connection(|connection| connection.negotiated().own_scheme);
            // SAFETY: the caller's promise.
            unsafe { store_hash(scheme, pointer.cast()) }
        }
        command::GET_CLIENT_CERT_TYPES => {
            let types = ssl.with_connection(|connection| {
                let types = &connection.negotiated().certificate_types;
                (types.as_ptr().cast::<u8>(), types.len())
            });
            // A certificate type is one byte.
            // SAFETY: the caller's promise.
            unsafe { give_bytes(types, pointer.cast()) }
        }
        // How many bytes a suite takes.
        command::GET_RAW_CIPHERLIST if pointer.is_null() => 2,
        command::GET_RAW_CIPHERLIST => {
            let suites = ssl.with_connection(|connection| {
                let suites = &connection.negotiated().raw_client_suites;
                (suites.as_ptr(), suites.len())
            });
            // SAFETY: the caller's promise.
            unsafe { give_bytes(suites, pointer.cast()) }
        }
        command::GET_EC_POINT_FORMATS => {
            let formats = ssl.with_connection(|connection| {
                let formats = &connection.negotiated().peer_point_formats;
                (formats.as_ptr(), formats.len())
            });
            // SAFETY: the caller's promise.
            unsafe { give_bytes(formats, pointer.cast()) }
        }
        command::SET_MTU if ssl.is_datagram() => ssl.set_mtu(number),
        command::DTLS_SET_LINK_MTU if ssl.is_datagram() => ssl.set_link_mtu(number),
        command::DTLS_GET_LINK_MIN_MTU if ssl.is_datagram() => datagram::least_link_mtu(),
        // SAFETY: the caller's promise.
        command::DTLS_GET_TIMEOUT if ssl.is_datagram() => unsafe {
            datagram::get_timeout(ssl, pointer.cast())
        },
        command::DTLS_HANDLE_TIMEOUT if ssl.is_datagram() => datagram::handle_timeout(ssl),
        // Only a server asks for certificates.
        command::SET_CLIENT_CERT_TYPES if ssl.side() == Side::Client => 0,
        command::SET_RETRY_VERIFY => {
            ssl.set_retry_verify();
            1
        }
        _ => return None,
    })
}

/// Tells where bytes are that are valid until the next handshake: how many. The pointer is left alone if there are none.
///
/// # Safety
/// `to` is null or valid for writing.
unsafe fn give_bytes((bytes, length): (*const u8, usize), to: *mut *const u8) -> c_long {
    if length > 0 && !to.is_null() {
        // SAFETY: the caller's promise.
        unsafe { convert::store(to, bytes) };
    }
    c_long::try_from(length).unwrap_or(0)
}

fn count(value: u64) -> c_long {
    c_long::try_from(value).unwrap_or(c_long::MAX)
}

/// `SSL_get_peer_tmp_key`, `SSL_get_tmp_key`: the key becomes the caller's.
///
/// # Safety
///
/// `to` is null or valid for writing.
unsafe fn give_share(share: Option<PKey>, to: *mut *mut sys::EVP_PKEY) -> c_long {
    match share {
        Some(key) if !to.is_null() => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(to, key.into_raw()) };
            1
        }
        _ => 0,
    }
}

/// `SSL_set_tlsext_host_name`: null for none.
fn set_server_name(ssl: &Ssl, kind: c_long, name: Option<&CStr>) -> c_long {
    /// `TLSEXT_NAMETYPE_host_name`.
    const HOST_NAME: c_long = 0;

    if kind != HOST_NAME {
        error_queue::raise_ssl(Reason::SSL3_EXT_INVALID_SERVERNAME_TYPE);
        return 0;
    }
    match ssl.set_server_name(name.map(CStr::to_bytes)) {
        Ok(()) => 1,
        Err(reason) => {
            error_queue::raise_ssl(reason);
            0
        }
    }
}

/// The OCSP response that was received, or that is to be sent: its length, or -1 for none.
///
/// # Safety
/// `pointer` is null or valid for writing.
unsafe fn get_ocsp_response(ssl: &Ssl, pointer: *mut *const u8) -> c_long {
    let Some((response, length)) = ssl.show_ocsp_response() else {
        // SAFETY: the caller's promise.
        unsafe { convert::store(pointer, core::ptr::null()) };
        return -1;
    };
    // SAFETY: the caller's promise.
    unsafe { convert::store(pointer, response) };
    c_long::try_from(length).unwrap_or(-1)
}

/// The OCSP response to send. The memory, from `OPENSSL_malloc`, is ours from now on.
///
/// # Safety
/// `pointer` is null or points to `length` bytes of libcrypto's memory.
unsafe fn set_ocsp_response(ssl: &Ssl, pointer: *mut u8, length: c_long) -> c_long {
    // SAFETY: the caller's promise.
    let bytes = usize::try_from(length).ok().and_then(|length| unsafe { convert::bytes(pointer, length) });
    ssl.set_ocsp_response(bytes.filter(|_| !pointer.is_null()).map(<[u8]>::to_vec));
    // SAFETY: the memory was given away; null is left alone.
    unsafe { sys::CRYPTO_free(pointer.cast(), c"capi".as_ptr(), 0) };
    1
}

/// The groups that the client offered: how many, and with a pointer each as libcrypto's number.
///
/// # Safety
/// `pointer` is null or has room for as many numbers as a call with null returned.
unsafe fn get_groups(ssl: &Ssl, pointer: *mut c_int) -> c_long {
    let groups = ssl.with_connection(|connection| connection.negotiated().peer_groups.clone());
    if !pointer.is_null() {
        for (index, group) in groups.iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { pointer.add(index).write(negotiated::group_nid(*group)) };
        }
    }
    c_long::try_from(groups.len()).unwrap_or(0)
}

/// libcrypto's number of a scheme's hash: 1, or 0 without a scheme.
///
/// # Safety
/// `pointer` is null or valid for writing.
unsafe fn store_hash(scheme: Option<SignatureScheme>, pointer: *mut c_int) -> c_long {
    match scheme.and_then(signature_scheme::find) {
        Some(scheme) => {
            // SAFETY: the caller's promise.
            unsafe { convert::store(pointer, scheme.hash_nid()) };
            1
        }
        None => 0,
    }
}

/// Sets a callback; 0 for a command that names none.
///
/// # Safety
/// The callback is of the type that the command names.
pub(super) unsafe fn set_callback(ssl: &Ssl, command: c_int, callback: AnyCallback) -> c_long {
    match command {
        command::SET_MSG_CALLBACK => {
            // SAFETY: the caller's promise: the type is the command's.
            let function = unsafe { transmute::<AnyCallback, Option<MessageCallback>>(callback) };
            ssl.update_config(|config| config.callbacks.message.function = function);
            1
        }
        command::SET_TLSEXT_DEBUG_CB => {
            // SAFETY: the caller's promise: the type is the command's.
            let function = unsafe { transmute::<AnyCallback, Option<ExtensionsCallback>>(callback) };
            ssl.update_config(|config| config.callbacks.extensions.function = function);
            1
        }
        command::SET_NOT_RESUMABLE_SESS_CB => {
            // SAFETY: the caller's promise: the type is the command's.
            let function = unsafe { transmute::<AnyCallback, Option<NotResumableCallback>>(callback) };
            ssl.update_config(|config| config.callbacks.not_resumable = function);
            1
        }
        command::SET_TMP_DH_CB => {
            // SAFETY: the caller's promise: the type is the command's.
            let function = unsafe { transmute::<AnyCallback, Option<TemporaryDhCallback>>(callback) };
            temporary_dh::set_callback(ssl, function);
            1
        }
        _ => 0,
    }
}
