//! A PEM file of any sections. Used by `object::server_info`.

use core::{
    cell::Cell,
    ffi::{CStr, c_char, c_long},
};

use super::{bio::Bio, credential_file, error_queue, sys};

/// A file that is being read.
pub struct PemFile {
    bio: Bio,
    /// Whether a section was read.
    has_section: Cell<bool>,
}

impl PemFile {
    /// Opens a file; `None` with the operating system's reason in the queue.
    #[must_use]
    pub fn open(path: &CStr) -> Option<Self> {
        let bio = credential_file::open_file(Some(path))?;
        Some(Self { bio, has_section: Cell::new(false) })
    }

    /// The name of the next section and what is in it; `None` behind the last one, or with libcrypto's reason in the queue if there is
    /// none at all.
    #[must_use]
    pub fn next_section(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut name, mut header): (*mut c_char, *mut c_char) =
            (core::ptr::null_mut(), core::ptr::null_mut());
        let (mut data, mut length): (*mut u8, c_long) = (core::ptr::null_mut(), 0);
        let mark = error_queue::set_mark();
        // SAFETY: the BIO is valid, and what it stores is ours to free.
        let found = unsafe {
            sys::PEM_read_bio(
                self.bio.as_ptr(),
                &raw mut name,
                &raw mut header,
                &raw mut data,
                &raw mut length,
            )
        };
        if found == 0 && !self.has_section.get() {
            mark.keep();
            return None;
        }
        // The end of the file is an error to libcrypto.
        mark.pop();
        if found == 0 {
            return None;
        }
        self.has_section.set(true);
        // SAFETY: a name as a C string, and as many bytes as `length` says; they are copied, and freed as libcrypto says.
        unsafe {
            let section = (
                CStr::from_ptr(name).to_bytes().to_vec(),
                core::slice::from_raw_parts(data, usize::try_from(length).unwrap_or(0)).to_vec(),
            );
            for pointer in [name.cast(), header.cast(), data.cast()] {
                sys::CRYPTO_free(pointer, c"pem_file".as_ptr(), 0);
            }
            Some(section)
        }
    }
}
