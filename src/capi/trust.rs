//! The trust anchors of a context: `SSL_CTX_load_verify_locations(3)`, `SSL_CTX_set_cert_store(3)`.

use core::ffi::{c_char, c_int};

use super::support::{convert, export, with_context};
use crate::{
    libcrypto::{
        store::{DefaultPlace, X509Store},
        sys::X509_STORE,
    },
    object::SSL_CTX,
};

export! {
    SSL_CTX_set_cert_store SSL_CTX_set1_cert_store SSL_CTX_get_cert_store
    SSL_CTX_load_verify_locations SSL_CTX_load_verify_file SSL_CTX_load_verify_dir SSL_CTX_load_verify_store
    SSL_CTX_set_default_verify_paths SSL_CTX_set_default_verify_file SSL_CTX_set_default_verify_dir
    SSL_CTX_set_default_verify_store
}

/// Replaces the store of trust anchors by the caller's, which is given away. Null stands for a new, empty one. Connections that exist use it too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cert_store(context: *mut SSL_CTX, store: *mut X509_STORE) {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, (), |context| replace_store(context, X509Store::from_owned(store))) }
}

/// As `SSL_CTX_set_cert_store`, but the caller keeps its reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_cert_store(context: *mut SSL_CTX, store: *mut X509_STORE) {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, (), |context| replace_store(context, X509Store::from_borrowed(store))) }
}

/// Nothing is replaced when memory is out.
fn replace_store(context: &SSL_CTX, store: Option<X509Store>) {
    if let Some(store) = store.or_else(X509Store::new) {
        drop(context.set_store(store));
    }
}

/// The store of trust anchors, to be changed; it stays the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_cert_store(context: *const SSL_CTX) -> *mut X509_STORE {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), |context| context.store().as_ptr()) }
}

/// Trusts the CA certificates of a PEM file, and those of a directory, where they are looked up by the hash of their names;
/// either may be null. 1, or 0 with libcrypto's reason in the queue; both null: 0 and no reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_load_verify_locations(
    context: *mut SSL_CTX,
    file: *const c_char,
    directory: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, 0, |context| {
            let (file, directory) = (convert::c_string(file), convert::c_string(directory));
            let is_any = file.is_some() || directory.is_some();
            let store = context.store();
            let is_loaded = file.is_none_or(|file| store.load_file(file))
                && directory.is_none_or(|directory| store.load_directory(directory));
            (is_any && is_loaded).into()
        })
    }
}

/// Loads what `place` names; null fails without a reason.
///
/// # Safety
///
/// `place` is null or a C string.
unsafe fn load(
    context: &SSL_CTX,
    place: *const c_char,
    load: impl FnOnce(&X509Store, &core::ffi::CStr) -> bool,
) -> c_int {
    // SAFETY: the caller's promise.
    let place = unsafe { convert::c_string(place) };
    place.is_some_and(|place| load(&context.store(), place)).into()
}

/// Trusts the CA certificates of a PEM file. 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_load_verify_file(context: *mut SSL_CTX, place: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| load(context, place, X509Store::load_file)) }
}

/// Trusts the CA certificates of a directory, where they are looked up by the hash of their names. 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_load_verify_dir(context: *mut SSL_CTX, place: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| load(context, place, X509Store::load_directory)) }
}

/// Trusts the CA certificates that a URI leads to (`ossl_store(7)`). 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_load_verify_store(context: *mut SSL_CTX, place: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| load(context, place, X509Store::load_uri)) }
}

/// Trusts the CA certificates in libcrypto's default file, directory and store (`SSL_CERT_FILE`, `SSL_CERT_DIR`). Where
/// neither the file nor the directory exists that libcrypto was built for, those of well-known distributions are
/// used. 1, or 0 when memory is out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_verify_paths(context: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.load_default_paths().into()) }
}

/// As `SSL_CTX_set_default_verify_paths`, for the file alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_verify_file(context: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.load_default(DefaultPlace::File).into()) }
}

/// As `SSL_CTX_set_default_verify_paths`, for the directory alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_verify_dir(context: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.load_default(DefaultPlace::Directory).into()) }
}

/// As `SSL_CTX_set_default_verify_paths`, for the store alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_verify_store(context: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.load_default(DefaultPlace::Uri).into()) }
}
