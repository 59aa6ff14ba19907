//! `X509_VERIFY_PARAM`: what a verification checks (host, address, depth, flags).

use core::ptr::NonNull;

use super::sys;

/// Parameters that we own; the program may change them through its pointer.
pub struct VerifyParam(NonNull<sys::X509_VERIFY_PARAM>);

// SAFETY: libcrypto leaves it to the program not to change the parameters of a context in one thread while another
// uses it; we only read them.
unsafe impl Send for VerifyParam {}
// SAFETY: as above.
unsafe impl Sync for VerifyParam {}

impl VerifyParam {
    /// Empty parameters; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::X509_VERIFY_PARAM_new() }).map(Self)
    }

    /// The pointer that the program may use.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::X509_VERIFY_PARAM {
        self.0.as_ptr()
    }

    /// Takes what is not set here from `from` (`X509_VERIFY_PARAM_inherit`).
    pub fn inherit(&self, from: &Self) {
        // SAFETY: both are valid.
        unsafe { sys::X509_VERIFY_PARAM_inherit(self.as_ptr(), from.as_ptr()) };
    }
}

impl Drop for VerifyParam {
    fn drop(&mut self) {
        // SAFETY: they are ours.
        unsafe { sys::X509_VERIFY_PARAM_free(self.as_ptr()) };
    }
}
