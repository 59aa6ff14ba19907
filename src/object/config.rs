//! What `SSL_new` copies from a context to a connection.

use std::sync::Arc;

use super::{callbacks::CopiedCallbacks, credentials::Credentials};
use crate::{libcrypto::store::X509Store, policy::Settings};

/// The configuration of a context or of a connection. Cheap to clone; a setter clones what it changes.
#[derive(Clone)]
pub struct Config {
    /// What the core wants to know.
    pub settings: Arc<Settings>,
    /// Our certificates and keys, as the program gave them. `settings.certificates` is made from these.
    pub credentials: Arc<Credentials>,
    /// The callbacks that go along.
    pub callbacks: CopiedCallbacks,
    /// `SSL_CTX_set1_verify_cert_store`: verifies the peer's chain in place of the context's store.
    pub verify_store: Option<X509Store>,
    /// `SSL_CTX_set1_chain_cert_store`: builds our own chains in place of the context's store.
    pub chain_store: Option<X509Store>,
}

impl Config {
    /// Changes the settings.
    pub fn update_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(Arc::make_mut(&mut self.settings));
    }

    /// Changes the credentials, and what the core knows of them.
    pub fn update_credentials<R>(&mut self, change: impl FnOnce(&mut Credentials) -> R) -> R {
        let result = change(Arc::make_mut(&mut self.credentials));
        let certificates = Arc::new(self.credentials.for_core());
        self.update_settings(|settings| settings.certificates = certificates);
        result
    }
}
