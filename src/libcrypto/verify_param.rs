//! `X509_VERIFY_PARAM`: what a verification checks (host, address, depth, flags).

use core::{
    ffi::{CStr, c_char, c_int, c_uint},
    ptr::NonNull,
};

use super::{error_queue, memory, sys};

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

    /// Takes what is not set here from `from` (`X509_VERIFY_PARAM_inherit`). `false`: memory is out, and something is
    /// missing, the name that the peer must have perhaps.
    #[must_use]
    pub fn inherit(&self, from: &Self) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::X509_VERIFY_PARAM_inherit(self.as_ptr(), from.as_ptr()) == 1 }
    }

    /// Takes over what is set in the program's parameters (`X509_VERIFY_PARAM_set1(3)`).
    ///
    /// # Safety
    ///
    /// `from` is valid.
    pub unsafe fn set(&self, from: *const sys::X509_VERIFY_PARAM) -> bool {
        // SAFETY: ours are valid, and the others by the caller's promise.
        unsafe { sys::X509_VERIFY_PARAM_set1(self.as_ptr(), from) == 1 }
    }

    /// Limits how many intermediates a chain may have.
    pub fn set_depth(&self, depth: c_int) {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_set_depth(self.as_ptr(), depth) };
    }

    /// The limit; -1 for none.
    #[must_use]
    pub fn depth(&self) -> c_int {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_get_depth(self.as_ptr()) }
    }

    /// What the certificate has to be for, an `X509_PURPOSE_…`; `false` for an unknown one, with the reason in
    /// the queue.
    pub fn set_purpose(&self, purpose: c_int) -> bool {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_set_purpose(self.as_ptr(), purpose) == 1 }
    }

    /// What the anchor has to be trusted for, an `X509_TRUST_…`; `false` for an unknown one, with the reason in
    /// the queue.
    pub fn set_trust(&self, trust: c_int) -> bool {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_set_trust(self.as_ptr(), trust) == 1 }
    }

    /// The one name that the certificate has to have; `None` for any. An IP address takes the place of the address
    /// that was set, and the names stay (`SSL_set1_host(3)`).
    pub fn set_host(&self, name: Option<&CStr>) -> bool {
        match name.filter(|name| is_address(name)) {
            Some(address) => self.set_address(address),
            None => self.set_name(name),
        }
    }

    /// The one name that the certificate has to have, which is not looked at for an address; `None` for any.
    pub fn set_name(&self, name: Option<&CStr>) -> bool {
        let name = name.map_or(core::ptr::null(), CStr::as_ptr);
        // SAFETY: they are valid, and `name` is null or a C string.
        unsafe { sys::X509_VERIFY_PARAM_set1_host(self.as_ptr(), name, 0) == 1 }
    }

    /// Another name that the certificate may have. Of IP addresses there is one alone: `false` for another.
    pub fn add_host(&self, name: Option<&CStr>) -> bool {
        if let Some(address) = name.filter(|name| is_address(name)) {
            return !self.has_address() && self.set_address(address);
        }
        let name = name.map_or(core::ptr::null(), CStr::as_ptr);
        // SAFETY: they are valid, and `name` is null or a C string.
        unsafe { sys::X509_VERIFY_PARAM_add1_host(self.as_ptr(), name, 0) == 1 }
    }

    /// The IP address that the certificate has to have.
    fn set_address(&self, text: &CStr) -> bool {
        // SAFETY: they are valid, and `text` is a C string.
        unsafe { sys::X509_VERIFY_PARAM_set1_ip_asc(self.as_ptr(), text.as_ptr()) == 1 }
    }

    /// Whether the certificate has to have an IP address.
    fn has_address(&self) -> bool {
        let mark = error_queue::set_mark();
        // SAFETY: they are valid, and the text is ours.
        let is_set = unsafe {
            let text = sys::X509_VERIFY_PARAM_get1_ip_asc(self.as_ptr());
            memory::free(text.cast());
            !text.is_null()
        };
        mark.pop();
        is_set
    }

    /// How names are compared: `X509_CHECK_FLAG_…`.
    pub fn set_host_flags(&self, flags: c_uint) {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_set_hostflags(self.as_ptr(), flags) };
    }

    /// The name in the certificate that matched, as a C string of these parameters; null without one.
    #[must_use]
    pub fn peer_name(&self) -> *const c_char {
        // SAFETY: they are valid.
        unsafe { sys::X509_VERIFY_PARAM_get0_peername(self.as_ptr()) }
    }

    /// There is no such name any more.
    pub fn forget_peer_name(&self) {
        // SAFETY: they are valid, and null stands for parameters without a name.
        unsafe { sys::X509_VERIFY_PARAM_move_peername(self.as_ptr(), core::ptr::null_mut()) };
    }
}

/// Whether a name is the text of an IP address.
fn is_address(name: &CStr) -> bool {
    // SAFETY: `name` is a C string, and what comes of it is ours.
    unsafe {
        let address = sys::a2i_IPADDRESS(name.as_ptr());
        sys::ASN1_OCTET_STRING_free(address);
        !address.is_null()
    }
}

impl Drop for VerifyParam {
    fn drop(&mut self) {
        // SAFETY: they are ours.
        unsafe { sys::X509_VERIFY_PARAM_free(self.as_ptr()) };
    }
}
