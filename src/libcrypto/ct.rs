//! Certificate transparency (RFC 6962): the logs that are known, lists of signed certificate timestamps, and their
//! verification. Used by `object::transparency`.

use core::{
    ffi::{CStr, c_int},
    ptr::{self, NonNull},
};

use super::{error_queue, sys, x509::X509};

/// The logs that are known (`CTLOG_STORE`).
pub struct LogStore(NonNull<sys::CTLOG_STORE>);

// SAFETY: libcrypto only reads a store once it is filled; who fills one while connections use it is told not to.
unsafe impl Send for LogStore {}
// SAFETY: as above.
unsafe impl Sync for LogStore {}

impl LogStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::CTLOG_STORE_new() }).map(Self)
    }

    /// Takes over the program's store; `None` for null.
    ///
    /// # Safety
    /// `store` is null or valid, and given away.
    #[must_use]
    pub unsafe fn from_owned(store: *mut sys::CTLOG_STORE) -> Option<Self> {
        NonNull::new(store).map(Self)
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::CTLOG_STORE {
        self.0.as_ptr()
    }

    /// Adds the logs of a file, or of libcrypto's own one; `false` with a reason in the queue.
    #[must_use]
    pub fn load(&self, file: LogFile<'_>) -> bool {
        // SAFETY: the store is valid; the path is a C string, or null, which is passed on to fopen(3).
        let loaded = unsafe {
            match file {
                LogFile::Named(path) => {
                    let path = path.map_or(core::ptr::null(), CStr::as_ptr);
                    sys::CTLOG_STORE_load_file(self.as_ptr(), path)
                }
                LogFile::Default => sys::CTLOG_STORE_load_default_file(self.as_ptr()),
            }
        };
        loaded > 0
    }
}

impl Drop for LogStore {
    fn drop(&mut self) {
        // SAFETY: the store is ours.
        unsafe { sys::CTLOG_STORE_free(self.as_ptr()) };
    }
}

/// Which file names the logs.
#[derive(Clone, Copy)]
pub enum LogFile<'a> {
    /// This one; one without a name is not there.
    Named(Option<&'a CStr>),
    /// That of `CTLOG_FILE` in the environment, or libcrypto's own.
    Default,
}

/// Where a timestamp comes from (`SCT_SOURCE_…`).
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum Source {
    /// The TLS extension.
    Extension = 1,
    /// The certificate itself.
    Certificate = 2,
    /// The stapled OCSP response.
    OcspResponse = 3,
}

/// Signed certificate timestamps.
pub struct TimestampList(NonNull<sys::OPENSSL_STACK>);

impl TimestampList {
    /// None yet.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::OPENSSL_sk_new_null() }).map(Self)
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }

    /// Parses a list as it stands in the extension (RFC 6962 §3.3).
    #[must_use]
    pub fn parse(list: &[u8]) -> Option<Self> {
        let mut start = list.as_ptr();
        // SAFETY: `start` points to as many bytes as `list` has; what is returned is ours.
        let parsed = unsafe { sys::o2i_SCT_LIST(ptr::null_mut(), &raw mut start, list.len()) };
        NonNull::new(parsed.cast()).map(Self)
    }

    /// Those in the certificate; `None` if it has none.
    #[must_use]
    pub fn of_certificate(certificate: &X509) -> Option<Self> {
        /// `NID_ct_precert_scts`.
        const PRECERT_SCTS: c_int = 951;
        // SAFETY: the certificate is valid; for this number libcrypto gives a list that is ours.
        let list = unsafe {
            sys::X509_get_ext_d2i(certificate.as_ptr(), PRECERT_SCTS, ptr::null_mut(), ptr::null_mut())
        };
        NonNull::new(list.cast()).map(Self)
    }

    /// Those in an OCSP response; one that does not parse has none.
    #[must_use]
    pub fn of_ocsp_response(response: &[u8]) -> Vec<Self> {
        /// `NID_ct_cert_scts`.
        const CERT_SCTS: c_int = 954;
        let mut lists = Vec::new();
        let Ok(length) = response.len().try_into() else { return lists };
        if response.is_empty() {
            return lists;
        }
        let mark = error_queue::set_mark();
        let mut start = response.as_ptr();
        // SAFETY: `start` points to `length` bytes; each object is freed once, and the lists are ours.
        unsafe {
            let response = sys::d2i_OCSP_RESPONSE(ptr::null_mut(), &raw mut start, length);
            let basic = match response.is_null() {
                true => ptr::null_mut(),
                false => sys::OCSP_response_get1_basic(response),
            };
            if !basic.is_null() {
                for index in 0..sys::OCSP_resp_count(basic) {
                    let single = sys::OCSP_resp_get0(basic, index);
                    let list = sys::OCSP_SINGLERESP_get1_ext_d2i(
                        single,
                        CERT_SCTS,
                        ptr::null_mut(),
                        ptr::null_mut(),
                    );
                    lists.extend(NonNull::new(list.cast()).map(Self));
                }
            }
            sys::OCSP_BASICRESP_free(basic);
            sys::OCSP_RESPONSE_free(response);
        }
        mark.pop();
        lists
    }

    /// Takes the timestamps of another list, which came from `source`.
    pub fn take(&mut self, other: &mut Self, source: Source) {
        // SAFETY: both stacks are valid and hold timestamps, each of which is in one of them.
        unsafe {
            loop {
                let timestamp = sys::OPENSSL_sk_pop(other.as_ptr());
                if timestamp.is_null() {
                    return;
                }
                sys::SCT_set_source(timestamp.cast(), source as u32);
                if sys::OPENSSL_sk_push(self.as_ptr(), timestamp) <= 0 {
                    sys::SCT_free(timestamp.cast());
                }
            }
        }
    }
}

impl Drop for TimestampList {
    fn drop(&mut self) {
        // SAFETY: the stack and what it holds are ours.
        unsafe { sys::SCT_LIST_free(self.as_ptr().cast()) };
    }
}

/// Whether one of these timestamps was found valid.
///
/// # Safety
/// `list` is null or a valid stack of timestamps.
#[must_use]
pub unsafe fn has_valid(list: *const sys::OPENSSL_STACK) -> bool {
    /// `SCT_VALIDATION_STATUS_VALID`.
    const VALID: u32 = 2;
    // SAFETY: the caller's promise.
    unsafe {
        (0..sys::OPENSSL_sk_num(list)).any(|index| {
            let timestamp = sys::OPENSSL_sk_value(list, index);
            sys::SCT_get_validation_status(timestamp.cast()) == VALID
        })
    }
}

/// What timestamps are verified against (`CT_POLICY_EVAL_CTX`).
pub struct Policy(NonNull<sys::CT_POLICY_EVAL_CTX>);

impl Policy {
    /// For this certificate of this issuer, at a time in milliseconds since 1970. The store must outlive it.
    #[must_use]
    pub fn new(certificate: &X509, issuer: &X509, store: Option<&LogStore>, now: u64) -> Option<Self> {
        // SAFETY: it takes no argument.
        let policy = Self(NonNull::new(unsafe { sys::CT_POLICY_EVAL_CTX_new() })?);
        let store = store.map_or(ptr::null_mut(), LogStore::as_ptr);
        // SAFETY: all are valid; the certificates get references of their own.
        let is_set = unsafe {
            sys::CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(policy.as_ptr(), store);
            sys::CT_POLICY_EVAL_CTX_set_time(policy.as_ptr(), now);
            sys::CT_POLICY_EVAL_CTX_set1_cert(policy.as_ptr(), certificate.as_ptr()) > 0
                && sys::CT_POLICY_EVAL_CTX_set1_issuer(policy.as_ptr(), issuer.as_ptr()) > 0
        };
        is_set.then_some(policy)
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::CT_POLICY_EVAL_CTX {
        self.0.as_ptr()
    }

    /// Verifies the timestamps, and notes at each what came of it. `false`: that could not be done.
    ///
    /// # Safety
    /// `list` is null or a valid stack of timestamps.
    #[must_use]
    pub unsafe fn verify(&self, list: *mut sys::OPENSSL_STACK) -> bool {
        // SAFETY: the caller's promise; the policy is valid.
        unsafe { sys::SCT_LIST_validate(list.cast(), self.as_ptr()) >= 0 }
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::CT_POLICY_EVAL_CTX_free(self.as_ptr()) };
    }
}
