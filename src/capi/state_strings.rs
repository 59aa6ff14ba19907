//! Names of states and alerts for people: `SSL_state_string(3)`, `SSL_rstate_string(3)`, `SSL_alert_type_string(3)`.

use core::ffi::{CStr, c_char, c_int};

use super::support::{export, with_ssl};
use crate::{
    handshake::position::Position,
    object::{SSL, Ssl},
};

/// The name of an unknown alert level.
const UNKNOWN: (&CStr, &CStr) = (c"U", c"unknown");

/// The short and the long name of where a handshake is.
const fn of_position(position: Position) -> (&'static CStr, &'static CStr) {
    match position {
        Position::Before => (c"PINIT", c"before SSL initialization"),
        Position::Ok => (c"SSLOK", c"SSL negotiation finished successfully"),
        Position::DtlsCrHelloVerifyRequest => (c"DRCHV", c"DTLS1 read hello verify request"),
        Position::CrSrvrHello => (c"TRSH", c"SSLv3/TLS read server hello"),
        Position::CrCert => (c"TRSC", c"SSLv3/TLS read server certificate"),
        Position::CrCertStatus => (c"TRCS", c"SSLv3/TLS read certificate status"),
        Position::CrKeyExch => (c"TRSKE", c"SSLv3/TLS read server key exchange"),
        Position::CrCertReq => (c"TRCR", c"SSLv3/TLS read server certificate request"),
        Position::CrSrvrDone => (c"TRSD", c"SSLv3/TLS read server done"),
        Position::CrSessionTicket => (c"TRST", c"SSLv3/TLS read server session ticket"),
        Position::CrChange => (c"TRCCS", c"SSLv3/TLS read change cipher spec"),
        Position::CrFinished => (c"TRFIN", c"SSLv3/TLS read finished"),
        Position::CwClntHello => (c"TWCH", c"SSLv3/TLS write client hello"),
        Position::CwCert => (c"TWCC", c"SSLv3/TLS write client certificate"),
        Position::CwKeyExch => (c"TWCKE", c"SSLv3/TLS write client key exchange"),
        Position::CwCertVrfy => (c"TWCV", c"SSLv3/TLS write certificate verify"),
        Position::CwChange => (c"TWCCS", c"SSLv3/TLS write change cipher spec"),
        Position::CwNextProto => (c"TWNP", c"SSLv3/TLS write next proto"),
        Position::CwFinished => (c"TWFIN", c"SSLv3/TLS write finished"),
        Position::SwHelloReq => (c"TWHR", c"SSLv3/TLS write hello request"),
        Position::SrClntHello => (c"TRCH", c"SSLv3/TLS read client hello"),
        Position::DtlsSwHelloVerifyRequest => (c"DWCHV", c"DTLS1 write hello verify request"),
        Position::SwSrvrHello => (c"TWSH", c"SSLv3/TLS write server hello"),
        Position::SwCert => (c"TWSC", c"SSLv3/TLS write certificate"),
        Position::SwKeyExch => (c"TWSKE", c"SSLv3/TLS write key exchange"),
        Position::SwCertReq => (c"TWCR", c"SSLv3/TLS write certificate request"),
        Position::SwSrvrDone => (c"TWSD", c"SSLv3/TLS write server done"),
        Position::SrCert => (c"TRCC", c"SSLv3/TLS read client certificate"),
        Position::SrKeyExch => (c"TRCKE", c"SSLv3/TLS read client key exchange"),
        Position::SrCertVrfy => (c"TRCV", c"SSLv3/TLS read certificate verify"),
        Position::SrNextProto => (c"TRNP", c"SSLv3/TLS read next proto"),
        Position::SrChange => (c"TRCCS", c"SSLv3/TLS read change cipher spec"),
        Position::SrFinished => (c"TRFIN", c"SSLv3/TLS read finished"),
        Position::SwSessionTicket => (c"TWST", c"SSLv3/TLS write session ticket"),
        Position::SwCertStatus => (c"TWCS", c"SSLv3/TLS write certificate status"),
        Position::SwChange => (c"TWCCS", c"SSLv3/TLS write change cipher spec"),
        Position::SwFinished => (c"TWFIN", c"SSLv3/TLS write finished"),
        Position::SwEncryptedExtensions => (c"TWEE", c"TLSv1.3 write encrypted extensions"),
        Position::CrEncryptedExtensions => (c"TREE", c"TLSv1.3 read encrypted extensions"),
        Position::CrCertVrfy => (c"TRSCV", c"TLSv1.3 read server certificate verify"),
        Position::SwCertVrfy => (c"TWSCV", c"TLSv1.3 write server certificate verify"),
        Position::CrHelloReq => (c"TRHR", c"SSLv3/TLS read hello request"),
        Position::SwKeyUpdate => (c"TWSKU", c"TLSv1.3 write server key update"),
        Position::CwKeyUpdate => (c"TWCKU", c"TLSv1.3 write client key update"),
        Position::SrKeyUpdate => (c"TRCKU", c"TLSv1.3 read client key update"),
        Position::CrKeyUpdate => (c"TRSKU", c"TLSv1.3 read server key update"),
        Position::EarlyData => (c"TED", c"TLSv1.3 early data"),
        Position::PendingEarlyDataEnd => (c"TPEDE", c"TLSv1.3 pending early data end"),
        Position::CwEndOfEarlyData => (c"TWEOED", c"TLSv1.3 write end of early data"),
        Position::SrEndOfEarlyData => (c"TWEOED", c"TLSv1.3 read end of early data"),
    }
}

/// The short and the long name of a connection's state.
fn of_connection(ssl: &Ssl) -> (&'static CStr, &'static CStr) {
    // The info callback is told of each position, though the core may be further already, or have failed.
    if let Some(told) = ssl.told_position() {
        return of_position(told);
    }
    if ssl.with_connection(|connection| connection.failure().is_some()) {
        return (c"SSLERR", c"error");
    }
    of_position(ssl.with_connection(|connection| connection.position()))
}

/// The short and the long name of an alert's description, which is the low byte of `value`.
pub(super) const fn of_alert(value: c_int) -> (&'static CStr, &'static CStr) {
    match value & 0xff {
        0 => (c"CN", c"close notify"),
        10 => (c"UM", c"unexpected_message"),
        20 => (c"BM", c"bad record mac"),
        21 => (c"DC", c"decryption failed"),
        22 => (c"RO", c"record overflow"),
        30 => (c"DF", c"decompression failure"),
        40 => (c"HF", c"handshake failure"),
        41 => (c"NC", c"no certificate"),
        42 => (c"BC", c"bad certificate"),
        43 => (c"UC", c"unsupported certificate"),
        44 => (c"CR", c"certificate revoked"),
        45 => (c"CE", c"certificate expired"),
        46 => (c"CU", c"certificate unknown"),
        47 => (c"IP", c"illegal parameter"),
        48 => (c"CA", c"unknown CA"),
        49 => (c"AD", c"access denied"),
        50 => (c"DE", c"decode error"),
        51 => (c"CY", c"decrypt error"),
        60 => (c"ER", c"export restriction"),
        70 => (c"PV", c"protocol version"),
        71 => (c"IS", c"insufficient security"),
        80 => (c"IE", c"internal error"),
        90 => (c"US", c"user canceled"),
        100 => (c"NR", c"no renegotiation"),
        110 => (c"UE", c"unsupported extension"),
        111 => (c"CO", c"certificate unobtainable"),
        112 => (c"UN", c"unrecognized name"),
        113 => (c"BR", c"bad certificate status response"),
        114 => (c"BH", c"bad certificate hash value"),
        115 => (c"UP", c"unknown PSK identity"),
        120 => (c"UK", c"no application protocol"),
        _ => (c"UK", c"unknown"),
    }
}

/// The short and the long name of an alert's level, which is the high byte of `value`.
pub(super) const fn of_level(value: c_int) -> (&'static CStr, &'static CStr) {
    match value >> 8 {
        1 => (c"W", c"warning"),
        2 => (c"F", c"fatal"),
        _ => UNKNOWN,
    }
}

export!(SSL_state_string SSL_state_string_long SSL_rstate_string SSL_rstate_string_long);
export!(SSL_alert_type_string SSL_alert_type_string_long SSL_alert_desc_string SSL_alert_desc_string_long);

/// The state of `ssl` in at most six letters. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_state_string(ssl: *const SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| of_connection(ssl).0.as_ptr()) }
}

/// The state of `ssl` in words. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_state_string_long(ssl: *const SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| of_connection(ssl).1.as_ptr()) }
}

/// The short and the long name of what the record layer waits for: a record's header, or the rest of it.
fn of_record_layer(ssl: &Ssl) -> (&'static CStr, &'static CStr) {
    if ssl.with_connection(|connection| connection.is_reading_body()) {
        (c"RB", c"read body")
    } else {
        (c"RH", c"read header")
    }
}

/// What the record layer of `ssl` waits for: `RH`, a record's header, or `RB`, the rest of it. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_rstate_string(ssl: *const SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| of_record_layer(ssl).0.as_ptr()) }
}

/// What the record layer of `ssl` waits for, in words. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_rstate_string_long(ssl: *const SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| of_record_layer(ssl).1.as_ptr()) }
}

/// The level of an alert that the info callback got, in one letter: `W`, `F` or `U`. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_alert_type_string(value: c_int) -> *const c_char {
    of_level(value).0.as_ptr()
}

/// The level of an alert that the info callback got: `warning`, `fatal` or `unknown`. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_alert_type_string_long(value: c_int) -> *const c_char {
    of_level(value).1.as_ptr()
}

/// What an alert says, in two letters; `UK` for an unknown one. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_alert_desc_string(value: c_int) -> *const c_char {
    of_alert(value).0.as_ptr()
}

/// What an alert says, in words. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_alert_desc_string_long(value: c_int) -> *const c_char {
    of_alert(value).1.as_ptr()
}
