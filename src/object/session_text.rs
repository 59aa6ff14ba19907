//! A session as text, as `SSL_SESSION_print(3)` and `openssl sess_id` show it.

use core::ffi::CStr;
use std::fmt::Write as _;

use crate::{
    crypto::suite,
    libcrypto::{bio::Bio, x509},
    session::Session,
    wire::ProtocolVersion,
};

/// Writes what a session says to `bio`. `false`: the BIO took it not all.
pub fn print(session: &Session, bio: &Bio) -> bool {
    bio.write_all(head(session).as_bytes())
        && (session.ticket.is_empty()
            || (bio.write_all(b"\n    TLS session ticket:\n") && bio.dump(&session.ticket, 4)))
        && bio.write_all(tail(session).as_bytes())
}

/// Writes the id and the secret to `bio`, as key logs have them. `false`: there is none, or the BIO took it not all.
pub fn print_key_log(session: &Session, bio: &Bio) -> bool {
    let secret = session.secret.as_ref();
    if session.id.is_empty() || secret.is_empty() {
        return false;
    }
    let line = format!("RSA Session-ID:{} Master-Key:{}\n", hexadecimal(&session.id), hexadecimal(secret));
    bio.write_all(line.as_bytes())
}

/// What comes before the ticket.
fn head(session: &Session) -> String {
    let carried = session.carried();
    let cipher = suite::find(session.cipher_suite)
        .map_or_else(|| format!("{:04X}", session.cipher_suite.0), |suite| suite.openssl_name.to_owned());
    let secret = match session.version {
        ProtocolVersion::TLS1_3 => "Resumption PSK",
        _ => "Master-Key",
    };
    let mut text = format!(
        "SSL-Session:\n    Protocol  : {}\n    Cipher    : {cipher}\n    Session-ID: {}\n    \
         Session-ID-ctx: {}\n    {secret}: {}\n    PSK identity: {}\n    PSK identity hint: {}\n    \
         SRP username: {}",
        session.version.openssl_name().to_string_lossy(),
        hexadecimal(&session.id),
        hexadecimal(&session.id_context),
        hexadecimal(session.secret.as_ref()),
        or_none(carried.psk_identity.as_deref()),
        or_none(carried.psk_identity_hint.as_deref()),
        or_none(carried.srp_user_name.as_deref()),
    );
    if session.ticket_lifetime != 0 {
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "\n    TLS session ticket lifetime hint: {} (seconds)", session.ticket_lifetime);
    }
    text
}

/// What comes after the ticket.
fn tail(session: &Session) -> String {
    let mut text = String::new();
    if session.carried().compression != 0 {
        let _ = write!(text, "\n    Compression: {}", session.carried().compression);
    }
    if session.time != 0 {
        let _ = write!(text, "\n    Start Time: {}", session.time);
    }
    if session.timeout != 0 {
        let _ = write!(text, "\n    Timeout   : {} (sec)", session.timeout);
    }
    let _ = write!(
        text,
        "\n    Verify return code: {} ({})\n    Extended master secret: {}\n",
        session.verify_result,
        x509::verify_error(session.verify_result).map(CStr::to_string_lossy).unwrap_or_default(),
        if session.extended_master_secret { "yes" } else { "no" },
    );
    if session.version == ProtocolVersion::TLS1_3 {
        let _ = writeln!(text, "    Max Early Data: {}", session.max_early_data);
    }
    text
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

fn or_none(text: Option<&[u8]>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| String::from_utf8_lossy(text).into_owned())
}
