//! The contexts of the ends: one for all ends of a kind, and fresh ones, which are set up by calls that come as numbers.

use core::{
    ffi::{CStr, c_int, c_long, c_uchar, c_uint},
    ptr::{null, null_mut},
};
use std::sync::OnceLock;

use super::{
    CERTIFICATE, KEY, MIN_VERSION, RSA_CERTIFICATE, RSA_KEY, Resumable, accept_all, callbacks,
    setting::{LISTS, NUMBERS, TEXTS},
};
use crate::{
    capi::{
        alpn::SSL_CTX_set_alpn_protos,
        bio_ssl::{BIO_new_buffer_ssl_connect, BIO_new_ssl, BIO_new_ssl_connect},
        ca_names::{
            SSL_CTX_add_client_CA, SSL_CTX_add1_to_CA_list, SSL_CTX_get_client_CA_list,
            SSL_CTX_get_client_cert_cb, SSL_CTX_get0_CA_list, SSL_CTX_set_client_CA_list,
            SSL_CTX_set0_CA_list,
        },
        callbacks::{SSL_CTX_get_info_callback, SSL_CTX_get_keylog_callback},
        certificate::{
            SSL_CTX_get0_certificate, SSL_CTX_use_cert_and_key, SSL_CTX_use_certificate,
            SSL_CTX_use_certificate_ASN1,
        },
        certificate_compression::{
            SSL_CTX_compress_certs, SSL_CTX_get1_compressed_cert, SSL_CTX_set1_cert_comp_preference,
            SSL_CTX_set1_compressed_cert,
        },
        cipher_list::{SSL_CTX_get_ciphers, SSL_CTX_set_cipher_list, SSL_CTX_set_ciphersuites},
        conf::{
            SSL_CONF_CTX_finish, SSL_CONF_CTX_free, SSL_CONF_CTX_new, SSL_CONF_CTX_set_flags,
            SSL_CONF_CTX_set_ssl_ctx, SSL_CONF_cmd,
        },
        context::{SSL_CTX_free, SSL_CTX_new, SSL_CTX_up_ref},
        ctrl::SSL_CTX_ctrl,
        custom_extensions::SSL_CTX_has_client_custom_ext,
        dane::{
            SSL_CTX_dane_clear_flags, SSL_CTX_dane_enable, SSL_CTX_dane_mtype_set, SSL_CTX_dane_set_flags,
        },
        early_data::{
            SSL_CTX_get_max_early_data, SSL_CTX_get_recv_max_early_data, SSL_CTX_set_max_early_data,
            SSL_CTX_set_recv_max_early_data,
        },
        ex_data::{SSL_CTX_get_ex_data, SSL_CTX_set_ex_data},
        io::{SSL_CTX_get_quiet_shutdown, SSL_CTX_set_quiet_shutdown},
        method::{
            DTLS_method, SSL_CTX_get_ssl_method, SSL_CTX_set_ssl_version, TLS_client_method, TLS_method,
            TLSv1_2_method,
        },
        options::{
            SSL_CTX_clear_options, SSL_CTX_get_options, SSL_CTX_get_security_level, SSL_CTX_set_options,
            SSL_CTX_set_post_handshake_auth, SSL_CTX_set_security_level,
        },
        private_key::{
            SSL_CTX_check_private_key, SSL_CTX_get0_privatekey, SSL_CTX_use_PrivateKey,
            SSL_CTX_use_PrivateKey_ASN1,
        },
        psk::SSL_CTX_use_psk_identity_hint,
        raw_public_key::{
            SSL_CTX_get0_client_cert_type, SSL_CTX_get0_server_cert_type, SSL_CTX_set1_client_cert_type,
            SSL_CTX_set1_server_cert_type,
        },
        record_size::{
            SSL_CTX_set_block_padding, SSL_CTX_set_block_padding_ex, SSL_CTX_set_tlsext_max_fragment_length,
        },
        security::SSL_CTX_get_security_callback,
        server_info::{SSL_CTX_use_serverinfo, SSL_CTX_use_serverinfo_ex},
        session_cache::{
            SSL_CTX_add_session, SSL_CTX_flush_sessions, SSL_CTX_flush_sessions_ex, SSL_CTX_remove_session,
            SSL_CTX_sess_get_get_cb, SSL_CTX_sess_get_new_cb, SSL_CTX_sess_get_remove_cb,
        },
        session_use::{
            SSL_CTX_get_num_tickets, SSL_CTX_get_timeout, SSL_CTX_set_num_tickets,
            SSL_CTX_set_session_id_context, SSL_CTX_set_timeout,
        },
        srp::{
            SSL_CTX_SRP_CTX_free, SSL_CTX_SRP_CTX_init, SSL_CTX_set_srp_password, SSL_CTX_set_srp_strength,
            SSL_CTX_set_srp_username,
        },
        srtp::SSL_CTX_set_tlsext_use_srtp,
        temporary_dh::SSL_CTX_set0_tmp_dh_pkey,
        transparency::{
            SSL_CTX_ct_is_enabled, SSL_CTX_enable_ct, SSL_CTX_get0_ctlog_store, SSL_CTX_set0_ctlog_store,
        },
        trust::{SSL_CTX_get_cert_store, SSL_CTX_set_cert_store, SSL_CTX_set1_cert_store},
        verify::{
            SSL_CTX_get_verify_callback, SSL_CTX_get_verify_depth, SSL_CTX_get_verify_mode,
            SSL_CTX_get0_param, SSL_CTX_set_purpose, SSL_CTX_set_trust, SSL_CTX_set_verify,
            SSL_CTX_set_verify_depth, SSL_CTX_set1_param,
        },
    },
    libcrypto::{
        error_queue,
        sys::{self, EVP_PKEY, X509},
    },
    object::{SSL_CTX, context::Method},
};

/// `SSL_CTRL_SET_TLSEXT_TICKET_KEYS`, `SSL_CTRL_SET_SESS_CACHE_MODE`, `SSL_CTRL_SET_DH_AUTO`, `SSL_CTRL_SET_SESS_CACHE_SIZE`.
const TICKET_KEYS: c_int = 59;
const CACHE_MODE: c_int = 44;
const DH_AUTO: c_int = 118;
const CACHE_SIZE: c_int = 42;

/// Commands of SSL_CONF, right and wrong.
const COMMANDS: [(&CStr, &CStr); 8] = [
    (c"MinProtocol", c"TLSv1.2"),
    (c"MaxProtocol", c"None"),
    (c"Options", c"-SessionTicket,Bugs,ServerPreference"),
    (c"Curves", c"P-256:X25519"),
    (c"VerifyMode", c"Require"),
    (c"NumTickets", c"3"),
    (c"RecordPadding", c"16"),
    (c"ClientSignatureAlgorithms", c"RSA+SHA256:nothing"),
];

/// A context of an end alone.
pub struct FreshContext(*mut SSL_CTX);

fn method(datagrams: bool) -> *const Method {
    if datagrams { DTLS_method() } else { TLS_method() }
}

/// The context of all ends of a kind.
pub fn shared(datagrams: bool, with_callbacks: bool) -> *mut SSL_CTX {
    static CONTEXTS: [[OnceLock<usize>; 2]; 2] = [const { [const { OnceLock::new() }; 2] }; 2];
    let address = CONTEXTS[usize::from(with_callbacks)][usize::from(datagrams)].get_or_init(|| {
        // SAFETY: all pointers are to what is static, with its length.
        unsafe {
            let context = SSL_CTX_new(method(datagrams));
            credentials(context, true);
            credentials(context, false);
            assert_eq!(SSL_CTX_set_cipher_list(context, c"DEFAULT:@SECLEVEL=0".as_ptr()), 1);
            SSL_CTX_ctrl(context, MIN_VERSION, 0, null_mut());
            SSL_CTX_ctrl(context, TICKET_KEYS, 80, [7u8; 80].as_mut_ptr().cast());
            SSL_CTX_ctrl(context, CACHE_MODE, 0, null_mut());
            SSL_CTX_set_session_id_context(context, b"fuzz".as_ptr(), 4);
            SSL_CTX_set_max_early_data(context, 1000);
            SSL_CTX_set_verify(context, 0, None);
            SSL_CTX_ctrl(context, DH_AUTO, 1, null_mut());
            if with_callbacks {
                SSL_CTX_dane_enable(context);
                callbacks::set_all(context);
            }
            error_queue::clear();
            context.expose_provenance()
        }
    });
    core::ptr::with_exposed_provenance_mut(*address)
}

/// Certificate and key of P-256 or RSA.
unsafe fn credentials(context: *mut SSL_CTX, rsa: bool) {
    let (certificate, key, kind) = if rsa { (RSA_CERTIFICATE, RSA_KEY, 6) } else { (CERTIFICATE, KEY, 408) };
    // SAFETY: the context is valid, and lengths are those of what is passed.
    unsafe {
        SSL_CTX_use_certificate_ASN1(context, certificate.len() as c_int, certificate.as_ptr());
        SSL_CTX_use_PrivateKey_ASN1(kind, context, key.as_ptr(), key.len() as c_long);
    }
}

/// A certificate that the caller owns.
pub fn certificate(der: &[u8]) -> *mut X509 {
    let mut start = der.as_ptr();
    // SAFETY: so many bytes are there.
    unsafe { sys::d2i_X509(null_mut(), &raw mut start, der.len() as c_long) }
}

/// The key of [`CERTIFICATE`], which the caller owns.
pub fn key() -> *mut EVP_PKEY {
    let mut start = KEY.as_ptr();
    // SAFETY: so many bytes are there; 408 is `EVP_PKEY_EC`.
    unsafe {
        sys::d2i_PrivateKey_ex(408, null_mut(), &raw mut start, KEY.len() as c_long, null_mut(), null())
    }
}

impl FreshContext {
    /// A context as a program gets it.
    #[must_use]
    pub fn new(datagrams: bool) -> Self {
        // SAFETY: methods are static.
        let context = unsafe { SSL_CTX_new(method(datagrams)) };
        assert!(!context.is_null());
        Self(context)
    }

    pub(super) const fn as_ptr(&self) -> *mut SSL_CTX {
        self.0
    }

    /// Makes the call that `number` stands for, with `argument` to vary it.
    pub fn set(&self, number: u8, argument: u8) {
        // SAFETY: the context is valid.
        unsafe {
            match number % 8 {
                0 => set_text(self.0, argument),
                1 => set_number(self.0, argument),
                2 => callbacks::set(self.0, argument, true),
                3 => callbacks::set(self.0, argument, false),
                4 => set_credentials(self.0, argument),
                5 => set_object(self.0, argument),
                6 => _ = SSL_CTX_set_options(self.0, 1 << (argument % 64)),
                _ => ask(self.0, argument),
            }
        }
        error_queue::clear();
    }

    /// Adds a session to the cache, or removes it.
    pub fn cache(&self, session: &Resumable, add: bool) {
        // SAFETY: both are valid.
        unsafe {
            if add {
                SSL_CTX_add_session(self.0, session.0);
            } else {
                SSL_CTX_remove_session(self.0, session.0);
            }
        }
    }
}

impl Drop for FreshContext {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { SSL_CTX_free(self.0) };
    }
}

/// Sets a text.
unsafe fn set_text(context: *mut SSL_CTX, argument: u8) {
    let text = TEXTS[usize::from(argument & 15)];
    let bytes = text.to_bytes();
    let text = text.as_ptr();
    // SAFETY: the context is valid; the text is a static C string, and lengths are those of what is passed.
    unsafe {
        match argument >> 4 {
            0 => _ = SSL_CTX_set_cipher_list(context, text),
            1 => _ = SSL_CTX_set_ciphersuites(context, text),
            list @ 2..=4 => {
                let list = LISTS[usize::from(list - 2)];
                SSL_CTX_ctrl(context, list, 0, text.cast_mut().cast());
            }
            5 => _ = SSL_CTX_use_psk_identity_hint(context, text),
            6 => _ = SSL_CTX_set_tlsext_use_srtp(context, text),
            7 => _ = SSL_CTX_set_srp_username(context, text.cast_mut()),
            8 => _ = SSL_CTX_set_srp_password(context, text.cast_mut()),
            9 => {
                let protocols = [&[bytes.len() as u8], bytes].concat();
                SSL_CTX_set_alpn_protos(context, protocols.as_ptr(), protocols.len() as c_uint);
            }
            10 => _ = SSL_CTX_set_session_id_context(context, bytes.as_ptr(), bytes.len() as c_uint),
            11 => {
                SSL_CTX_set1_client_cert_type(context, [2, 0].as_ptr(), usize::from(argument & 3).min(2));
            }
            12 => {
                SSL_CTX_set1_server_cert_type(context, [2, 0].as_ptr(), usize::from(argument & 3).min(2));
            }
            13 => {
                // Type 0xfe03, and for the second version where it stands: the hellos and the certificate.
                let old = [&[0xfe, 3, 0, bytes.len() as u8], bytes].concat();
                let new = [&[0, 0, 0x11, 0x80], old.as_slice()].concat();
                match argument & 3 {
                    0 => SSL_CTX_use_serverinfo(context, old.as_ptr(), old.len()),
                    version => SSL_CTX_use_serverinfo_ex(context, version.into(), new.as_ptr(), new.len()),
                };
            }
            14 => {
                let mut compressed = bytes.to_vec();
                SSL_CTX_set1_compressed_cert(
                    context,
                    c_int::from(argument & 3),
                    compressed.as_mut_ptr(),
                    compressed.len(),
                    300,
                );
            }
            _ => configure(context, argument),
        }
    }
}

/// Gives a command of SSL_CONF.
unsafe fn configure(context: *mut SSL_CTX, argument: u8) {
    let (name, value) = COMMANDS[usize::from(argument) % COMMANDS.len()];
    // SAFETY: the context is valid; what is made here is freed here.
    unsafe {
        let conf = SSL_CONF_CTX_new();
        // SSL_CONF_FLAG_FILE, for clients or servers.
        SSL_CONF_CTX_set_flags(conf, if argument & 8 == 0 { 0x6 } else { 0xa });
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        SSL_CONF_cmd(conf, name.as_ptr(), value.as_ptr());
        SSL_CONF_CTX_finish(conf);
        SSL_CONF_CTX_free(conf);
    }
}

/// Sets a number.
unsafe fn set_number(context: *mut SSL_CTX, argument: u8) {
    let small = c_int::from(argument >> 5);
    let power = 1usize << (2 * small);
    // SAFETY: the context is valid; pointers are to what lives here, with its length.
    unsafe {
        match argument & 31 {
            0 => SSL_CTX_set_quiet_shutdown(context, small & 1),
            1 => SSL_CTX_set_post_handshake_auth(context, small & 1),
            2 => SSL_CTX_set_verify(context, small, Some(accept_all)),
            3 => SSL_CTX_set_verify_depth(context, small - 1),
            4 => _ = SSL_CTX_set_block_padding(context, power),
            5 => _ = SSL_CTX_set_block_padding_ex(context, power, 7),
            6 => _ = SSL_CTX_set_max_early_data(context, power as u32),
            7 => _ = SSL_CTX_set_recv_max_early_data(context, power as u32),
            8 => _ = SSL_CTX_set_tlsext_max_fragment_length(context, argument >> 5),
            9 => _ = SSL_CTX_clear_options(context, u64::MAX >> (8 * small)),
            10 => SSL_CTX_set_security_level(context, small),
            11 => _ = SSL_CTX_set_purpose(context, small),
            12 => _ = SSL_CTX_set_trust(context, small),
            13 => _ = SSL_CTX_enable_ct(context, small & 1),
            14 => _ = SSL_CTX_compress_certs(context, small),
            15 => {
                let mut preferred = [1, 2, 3];
                SSL_CTX_set1_cert_comp_preference(context, preferred.as_mut_ptr(), small as usize & 3);
            }
            16 => _ = SSL_CTX_set_num_tickets(context, small as usize),
            17 => _ = SSL_CTX_set_timeout(context, power as c_long - 1),
            18 => SSL_CTX_flush_sessions(context, power as c_long - 1),
            19 => SSL_CTX_flush_sessions_ex(context, power as libc::time_t - 1),
            20 => _ = SSL_CTX_set_srp_strength(context, power as c_int),
            21 => {
                _ = SSL_CTX_ctrl(
                    context,
                    CACHE_MODE,
                    [0, 1, 2, 3, 0x103, 0x203, 0x303, 0x403][small as usize],
                    null_mut(),
                )
            }
            22 => _ = SSL_CTX_ctrl(context, CACHE_SIZE, c_long::from(small), null_mut()),
            23 => {
                SSL_CTX_dane_enable(context);
                SSL_CTX_dane_mtype_set(context, sys::EVP_sha384(), argument >> 5, 3);
                SSL_CTX_dane_set_flags(context, 1);
                SSL_CTX_dane_clear_flags(context, u64::from(argument >> 5));
            }
            24 => {
                let methods = [TLS_client_method(), TLSv1_2_method(), DTLS_method()];
                SSL_CTX_set_ssl_version(context, methods[small as usize % 3]);
            }
            25 => {
                let versions = [0, 0x301, 0x303, 0x304, 0xfefd, 0xfeff, 0x300, 0x999];
                SSL_CTX_ctrl(context, MIN_VERSION + (small & 1), versions[small as usize], null_mut());
            }
            26 => _ = SSL_CTX_set_ex_data(context, small, null_mut()),
            kind => {
                let place = usize::from(argument >> 5) * 3 + usize::from(kind - 27) % 3;
                let (command, value) = NUMBERS[place];
                SSL_CTX_ctrl(context, command, value, null_mut());
            }
        }
    }
}

/// Certificates, keys and names of authorities.
unsafe fn set_credentials(context: *mut SSL_CTX, argument: u8) {
    let is_rsa = argument & 8 != 0;
    // SAFETY: the context is valid; what is made here is freed here or handed over.
    unsafe {
        let own = certificate(if is_rsa { RSA_CERTIFICATE } else { CERTIFICATE });
        match argument & 7 {
            0 => credentials(context, is_rsa),
            1 => _ = SSL_CTX_use_certificate(context, own),
            2 => {
                let key = key();
                SSL_CTX_use_PrivateKey(context, key);
                SSL_CTX_use_cert_and_key(context, own, key, null_mut(), c_int::from(argument >> 4 & 1));
                sys::EVP_PKEY_free(key);
            }
            3 => _ = SSL_CTX_add_client_CA(context, own),
            4 => _ = SSL_CTX_add1_to_CA_list(context, own),
            kind => {
                let names = sys::OPENSSL_sk_new_null();
                if argument & 16 == 0 {
                    sys::OPENSSL_sk_push(names, sys::X509_NAME_dup(sys::X509_get_subject_name(own)).cast());
                }
                if kind == 5 {
                    SSL_CTX_set0_CA_list(context, names);
                } else {
                    SSL_CTX_set_client_CA_list(context, names);
                }
            }
        }
        sys::X509_free(own);
    }
}

/// Stores, parameters, keys of tickets; BIOs of the context.
unsafe fn set_object(context: *mut SSL_CTX, argument: u8) {
    // SAFETY: the context is valid; what is made here is freed here or handed over.
    unsafe {
        match argument & 15 {
            0 => SSL_CTX_set_cert_store(context, sys::X509_STORE_new()),
            1 => SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(context)),
            // SSL_CTRL_SET_VERIFY_CERT_STORE and SSL_CTRL_SET_CHAIN_CERT_STORE, with references of their own.
            2 => _ = SSL_CTX_ctrl(context, 106, 1, SSL_CTX_get_cert_store(context).cast()),
            3 => _ = SSL_CTX_ctrl(context, 107, 1, SSL_CTX_get_cert_store(context).cast()),
            4 => {
                let parameters = sys::X509_VERIFY_PARAM_new();
                sys::X509_VERIFY_PARAM_set_auth_level(parameters, c_int::from(argument >> 4));
                SSL_CTX_set1_param(context, parameters);
                sys::X509_VERIFY_PARAM_free(parameters);
            }
            5 => SSL_CTX_set0_ctlog_store(context, sys::CTLOG_STORE_new()),
            // A key that is none of Diffie-Hellman stays the caller's.
            6 => {
                let key = key();
                if SSL_CTX_set0_tmp_dh_pkey(context, key) == 0 {
                    sys::EVP_PKEY_free(key);
                }
            }
            7 => {
                let mut keys = [argument; 80];
                let length = if argument & 16 == 0 { 80 } else { c_long::from(argument) };
                SSL_CTX_ctrl(context, TICKET_KEYS, length.min(80), keys.as_mut_ptr().cast());
                SSL_CTX_ctrl(context, TICKET_KEYS - 1, 80, keys.as_mut_ptr().cast());
            }
            // SSL_CTRL_CHAIN_CERT with a reference of its own, and SSL_CTRL_EXTRA_CHAIN_CERT, which takes the certificate over.
            8 => {
                let certificate = certificate(CERTIFICATE);
                SSL_CTX_ctrl(context, 89, 1, certificate.cast());
                sys::X509_free(certificate);
            }
            9 => _ = SSL_CTX_ctrl(context, 14, 0, certificate(CERTIFICATE).cast()),
            10 => _ = SSL_CTX_ctrl(context, 83, 0, null_mut()),
            11 => sys::BIO_free_all(BIO_new_ssl(context, c_int::from(argument >> 4 & 1))),
            12 => sys::BIO_free_all(BIO_new_ssl_connect(context)),
            13 => sys::BIO_free_all(BIO_new_buffer_ssl_connect(context)),
            14 => {
                SSL_CTX_SRP_CTX_free(context);
                SSL_CTX_SRP_CTX_init(context);
            }
            _ => {
                SSL_CTX_up_ref(context);
                SSL_CTX_free(context);
            }
        }
    }
}

/// Asks what can be asked of a context, and what `SSL_CTX_ctrl` makes of nothing.
unsafe fn ask(context: *mut SSL_CTX, argument: u8) {
    let (mut data, mut length) = (null_mut::<c_uchar>(), 0);
    // SAFETY: the context is valid; pointers are to what lives here.
    unsafe {
        match argument & 3 {
            0 => {
                let _ = (SSL_CTX_get_options(context), SSL_CTX_get_security_level(context));
                let _ = (SSL_CTX_get_quiet_shutdown(context), SSL_CTX_get_ssl_method(context));
                let _ = (SSL_CTX_get_max_early_data(context), SSL_CTX_get_recv_max_early_data(context));
                let _ = (SSL_CTX_get_num_tickets(context), SSL_CTX_get_timeout(context));
                let _ = (SSL_CTX_get_verify_mode(context), SSL_CTX_get_verify_depth(context));
                let _ = (SSL_CTX_get0_param(context), SSL_CTX_get_ex_data(context, 0));
                let _ = (SSL_CTX_ct_is_enabled(context), SSL_CTX_get0_ctlog_store(context));
            }
            1 => {
                let _ = (SSL_CTX_get_verify_callback(context), SSL_CTX_get_security_callback(context));
                let _ = (SSL_CTX_get_info_callback(context), SSL_CTX_get_keylog_callback(context));
                let _ = (SSL_CTX_get_client_cert_cb(context), SSL_CTX_sess_get_new_cb(context));
                let _ = (SSL_CTX_sess_get_get_cb(context), SSL_CTX_sess_get_remove_cb(context));
                SSL_CTX_has_client_custom_ext(context, 0xfe01);
            }
            2 => {
                let _ = (SSL_CTX_get0_CA_list(context), SSL_CTX_get_client_CA_list(context));
                let _ = (SSL_CTX_get0_certificate(context), SSL_CTX_get0_privatekey(context));
                let _ = (SSL_CTX_check_private_key(context), SSL_CTX_get_ciphers(context));
                SSL_CTX_get0_client_cert_type(context, &raw mut data, &raw mut length);
                SSL_CTX_get0_server_cert_type(context, &raw mut data, &raw mut length);
                let (mut compressed, mut original) = (null_mut(), 0);
                let algorithm = c_int::from(argument >> 2 & 3);
                SSL_CTX_get1_compressed_cert(context, algorithm, &raw mut compressed, &raw mut original);
                sys::CRYPTO_free(compressed.cast(), null(), 0);
            }
            _ => _ = SSL_CTX_ctrl(context, c_int::from(argument >> 2) + 20, 0, null_mut()),
        }
    }
}
