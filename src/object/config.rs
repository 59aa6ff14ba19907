//! What `SSL_new` copies from a context to a connection.

use std::sync::Arc;

use super::{
    Context, Ssl, ca_names::CaLists, callbacks::CopiedCallbacks, context::Method, credentials::Credentials,
    custom_extensions::CustomExtension, security::Asker, srp::Srp, use_srtp::Profiles,
};
use crate::{
    libcrypto::{library::Library, stack::X509Stack, store::X509Store, verify_param::VerifyParam},
    policy::Settings,
    record::Side,
    wire::ProtocolVersion,
};

/// The configuration of a context or of a connection. Cheap to clone; a setter clones what it changes.
#[derive(Clone)]
pub struct Config {
    /// Which sides and versions it is for.
    pub method: &'static Method,
    /// What the core wants to know.
    pub settings: Arc<Settings>,
    /// Whether a connection has suites of its own; else it uses its context's, as they are then.
    pub own_suites: bool,
    /// Our certificates and keys, as the program gave them. `settings.certificates` is made from these.
    pub credentials: Arc<Credentials>,
    /// The callbacks that go along.
    pub callbacks: CopiedCallbacks,
    /// `SSL_CTX_set1_verify_cert_store`: verifies the peer's chain in place of the context's store.
    pub verify_store: Option<X509Store>,
    /// `SSL_CTX_set1_chain_cert_store`: builds our own chains in place of the context's store.
    pub chain_store: Option<X509Store>,
    /// `SSL_CTX_add_extra_chain_cert`: sent after a certificate without a chain of its own. Read from the context when it is
    /// used.
    pub extra_chain: Option<Arc<X509Stack>>,
    /// The extensions that the program handles itself. `settings.custom_extensions` is made from these.
    pub custom_extensions: Arc<[CustomExtension]>,
    /// `SSL_CTX_set_max_pipelines`.
    pub max_pipelines: usize,
    /// The protection profiles of SRTP. A connection begins with none of its own, and follows its context.
    pub srtp_profiles: Option<Arc<Profiles>>,
    /// What SRP needs.
    pub srp: Srp,
    /// The CA names to send. A connection begins with none of its own, and falls back on its context's.
    pub ca_lists: CaLists,
}

impl Config {
    /// What a connection begins with, of a context's.
    #[must_use]
    pub fn for_connection(&self) -> Self {
        Self { own_suites: false, srtp_profiles: None, ca_lists: CaLists::default(), ..self.clone() }
    }

    /// Changes the method.
    pub fn set_method(&mut self, method: &'static Method) {
        self.method = method;
        self.update_settings(|settings| settings.method_versions = method.versions);
    }

    /// Changes the settings.
    pub fn update_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(Arc::make_mut(&mut self.settings));
    }

    /// Changes the settings if that succeeds.
    pub fn try_update_settings<E>(
        &mut self,
        change: impl FnOnce(&mut Settings) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut settings = Settings::clone(&self.settings);
        change(&mut settings)?;
        self.settings = Arc::new(settings);
        Ok(())
    }

    /// Changes the credentials, and what the core knows of them.
    pub fn update_credentials<R>(&mut self, change: impl FnOnce(&mut Credentials) -> R) -> R {
        let result = change(Arc::make_mut(&mut self.credentials));
        let certificates = Arc::new(self.credentials.for_core());
        let has_key = self.credentials.slots.iter().any(|credential| credential.key.is_some());
        self.update_settings(|settings| {
            settings.certificates = certificates;
            settings.has_key = has_key;
        });
        result
    }
}

/// What has a configuration: a context or a connection.
pub trait Configurable {
    /// Looks at the configuration; `look` must not call C.
    fn look<R>(&self, look: impl FnOnce(&Config) -> R) -> R;
    /// Changes the configuration; `change` must not call C that calls back.
    fn change<R>(&self, change: impl FnOnce(&mut Config) -> R) -> R;

    /// Where libcrypto's part of the work is done.
    fn library(&self) -> Library;

    /// The trust anchors of the context.
    fn context_store(&self) -> X509Store;

    /// The extra certificates of the context.
    fn context_extra_chain(&self) -> Option<Arc<X509Stack>>;

    /// The only version that the context's method knows. A connection's own method (`SSL_set_ssl_method(3)`) counts for one handshake at
    /// most.
    fn context_fixed_version(&self) -> Option<ProtocolVersion>;

    /// Which side it is for; a context for both counts as a server's (`SSL_is_server(3)`).
    fn side(&self) -> Side;

    /// What verifications check.
    fn verify_param(&self) -> &VerifyParam;

    /// Who asks whether a certificate is secure enough.
    fn asker(&self) -> Asker;

    /// `SSL_CTX_set_max_pipelines(3)`: a connection with several pipelines reads ahead.
    fn set_max_pipelines(&self, pipelines: usize);

    /// Changes the settings.
    fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.change(|config| config.update_settings(change));
    }
}

impl Configurable for Context {
    fn look<R>(&self, look: impl FnOnce(&Config) -> R) -> R {
        look(&self.config())
    }

    fn change<R>(&self, change: impl FnOnce(&mut Config) -> R) -> R {
        self.update_config(change)
    }

    fn library(&self) -> Library {
        self.library.clone()
    }

    fn context_store(&self) -> X509Store {
        self.store()
    }

    fn context_extra_chain(&self) -> Option<Arc<X509Stack>> {
        self.config().extra_chain.clone()
    }

    fn context_fixed_version(&self) -> Option<ProtocolVersion> {
        self.config().settings.fixed_version()
    }

    fn side(&self) -> Side {
        self.config().method.side()
    }

    fn verify_param(&self) -> &VerifyParam {
        &self.verify_param
    }

    fn asker(&self) -> Asker {
        Asker::of_context(self)
    }

    fn set_max_pipelines(&self, pipelines: usize) {
        self.change(|config| config.max_pipelines = pipelines);
    }
}

impl Configurable for Ssl {
    fn look<R>(&self, look: impl FnOnce(&Config) -> R) -> R {
        self.with_config(look)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Config) -> R) -> R {
        self.update_config(change)
    }

    fn library(&self) -> Library {
        self.context().library.clone()
    }

    fn context_store(&self) -> X509Store {
        self.context().store()
    }

    fn context_extra_chain(&self) -> Option<Arc<X509Stack>> {
        self.context().config().extra_chain.clone()
    }

    fn context_fixed_version(&self) -> Option<ProtocolVersion> {
        self.context().config().settings.fixed_version()
    }

    fn side(&self) -> Side {
        self.side()
    }

    fn set_max_pipelines(&self, pipelines: usize) {
        self.change(|config| {
            config.max_pipelines = pipelines;
            if pipelines > 1 {
                config.update_settings(|settings| settings.read_ahead = 1);
            }
        });
    }

    fn verify_param(&self) -> &VerifyParam {
        &self.verify_param
    }

    fn asker(&self) -> Asker {
        Asker::of_connection(self)
    }
}
