//! Certificates and private keys in files, PEM or DER, and the password callback that opens encrypted ones
//! (`pem_password_cb(3)`). Used by `object::credential_files` and `object::ca_names`.

use core::ffi::{CStr, c_void};

use super::{bio::Bio, evp_pkey::PKey, sys, x509::X509};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `SSL_FILETYPE_PEM`.
    Pem,
    /// `SSL_FILETYPE_ASN1`: DER.
    Asn1,
}

/// Who is asked for a password. Without a function the argument, if any, is the password itself; with
/// neither, libcrypto asks on the terminal.
#[derive(Clone, Copy)]
pub struct Password {
    /// `SSL_CTX_set_default_passwd_cb`.
    pub function: Option<sys::pem_password_cb>,
    /// `SSL_CTX_set_default_passwd_cb_userdata`.
    pub argument: *mut c_void,
}

impl Password {
    /// Nobody is asked, and nothing is known.
    pub const NONE: Self = Self { function: None, argument: core::ptr::null_mut() };
}

/// Opens a file; `None` with the operating system's reason in the queue.
pub(super) fn open_file(path: &CStr) -> Option<Bio> {
    // SAFETY: the method is libcrypto's; the new reference is ours.
    let bio = unsafe { Bio::from_owned(sys::BIO_new(sys::BIO_s_file())) }?;
    // SAFETY: the BIO is valid and takes a C string for this command, which it does not change.
    let opened = unsafe {
        sys::BIO_ctrl(
            bio.as_ptr(),
            sys::BIO_C_SET_FILENAME,
            (sys::BIO_CLOSE | sys::BIO_FP_READ).into(),
            path.as_ptr().cast_mut().cast(),
        )
    };
    (opened > 0).then_some(bio)
}

/// A file that is being read.
pub struct CredentialFile(Bio);

impl CredentialFile {
    /// Opens a file; `None` with the operating system's reason in the queue.
    #[must_use]
    pub fn open(path: &CStr) -> Option<Self> {
        open_file(path).map(Self)
    }

    /// The next certificate; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn certificate(&self, format: Format, password: Password) -> Option<X509> {
        let none = core::ptr::null_mut();
        // SAFETY: the BIO is valid, the program registered the callback for this, and the result is ours.
        unsafe {
            X509::from_owned(match format {
                Format::Pem => {
                    sys::PEM_read_bio_X509(self.0.as_ptr(), none, password.function, password.argument)
                }
                Format::Asn1 => sys::d2i_X509_bio(self.0.as_ptr(), none),
            })
        }
    }

    /// The next PEM certificate, which may carry trust settings (`PEM_read_bio_X509_AUX(3)`).
    #[must_use]
    pub fn certificate_with_trust(&self, password: Password) -> Option<X509> {
        // SAFETY: the BIO is valid, the program registered the callback for this, and the result is ours.
        unsafe {
            X509::from_owned(sys::PEM_read_bio_X509_AUX(
                self.0.as_ptr(),
                core::ptr::null_mut(),
                password.function,
                password.argument,
            ))
        }
    }

    /// The private key; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn key(&self, format: Format, password: Password) -> Option<PKey> {
        let none = core::ptr::null_mut();
        // SAFETY: the BIO is valid, the program registered the callback for this, and the result is ours.
        unsafe {
            PKey::from_owned(match format {
                Format::Pem => {
                    sys::PEM_read_bio_PrivateKey(self.0.as_ptr(), none, password.function, password.argument)
                }
                Format::Asn1 => sys::d2i_PrivateKey_bio(self.0.as_ptr(), none),
            })
        }
    }

    /// The private key, which must be RSA; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn rsa_key(&self, format: Format, password: Password) -> Option<PKey> {
        let none = core::ptr::null_mut();
        // SAFETY: the BIO is valid, the program registered the callback for this, and the result is ours to free.
        unsafe {
            let rsa = match format {
                Format::Pem => sys::PEM_read_bio_RSAPrivateKey(
                    self.0.as_ptr(),
                    none,
                    password.function,
                    password.argument,
                ),
                Format::Asn1 => sys::d2i_RSAPrivateKey_bio(self.0.as_ptr(), none),
            };
            let key = PKey::from_rsa(rsa);
            sys::RSA_free(rsa);
            key
        }
    }
}
