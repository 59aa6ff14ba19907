//! Extensions that go with a certificate: `SSL_CTX_use_serverinfo(3)`.

use core::ffi::{c_char, c_int, c_uchar, c_uint};

use super::support::{
    convert::{bytes, c_string},
    export, with_context,
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{
        SSL_CTX,
        server_info::{ServerInfo, Version},
    },
};

export!(SSL_CTX_use_serverinfo SSL_CTX_use_serverinfo_ex SSL_CTX_use_serverinfo_file);

fn fail(reason: Reason) -> c_int {
    error_queue::raise_ssl(reason);
    0
}

/// Uses a list of extensions with the current certificate: type, length and data each, for ServerHello of TLS 1.2.
///
/// Returns 1, or 0 with a reason in the queue: the list is malformed, or one of them is handled already.
/// `SSL_CTX_use_serverinfo(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_serverinfo(
    ctx: *mut SSL_CTX,
    serverinfo: *const c_uchar,
    serverinfo_length: usize,
) -> c_int {
    /// `SSL_SERVERINFOV1`.
    const V1: c_uint = 1;
    // SAFETY: the contract of this module.
    unsafe { SSL_CTX_use_serverinfo_ex(ctx, V1, serverinfo, serverinfo_length) }
}

/// As `SSL_CTX_use_serverinfo`, with the version of the list: in version 2 four bytes before each extension say where it stands
/// (`SSL_EXT_…`). `SSL_CTX_use_serverinfo(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_serverinfo_ex(
    ctx: *mut SSL_CTX,
    version: c_uint,
    serverinfo: *const c_uchar,
    serverinfo_length: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| {
            let Some(list) = bytes(serverinfo, serverinfo_length).filter(|list| !list.is_empty()) else {
                return fail(Reason::ERR_PASSED_NULL_PARAMETER);
            };
            let info = match version {
                1 => ServerInfo::read(Version::V1, list),
                2 => ServerInfo::read(Version::V2, list),
                _ => None,
            };
            match info {
                Some(info) => ctx.update_config(|config| config.use_server_info(info)).into(),
                None => fail(Reason::INVALID_SERVERINFO_DATA),
            }
        })
    }
}

/// As `SSL_CTX_use_serverinfo`, with the lists in a PEM file, whose sections are called `SERVERINFO FOR …` and
/// `SERVERINFOV2 FOR …`. `SSL_CTX_use_serverinfo(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_serverinfo_file(ctx: *mut SSL_CTX, file: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| match c_string(file) {
            Some(path) => ctx.update_config(|config| config.use_server_info_file(path)).into(),
            None => fail(Reason::ERR_PASSED_NULL_PARAMETER),
        })
    }
}
