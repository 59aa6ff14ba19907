//! The suites of a context or connection as the stack that `SSL_get_ciphers` gives out: made when somebody asks,
//! kept until the suites change.

use std::sync::Arc;

use crate::{
    crypto::suite::Suite,
    libcrypto::{pointer_stack::PointerStack, sys::OPENSSL_STACK},
    policy::Settings,
};

type Suites = Arc<[&'static Suite]>;

/// A stack and what it was made from.
#[derive(Default)]
pub struct CipherStack(Option<(Suites, Suites, PointerStack)>);

impl CipherStack {
    /// The stack of these settings, those of TLS 1.3 first. It is valid until the suites are changed and it is
    /// asked for again. Null when memory is out.
    pub fn of(&mut self, settings: &Settings) -> *mut OPENSSL_STACK {
        let (new, old) = (&settings.tls13_cipher_suites, &settings.cipher_suites);
        let current = self
            .0
            .as_ref()
            .filter(|(is_new, is_old, _)| Arc::ptr_eq(is_new, new) && Arc::ptr_eq(is_old, old));
        if let Some((.., stack)) = current {
            return stack.as_ptr();
        }
        let stack = PointerStack::of(new.iter().chain(old.iter()).copied());
        self.0 = stack.map(|stack| (Arc::clone(new), Arc::clone(old), stack));
        self.0.as_ref().map_or(core::ptr::null_mut(), |(.., stack)| stack.as_ptr())
    }
}
