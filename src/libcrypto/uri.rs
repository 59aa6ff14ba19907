//! Certificates at a URI (`ossl_store(7)`). Used by `object::ca_names`.

use core::{ffi::CStr, ptr::NonNull};

use super::{error_queue, sys, x509::X509};

/// How deep a URI may lead to others: a directory to its files, say.
const MAX_DEPTH: u8 = 1;
/// `OSSL_STORE_INFO_NAME`: another URI.
const NAME: i32 = 1;
/// `OSSL_STORE_INFO_CERT`.
const CERTIFICATE: i32 = 5;

/// What a URI leads to, while it is read.
struct Store(NonNull<sys::OSSL_STORE_CTX>);

impl Store {
    fn open(uri: &CStr) -> Option<Self> {
        let null = core::ptr::null_mut();
        // SAFETY: the URI is a C string; everything else may be null.
        NonNull::new(unsafe { sys::OSSL_STORE_open(uri.as_ptr(), core::ptr::null(), null, None, null) })
            .map(Self)
    }

    fn is_at_end(&self) -> bool {
        // SAFETY: the store is open.
        unsafe { sys::OSSL_STORE_eof(self.0.as_ptr()) != 0 }
    }

    /// The next thing; `None` for what is none. What libcrypto says of its attempts to read it is dropped.
    fn load(&self) -> Option<Item> {
        let mark = error_queue::set_mark();
        // SAFETY: the store is open; the item is ours.
        let item = NonNull::new(unsafe { sys::OSSL_STORE_load(self.0.as_ptr()) }).map(Item);
        mark.pop();
        item
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: the store is ours.
        unsafe { sys::OSSL_STORE_close(self.0.as_ptr()) };
    }
}

/// One thing that was found.
struct Item(NonNull<sys::OSSL_STORE_INFO>);

impl Item {
    fn kind(&self) -> i32 {
        // SAFETY: the item is valid.
        unsafe { sys::OSSL_STORE_INFO_get_type(self.0.as_ptr()) }
    }

    fn certificate(&self) -> Option<X509> {
        // SAFETY: the item is valid, and holds a certificate or gives null.
        unsafe { X509::from_borrowed(sys::OSSL_STORE_INFO_get0_CERT(self.0.as_ptr())) }
    }

    fn name(&self) -> Option<&CStr> {
        // SAFETY: the item is valid; what it gives lives as long.
        unsafe {
            let name = sys::OSSL_STORE_INFO_get0_NAME(self.0.as_ptr());
            (!name.is_null()).then(|| CStr::from_ptr(name))
        }
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        // SAFETY: the item is ours.
        unsafe { sys::OSSL_STORE_INFO_free(self.0.as_ptr()) };
    }
}

/// Hands each certificate that a URI leads to to `take`, until that says `false`. `false` with libcrypto's reason in the
/// queue: the URI cannot be opened, or `take` failed.
pub fn certificates_at(uri: &CStr, take: &mut dyn FnMut(X509) -> bool) -> bool {
    read(uri, MAX_DEPTH, take)
}

fn read(uri: &CStr, depth: u8, take: &mut dyn FnMut(X509) -> bool) -> bool {
    let Some(store) = Store::open(uri) else { return false };
    while !store.is_at_end() {
        let Some(item) = store.load() else { continue };
        let taken = match item.kind() {
            // An entry of a directory that is nothing of this kind does not count.
            NAME if depth > 0 => item.name().is_none_or(|name| read(name, depth - 1, take)),
            CERTIFICATE => item.certificate().is_none_or(&mut *take),
            _ => true,
        };
        if !taken {
            return false;
        }
    }
    true
}
