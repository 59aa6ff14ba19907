//! The callbacks of a program, which answer in a way that goes on, and call the library themselves.

use core::{
    ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void},
    ptr::{null, null_mut},
    sync::atomic::{AtomicU32, Ordering},
};

use super::{CERTIFICATE, asking::ask};
use crate::{
    capi::{
        alpn::SSL_CTX_set_alpn_select_cb,
        async_jobs::{SSL_CTX_set_async_callback, SSL_CTX_set_async_callback_arg},
        ca_names::SSL_CTX_set_client_cert_cb,
        callbacks::{
            SSL_CTX_set_cert_cb, SSL_CTX_set_generate_session_id, SSL_CTX_set_info_callback,
            SSL_CTX_set_keylog_callback, SSL_CTX_set_msg_callback,
        },
        client_hello::SSL_CTX_set_client_hello_cb,
        cookie::{
            SSL_CTX_set_cookie_generate_cb, SSL_CTX_set_cookie_verify_cb,
            SSL_CTX_set_stateless_cookie_generate_cb, SSL_CTX_set_stateless_cookie_verify_cb,
        },
        custom_extensions::{
            SSL_CTX_add_client_custom_ext, SSL_CTX_add_custom_ext, SSL_CTX_add_server_custom_ext,
            SSL_CTX_has_client_custom_ext,
        },
        early_data::SSL_CTX_set_allow_early_data_cb,
        io::SSL_do_handshake,
        next_protocol::{SSL_CTX_set_next_proto_select_cb, SSL_CTX_set_next_protos_advertised_cb},
        psk::{
            SSL_CTX_set_psk_client_callback, SSL_CTX_set_psk_find_session_callback,
            SSL_CTX_set_psk_server_callback, SSL_CTX_set_psk_use_session_callback,
        },
        record_size::SSL_CTX_set_record_padding_callback,
        security::SSL_CTX_set_security_callback,
        session_cache::{SSL_CTX_sess_set_get_cb, SSL_CTX_sess_set_new_cb, SSL_CTX_sess_set_remove_cb},
        session_use::{SSL_CTX_set_not_resumable_session_callback, SSL_get1_session},
        srp::{
            SSL_CTX_set_srp_cb_arg, SSL_CTX_set_srp_client_pwd_callback, SSL_CTX_set_srp_password,
            SSL_CTX_set_srp_username, SSL_CTX_set_srp_username_callback,
            SSL_CTX_set_srp_verify_param_callback, SSL_set_srp_server_param_pw,
        },
        temporary_dh::SSL_CTX_set_tmp_dh_callback,
        ticket::{SSL_CTX_set_session_ticket_cb, SSL_CTX_set_tlsext_ticket_key_evp_cb},
        transparency::SSL_CTX_set_ct_validation_callback,
        verify::{SSL_CTX_set_cert_verify_callback, SSL_CTX_set_verify},
    },
    libcrypto::sys,
    object::{SSL, SSL_CTX, SSL_SESSION},
};

/// `SSL_EXT_CLIENT_HELLO`, the hellos of servers and EncryptedExtensions, Certificate.
const PLACES: c_uint = 0x80 | 0x100 | 0x200 | 0x400 | 0x1000;
/// The number of a custom extension.
const CUSTOM: c_uint = 0xfe01;
/// The number of one of TLS 1.2.
const OLD_CUSTOM: c_uint = 0xfe02;
/// `SSL_TLSEXT_ERR_OK`.
const OK: c_int = 0;

const COOKIE: [u8; 16] = *b"a cookie of ours";
const PROTOCOL: [u8; 3] = *b"\x02h2";

/// How many there are.
pub const COUNT: u8 = 39;

/// Sets all on a context but those that take over what the library does by itself.
///
/// # Safety
///
/// The context is valid.
pub unsafe fn set_all(context: *mut SSL_CTX) {
    for which in 0..19 {
        // SAFETY: the caller's promise.
        unsafe { set(context, which, true) };
    }
    // SAFETY: as above.
    assert_eq!(unsafe { SSL_CTX_has_client_custom_ext(context, CUSTOM) }, 1);
}

/// Sets one of them on a context, or takes it away.
///
/// # Safety
///
/// The context is valid.
pub unsafe fn set(context: *mut SSL_CTX, which: u8, on: bool) {
    let nobody = null_mut();
    // SAFETY: the caller's promise; what is passed is static or null.
    unsafe {
        match which % COUNT {
            0 => SSL_CTX_set_client_hello_cb(context, on.then_some(client_hello as _), nobody),
            1 => SSL_CTX_set_alpn_select_cb(context, on.then_some(select_protocol as _), nobody),
            2 => SSL_CTX_set_next_protos_advertised_cb(context, on.then_some(next_protocols as _), nobody),
            3 => SSL_CTX_set_next_proto_select_cb(context, on.then_some(select_next_protocol as _), nobody),
            4 => SSL_CTX_set_info_callback(context, on.then_some(info as _)),
            5 => SSL_CTX_set_msg_callback(context, on.then_some(message as _)),
            6 => SSL_CTX_set_cert_cb(context, on.then_some(certificate as _), nobody),
            7 => SSL_CTX_sess_set_new_cb(context, on.then_some(new_session as _)),
            8 => SSL_CTX_set_cookie_generate_cb(context, on.then_some(make_datagram_cookie as _)),
            9 => SSL_CTX_set_cookie_verify_cb(context, on.then_some(check_datagram_cookie as _)),
            10 => SSL_CTX_set_stateless_cookie_generate_cb(context, on.then_some(make_cookie as _)),
            11 => SSL_CTX_set_stateless_cookie_verify_cb(context, on.then_some(check_cookie as _)),
            12 => SSL_CTX_set_psk_client_callback(context, on.then_some(psk_of_client as _)),
            13 => SSL_CTX_set_psk_server_callback(context, on.then_some(psk_of_server as _)),
            14 => SSL_CTX_set_psk_find_session_callback(context, on.then_some(find_psk as _)),
            15 => SSL_CTX_set_record_padding_callback(context, on.then_some(padding as _)),
            16 => {
                SSL_CTX_set_srp_username(context, c"user".as_ptr().cast_mut());
                SSL_CTX_set_srp_password(context, c"password".as_ptr().cast_mut());
            }
            17 => _ = SSL_CTX_set_srp_username_callback(context, on.then_some(srp_user as _)),
            18 => {
                let (add, parse) = (Some(add_extension as _), Some(parse_extension as _));
                SSL_CTX_add_custom_ext(context, CUSTOM, PLACES, add, None, nobody, parse, nobody);
            }
            19 => {
                let (add, parse) = (Some(add_old_extension as _), Some(parse_old_extension as _));
                SSL_CTX_add_client_custom_ext(context, OLD_CUSTOM, add, None, nobody, parse, nobody);
                SSL_CTX_add_server_custom_ext(context, OLD_CUSTOM, add, None, nobody, parse, nobody);
            }
            20 => SSL_CTX_set_keylog_callback(context, on.then_some(key_log as _)),
            21 => _ = SSL_CTX_set_generate_session_id(context, on.then_some(session_id as _)),
            22 => SSL_CTX_sess_set_remove_cb(context, on.then_some(removed_session as _)),
            23 => SSL_CTX_sess_set_get_cb(context, on.then_some(find_session as _)),
            24 => SSL_CTX_set_psk_use_session_callback(context, on.then_some(use_psk as _)),
            25 => SSL_CTX_set_security_callback(context, on.then_some(is_secure as _)),
            26 => SSL_CTX_set_cert_verify_callback(context, on.then_some(verify_chain as _), nobody),
            27 => SSL_CTX_set_not_resumable_session_callback(context, on.then_some(is_not_resumable as _)),
            28 => {
                let (made, opened) = (on.then_some(asked as _), on.then_some(ticket_opened as _));
                SSL_CTX_set_session_ticket_cb(context, made, opened, nobody);
            }
            29 => _ = SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on.then_some(ticket_keys as _)),
            30 => SSL_CTX_set_allow_early_data_cb(context, on.then_some(asked as _), nobody),
            31 => SSL_CTX_set_client_cert_cb(context, on.then_some(client_certificate as _)),
            32 => {
                SSL_CTX_set_async_callback(context, on.then_some(asked as _));
                SSL_CTX_set_async_callback_arg(context, nobody);
            }
            33 => _ = SSL_CTX_set_ct_validation_callback(context, on.then_some(judge_times as _), nobody),
            34 => _ = SSL_CTX_set_srp_client_pwd_callback(context, on.then_some(srp_password as _)),
            35 => _ = SSL_CTX_set_srp_verify_param_callback(context, on.then_some(asked as _)),
            36 => SSL_CTX_set_tmp_dh_callback(context, on.then_some(temporary_dh as _)),
            37 => SSL_CTX_set_verify(context, 3, on.then_some(super::accept_all as _)),
            _ => _ = SSL_CTX_set_srp_cb_arg(context, nobody),
        }
    }
}

unsafe extern "C" fn client_hello(ssl: *mut SSL, _: *mut c_int, _: *mut c_void) -> c_int {
    // SAFETY: callbacks get the connection that calls them; this holds for all below.
    unsafe { ask(ssl, 5) };
    1
}

unsafe extern "C" fn select_protocol(
    ssl: *mut SSL,
    out: *mut *const c_uchar,
    length: *mut c_uchar,
    offered: *const c_uchar,
    _: c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: the list is not empty: its first name, which is within it, is taken.
    unsafe {
        ask(ssl, 3);
        *length = *offered;
        *out = offered.add(1);
    }
    OK
}

unsafe extern "C" fn next_protocols(
    _: *mut SSL,
    out: *mut *const c_uchar,
    length: *mut c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: both are places for what is static.
    unsafe { (*out, *length) = (PROTOCOL.as_ptr(), 3) };
    OK
}

unsafe extern "C" fn select_next_protocol(
    _: *mut SSL,
    out: *mut *mut c_uchar,
    length: *mut c_uchar,
    _: *const c_uchar,
    _: c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above; nobody writes to it.
    unsafe { (*out, *length) = (PROTOCOL.as_ptr().add(1).cast_mut(), 2) };
    OK
}

unsafe extern "C" fn info(ssl: *const SSL, kind: c_int, value: c_int) {
    // `SSL_CB_EXIT`: the handshake function is at its end; called there it would come here again for ever.
    const EXIT: c_int = 2;
    // SAFETY: as above.
    unsafe {
        ask(ssl.cast_mut(), (kind ^ value) as u8);
        if kind & EXIT == 0 {
            SSL_do_handshake(ssl.cast_mut());
        }
    }
}

unsafe extern "C" fn message(
    _: c_int,
    _: c_int,
    kind: c_int,
    data: *const c_void,
    length: usize,
    ssl: *mut SSL,
    _: *mut c_void,
) {
    // SAFETY: the bytes are there to be read; see above.
    unsafe {
        let bytes = core::slice::from_raw_parts(data.cast::<u8>(), length);
        ask(ssl, bytes.iter().fold(kind as u8, |sum, byte| sum ^ byte) & 7);
    }
}

unsafe extern "C" fn certificate(ssl: *mut SSL, _: *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { ask(ssl, 1) };
    1
}

unsafe extern "C" fn new_session(_: *mut SSL, _: *mut SSL_SESSION) -> c_int {
    0
}

unsafe extern "C" fn make_datagram_cookie(_: *mut SSL, out: *mut c_uchar, length: *mut c_uint) -> c_int {
    // SAFETY: there is room for 255 bytes.
    unsafe {
        out.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
        *length = COOKIE.len() as c_uint;
    }
    1
}

unsafe extern "C" fn check_datagram_cookie(_: *mut SSL, cookie: *const c_uchar, length: c_uint) -> c_int {
    // SAFETY: so many bytes are there.
    c_int::from(unsafe { core::slice::from_raw_parts(cookie, length as usize) } == COOKIE)
}

unsafe extern "C" fn make_cookie(_: *mut SSL, out: *mut c_uchar, length: *mut usize) -> c_int {
    // SAFETY: as above, for 4096 bytes.
    unsafe {
        out.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
        *length = COOKIE.len();
    }
    1
}

unsafe extern "C" fn check_cookie(_: *mut SSL, cookie: *const c_uchar, length: usize) -> c_int {
    // SAFETY: as above.
    c_int::from(unsafe { core::slice::from_raw_parts(cookie, length) } == COOKIE)
}

unsafe extern "C" fn psk_of_client(
    _: *mut SSL,
    _: *const c_char,
    identity: *mut c_char,
    identity_room: c_uint,
    key: *mut c_uchar,
    room: c_uint,
) -> c_uint {
    assert!(identity_room > 2 && room >= 32);
    // SAFETY: there is so much room.
    unsafe {
        identity.copy_from_nonoverlapping(c"me".as_ptr(), 3);
        key.write_bytes(7, 32);
    }
    32
}

unsafe extern "C" fn psk_of_server(_: *mut SSL, _: *const c_char, key: *mut c_uchar, room: c_uint) -> c_uint {
    assert!(room >= 32);
    // SAFETY: as above.
    unsafe { key.write_bytes(7, 32) };
    32
}

unsafe extern "C" fn find_psk(_: *mut SSL, _: *const c_uchar, _: usize, out: *mut *mut SSL_SESSION) -> c_int {
    // SAFETY: it is a place for a session; null stands for none.
    unsafe { *out = null_mut() };
    1
}

unsafe extern "C" fn padding(_: *mut SSL, _: c_int, length: usize, _: *mut c_void) -> usize {
    length % 7
}

unsafe extern "C" fn srp_user(ssl: *mut SSL, _: *mut c_int, _: *mut c_void) -> c_int {
    // SAFETY: as above; the texts are static.
    unsafe {
        SSL_set_srp_server_param_pw(ssl, c"user".as_ptr(), c"password".as_ptr(), c"1024".as_ptr());
    }
    0
}

unsafe extern "C" fn add_extension(
    ssl: *mut SSL,
    _: c_uint,
    _: c_uint,
    out: *mut *const c_uchar,
    length: *mut usize,
    _: *mut sys::X509,
    _: usize,
    _: *mut c_int,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        ask(ssl, 0);
        (*out, *length) = (COOKIE.as_ptr(), 5);
    }
    1
}

unsafe extern "C" fn parse_extension(
    ssl: *mut SSL,
    _: c_uint,
    _: c_uint,
    data: *const c_uchar,
    length: usize,
    _: *mut sys::X509,
    _: usize,
    _: *mut c_int,
    _: *mut c_void,
) -> c_int {
    // SAFETY: the bytes are there to be read; see above.
    unsafe {
        let bytes = core::slice::from_raw_parts(data, length);
        ask(ssl, bytes.iter().fold(0, |sum, byte| sum ^ byte) & 7);
    }
    1
}

/// What only returns that all is well, and asks.
unsafe extern "C" fn asked(ssl: *mut SSL, _: *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { ask(ssl, 2) };
    1
}

unsafe extern "C" fn add_old_extension(
    ssl: *mut SSL,
    kind: c_uint,
    out: *mut *const c_uchar,
    length: *mut usize,
    alert: *mut c_int,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe { add_extension(ssl, kind, 0, out, length, null_mut(), 0, alert, argument) }
}

unsafe extern "C" fn parse_old_extension(
    _: *mut SSL,
    _: c_uint,
    _: *const c_uchar,
    length: usize,
    _: *mut c_int,
    _: *mut c_void,
) -> c_int {
    c_int::from(length == 5)
}

unsafe extern "C" fn key_log(ssl: *const SSL, line: *const c_char) {
    // SAFETY: the line is a C string; see above.
    unsafe {
        assert!(CStr::from_ptr(line).count_bytes() > 100);
        ask(ssl.cast_mut(), 4);
    }
}

unsafe extern "C" fn session_id(_: *mut SSL, id: *mut c_uchar, length: *mut c_uint) -> c_int {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    // SAFETY: there is room for `length` bytes, which are 32.
    unsafe {
        assert_eq!(*length, 32);
        id.copy_from_nonoverlapping(number.as_ptr(), number.len());
        *length = 16;
    }
    1
}

unsafe extern "C" fn removed_session(_: *mut SSL_CTX, _: *mut SSL_SESSION) {}

unsafe extern "C" fn find_session(
    ssl: *mut SSL,
    _: *const c_uchar,
    _: c_int,
    copy: *mut c_int,
) -> *mut SSL_SESSION {
    // SAFETY: as above; `copy` is a place. The connection's own session, if it has one, is none of the wanted id.
    unsafe {
        *copy = 0;
        SSL_get1_session(ssl)
    }
}

unsafe extern "C" fn use_psk(
    _: *mut SSL,
    _: *const sys::EVP_MD,
    id: *mut *const c_uchar,
    length: *mut usize,
    session: *mut *mut SSL_SESSION,
) -> c_int {
    // SAFETY: all three are places; null stands for no session.
    unsafe { (*id, *length, *session) = (null(), 0, null_mut()) };
    1
}

unsafe extern "C" fn is_secure(
    _: *const SSL,
    _: *const SSL_CTX,
    _: c_int,
    bits: c_int,
    _: c_int,
    _: *mut c_void,
    _: *mut c_void,
) -> c_int {
    c_int::from(bits != 112)
}

unsafe extern "C" fn verify_chain(_: *mut sys::X509_STORE_CTX, _: *mut c_void) -> c_int {
    1
}

unsafe extern "C" fn is_not_resumable(_: *mut SSL, is_forward_secure: c_int) -> c_int {
    c_int::from(is_forward_secure == 0)
}

/// `SSL_TICKET_RETURN_USE` where there is a session, else `SSL_TICKET_RETURN_IGNORE`.
unsafe extern "C" fn ticket_opened(
    ssl: *mut SSL,
    session: *mut SSL_SESSION,
    _: *const c_uchar,
    _: usize,
    _: c_int,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe { ask(ssl, 7) };
    if session.is_null() { 1 } else { 3 }
}

unsafe extern "C" fn ticket_keys(
    _: *mut SSL,
    name: *mut c_uchar,
    iv: *mut c_uchar,
    cipher: *mut sys::EVP_CIPHER_CTX,
    mac: *mut sys::EVP_MAC_CTX,
    sealing: c_int,
) -> c_int {
    let mut digest = *b"SHA256\0";
    let parameter = |key: *const c_char, kind, data: *mut c_void, data_size| sys::OSSL_PARAM {
        key,
        data_type: kind,
        data,
        data_size,
        return_size: 0,
    };
    // 4: `OSSL_PARAM_UTF8_STRING`.
    let parameters = [
        parameter(c"digest".as_ptr(), 4, digest.as_mut_ptr().cast(), 6),
        parameter(null(), 0, null_mut(), 0),
    ];
    // SAFETY: name and vector have room for 16 bytes, the contexts are valid, and the key is as long as the cipher's.
    unsafe {
        if sealing != 0 {
            name.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
            iv.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
        } else if core::slice::from_raw_parts(name, COOKIE.len()) != COOKIE {
            return 0;
        }
        let key = COOKIE.as_ptr();
        sys::EVP_CipherInit_ex(cipher, sys::EVP_aes_128_cbc(), null_mut(), key, iv, sealing);
        sys::EVP_MAC_init(mac, key, COOKIE.len(), parameters.as_ptr())
    }
}

unsafe extern "C" fn client_certificate(
    ssl: *mut SSL,
    certificate: *mut *mut sys::X509,
    key: *mut *mut sys::EVP_PKEY,
) -> c_int {
    // SAFETY: as above; both are places for what the caller then owns.
    unsafe {
        ask(ssl, 2);
        *certificate = super::contexts::certificate(CERTIFICATE);
        *key = super::contexts::key();
    }
    1
}

unsafe extern "C" fn judge_times(
    _: *const sys::CT_POLICY_EVAL_CTX,
    _: *const sys::stack_st_SCT,
    _: *mut c_void,
) -> c_int {
    1
}

/// The caller frees it.
unsafe extern "C" fn srp_password(_: *mut SSL, _: *mut c_void) -> *mut c_char {
    // SAFETY: it is a C string.
    unsafe { sys::CRYPTO_strdup(c"password".as_ptr(), null(), 0) }
}

unsafe extern "C" fn temporary_dh(_: *mut SSL, _: c_int, _: c_int) -> *mut sys::DH {
    null_mut()
}
