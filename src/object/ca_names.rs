//! The CA names that we send, and those that the peer sent (`SSL_CTX_set0_CA_list(3)`): a server's
//! `CertificateRequest`, or in TLS 1.3 the `certificate_authorities` of either side (RFC 8446 §4.2.4).
//!
//! A list of a connection comes before the one of its context, which is read when it is used.

use core::ffi::CStr;
use std::sync::Arc;

use super::{Ssl, config::Configurable};
use crate::{
    error::Reason,
    libcrypto::{
        credential_file::{CredentialFile, Format, Password},
        error_queue,
        library::Library,
        name::{NameStack, X509Name, push_new},
        sys, uri,
        x509::X509,
    },
    record::Side,
    wire::ProtocolVersion,
};

/// Names as the program sees them, and as they are sent.
#[derive(Clone)]
pub struct CaList {
    names: Arc<NameStack>,
    der: Arc<[Vec<u8>]>,
}

/// The lists of a context or of a connection.
#[derive(Clone, Default)]
pub struct CaLists {
    /// `SSL_CTX_set_client_CA_list`: what a server sends, if it is not empty.
    pub for_clients: Option<CaList>,
    /// `SSL_CTX_set0_CA_list`: what either side sends.
    pub for_any: Option<CaList>,
}

/// Which of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of `SSL_CTX_set_client_CA_list`.
    ForClients,
    /// Of `SSL_CTX_set0_CA_list`.
    ForAny,
}

/// The names that the peer sent, made into objects when somebody asks for them.
pub struct PeerCaNames {
    der: Vec<Vec<u8>>,
    names: NameStack,
}

impl CaList {
    fn new(names: Arc<NameStack>) -> Self {
        let der = names.to_der().into();
        Self { names, der }
    }

    /// The pointer that the program may use.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.names.as_ptr()
    }
}

impl CaLists {
    /// Lists of the same names, for a connection that another thread may work on; `None` when memory is out.
    pub(super) fn duplicate(&self) -> Option<Self> {
        let copy = |list: &Option<CaList>| match list {
            None => Some(None),
            Some(list) => {
                Some(Some(CaList { names: Arc::new(list.names.duplicate()?), der: Arc::clone(&list.der) }))
            }
        };
        Some(Self { for_clients: copy(&self.for_clients)?, for_any: copy(&self.for_any)? })
    }

    /// Two empty lists, which a context begins with; `None` when memory is out.
    #[must_use]
    pub fn empty() -> Option<Self> {
        let list = || Some(CaList::new(Arc::new(NameStack::new()?)));
        Some(Self { for_clients: Some(list()?), for_any: Some(list()?) })
    }

    /// One of the two lists.
    #[must_use]
    pub const fn get(&self, kind: Kind) -> Option<&CaList> {
        match kind {
            Kind::ForClients => self.for_clients.as_ref(),
            Kind::ForAny => self.for_any.as_ref(),
        }
    }

    const fn get_mut(&mut self, kind: Kind) -> &mut Option<CaList> {
        match kind {
            Kind::ForClients => &mut self.for_clients,
            Kind::ForAny => &mut self.for_any,
        }
    }

    /// What `side` sends, when what is not set here is taken from `context`.
    fn to_send(&self, context: &Self, side: Side) -> Option<Arc<[Vec<u8>]>> {
        let list = |kind| self.get(kind).or(context.get(kind)).map(|list| Arc::clone(&list.der));
        let for_clients = match side {
            Side::Server => list(Kind::ForClients).filter(|names| !names.is_empty()),
            Side::Client => None,
        };
        for_clients.or_else(|| list(Kind::ForAny))
    }
}

/// Replaces a list; `None` removes it.
pub fn set(owner: &impl Configurable, kind: Kind, names: Option<NameStack>) {
    let list = names.map(|names| CaList::new(Arc::new(names)));
    owner.change(|config| *config.ca_lists.get_mut(kind) = list);
}

/// Appends the subject of a certificate to a list, which is made if there is none. `false`: memory is out.
pub fn add(owner: &impl Configurable, kind: Kind, certificate: &X509) -> bool {
    let names = owner.look(|config| config.ca_lists.get(kind).map(|list| Arc::clone(&list.names)));
    let Some(names) = names.or_else(|| NameStack::new().map(Arc::new)) else { return false };
    let is_added = certificate.subject().is_some_and(|subject| names.push(subject));
    owner.change(|config| *config.ca_lists.get_mut(kind) = Some(CaList::new(names)));
    is_added
}

impl Ssl {
    /// One of our lists: the connection's, or else its context's; null if neither has one.
    #[must_use]
    pub fn ca_list(&self, kind: Kind) -> *mut sys::OPENSSL_STACK {
        let own = self.with_config(|config| config.ca_lists.get(kind).map(CaList::as_ptr));
        own.or_else(|| self.context().config().ca_lists.get(kind).map(CaList::as_ptr))
            .unwrap_or(core::ptr::null_mut())
    }

    /// The names that the peer sent; null before it did.
    #[must_use]
    pub fn peer_ca_names(&self) -> *mut sys::OPENSSL_STACK {
        let parts = self.parts();
        let der = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            // RFC 5246 §7.4.4: in TLS 1.2 a server that asks for a certificate sends a list, if only an empty one.
            let is_known = !negotiated.peer_ca_names.is_empty()
                || (self.side() == Side::Client
                    && negotiated.certificate_requested
                    && negotiated.version != Some(ProtocolVersion::TLS1_3));
            is_known.then(|| negotiated.peer_ca_names.clone())
        });
        let Some(der) = der else { return core::ptr::null_mut() };
        let mut known = parts.peer_ca_names.borrow_mut();
        if known.as_ref().is_none_or(|known| known.der != der) {
            *known = PeerCaNames::new(der);
        }
        known.as_ref().map_or(core::ptr::null_mut(), |known| known.names.as_ptr())
    }

    /// Tells the core the names to send as they are now.
    pub(super) fn refresh_ca_names(&self) {
        let context = self.context();
        let theirs = context.config_now();
        let changed = self.with_config(|config| {
            let names = config.ca_lists.to_send(&theirs.ca_lists, self.side()).unwrap_or_default();
            (config.settings.ca_names != names).then_some(names)
        });
        if let Some(names) = changed {
            self.update_config(|config| config.update_settings(|settings| settings.ca_names = names));
        }
    }
}

impl PeerCaNames {
    fn new(der: Vec<Vec<u8>>) -> Option<Self> {
        let names = NameStack::new()?;
        for name in &der {
            names.push(X509Name::from_der(name)?);
        }
        Some(Self { der, names })
    }
}

/// The subjects of the certificates in a PEM file, each once (`SSL_load_client_CA_file(3)`). `None` with the reason in
/// the queue: the file cannot be opened, or holds none.
#[must_use]
pub fn load(path: Option<&CStr>) -> Option<NameStack> {
    let names = NameStack::new()?;
    let count = read_subjects(path, |subject| names.contains(&subject) || names.push(subject))?;
    if count == 0 {
        return None;
    }
    error_queue::clear();
    Some(names)
}

/// Appends the subjects of the certificates in a PEM file to `names`, those that are not there; what was there is sorted.
/// `false` with the reason in the queue: the file cannot be opened.
///
/// # Safety
///
/// `names` is a valid stack of valid names.
pub unsafe fn add_file(names: *mut sys::OPENSSL_STACK, path: Option<&CStr>) -> bool {
    // SAFETY: the caller's promise.
    let is_read = read_subjects(path, |subject| unsafe { push_new(names, subject) }).is_some();
    if is_read {
        error_queue::clear();
    }
    is_read
}

/// As [`add_file`], for each file in a directory.
///
/// # Safety
///
/// As [`add_file`].
pub unsafe fn add_directory(names: *mut sys::OPENSSL_STACK, path: Option<&CStr>) -> bool {
    use std::os::unix::ffi::OsStrExt as _;

    let read = match path {
        Some(path) => std::fs::read_dir(std::ffi::OsStr::from_bytes(path.to_bytes())),
        None => Err(std::io::Error::from_raw_os_error(libc::EINVAL)),
    };
    let entries = match read {
        Ok(entries) => entries,
        Err(error) => {
            let path = path.map_or("<NULL>".into(), CStr::to_string_lossy);
            let place = format!("calling OPENSSL_dir_read({path})");
            error_queue::raise_system(error.raw_os_error().unwrap_or_default(), &place);
            error_queue::raise_ssl(Reason::ERR_SYS_LIB);
            return false;
        }
    };
    for entry in entries.flatten() {
        let Ok(file) = std::ffi::CString::new(entry.path().as_os_str().as_bytes()) else { continue };
        if file.to_bytes_with_nul().len() > MAX_PATH {
            error_queue::raise_ssl(Reason::PATH_TOO_LONG);
            return false;
        }
        // SAFETY: the caller's promise.
        if !unsafe { add_file(names, Some(&file)) } {
            return false;
        }
    }
    true
}

/// As [`add_file`], for the certificates at a URI.
///
/// # Safety
///
/// As [`add_file`].
pub unsafe fn add_uri(names: *mut sys::OPENSSL_STACK, uri: &CStr) -> bool {
    uri::certificates_at(uri, &mut |certificate| {
        // SAFETY: the caller's promise.
        certificate.subject().is_some_and(|subject| unsafe { push_new(names, subject) })
    })
}

/// The longest path of a file in a directory of certificates.
const MAX_PATH: usize = 1024;

/// Hands on the subject of each certificate in a PEM file. How many there were; `None` with the reason in the queue: the file cannot be
/// opened, or a subject not be added.
fn read_subjects(path: Option<&CStr>, add: impl Fn(X509Name) -> bool) -> Option<usize> {
    let file = CredentialFile::open(path, Library::default())?;
    let mut count = 0;
    while let Some(certificate) = file.certificate(Format::Pem, Password::NONE) {
        if !add(certificate.subject()?) {
            return None;
        }
        count += 1;
    }
    Some(count)
}
