//! Trust anchors, and the verification of chains with them.

use core::{
    ffi::{CStr, c_int, c_ulong, c_void},
    ptr::NonNull,
};

use super::{
    dane::Dane,
    evp_pkey::PKey,
    ex_data,
    known_signatures::{Installed, KnownSignatures},
    library::Library,
    stack::X509Stack,
    sys,
    verify_param::VerifyParam,
    x509::X509,
};
use crate::error::{Error, Result};

/// `X509_STORE_CTX_init_rpk`.
type InitRawKey =
    unsafe extern "C" fn(*mut sys::X509_STORE_CTX, *mut sys::X509_STORE, *mut sys::EVP_PKEY) -> c_int;

/// What libcrypto has from 3.2 on; `None` in an older one.
fn init_raw_key() -> Option<InitRawKey> {
    let (name, version) = (c"X509_STORE_CTX_init_rpk", c"OPENSSL_3.2.0");
    // SAFETY: the names are C strings; what has this version is libcrypto's, which is loaded as long as we are.
    let symbol = unsafe { libc::dlvsym(libc::RTLD_DEFAULT, name.as_ptr(), version.as_ptr()) };
    // SAFETY: it has this type in each version of libcrypto that has it.
    (!symbol.is_null()).then(|| unsafe { core::mem::transmute::<*mut c_void, InitRawKey>(symbol) })
}

/// One reference to a store, and the library context to use it in.
pub struct X509Store {
    store: NonNull<sys::X509_STORE>,
    library: Library,
}

// SAFETY: a store's reference count is atomic and its content is locked by libcrypto.
unsafe impl Send for X509Store {}
// SAFETY: as above.
unsafe impl Sync for X509Store {}

impl X509Store {
    /// An empty store; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::X509_STORE_new() }).map(Self::of)
    }

    /// Takes over the caller's reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `store` is null or valid, and one reference to it is given away.
    #[must_use]
    pub unsafe fn from_owned(store: *mut sys::X509_STORE) -> Option<Self> {
        NonNull::new(store).map(Self::of)
    }

    /// Another reference to the caller's store; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `store` is null or valid.
    #[must_use]
    pub unsafe fn from_borrowed(store: *mut sys::X509_STORE) -> Option<Self> {
        let store = NonNull::new(store)?;
        // SAFETY: the caller's promise.
        unsafe { sys::X509_STORE_up_ref(store.as_ptr()) };
        Some(Self::of(store))
    }

    fn of(store: NonNull<sys::X509_STORE>) -> Self {
        Self { store, library: Library::default() }
    }

    /// The same, to be used in another library context.
    #[must_use]
    pub fn within(mut self, library: &Library) -> Self {
        self.library = library.clone();
        self
    }

    /// The pointer that the program may use.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::X509_STORE {
        self.store.as_ptr()
    }

    /// Adds a trust anchor; `false` with libcrypto's reason in the queue.
    pub fn add(&self, certificate: &X509) -> bool {
        // SAFETY: both are valid; the store takes a reference of its own.
        unsafe { sys::X509_STORE_add_cert(self.as_ptr(), certificate.as_ptr()) == 1 }
    }

    /// Loads the PEM certificates and CRLs of a file; `false` with libcrypto's reason in the queue.
    pub fn load_file(&self, path: &CStr) -> bool {
        // SAFETY: the store is valid and `path` is a C string.
        unsafe {
            let (library, properties) = (self.library.as_ptr(), self.library.properties());
            sys::X509_STORE_load_file_ex(self.as_ptr(), path.as_ptr(), library, properties) == 1
        }
    }

    /// Will look for certificates in a directory, by the hash of their names.
    pub fn load_directory(&self, path: &CStr) -> bool {
        // SAFETY: the store is valid and `path` is a C string.
        unsafe { sys::X509_STORE_load_path(self.as_ptr(), path.as_ptr()) == 1 }
    }

    /// Will look for certificates where a URI says (`ossl_store(7)`).
    pub fn load_uri(&self, uri: &CStr) -> bool {
        // SAFETY: the store is valid and `uri` is a C string.
        unsafe {
            let (library, properties) = (self.library.as_ptr(), self.library.properties());
            sys::X509_STORE_load_store_ex(self.as_ptr(), uri.as_ptr(), library, properties) == 1
        }
    }

    /// Will look in libcrypto's default file, directory and store (`X509_STORE_set_default_paths(3)`).
    pub fn load_default_paths(&self) -> bool {
        // SAFETY: the store is valid.
        unsafe {
            let (library, properties) = (self.library.as_ptr(), self.library.properties());
            sys::X509_STORE_set_default_paths_ex(self.as_ptr(), library, properties) == 1
        }
    }

    /// Whether the program put functions of its own into it, which see the certificates of a verification.
    #[must_use]
    pub fn has_callbacks(&self) -> bool {
        let store = self.as_ptr();
        // SAFETY: the store is valid; the functions are only looked for.
        unsafe {
            sys::X509_STORE_get_verify(store).is_some()
                || sys::X509_STORE_get_verify_cb(store).is_some()
                || sys::X509_STORE_get_get_issuer(store).is_some()
                || sys::X509_STORE_get_check_issued(store).is_some()
                || sys::X509_STORE_get_check_revocation(store).is_some()
                || sys::X509_STORE_get_get_crl(store).is_some()
                || sys::X509_STORE_get_check_crl(store).is_some()
                || sys::X509_STORE_get_cert_crl(store).is_some()
                || sys::X509_STORE_get_check_policy(store).is_some()
                || sys::X509_STORE_get_lookup_certs(store).is_some()
                || sys::X509_STORE_get_lookup_crls(store).is_some()
                || sys::X509_STORE_get_cleanup(store).is_some()
        }
    }

    /// Will look in one of libcrypto's default places. What is not there is no failure; `false`: memory is out.
    pub fn load_default(&self, place: DefaultPlace) -> bool {
        // SAFETY: the methods are libcrypto's, the store is valid, and a null argument stands for the default.
        unsafe {
            let (method, command) = match place {
                DefaultPlace::File => (sys::X509_LOOKUP_file(), sys::X509_L_FILE_LOAD),
                DefaultPlace::Directory => (sys::X509_LOOKUP_hash_dir(), sys::X509_L_ADD_DIR),
                DefaultPlace::Uri => (sys::X509_LOOKUP_store(), sys::X509_L_ADD_STORE),
            };
            let lookup = sys::X509_STORE_add_lookup(self.as_ptr(), method);
            if lookup.is_null() {
                return false;
            }
            let (argument, result) = (core::ptr::null(), core::ptr::null_mut());
            let (library, properties) = (self.library.as_ptr(), self.library.properties());
            let kind = sys::X509_FILETYPE_DEFAULT;
            sys::X509_LOOKUP_ctrl_ex(lookup, command, argument, kind, result, library, properties);
        }
        super::error_queue::clear();
        true
    }
}

/// Where libcrypto looks for trust anchors when nobody says where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultPlace {
    /// `SSL_CERT_FILE`, or the file that it was built for.
    File,
    /// `SSL_CERT_DIR`, or the directory that it was built for.
    Directory,
    /// `SSL_CERT_URI`, or the store that it was built for.
    Uri,
}

/// The file and the directory that libcrypto was built for.
#[must_use]
pub fn built_in_places() -> [&'static CStr; 2] {
    // SAFETY: they take no argument and return C strings that are never freed.
    unsafe {
        [CStr::from_ptr(sys::X509_get_default_cert_file()), CStr::from_ptr(sys::X509_get_default_cert_dir())]
    }
}

/// The text of an `X509_V_…`.
#[must_use]
pub fn error_text(error: c_int) -> String {
    // SAFETY: it returns a C string that is never freed.
    let text = unsafe { CStr::from_ptr(sys::X509_verify_cert_error_string(error.into())) };
    text.to_string_lossy().into_owned()
}

impl Clone for X509Store {
    fn clone(&self) -> Self {
        // SAFETY: the store is valid; the new reference is the clone's.
        unsafe { sys::X509_STORE_up_ref(self.as_ptr()) };
        Self { store: self.store, library: self.library.clone() }
    }
}

impl Drop for X509Store {
    fn drop(&mut self) {
        // SAFETY: this reference is ours to give back.
        unsafe { sys::X509_STORE_free(self.as_ptr()) };
    }
}

/// One verification (`X509_STORE_CTX`), with what it was given kept alive.
pub struct StoreContext<'a> {
    context: NonNull<sys::X509_STORE_CTX>,
    checks: Option<Installed<'a>>,
    inputs: core::marker::PhantomData<&'a ()>,
}

impl<'a> StoreContext<'a> {
    /// A verification of `certificate` with the help of `chain`; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn new(store: &'a X509Store, certificate: &'a X509, chain: Option<&'a X509Stack>) -> Option<Self> {
        let (library, properties) = (store.library.as_ptr(), store.library.properties());
        // SAFETY: the library context is valid or null, and the query is a C string or null, which is copied.
        let context = NonNull::new(unsafe { sys::X509_STORE_CTX_new_ex(library, properties) })?;
        let this = Self { context, checks: None, inputs: core::marker::PhantomData };
        let chain = chain.map_or(core::ptr::null_mut(), X509Stack::as_ptr);
        // SAFETY: all are valid, and outlive the verification by its lifetime.
        let ready = unsafe {
            sys::X509_STORE_CTX_init(this.as_ptr(), store.as_ptr(), certificate.as_ptr(), chain) == 1
        };
        ready.then_some(this)
    }

    /// A verification of a raw public key in place of a certificate, for callbacks; they can look at it where libcrypto knows
    /// such (`X509_STORE_CTX_get0_rpk(3)`, of OpenSSL 3.2). `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn of_raw_key(store: &'a X509Store, key: Option<&'a PKey>) -> Option<Self> {
        let (library, properties) = (store.library.as_ptr(), store.library.properties());
        // SAFETY: the library context is valid or null, and the query is a C string or null, which is copied.
        let context = NonNull::new(unsafe { sys::X509_STORE_CTX_new_ex(library, properties) })?;
        let this = Self { context, checks: None, inputs: core::marker::PhantomData };
        let (none, nobody) = (core::ptr::null_mut(), core::ptr::null_mut());
        let ready = match key.zip(init_raw_key()) {
            // SAFETY: store and key are valid, and outlive the verification by their lifetime.
            Some((key, init)) => unsafe { init(this.as_ptr(), store.as_ptr(), key.as_ptr()) == 1 },
            // SAFETY: the store as above; there may be no certificate.
            None => unsafe { sys::X509_STORE_CTX_init(this.as_ptr(), store.as_ptr(), none, nobody) == 1 },
        };
        ready.then_some(this)
    }

    /// Sets what [`Self::error`] says.
    pub fn set_error(&mut self, error: c_int) {
        // SAFETY: the context is valid.
        unsafe { sys::X509_STORE_CTX_set_error(self.as_ptr(), error) };
    }

    /// The pointer that callbacks get.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::X509_STORE_CTX {
        self.context.as_ptr()
    }

    /// The security level for the chain's keys and signatures.
    pub fn set_auth_level(&mut self, level: u8) {
        // SAFETY: the context is valid, and so are its parameters.
        unsafe {
            let parameters = sys::X509_STORE_CTX_get0_param(self.as_ptr());
            sys::X509_VERIFY_PARAM_set_auth_level(parameters, level.into());
        }
    }

    /// Has the chain keep to more rules, by `X509_V_FLAG_…`.
    pub fn set_flags(&mut self, flags: u32) {
        // SAFETY: the context is valid.
        unsafe { sys::X509_STORE_CTX_set_flags(self.as_ptr(), c_ulong::from(flags)) };
    }

    /// Lets callbacks find the connection (`SSL_get_ex_data_X509_STORE_CTX_idx(3)`).
    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is kept, not followed")]
    #[must_use]
    pub fn set_connection(&mut self, connection: *mut c_void) -> bool {
        // SAFETY: the context is valid; the connection outlives the verification that it runs.
        unsafe {
            sys::X509_STORE_CTX_set_ex_data(self.as_ptr(), ex_data::connection_index(), connection) == 1
        }
    }

    /// Verifies with TLSA records as well (`X509_STORE_CTX_set0_dane(3)`).
    pub fn set_dane(&mut self, dane: &'a Dane) {
        // SAFETY: both are valid, and the records outlive the verification by its lifetime.
        unsafe { sys::X509_STORE_CTX_set0_dane(self.as_ptr(), dane.as_ptr()) };
    }

    /// The defaults of a purpose: `ssl_server` or `ssl_client`.
    #[must_use]
    pub fn set_defaults(&mut self, purpose: &CStr) -> bool {
        // SAFETY: the context is valid and `purpose` is a C string.
        unsafe { sys::X509_STORE_CTX_set_default(self.as_ptr(), purpose.as_ptr()) == 1 }
    }

    /// The program's parameters: what is set there prevails.
    #[must_use]
    pub fn set_parameters(&mut self, parameters: &VerifyParam) -> bool {
        // SAFETY: both are valid.
        unsafe {
            let own = sys::X509_STORE_CTX_get0_param(self.as_ptr());
            sys::X509_VERIFY_PARAM_set1(own, parameters.as_ptr()) == 1
        }
    }

    /// Gives the name that matched to the program's parameters.
    pub fn move_peer_name(&mut self, parameters: &VerifyParam) {
        // SAFETY: both are valid.
        unsafe {
            let own = sys::X509_STORE_CTX_get0_param(self.as_ptr());
            sys::X509_VERIFY_PARAM_move_peername(parameters.as_ptr(), own);
        }
    }

    /// Checks signatures with the help of those that are known, and adds to them. For verifications that call no function of the
    /// program.
    pub fn set_known_signatures(&mut self, known: &'a KnownSignatures) {
        if self.checks.is_none() {
            // SAFETY: the context is valid, and is freed before the checks are.
            self.checks = unsafe { Installed::install(self.as_ptr(), known) };
        }
    }

    /// The program's callback for each step.
    pub fn set_callback(&mut self, callback: sys::X509_STORE_CTX_verify_cb) {
        // SAFETY: the context is valid, and the program registered the callback for this.
        unsafe { sys::X509_STORE_CTX_set_verify_cb(self.as_ptr(), callback) };
    }

    /// `X509_verify_cert(3)`: whether the chain is good.
    pub fn verify(&mut self) -> bool {
        // SAFETY: the context is valid.
        unsafe { sys::X509_verify_cert(self.as_ptr()) > 0 }
    }

    /// `X509_V_…`.
    #[must_use]
    pub fn error(&self) -> c_int {
        // SAFETY: the context is valid.
        unsafe { sys::X509_STORE_CTX_get_error(self.as_ptr()) }
    }

    /// The chain that was built, if there is one, the certificate itself first. Without memory for it: `internal_error`.
    pub fn chain(&self) -> Result<Option<X509Stack>> {
        // SAFETY: the context is valid, and so is its chain, if it has one.
        let chain = unsafe { sys::X509_STORE_CTX_get0_chain(self.as_ptr()) };
        if chain.is_null() {
            return Ok(None);
        }
        // SAFETY: as above.
        unsafe { X509Stack::copy_of(chain) }.map(Some).ok_or(Error::internal())
    }
}

impl Drop for StoreContext<'_> {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::X509_STORE_CTX_free(self.as_ptr()) };
    }
}
