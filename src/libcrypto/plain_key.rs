//! Private keys that are not encrypted, from PEM files: made of their numbers. libcrypto's own reader tries all decoders of all
//! providers, which takes twenty times as long. Used by `credential_file`.
//!
//! What is not read here, libcrypto reads, and says what is wrong with it.

#[cfg(any(test, fuzzing))]
use core::{
    ffi::{c_char, c_int, c_void},
    ptr::null_mut,
};

use zeroize::Zeroizing;

use super::{
    agreement::{self, KEY_PAIR, from_data},
    bio::Bio,
    error_queue,
    evp_pkey::PKey,
    library::Library,
    parameters::Parameter,
    sys,
};
use crate::crypto::{pem, signature::KeyParts};

/// The largest file that is read here.
const MOST: usize = 64 * 1024;
/// What a key takes, and a certificate with it.
const USUAL: usize = 4 * 1024;
/// What may stand before the key in its file.
const BEFORE: [&[u8]; 2] = [b"CERTIFICATE", b"EC PARAMETERS"];
/// What the parts of an RSA key are called, in the order of PKCS #1.
const RSA_NAMES: [&core::ffi::CStr; 8] = [
    c"n",
    c"e",
    c"d",
    c"rsa-factor1",
    c"rsa-factor2",
    c"rsa-exponent1",
    c"rsa-exponent2",
    c"rsa-coefficient1",
];

/// The key in a file; `None` for one of another kind, or written in another way: the file stands at its beginning again then.
/// The queue is left as it was.
pub(super) fn read(file: &Bio, library: &Library) -> Option<PKey> {
    // A program that set up the secure heap (`CRYPTO_secure_malloc_init(3)`) wants keys there, where libcrypto's reader puts them.
    // SAFETY: it takes nothing.
    if unsafe { sys::CRYPTO_secure_malloc_initialized() } != 0 {
        return None;
    }
    // What cannot be rewound, a pipe say, can be read once only.
    file.rewind().then_some(())?;
    let mark = error_queue::set_mark();
    let text = whole(file);
    let key = text.and_then(|text| from_text(&text, library));
    mark.pop();
    if key.is_none() {
        file.rewind();
    }
    key
}

/// What is in the file; `None` if that is too much, or cannot be read.
fn whole(file: &Bio) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::with_capacity(USUAL));
    while text.len() < MOST {
        if text.len() == text.capacity() {
            // What grows leaves a copy behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(4 * text.len()));
            larger.extend_from_slice(&text);
            text = larger;
        }
        match file.read_append(&mut text, MOST) {
            0 => return Some(text),
            count if count < 0 => return None,
            _ => {}
        }
    }
    None
}

/// The key in a text.
pub(crate) fn from_text(text: &[u8], library: &Library) -> Option<PKey> {
    let (label, der) = pem::first_section(text, &BEFORE)?;
    let key = match KeyParts::of_section(label, &der)? {
        KeyParts::Rsa(parts) => {
            let numbers = RSA_NAMES.into_iter().zip(parts).map(|(name, part)| Parameter::number(name, part));
            from_data(library, c"RSA", KEY_PAIR, numbers)
        }
        KeyParts::Ecdsa { curve, private, public } => {
            agreement::name(curve)?.curve_key_pair(private, public, library)
        }
    }?;
    // Another provider may have its own way with files.
    key.is_of_default_provider().then_some(key)
}

/// The key that libcrypto's own reader finds in the text, for comparison.
#[cfg(any(test, fuzzing))]
pub(crate) fn as_libcrypto_reads_it(text: &[u8], library: &Library) -> Option<PKey> {
    let length = c_int::try_from(text.len()).ok()?;
    // SAFETY: the text outlives the BIO, which reads so much of it; the key is ours. There is no password.
    unsafe {
        let bio = Bio::from_owned(sys::BIO_new_mem_buf(text.as_ptr().cast(), length))?;
        PKey::from_owned(sys::PEM_read_bio_PrivateKey_ex(
            bio.as_ptr(),
            null_mut(),
            Some(no_password),
            null_mut(),
            library.as_ptr(),
            library.properties(),
        ))
    }
}

#[cfg(any(test, fuzzing))]
unsafe extern "C" fn no_password(_: *mut c_char, _: c_int, _: c_int, _: *mut c_void) -> c_int {
    -1
}
