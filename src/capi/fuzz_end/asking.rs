//! What a program can ask a connection, and its session, at any time: nothing of it may change or break anything.

use core::{
    ffi::{c_int, c_uchar, c_uint, c_void},
    ptr::{null, null_mut},
};

use crate::{
    capi::{
        alpn::SSL_get0_alpn_selected,
        ca_names::{SSL_get_client_CA_list, SSL_get0_CA_list, SSL_get0_peer_CA_list},
        certificate::{SSL_check_chain, SSL_get_certificate},
        certificate_compression::SSL_get1_compressed_cert,
        cipher_list::{
            SSL_bytes_to_cipher_list, SSL_get_client_ciphers, SSL_get_current_cipher, SSL_get_pending_cipher,
            SSL_get_shared_ciphers, SSL_get1_supported_ciphers,
        },
        client_hello::{
            SSL_client_hello_get_extension_order, SSL_client_hello_get0_ciphers, SSL_client_hello_get0_ext,
            SSL_client_hello_get0_random, SSL_client_hello_get1_extensions_present,
        },
        dane::{SSL_get0_dane_authority, SSL_get0_dane_tlsa},
        datagram::DTLS_get_data_mtu,
        early_data::{SSL_export_keying_material_early, SSL_get_early_data_status},
        events::{SSL_get_event_timeout, SSL_handle_events},
        io::{SSL_get_key_update_type, SSL_get_shutdown, SSL_has_pending, SSL_want},
        keying::{
            SSL_SESSION_get_master_key, SSL_export_keying_material, SSL_get_client_random, SSL_get_finished,
            SSL_get_peer_finished, SSL_get_server_random,
        },
        method::{SSL_client_version, SSL_get_version, SSL_is_server, SSL_version},
        next_protocol::SSL_get0_next_proto_negotiated,
        peer::{
            SSL_get_peer_cert_chain, SSL_get_peer_signature_type_nid, SSL_get0_peer_certificate,
            SSL_get0_verified_chain, SSL_get1_peer_certificate,
        },
        private_key::{SSL_check_private_key, SSL_get_privatekey},
        psk::{SSL_get_psk_identity, SSL_get_psk_identity_hint},
        raw_public_key::{SSL_get_negotiated_client_cert_type, SSL_get0_peer_rpk},
        renegotiation::SSL_renegotiate_pending,
        server_name::{SSL_get_servername, SSL_get_servername_type},
        session::{
            SSL_SESSION_dup, SSL_SESSION_free, SSL_SESSION_get_id, SSL_SESSION_get0_peer,
            SSL_SESSION_get0_ticket, SSL_SESSION_set_max_early_data, SSL_SESSION_set_protocol_version,
            SSL_SESSION_set_timeout, SSL_SESSION_set1_alpn_selected, SSL_SESSION_set1_hostname,
            SSL_SESSION_set1_id, SSL_SESSION_set1_ticket_appdata,
        },
        session_form::{SSL_SESSION_print, d2i_SSL_SESSION, i2d_SSL_SESSION},
        session_use::{SSL_has_matching_session_id, SSL_session_reused, SSL_set_session},
        sigalgs::{SSL_get_shared_sigalgs, SSL_get_sigalgs, SSL_get0_group_name, SSL_group_to_name},
        srtp::{SSL_get_selected_srtp_profile, SSL_get_srtp_profiles},
        state::{SSL_get_handshake_rtt, SSL_get_state, SSL_in_init, SSL_is_init_finished},
        state_strings::{SSL_rstate_string_long, SSL_state_string},
        transparency::{SSL_ct_is_enabled, SSL_get0_peer_scts},
        verify::SSL_get0_peername,
    },
    libcrypto::sys,
    object::{SSL, SSL_SESSION},
};

/// Asks one group of questions.
///
/// # Safety
///
/// The connection is valid.
pub unsafe fn ask(ssl: *mut SSL, which: u8) {
    let mut bytes = [0u8; 300];
    let (mut pointer, mut length, mut number) = (null::<c_uchar>(), 0usize, 0 as c_int);
    let room: *mut c_void = bytes.as_mut_ptr().cast();
    // SAFETY: the caller's promise; all other pointers are to what lives here, and lengths are theirs.
    unsafe {
        match which % 8 {
            0 => {
                let _ = (SSL_version(ssl), SSL_client_version(ssl), SSL_is_server(ssl), SSL_get_version(ssl));
                let _ = (SSL_state_string(ssl), SSL_rstate_string_long(ssl), SSL_get_state(ssl));
                let _ = (SSL_in_init(ssl), SSL_is_init_finished(ssl), SSL_want(ssl), SSL_has_pending(ssl));
                let _ = (SSL_get_shutdown(ssl), SSL_get_key_update_type(ssl), SSL_renegotiate_pending(ssl));
                let _ = (SSL_session_reused(ssl), SSL_get_early_data_status(ssl), DTLS_get_data_mtu(ssl));
                let mut round_trip = 0;
                SSL_get_handshake_rtt(ssl, &raw mut round_trip);
            }
            1 => {
                let _ =
                    (SSL_get_current_cipher(ssl), SSL_get_pending_cipher(ssl), SSL_get_client_ciphers(ssl));
                sys::OPENSSL_sk_free(SSL_get1_supported_ciphers(ssl).cast());
                SSL_get_shared_ciphers(ssl, bytes.as_mut_ptr().cast(), c_int::from(which));
                let _ = (SSL_get0_group_name(ssl), SSL_group_to_name(ssl, c_int::from(which)));
                for index in [0, c_int::from(which)] {
                    let mut raw = [0u8; 2];
                    let [first, second] = &mut raw;
                    SSL_get_sigalgs(ssl, index, &raw mut number, null_mut(), null_mut(), first, second);
                    SSL_get_shared_sigalgs(
                        ssl,
                        index,
                        null_mut(),
                        &raw mut number,
                        null_mut(),
                        first,
                        second,
                    );
                }
                SSL_get_peer_signature_type_nid(ssl, &raw mut number);
            }
            2 => {
                sys::X509_free(SSL_get1_peer_certificate(ssl));
                let _ = (
                    SSL_get0_peer_certificate(ssl),
                    SSL_get_peer_cert_chain(ssl),
                    SSL_get0_verified_chain(ssl),
                );
                let _ = (
                    SSL_get0_peer_rpk(ssl),
                    SSL_get_negotiated_client_cert_type(ssl),
                    SSL_get0_peername(ssl),
                );
                let _ = (SSL_get0_CA_list(ssl), SSL_get0_peer_CA_list(ssl), SSL_get_client_CA_list(ssl));
                let _ = (SSL_get0_peer_scts(ssl), SSL_ct_is_enabled(ssl));
                let (mut certificate, mut key) = (null_mut(), null_mut());
                SSL_get0_dane_authority(ssl, &raw mut certificate, &raw mut key);
                let (mut usage, mut selector, mut matching) = (0, 0, 0);
                SSL_get0_dane_tlsa(
                    ssl,
                    &raw mut usage,
                    &raw mut selector,
                    &raw mut matching,
                    &raw mut pointer,
                    &raw mut length,
                );
            }
            3 => {
                let _ = (SSL_check_private_key(ssl), SSL_get_certificate(ssl), SSL_get_privatekey(ssl));
                SSL_check_chain(ssl, SSL_get_certificate(ssl), SSL_get_privatekey(ssl), null_mut());
                let (mut data, mut original) = (null_mut(), 0);
                SSL_get1_compressed_cert(ssl, c_int::from(which) % 4, &raw mut data, &raw mut original);
                sys::CRYPTO_free(data.cast(), null(), 0);
                let mut length: c_uint = 0;
                SSL_get0_alpn_selected(ssl, &raw mut pointer, &raw mut length);
                SSL_get0_next_proto_negotiated(ssl, &raw mut pointer, &raw mut length);
                let _ = (SSL_get_servername(ssl, 0), SSL_get_servername_type(ssl));
                let _ = (SSL_get_psk_identity(ssl), SSL_get_psk_identity_hint(ssl));
                let _ = (SSL_get_srtp_profiles(ssl), SSL_get_selected_srtp_profile(ssl));
            }
            4 => {
                SSL_get_finished(ssl, room, usize::from(which));
                SSL_get_peer_finished(ssl, room, usize::from(which));
                SSL_get_client_random(ssl, bytes.as_mut_ptr(), usize::from(which));
                SSL_get_server_random(ssl, bytes.as_mut_ptr(), 0);
                let (out, count) = (bytes.as_mut_ptr(), usize::from(which));
                let with_context = c_int::from(which & 8 == 0);
                SSL_export_keying_material(ssl, out, count, c"label".as_ptr(), 5, null(), 0, with_context);
                SSL_export_keying_material_early(ssl, out, count, c"label".as_ptr(), 5, null(), 0);
                SSL_SESSION_get_master_key(
                    crate::capi::session_use::SSL_get_session(ssl),
                    out,
                    usize::from(which),
                );
            }
            5 => {
                SSL_client_hello_get0_random(ssl, &raw mut pointer);
                SSL_client_hello_get0_ciphers(ssl, &raw mut pointer);
                let mut types = null_mut();
                SSL_client_hello_get1_extensions_present(ssl, &raw mut types, &raw mut length);
                sys::CRYPTO_free(types.cast(), null(), 0);
                let mut order = [0u16; 64];
                length = order.len();
                SSL_client_hello_get_extension_order(ssl, order.as_mut_ptr(), &raw mut length);
                for kind in [0, 16, 43, 51, c_uint::from(which)] {
                    SSL_client_hello_get0_ext(ssl, kind, &raw mut pointer, &raw mut length);
                }
                let (mut suites, mut signals) = (null_mut(), null_mut());
                bytes.fill(which);
                let is_ssl2 = c_int::from(which & 64 != 0);
                let list = (bytes.as_ptr(), usize::from(which));
                SSL_bytes_to_cipher_list(ssl, list.0, list.1, is_ssl2, &raw mut suites, &raw mut signals);
                sys::OPENSSL_sk_free(suites.cast());
                sys::OPENSSL_sk_free(signals.cast());
            }
            6 => {
                let mut time = libc::timeval { tv_sec: 0, tv_usec: 0 };
                SSL_get_event_timeout(ssl, &raw mut time, &raw mut number);
                if which & 8 != 0 {
                    SSL_handle_events(ssl);
                }
                SSL_has_matching_session_id(ssl, bytes.as_ptr(), c_uint::from(which % 40));
            }
            _ => session(ssl, which),
        }
    }
}

/// Looks at the connection's session and changes a copy of it; now and then the copy becomes the connection's.
unsafe fn session(ssl: *mut SSL, which: u8) {
    // SAFETY: the caller's promise; what is made here is freed here.
    unsafe {
        let own = crate::capi::session_use::SSL_get_session(ssl);
        let copy = if own.is_null() { null_mut() } else { SSL_SESSION_dup(own) };
        if copy.is_null() {
            return;
        }
        let (mut ticket, mut length, mut id_length) = (null(), 0, 0);
        SSL_SESSION_get0_ticket(copy, &raw mut ticket, &raw mut length);
        let _ = (SSL_SESSION_get_id(copy, &raw mut id_length), SSL_SESSION_get0_peer(copy));
        let text = [which; 40];
        match which / 8 % 8 {
            0 => SSL_SESSION_set1_id(copy, text.as_ptr(), c_uint::from(which % 40)),
            1 => SSL_SESSION_set1_hostname(copy, c"other.example".as_ptr()),
            2 => SSL_SESSION_set_protocol_version(copy, 0x301 + c_int::from(which % 4)),
            3 => SSL_SESSION_set_timeout(copy, i64::from(which) << 55) as c_int,
            4 => SSL_SESSION_set_max_early_data(copy, u32::from(which) << 24),
            5 => SSL_SESSION_set1_alpn_selected(copy, text.as_ptr(), usize::from(which % 40)),
            6 => SSL_SESSION_set1_ticket_appdata(copy, text.as_ptr().cast(), 40),
            _ => 0,
        };
        let bio = sys::BIO_new(sys::BIO_s_mem());
        SSL_SESSION_print(bio, copy);
        sys::BIO_free_all(bio);
        let again = written_and_read(copy);
        if which & 0x40 != 0 {
            SSL_set_session(ssl, again);
        }
        SSL_SESSION_free(again);
        SSL_SESSION_free(copy);
    }
}

/// The session after it was written down, which must do for it to be read again; null if it cannot be written.
unsafe fn written_and_read(session: *mut SSL_SESSION) -> *mut SSL_SESSION {
    // SAFETY: the session is valid; the first call asks for the length, the second writes so much.
    unsafe {
        let length = i2d_SSL_SESSION(session, null_mut());
        let Some(room) = usize::try_from(length).ok().filter(|length| *length > 0) else { return null_mut() };
        let mut written = vec![0u8; room];
        let mut end = written.as_mut_ptr();
        assert_eq!(i2d_SSL_SESSION(session, &raw mut end), length);
        let mut start = written.as_ptr();
        let read = d2i_SSL_SESSION(null_mut(), &raw mut start, length.into());
        assert!(!read.is_null(), "what was written cannot be read");
        read
    }
}
