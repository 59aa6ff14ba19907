//! Sessions as ASN.1, PEM and text: `d2i_SSL_SESSION(3)`, `PEM_read_bio_SSL_SESSION(3)`, `SSL_SESSION_print(3)`.

use core::ffi::{c_char, c_int, c_long, c_uchar, c_void};

use super::{
    library,
    support::{
        convert::{self, bytes},
        export, guard, with_session,
    },
};
use crate::{
    error::Reason,
    libcrypto::{
        bio::Bio,
        error_queue,
        library::Library,
        sys::{self, BIO, OSSL_LIB_CTX, pem_password_cb},
    },
    object::{SSL_SESSION, SessionHandle, session_text},
    session::{Session, asn1},
};

export!(OPENSSL_3.2.0: d2i_SSL_SESSION_ex);
export! {
    i2d_SSL_SESSION d2i_SSL_SESSION
    PEM_read_bio_SSL_SESSION PEM_write_bio_SSL_SESSION PEM_read_SSL_SESSION PEM_write_SSL_SESSION
    SSL_SESSION_print SSL_SESSION_print_fp SSL_SESSION_print_keylog
}

/// Writes the ASN.1 form. A null `pp` only asks for the length; a null `*pp` becomes memory that the caller frees with
/// `OPENSSL_free`; else the form is written to `*pp`, which then points behind it.
///
/// Returns the length; 0 for null and for a session without a cipher. `d2i_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn i2d_SSL_SESSION(session: *const SSL_SESSION, pp: *mut *mut c_uchar) -> c_int {
    if session.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module: `*pp` is null or has room for what this function says.
    unsafe {
        with_session(session, 0, |session| {
            let Some(encoded) = asn1::encode(&session.core()) else { return 0 };
            let Ok(length) = c_int::try_from(encoded.len()) else { return 0 };
            if pp.is_null() {
                return length;
            }
            if (*pp).is_null() {
                *pp = convert::allocate_bytes(&encoded);
                return if (*pp).is_null() { 0 } else { length };
            }
            core::ptr::copy_nonoverlapping(encoded.as_ptr(), *pp, encoded.len());
            *pp = (*pp).add(encoded.len());
            length
        })
    }
}

/// Reads a session from the `length` bytes at `*pp`, which then points behind what it had. A session at `*a` becomes
/// what was read; a null `*a` becomes the new session.
///
/// Returns the session, of which the caller owns one reference; null if the bytes are no session. `d2i_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn d2i_SSL_SESSION(
    a: *mut *mut SSL_SESSION,
    pp: *mut *const c_uchar,
    length: c_long,
) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe { read(a, pp, length, Library::default()) }
}

/// As `d2i_SSL_SESSION`; the peer's certificate of a new session is made in `libctx`, which has to outlive it, with the query
/// `propq`. `d2i_SSL_SESSION(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn d2i_SSL_SESSION_ex(
    a: *mut *mut SSL_SESSION,
    pp: *mut *const c_uchar,
    length: c_long,
    libctx: *mut OSSL_LIB_CTX,
    propq: *const c_char,
) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe { read(a, pp, length, Library::new(libctx, convert::c_string(propq))) }
}

unsafe fn read(
    a: *mut *mut SSL_SESSION,
    pp: *mut *const c_uchar,
    length: c_long,
    library: Library,
) -> *mut SSL_SESSION {
    guard(core::ptr::null_mut(), || {
        // SAFETY: the contract of this module.
        unsafe {
            let input = usize::try_from(length).ok().and_then(|length| bytes(*pp, length));
            let (session, length) = match SessionHandle::decode(input.unwrap_or_default()) {
                Ok(decoded) => decoded,
                Err(reason) => {
                    if let Some(reason) = reason {
                        error_queue::raise_ssl(reason);
                    }
                    return core::ptr::null_mut();
                }
            };
            *pp = (*pp).add(length);
            place(a, session, library)
        }
    })
}

unsafe fn place(a: *mut *mut SSL_SESSION, session: Session, library: Library) -> *mut SSL_SESSION {
    // SAFETY: the caller's, which is the contract of this module.
    unsafe {
        if let Some(known) = a.as_ref().and_then(|known| known.as_ref()) {
            known.update(|old| *old = session);
            return *a;
        }
        let session = library::make_ready().then(|| SessionHandle::new_within(library, session.into()));
        let handle = convert::handle(session);
        convert::store(a, handle);
        handle
    }
}

/// What stands in the first line of the PEM form.
const PEM_NAME: &core::ffi::CStr = c"SSL SESSION PARAMETERS";

/// `i2d_SSL_SESSION` as PEM functions want it.
unsafe extern "C" fn write_asn1(session: *const c_void, pp: *mut *mut c_uchar) -> c_int {
    // SAFETY: the PEM functions below are given a session.
    unsafe { i2d_SSL_SESSION(session.cast(), pp) }
}

/// `d2i_SSL_SESSION` as PEM functions want it.
unsafe extern "C" fn read_asn1(a: *mut *mut c_void, pp: *mut *const c_uchar, length: c_long) -> *mut c_void {
    // SAFETY: the PEM functions below are given a session.
    unsafe { d2i_SSL_SESSION(a.cast(), pp, length).cast() }
}

/// Reads the PEM form; an encrypted one with the password that `cb` gives for `u`.
///
/// Returns as `d2i_SSL_SESSION`. `PEM_read_bio_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PEM_read_bio_SSL_SESSION(
    bio: *mut BIO,
    a: *mut *mut SSL_SESSION,
    cb: Option<pem_password_cb>,
    u: *mut c_void,
) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module; what is read is a session.
    unsafe { sys::PEM_ASN1_read_bio(Some(read_asn1), PEM_NAME.as_ptr(), bio, a.cast(), cb, u).cast() }
}

/// Writes the PEM form. Returns 1, or 0 with the reason in the queue. `PEM_read_bio_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PEM_write_bio_SSL_SESSION(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module; nothing is encrypted.
    unsafe {
        sys::PEM_ASN1_write_bio(
            Some(write_asn1),
            PEM_NAME.as_ptr(),
            bio,
            session.cast(),
            core::ptr::null(),
            core::ptr::null(),
            0,
            None,
            core::ptr::null_mut(),
        )
    }
}

/// As `PEM_read_bio_SSL_SESSION`, from a file. `PEM_read_bio_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PEM_read_SSL_SESSION(
    file: *mut libc::FILE,
    a: *mut *mut SSL_SESSION,
    cb: Option<pem_password_cb>,
    u: *mut c_void,
) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module; what is read is a session.
    unsafe { sys::PEM_ASN1_read(Some(read_asn1), PEM_NAME.as_ptr(), file, a.cast(), cb, u).cast() }
}

/// As `PEM_write_bio_SSL_SESSION`, to a file. `PEM_read_bio_SSL_SESSION(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PEM_write_SSL_SESSION(file: *mut libc::FILE, session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module; nothing is encrypted.
    unsafe {
        sys::PEM_ASN1_write(
            Some(write_asn1),
            PEM_NAME.as_ptr(),
            file,
            session.cast(),
            core::ptr::null(),
            core::ptr::null(),
            0,
            None,
            core::ptr::null_mut(),
        )
    }
}

/// Writes what the session says as text. Returns 1; 0 for null, or if it could not be written.
/// `SSL_SESSION_print(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_print(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { print(Bio::from_borrowed(bio), session, session_text::print) }
}

/// As `SSL_SESSION_print`, to a file. `SSL_SESSION_print(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_print_fp(file: *mut libc::FILE, session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module; the BIO leaves the file open.
    unsafe {
        let bio = Bio::from_owned(sys::BIO_new_fp(file, sys::BIO_NOCLOSE));
        if bio.is_none() {
            error_queue::raise_ssl(Reason::ERR_BUF_LIB);
        }
        print(bio, session, session_text::print)
    }
}

/// Writes the session's id and secret as a line of a key log. Returns 1; 0 if it has none, or for null.
/// `SSL_SESSION_print(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_print_keylog(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { print(Bio::from_borrowed(bio), session, session_text::print_key_log) }
}

unsafe fn print(
    bio: Option<Bio>,
    session: *const SSL_SESSION,
    print: impl FnOnce(&Session, &Bio) -> bool,
) -> c_int {
    let Some(bio) = bio.filter(|_| !session.is_null()) else { return 0 };
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| c_int::from(print(&session.core(), &bio))) }
}
