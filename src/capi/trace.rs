//! Printing what goes over the wire: `SSL_trace(3)`.

use core::ffi::{CStr, c_int, c_void};

use super::{
    state_strings::{of_alert, of_level},
    support::{convert, export, guard, with_ssl},
};
use crate::{
    libcrypto::{bio::Bio, sys::BIO},
    object::{
        SSL, Ssl, log,
        trace::{self, Traced},
    },
};

export!(SSL_trace);

/// A callback for `SSL_CTX_set_msg_callback`: prints each message to `arg`, which is a `BIO` and stays the caller's. The
/// bodies of handshake messages are printed as a hexadecimal dump.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_trace(
    write_p: c_int,
    _version: c_int,
    content_type: c_int,
    buf: *const c_void,
    length: usize,
    ssl: *mut SSL,
    arg: *mut c_void,
) {
    guard((), || {
        log::differs("SSL_trace", "bodies of messages are printed in hexadecimal");
        // SAFETY: the contract of this module.
        let (bio, bytes) =
            unsafe { (Bio::from_borrowed(arg.cast::<BIO>()), convert::bytes(buf.cast(), length)) };
        let (Some(bio), Some(bytes)) = (bio, bytes) else { return };
        // SAFETY: the contract of this module.
        let is_datagram = unsafe { with_ssl(ssl, false, Ssl::is_datagram) };
        let traced = Traced { sent: write_p != 0, content_type, bytes, is_datagram };
        let name = |name: &CStr| name.to_string_lossy().into_owned();
        let (text, rest) = trace::text(traced, |level, description| {
            let level = c_int::from(level) << 8;
            (name(of_level(level).1), name(of_alert(description.into()).1))
        });
        // Nobody can be told that the BIO takes no more.
        let _ = bio.write_all(text.as_bytes()) && (rest.is_empty() || bio.dump(rest, DUMP_INDENT));
    });
}

/// How far a dump is set in.
const DUMP_INDENT: c_int = 6;
