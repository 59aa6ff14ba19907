//! The callbacks that programs register, as `<openssl/ssl.h>` types them, and the slots they stand in.
//!
//! Two kinds are kept apart by type: [`CopiedCallbacks`] go from the context to each new connection,
//! [`LiveCallbacks`] are read from the context at the moment they are used.

use core::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use super::{SSL, SSL_CTX, SSL_SESSION, security::SecurityCallback};
use crate::{crypto::suite::Suite, libcrypto::sys};

/// A callback and its argument, if one is registered.
pub struct Callback<F> {
    /// The function.
    pub function: Option<F>,
    /// What it is called with.
    pub argument: *mut c_void,
}

// SAFETY: the argument is only handed back to the program's function; what threads may do with it is the program's
// concern.
unsafe impl<F: Send> Send for Callback<F> {}
// SAFETY: as above.
unsafe impl<F: Sync> Sync for Callback<F> {}

impl<F: Copy> Clone for Callback<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Copy> Copy for Callback<F> {}

impl<F> Default for Callback<F> {
    fn default() -> Self {
        Self { function: None, argument: core::ptr::null_mut() }
    }
}

/// `SSL_CTX_set_verify`.
pub type VerifyCallback = unsafe extern "C" fn(c_int, *mut sys::X509_STORE_CTX) -> c_int;
/// `SSL_CTX_set_cert_verify_callback`.
pub type CertVerifyCallback = unsafe extern "C" fn(*mut sys::X509_STORE_CTX, *mut c_void) -> c_int;
/// `SSL_CTX_set_info_callback`.
pub type InfoCallback = unsafe extern "C" fn(*const SSL, c_int, c_int);
/// `SSL_CTX_set_msg_callback`.
pub type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut SSL, *mut c_void);
/// `SSL_set_tlsext_debug_callback`.
pub type ExtensionsCallback =
    unsafe extern "C" fn(*mut SSL, c_int, c_int, *const c_uchar, c_int, *mut c_void);
/// `SSL_CTX_set_keylog_callback`.
pub type KeyLogCallback = unsafe extern "C" fn(*const SSL, *const c_char);
/// `SSL_CTX_set_client_hello_cb`.
pub type ClientHelloCallback = unsafe extern "C" fn(*mut SSL, *mut c_int, *mut c_void) -> c_int;
/// `SSL_CTX_set_tlsext_servername_callback`.
pub type ServerNameCallback = unsafe extern "C" fn(*mut SSL, *mut c_int, *mut c_void) -> c_int;
/// `SSL_CTX_set_alpn_select_cb`.
pub type AlpnSelectCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut *const c_uchar,
    *mut c_uchar,
    *const c_uchar,
    c_uint,
    *mut c_void,
) -> c_int;
/// `SSL_CTX_set_cert_cb`.
pub type CertificateCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// `SSL_CTX_set_client_cert_cb`.
pub type ClientCertificateCallback =
    unsafe extern "C" fn(*mut SSL, *mut *mut sys::X509, *mut *mut sys::EVP_PKEY) -> c_int;
/// `SSL_CTX_sess_set_new_cb`.
pub type NewSessionCallback = unsafe extern "C" fn(*mut SSL, *mut SSL_SESSION) -> c_int;
/// `SSL_CTX_sess_set_remove_cb`.
pub type RemoveSessionCallback = unsafe extern "C" fn(*mut SSL_CTX, *mut SSL_SESSION);
/// `SSL_CTX_sess_set_get_cb`.
pub type GetSessionCallback =
    unsafe extern "C" fn(*mut SSL, *const c_uchar, c_int, *mut c_int) -> *mut SSL_SESSION;
/// `SSL_CTX_set_not_resumable_session_callback`.
pub type NotResumableCallback = unsafe extern "C" fn(*mut SSL, c_int) -> c_int;
/// `SSL_CTX_set_allow_early_data_cb`.
pub type AllowEarlyDataCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// `SSL_CTX_set_tlsext_status_cb`.
pub type StatusCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// `SSL_CTX_set_generate_session_id`.
pub type GenerateSessionIdCallback = unsafe extern "C" fn(*mut SSL, *mut c_uchar, *mut c_uint) -> c_int;
/// `SSL_CTX_set_async_callback`.
pub type AsyncCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// `SSL_CTX_set_default_passwd_cb` (`pem_password_cb`).
pub type PasswordCallback = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;

/// `SSL_CTX_set_tlsext_ticket_key_cb`: sets up the cipher and the HMAC of a ticket.
pub type TicketKeyHmacCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut c_uchar,
    *mut c_uchar,
    *mut sys::EVP_CIPHER_CTX,
    *mut sys::HMAC_CTX,
    c_int,
) -> c_int;
/// `SSL_CTX_set_tlsext_ticket_key_evp_cb`: the same with another type of MAC context.
pub type TicketKeyEvpCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut c_uchar,
    *mut c_uchar,
    *mut sys::EVP_CIPHER_CTX,
    *mut sys::EVP_MAC_CTX,
    c_int,
) -> c_int;
/// The first callback of `SSL_CTX_set_session_ticket_cb`.
pub type TicketGenerateCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// The second callback of `SSL_CTX_set_session_ticket_cb`.
pub type TicketOpenedCallback =
    unsafe extern "C" fn(*mut SSL, *mut SSL_SESSION, *const c_uchar, usize, c_int, *mut c_void) -> c_int;

/// `SSL_CTX_set_next_protos_advertised_cb`.
pub type NextProtocolsCallback =
    unsafe extern "C" fn(*mut SSL, *mut *const c_uchar, *mut c_uint, *mut c_void) -> c_int;
/// `SSL_CTX_set_next_proto_select_cb`.
pub type NextProtocolSelectCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut *mut c_uchar,
    *mut c_uchar,
    *const c_uchar,
    c_uint,
    *mut c_void,
) -> c_int;
/// `SSL_set_ct_validation_callback`.
pub type TimestampsCallback =
    unsafe extern "C" fn(*const sys::CT_POLICY_EVAL_CTX, *const sys::stack_st_SCT, *mut c_void) -> c_int;
/// `SSL_CTX_set_record_padding_callback`.
pub type RecordPaddingCallback = unsafe extern "C" fn(*mut SSL, c_int, usize, *mut c_void) -> usize;
/// `SSL_set_session_secret_cb` (`tls_session_secret_cb_fn`).
pub type SessionSecretCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut c_void,
    *mut c_int,
    *mut sys::stack_st_SSL_CIPHER,
    *mut *const Suite,
    *mut c_void,
) -> c_int;
/// `SSL_set_session_ticket_ext_cb` (`tls_session_ticket_ext_cb_fn`).
pub type SessionTicketExtensionCallback =
    unsafe extern "C" fn(*mut SSL, *const c_uchar, c_int, *mut c_void) -> c_int;

/// `SSL_CTX_set_srp_client_pwd_callback`.
pub type SrpPasswordCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> *mut c_char;
/// `SSL_CTX_set_srp_verify_param_callback`.
pub type SrpVerifyCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
/// `SSL_CTX_set_srp_username_callback`.
pub type SrpUserCallback = unsafe extern "C" fn(*mut SSL, *mut c_int, *mut c_void) -> c_int;

/// `SSL_CTX_set_psk_client_callback`.
pub type PskClientCallback =
    unsafe extern "C" fn(*mut SSL, *const c_char, *mut c_char, c_uint, *mut c_uchar, c_uint) -> c_uint;
/// `SSL_CTX_set_psk_server_callback`.
pub type PskServerCallback = unsafe extern "C" fn(*mut SSL, *const c_char, *mut c_uchar, c_uint) -> c_uint;
/// `SSL_CTX_set_psk_use_session_callback`.
pub type PskUseSessionCallback = unsafe extern "C" fn(
    *mut SSL,
    *const sys::EVP_MD,
    *mut *const c_uchar,
    *mut usize,
    *mut *mut SSL_SESSION,
) -> c_int;
/// `SSL_CTX_set_psk_find_session_callback`.
pub type PskFindSessionCallback =
    unsafe extern "C" fn(*mut SSL, *const c_uchar, usize, *mut *mut SSL_SESSION) -> c_int;

/// `SSL_CTX_set_tmp_dh_callback`.
pub type TemporaryDhCallback = unsafe extern "C" fn(*mut SSL, c_int, c_int) -> *mut sys::DH;
/// `SSL_CTX_set_stateless_cookie_generate_cb`.
pub type CookieGenerate = unsafe extern "C" fn(*mut SSL, *mut c_uchar, *mut usize) -> c_int;
/// `SSL_CTX_set_stateless_cookie_verify_cb`.
pub type CookieVerify = unsafe extern "C" fn(*mut SSL, *const c_uchar, usize) -> c_int;
/// `SSL_CTX_set_cookie_generate_cb`.
pub type DtlsCookieGenerate = unsafe extern "C" fn(*mut SSL, *mut c_uchar, *mut c_uint) -> c_int;
/// `SSL_CTX_set_cookie_verify_cb`.
pub type DtlsCookieVerify = unsafe extern "C" fn(*mut SSL, *const c_uchar, c_uint) -> c_int;

/// `DTLS_set_timer_cb`.
pub type TimerCallback = unsafe extern "C" fn(*mut SSL, c_uint) -> c_uint;

/// What `SSL_new` copies; a connection may set its own.
#[derive(Clone, Copy, Default)]
pub struct CopiedCallbacks {
    /// `SSL_CTX_set_verify`.
    pub verify: Option<VerifyCallback>,
    /// `SSL_CTX_set_msg_callback`.
    pub message: Callback<MessageCallback>,
    /// `SSL_set_tlsext_debug_callback`; contexts have none.
    pub extensions: Callback<ExtensionsCallback>,
    /// `SSL_CTX_set_cert_cb`.
    pub certificate: Callback<CertificateCallback>,
    /// `SSL_CTX_set_security_callback` and `SSL_CTX_set0_security_ex_data`.
    pub security: Callback<SecurityCallback>,
    /// `SSL_CTX_set_generate_session_id`.
    pub generate_session_id: Option<GenerateSessionIdCallback>,
    /// `SSL_CTX_set_not_resumable_session_callback`.
    pub not_resumable: Option<NotResumableCallback>,
    /// `SSL_CTX_set_allow_early_data_cb`.
    pub allow_early_data: Callback<AllowEarlyDataCallback>,
    /// `SSL_CTX_set_default_passwd_cb`.
    pub password: Callback<PasswordCallback>,
    /// `SSL_CTX_set_ct_validation_callback`.
    pub timestamps: Callback<TimestampsCallback>,
    /// `SSL_CTX_set_record_padding_callback` and `_arg`.
    pub record_padding: Callback<RecordPaddingCallback>,
    /// `SSL_CTX_set_async_callback` and `_arg`.
    pub async_done: Callback<AsyncCallback>,
    /// `SSL_CTX_set_tmp_dh_callback`; the settings say that there is one.
    pub temporary_dh: Option<TemporaryDhCallback>,
    /// `SSL_set_info_callback`; the context's counts when there is none.
    pub info: Option<InfoCallback>,
    /// `SSL_set_session_secret_cb`.
    pub session_secret: Callback<SessionSecretCallback>,
    /// `SSL_set_session_ticket_ext_cb`.
    pub session_ticket_extension: Callback<SessionTicketExtensionCallback>,
    /// `SSL_CTX_set_psk_client_callback`.
    pub psk_client: Option<PskClientCallback>,
    /// `SSL_CTX_set_psk_server_callback`.
    pub psk_server: Option<PskServerCallback>,
    /// `SSL_CTX_set_psk_use_session_callback`.
    pub psk_use_session: Option<PskUseSessionCallback>,
    /// `SSL_CTX_set_psk_find_session_callback`.
    pub psk_find_session: Option<PskFindSessionCallback>,
}

/// What is read from the context when it is used.
#[derive(Clone, Copy, Default)]
pub struct LiveCallbacks {
    /// `SSL_CTX_set_session_cache_mode`.
    pub session_cache_mode: u32,
    /// `SSL_CTX_set_generate_session_id`: for connections that have none of their own.
    pub generate_session_id: Option<GenerateSessionIdCallback>,
    /// `SSL_CTX_set_client_hello_cb`.
    pub client_hello: Callback<ClientHelloCallback>,
    /// `SSL_CTX_set_tlsext_servername_callback` and `_arg`.
    pub server_name: Callback<ServerNameCallback>,
    /// `SSL_CTX_set_alpn_select_cb`.
    pub alpn_select: Callback<AlpnSelectCallback>,
    /// `SSL_CTX_set_next_protos_advertised_cb`.
    pub next_protocols: Callback<NextProtocolsCallback>,
    /// `SSL_CTX_set_next_proto_select_cb`.
    pub next_protocol_select: Callback<NextProtocolSelectCallback>,
    /// `SSL_CTX_set_client_cert_cb`.
    pub client_certificate: Option<ClientCertificateCallback>,
    /// `SSL_CTX_set_cert_verify_callback`.
    pub cert_verify: Callback<CertVerifyCallback>,
    /// `SSL_CTX_sess_set_new_cb`.
    pub new_session: Option<NewSessionCallback>,
    /// `SSL_CTX_sess_set_remove_cb`.
    pub remove_session: Option<RemoveSessionCallback>,
    /// `SSL_CTX_sess_set_get_cb`.
    pub get_session: Option<GetSessionCallback>,
    /// `SSL_CTX_set_tlsext_status_cb` and `_arg`.
    pub status: Callback<StatusCallback>,
    /// `SSL_CTX_set_tlsext_ticket_key_cb`.
    pub ticket_key_hmac: Option<TicketKeyHmacCallback>,
    /// `SSL_CTX_set_tlsext_ticket_key_evp_cb`; it goes before the other.
    pub ticket_key_evp: Option<TicketKeyEvpCallback>,
    /// The first callback of `SSL_CTX_set_session_ticket_cb`.
    pub ticket_generate: Callback<TicketGenerateCallback>,
    /// The second one.
    pub ticket_opened: Callback<TicketOpenedCallback>,
    /// `SSL_CTX_set_info_callback`.
    pub info: Option<InfoCallback>,
    /// `SSL_CTX_set_stateless_cookie_generate_cb`.
    pub cookie_generate: Option<CookieGenerate>,
    /// `SSL_CTX_set_stateless_cookie_verify_cb`.
    pub cookie_verify: Option<CookieVerify>,
    /// `SSL_CTX_set_cookie_generate_cb`.
    pub dtls_cookie_generate: Option<DtlsCookieGenerate>,
    /// `SSL_CTX_set_cookie_verify_cb`.
    pub dtls_cookie_verify: Option<DtlsCookieVerify>,
    /// `SSL_CTX_set_keylog_callback`.
    pub key_log: Option<KeyLogCallback>,
}
