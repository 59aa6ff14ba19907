//! Engines that know the certificates of clients (`SSL_CTX_set_client_cert_engine(3)`).

use core::ptr::{NonNull, null_mut};

use super::{evp_pkey::PKey, sys, x509::X509};

/// A functional reference to an engine.
pub struct Engine(NonNull<sys::ENGINE>);

// SAFETY: libcrypto counts references to engines under a lock, and lets threads share them.
unsafe impl Send for Engine {}
// SAFETY: as above.
unsafe impl Sync for Engine {}

impl Engine {
    /// Gets the caller's engine ready; `None` with libcrypto's reason in the queue.
    ///
    /// # Safety
    ///
    /// `engine` is null or valid.
    #[must_use]
    pub unsafe fn initialize(engine: *mut sys::ENGINE) -> Option<Self> {
        // SAFETY: the caller's promise.
        let ready = unsafe { sys::ENGINE_init(engine) == 1 };
        NonNull::new(engine).filter(|_| ready).map(Self)
    }

    /// Whether it can give the certificate of a client.
    #[must_use]
    pub fn has_client_certificates(&self) -> bool {
        // SAFETY: the engine is valid.
        unsafe { sys::ENGINE_get_ssl_client_cert_function(self.0.as_ptr()) }.is_some()
    }

    /// Asks for the certificate and the key of a client whom a server with these CA names asks: 1 if it gave them, 0 if it
    /// has none, negative if it is to be asked again.
    ///
    /// # Safety
    ///
    /// The connection is valid, and `names` is null or its list of names.
    #[must_use]
    pub unsafe fn client_certificate(
        &self,
        connection: *mut sys::SSL,
        names: *mut sys::stack_st_X509_NAME,
    ) -> (i32, Option<X509>, Option<PKey>) {
        let (mut certificate, mut key) = (null_mut(), null_mut());
        // SAFETY: the engine is valid, and so is the rest by the caller's promise; what it stores is ours.
        unsafe {
            let value = sys::ENGINE_load_ssl_client_cert(
                self.0.as_ptr(),
                connection,
                names,
                &raw mut certificate,
                &raw mut key,
                null_mut(),
                null_mut(),
                null_mut(),
            );
            (value, X509::from_owned(certificate), PKey::from_owned(key))
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: this reference is ours to give back.
        unsafe { sys::ENGINE_finish(self.0.as_ptr()) };
    }
}
