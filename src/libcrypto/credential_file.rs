//! Certificates and private keys in files, PEM or DER, and the password callback that opens encrypted ones
//! (`pem_password_cb(3)`). Used by `object::credential_files` and `object::ca_names`.

use core::ffi::{CStr, c_int, c_void};

use super::{bio::Bio, evp_pkey::PKey, library::Library, plain_key, sys, x509::X509};

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

/// Opens a file; `None` with the operating system's reason in the queue, which it has for no path, too.
pub(super) fn open_file(path: Option<&CStr>) -> Option<Bio> {
    // SAFETY: the method is libcrypto's; the new reference is ours.
    let bio = unsafe { Bio::from_owned(sys::BIO_new(sys::BIO_s_file())) }?;
    // SAFETY: the BIO is valid and takes a C string for this command, which it does not change; null is passed on to fopen(3),
    // which the operating system answers.
    let opened = unsafe {
        sys::BIO_ctrl(
            bio.as_ptr(),
            sys::BIO_C_SET_FILENAME,
            (sys::BIO_CLOSE | sys::BIO_FP_READ).into(),
            path.map_or(core::ptr::null(), CStr::as_ptr).cast_mut().cast(),
        )
    };
    (opened > 0).then_some(bio)
}

/// A file that is being read.
pub struct CredentialFile {
    bio: Bio,
    library: Library,
}

impl CredentialFile {
    /// Opens a file, the objects of which are used in a library context; `None` with the operating system's reason in
    /// the queue.
    #[must_use]
    pub fn open(path: Option<&CStr>, library: Library) -> Option<Self> {
        open_file(path).map(|bio| Self { bio, library })
    }

    /// The next certificate; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn certificate(&self, format: Format, password: Password) -> Option<X509> {
        let Password { function, argument } = password;
        let mut to = X509::empty(&self.library)?.into_raw();
        // SAFETY: the BIO is valid, and the program registered the callback for this; the object is ours, and is freed
        // and forgotten on failure.
        unsafe {
            match format {
                Format::Pem => {
                    let found = sys::PEM_read_bio_X509(self.bio.as_ptr(), &raw mut to, function, argument);
                    kept(found, to)
                }
                Format::Asn1 => {
                    let found = sys::d2i_X509_bio(self.bio.as_ptr(), &raw mut to);
                    kept(found, to)
                }
            }
        }
    }

    /// The next PEM certificate, which may carry trust settings (`PEM_read_bio_X509_AUX(3)`).
    #[must_use]
    pub fn certificate_with_trust(&self, password: Password) -> Option<X509> {
        let Password { function, argument } = password;
        let mut to = X509::empty(&self.library)?.into_raw();
        // SAFETY: as above.
        unsafe {
            let found = sys::PEM_read_bio_X509_AUX(self.bio.as_ptr(), &raw mut to, function, argument);
            kept(found, to)
        }
    }

    /// The private key; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn key(&self, format: Format, password: Password) -> Option<PKey> {
        let none = core::ptr::null_mut();
        let plain = if format == Format::Pem { plain_key::read(&self.bio, &self.library) } else { None };
        if plain.is_some() {
            return plain;
        }
        // SAFETY: the BIO is valid, the program registered the callback for this, and the result is ours.
        unsafe {
            PKey::from_owned(match format {
                Format::Pem => sys::PEM_read_bio_PrivateKey_ex(
                    self.bio.as_ptr(),
                    none,
                    password.function,
                    password.argument,
                    self.library.as_ptr(),
                    self.library.properties(),
                ),
                Format::Asn1 => sys::d2i_PrivateKey_ex_bio(
                    self.bio.as_ptr(),
                    none,
                    self.library.as_ptr(),
                    self.library.properties(),
                ),
            })
        }
    }

    /// The first Diffie-Hellman parameters (PKCS #3) in a PEM file; `None` with libcrypto's reasons in the queue, one of each section
    /// that is something else.
    #[must_use]
    pub fn dh_parameters(&self) -> Option<PKey> {
        /// `OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS`.
        const DOMAIN_PARAMETERS: c_int = 4;

        let mut key: *mut sys::EVP_PKEY = core::ptr::null_mut();
        // SAFETY: the texts are C strings, the library's pointers are valid or null, and the key's place outlives the decoder.
        let decoder = unsafe {
            sys::OSSL_DECODER_CTX_new_for_pkey(
                &raw mut key,
                c"PEM".as_ptr(),
                core::ptr::null(),
                c"DH".as_ptr(),
                DOMAIN_PARAMETERS,
                self.library.as_ptr(),
                self.library.properties(),
            )
        };
        if decoder.is_null() {
            return None;
        }
        // What cannot be read, a directory say, never comes to an end.
        let mut left_at = None;
        // SAFETY: decoder and BIO are valid.
        while unsafe { sys::OSSL_DECODER_from_bio(decoder, self.bio.as_ptr()) } == 0
            && key.is_null()
            && !self.bio.is_eof()
            && left_at != Some(self.bio.position())
        {
            left_at = Some(self.bio.position());
        }
        // SAFETY: the decoder is ours, and so is the key if there is one.
        unsafe {
            sys::OSSL_DECODER_CTX_free(decoder);
            PKey::from_owned(key)
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
                    self.bio.as_ptr(),
                    none,
                    password.function,
                    password.argument,
                ),
                Format::Asn1 => sys::d2i_RSAPrivateKey_bio(self.bio.as_ptr(), none),
            };
            let key = PKey::from_rsa(rsa);
            sys::RSA_free(rsa);
            key
        }
    }
}

/// The object that was read, or `None`. What a failed attempt did not free itself goes.
///
/// # Safety
///
/// `object` is null or valid and ours, and what was `found` is it, or null.
unsafe fn kept(found: *mut sys::X509, object: *mut sys::X509) -> Option<X509> {
    // SAFETY: the caller's promise.
    unsafe { X509::from_owned(object) }.filter(|_| !found.is_null())
}
