//! Which suites may be used: `SSL_CTX_set_cipher_list(3)`, `SSL_get_ciphers(3)`, `SSL_get_current_cipher(3)`.

use core::ffi::{CStr, c_char, c_int, c_uchar};

use super::{
    cipher::{self, SSL_CIPHER},
    support::{convert, export, with_context, with_ssl},
};
use crate::{
    crypto::suite::{self, Suite},
    error::Reason,
    libcrypto::{error_queue, pointer_stack::PointerStack, sys::stack_st_SSL_CIPHER},
    object::{SSL, SSL_CTX, Ssl, config::Configurable, suites},
    record::Side,
    wire::CipherSuite,
};

export!(SSL_CTX_set_cipher_list SSL_set_cipher_list SSL_CTX_set_ciphersuites SSL_set_ciphersuites);
export!(SSL_CTX_get_ciphers SSL_get_ciphers SSL_get1_supported_ciphers SSL_get_client_ciphers SSL_get_cipher_list);
export!(SSL_get_shared_ciphers SSL_get_current_cipher SSL_get_pending_cipher SSL_bytes_to_cipher_list);
export!(OSSL_default_cipher_list OSSL_default_ciphersuites);

/// Sets the suites of TLS 1.2 and below by a cipher string (`openssl-ciphers(1)`). 1, or 0 with
/// `SSL_R_NO_CIPHER_MATCH` or `SSL_R_INVALID_COMMAND` in the queue; for null 0 without a reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cipher_list(context: *mut SSL_CTX, list: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| set_cipher_list(context, convert::c_string(list))) }
}

/// As `SSL_CTX_set_cipher_list`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_cipher_list(ssl: *mut SSL, list: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_cipher_list(ssl, convert::c_string(list))) }
}

fn set_cipher_list(target: &impl Configurable, list: Option<&CStr>) -> c_int {
    list.is_some_and(|list| suites::set_cipher_list(target, list.to_str().ok())).into()
}

/// Sets the suites of TLS 1.3: names with `:` between them; an empty string for none. 1, or 0 with
/// `SSL_R_NO_CIPHER_MATCH` in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_ciphersuites(context: *mut SSL_CTX, list: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| suites::set_tls13_suites(context, convert::text(list)).into())
    }
}

/// As `SSL_CTX_set_ciphersuites`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_ciphersuites(ssl: *mut SSL, list: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| suites::set_tls13_suites(ssl, convert::text(list)).into()) }
}

/// The suites of a context, those of TLS 1.3 first; null for null. The stack stays the context's, until its suites change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_ciphers(context: *const SSL_CTX) -> *mut stack_st_SSL_CIPHER {
    if context.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), |context| context.cipher_stack()) }
}

/// The suites of a connection, those of TLS 1.3 first; null for null. The stack stays the connection's, until its
/// suites change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_ciphers(ssl: *const SSL) -> *mut stack_st_SSL_CIPHER {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.cipher_stack()) }
}

/// The suites that a connection may use in the versions and at the security level that are set. The caller frees the
/// stack with `sk_SSL_CIPHER_free`. Null if there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get1_supported_ciphers(ssl: *mut SSL) -> *mut stack_st_SSL_CIPHER {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            let suites = ssl.supported_suites();
            let stack = PointerStack::of(suites.iter().copied()).filter(|_| !suites.is_empty());
            stack.map_or(core::ptr::null_mut(), PointerStack::into_ptr)
        })
    }
}

/// The suites that the client offered, as far as we know them; null on a client and before the ClientHello. The stack
/// stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_client_ciphers(ssl: *const SSL) -> *mut stack_st_SSL_CIPHER {
    if ssl.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.client_cipher_stack()) }
}

/// The name of the suite that is `index`th in `SSL_get_ciphers`; null behind the last, and for null. The string is
/// static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_cipher_list(ssl: *const SSL, index: c_int) -> *const c_char {
    if ssl.is_null() {
        return core::ptr::null();
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null(), |ssl| {
            ssl.follow_suites();
            let suite = ssl.with_config(|config| {
                let settings = &config.settings;
                let mut suites = settings.tls13_cipher_suites.iter().chain(settings.cipher_suites.iter());
                suites.nth(usize::try_from(index).ok()?).copied()
            });
            suite.map_or(core::ptr::null(), |suite| convert::static_c_string(suite.openssl_name))
        })
    }
}

/// Writes the names of the suites that both sides have to `buffer`, `:` between them, as many as `size` allows. The
/// buffer, or null: on a client, before the ClientHello, with nothing in common, for less than two bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_shared_ciphers(
    ssl: *const SSL,
    buffer: *mut c_char,
    size: c_int,
) -> *mut c_char {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            let Some(room) = usize::try_from(size).ok().and_then(|size| size.checked_sub(1)) else {
                return core::ptr::null_mut();
            };
            let names = shared_names(ssl, room);
            if names.is_empty() || buffer.is_null() {
                return core::ptr::null_mut();
            }
            // SAFETY: the buffer holds `size` bytes, one more than the names.
            convert::write_string(buffer, names.as_bytes());
            buffer
        })
    }
}

fn shared_names(ssl: &Ssl, room: usize) -> String {
    if ssl.side() == Side::Client {
        return String::new();
    }
    ssl.follow_suites();
    let own = ssl.with_config(|config| {
        let settings = &config.settings;
        [&*settings.tls13_cipher_suites, &*settings.cipher_suites].concat()
    });
    let offered = ssl.with_connection(|connection| connection.negotiated().client_suites.clone());
    let shared = offered.into_iter().filter_map(suite::find);
    let mut names = String::new();
    for suite in shared.filter(|suite| own.iter().any(|mine| core::ptr::eq(*mine, *suite))) {
        let separator = if names.is_empty() { "" } else { ":" };
        if names.len() + separator.len() + suite.openssl_name.len() > room {
            break;
        }
        names.push_str(separator);
        names.push_str(suite.openssl_name);
    }
    names
}

/// The suite in use, which may be that of the session that a client resumes; null before we write with one. It is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_current_cipher(ssl: *const SSL) -> *const SSL_CIPHER {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| cipher::pointer(ssl.suite_in_use())) }
}

/// The suite that the handshake chose; null before that. It is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_pending_cipher(ssl: *const SSL) -> *const SSL_CIPHER {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| cipher::pointer(ssl.suite())) }
}

/// Reads a ClientHello's list of suites: those that we know into `suites`, signals (SCSV) into `signals`; either may
/// be null. Suites take two bytes, or three in the format of SSL 2. The caller frees both stacks with
/// `sk_SSL_CIPHER_free`. 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_bytes_to_cipher_list(
    ssl: *mut SSL,
    bytes: *const c_uchar,
    length: usize,
    is_ssl2: c_int,
    suites: *mut *mut stack_st_SSL_CIPHER,
    signals: *mut *mut stack_st_SSL_CIPHER,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        if let Err(reason) = check_length(length, is_ssl2 != 0) {
            error_queue::raise_ssl(reason);
            return 0;
        }
        with_ssl(ssl, 0, |_| {
            let bytes = convert::bytes(bytes, length).unwrap_or_default();
            match read_suites(bytes, is_ssl2 != 0) {
                Ok(found) => {
                    let (signalled, found): (Vec<_>, Vec<_>) =
                        found.into_iter().partition(|suite| suite.is_signal());
                    let stacks =
                        (PointerStack::of(found.into_iter()), PointerStack::of(signalled.into_iter()));
                    let (Some(found), Some(signalled)) = stacks else { return 0 };
                    if !suites.is_null() {
                        suites.write(found.into_ptr());
                    }
                    if !signals.is_null() {
                        signals.write(signalled.into_ptr());
                    }
                    1
                }
                Err(reason) => {
                    error_queue::raise_ssl(reason);
                    0
                }
            }
        })
    }
}

/// How many bytes a suite has.
const fn suite_length(is_ssl2: bool) -> usize {
    if is_ssl2 { 3 } else { 2 }
}

/// Whether so many bytes are a list of suites.
const fn check_length(length: usize, is_ssl2: bool) -> Result<(), Reason> {
    if length == 0 {
        return Err(Reason::NO_CIPHERS_SPECIFIED);
    }
    if !length.is_multiple_of(suite_length(is_ssl2)) {
        return Err(Reason::ERROR_IN_RECEIVED_CIPHER_LIST);
    }
    Ok(())
}

/// The suites and signals that we know.
fn read_suites(bytes: &[u8], is_ssl2: bool) -> Result<Vec<&'static Suite>, Reason> {
    check_length(bytes.len(), is_ssl2)?;
    let numbers = bytes.chunks_exact(suite_length(is_ssl2)).filter_map(|entry| match *entry {
        [high, low] | [0, high, low] => Some(CipherSuite(u16::from_be_bytes([high, low]))),
        _ => None,
    });
    Ok(numbers.filter_map(suite::find_listed).collect())
}

/// The cipher string of a context that sets none. It is static.
#[unsafe(no_mangle)]
pub extern "C" fn OSSL_default_cipher_list() -> *const c_char {
    const DEFAULT: &CStr = c"ALL:!COMPLEMENTOFDEFAULT:!eNULL";
    DEFAULT.as_ptr()
}

/// The suites of TLS 1.3 of a context that sets none. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn OSSL_default_ciphersuites() -> *const c_char {
    const DEFAULT: &CStr = c"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
    DEFAULT.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_read_in_both_formats() {
        let expected = suite::find(CipherSuite(0x1301)).unwrap();
        for (bytes, is_ssl2, signals) in
            [(&[0x13, 0x01, 0x00, 0xff][..], false, 1), (&[0, 0x13, 0x01, 1, 0, 0x80][..], true, 0)]
        {
            let found = read_suites(bytes, is_ssl2).unwrap();
            assert!(core::ptr::eq(found[0], expected) && found.len() == 1 + signals);
            assert!(found[1..].iter().all(|suite| suite.is_signal()));
        }
        assert_eq!(read_suites(&[], false).err(), Some(Reason::NO_CIPHERS_SPECIFIED));
        assert_eq!(read_suites(&[1], false).err(), Some(Reason::ERROR_IN_RECEIVED_CIPHER_LIST));
    }
}
