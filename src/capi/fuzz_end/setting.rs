//! What a program can set on a connection at any time.

use core::{
    ffi::{CStr, c_int, c_long, c_uint},
    ptr::null_mut,
};

use super::{CERTIFICATE, KEY, RSA_CERTIFICATE, RSA_KEY};
use crate::{
    capi::{
        alpn::SSL_set_alpn_protos,
        certificate::{SSL_certs_clear, SSL_use_certificate_ASN1},
        certificate_compression::{SSL_compress_certs, SSL_set1_cert_comp_preference},
        cipher_list::{SSL_set_cipher_list, SSL_set_ciphersuites},
        connection::{SSL_alloc_buffers, SSL_free_buffers},
        cookie::SSL_stateless,
        ctrl::SSL_ctrl,
        dane::{SSL_dane_enable, SSL_dane_tlsa_add},
        early_data::{SSL_set_max_early_data, SSL_set_recv_max_early_data},
        io::{
            SSL_peek_ex, SSL_read_ex, SSL_set_accept_state, SSL_set_connect_state, SSL_set_quiet_shutdown,
            SSL_set_read_ahead, SSL_set_shutdown, SSL_write_ex2,
        },
        method::{DTLS_method, SSL_set_ssl_method, TLS_client_method, TLSv1_2_method},
        options::{SSL_clear_options, SSL_set_post_handshake_auth, SSL_set_security_level},
        private_key::SSL_use_PrivateKey_ASN1,
        psk::SSL_use_psk_identity_hint,
        raw_public_key::{SSL_set1_client_cert_type, SSL_set1_server_cert_type},
        record_size::{SSL_set_block_padding, SSL_set_tlsext_max_fragment_length},
        renegotiation::SSL_renegotiate_abbreviated,
        session_secret::SSL_set_session_ticket_ext,
        srp::SSL_set_srp_server_param_pw,
        srtp::SSL_set_tlsext_use_srtp,
        ticket::SSL_new_session_ticket,
        transparency::SSL_enable_ct,
        verify::{
            SSL_add1_host, SSL_set_hostflags, SSL_set_purpose, SSL_set_trust, SSL_set_verify_depth,
            SSL_set1_host,
        },
    },
    object::SSL,
};

/// `SSL_CTRL_SET_GROUPS_LIST`, `SSL_CTRL_SET_SIGALGS_LIST`, `SSL_CTRL_SET_CLIENT_SIGALGS_LIST`.
pub(super) const LISTS: [c_int; 3] = [92, 98, 102];

/// Texts for every setting that takes one, right and wrong.
pub(super) const TEXTS: [&CStr; 16] = [
    c"DEFAULT",
    c"ALL:@SECLEVEL=0",
    c"PSK:SRP:aNULL:@SECLEVEL=0",
    c"TLS_CHACHA20_POLY1305_SHA256",
    c"",
    c"X25519:P-256",
    c"P-521:ffdhe2048",
    c"RSA+SHA256:ECDSA+SHA256",
    c"ed25519:rsa_pss_rsae_sha256",
    c"example.org",
    c"SRTP_AES128_CM_SHA1_80",
    c"192.0.2.1",
    c"::",
    c"*.example",
    c"NULL-SHA:@SECLEVEL=0",
    c"CAMELLIA:ARIA:AESCCM:@SECLEVEL=0",
];

/// Commands of `SSL_ctrl` that take a number, with one: sizes, modes, flags of certificates, which certificate is the current one,
/// versions.
pub(super) const NUMBERS: [(c_int, c_long); 24] = [
    (17, 300),
    (17, 1500),
    (120, 576),
    (120, 9000),
    (33, 0x17),
    (78, 0x17),
    (41, 1),
    (51, 1),
    (51, 100_000),
    (52, 512),
    (52, 16384),
    (125, 512),
    (126, 2),
    (65, 1),
    (65, -1),
    (99, 0x3_0001),
    (100, -1),
    (105, 0),
    (105, 4),
    (117, 1),
    (117, 2),
    (118, 2),
    (123, 0x303),
    (124, 0x303),
];

/// Sets a text.
///
/// # Safety
///
/// The connection is valid.
pub unsafe fn set_text(ssl: *mut SSL, argument: u8) {
    let text = TEXTS[usize::from(argument & 15)];
    let bytes = text.to_bytes();
    let text = text.as_ptr();
    // SAFETY: the caller's promise; the text is a static C string, and lengths are those of what is passed.
    unsafe {
        match argument >> 4 {
            0 => SSL_set_cipher_list(ssl, text),
            1 => SSL_set_ciphersuites(ssl, text),
            list @ 2..=4 => {
                let list = LISTS[usize::from(list - 2)];
                SSL_ctrl(ssl, list, 0, text.cast_mut().cast()) as c_int
            }
            5 => SSL_set1_host(ssl, text),
            6 => SSL_add1_host(ssl, text),
            7 => SSL_use_psk_identity_hint(ssl, text),
            8 => SSL_set_tlsext_use_srtp(ssl, text),
            9 => SSL_dane_enable(ssl, text),
            10 => SSL_set_srp_server_param_pw(ssl, text, text, c"1024".as_ptr()),
            11 => {
                let protocols = [&[bytes.len() as u8], bytes].concat();
                SSL_set_alpn_protos(ssl, protocols.as_ptr(), protocols.len() as c_uint)
            }
            12 => SSL_set_session_ticket_ext(ssl, text.cast_mut().cast(), 1),
            13 => {
                let (usage, selector, matching) = (argument & 3, argument >> 2 & 1, argument >> 3 & 1);
                let data = if (selector, matching) == (0, 0) { CERTIFICATE } else { bytes };
                SSL_dane_tlsa_add(ssl, usage, selector, matching, data.as_ptr(), data.len())
            }
            14 => SSL_set1_client_cert_type(ssl, [2, 0].as_ptr(), usize::from(argument & 3).min(2)),
            _ => SSL_set1_server_cert_type(ssl, [2, 0].as_ptr(), usize::from(argument & 3).min(2)),
        };
    }
}

/// Sets a number, or does what takes none.
///
/// # Safety
///
/// The connection is valid.
pub unsafe fn set_number(ssl: *mut SSL, argument: u8) {
    let small = c_int::from(argument >> 5);
    // SAFETY: the caller's promise; pointers are to what lives here, with its length.
    unsafe {
        match argument & 31 {
            0 => SSL_set_shutdown(ssl, small),
            1 => SSL_set_quiet_shutdown(ssl, small & 1),
            2 => SSL_set_read_ahead(ssl, small & 1),
            3 => SSL_set_post_handshake_auth(ssl, small & 1),
            4 => SSL_set_verify_depth(ssl, small - 1),
            5 => _ = SSL_set_block_padding(ssl, 1 << (2 * small)),
            6 => _ = SSL_set_max_early_data(ssl, 1 << (2 * small)),
            7 => _ = SSL_set_recv_max_early_data(ssl, 1 << (2 * small)),
            8 => _ = SSL_set_tlsext_max_fragment_length(ssl, argument >> 5),
            9 => _ = SSL_clear_options(ssl, u64::MAX >> (8 * small)),
            10 => SSL_set_security_level(ssl, small),
            11 => SSL_set_hostflags(ssl, small as c_uint),
            12 => _ = SSL_set_purpose(ssl, small),
            13 => _ = SSL_set_trust(ssl, small),
            14 => _ = SSL_enable_ct(ssl, small & 1),
            15 => _ = SSL_compress_certs(ssl, small),
            16 => _ = SSL_set1_cert_comp_preference(ssl, [1, 2, 3].as_mut_ptr(), argument as usize >> 5 & 3),
            17 => _ = SSL_alloc_buffers(ssl),
            18 => _ = SSL_free_buffers(ssl),
            19 => _ = SSL_stateless(ssl),
            20 => _ = SSL_renegotiate_abbreviated(ssl),
            21 => _ = SSL_new_session_ticket(ssl),
            22 => SSL_set_accept_state(ssl),
            23 => SSL_set_connect_state(ssl),
            24 => {
                let methods = [TLS_client_method(), TLSv1_2_method(), DTLS_method()];
                SSL_set_ssl_method(ssl, methods[small as usize % 3]);
            }
            25 => {
                let ((certificate, key), kind) =
                    if small & 1 == 0 { ((CERTIFICATE, KEY), 408) } else { ((RSA_CERTIFICATE, RSA_KEY), 6) };
                SSL_use_certificate_ASN1(ssl, certificate.as_ptr(), certificate.len() as c_int);
                SSL_use_PrivateKey_ASN1(kind, ssl, key.as_ptr(), key.len() as c_long);
            }
            26 => SSL_certs_clear(ssl),
            kind @ 27..=29 => {
                let (command, value) = NUMBERS[usize::from(argument >> 5) * 3 + usize::from(kind - 27)];
                SSL_ctrl(ssl, command, value, null_mut());
            }
            _ => read_or_write(ssl, argument),
        }
    }
}

/// The forms of reading and writing that say by pointer how much it was.
unsafe fn read_or_write(ssl: *mut SSL, argument: u8) {
    let mut room = [argument; 512];
    let mut count = 0;
    let length = room.len() >> (argument >> 6);
    // SAFETY: the caller's promise; no length is above that of the room.
    unsafe {
        match argument >> 5 & 3 {
            0 => SSL_read_ex(ssl, room.as_mut_ptr().cast(), length, &raw mut count),
            1 => SSL_peek_ex(ssl, room.as_mut_ptr().cast(), length, &raw mut count),
            way => SSL_write_ex2(ssl, room.as_ptr().cast(), length, u64::from(way) - 2, &raw mut count),
        };
    }
    assert!(count <= length);
}
