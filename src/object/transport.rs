//! The BIOs that a connection reads from and writes to, and who owns which reference (`SSL_set_bio(3)`).

use core::ffi::c_int;

use super::Ssl;
use crate::{
    error::Reason,
    libcrypto::{bio::Bio, error_queue, sys},
};

/// A direction of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What we read from.
    Read,
    /// What we write to.
    Write,
}

impl Way {
    const fn other(self) -> Self {
        match self {
            Self::Read => Self::Write,
            Self::Write => Self::Read,
        }
    }
}

impl Ssl {
    /// The BIO of one way.
    #[must_use]
    pub fn bio(&self, way: Way) -> Option<Bio> {
        match way {
            Way::Read => self.read_bio(),
            Way::Write => self.write_bio(),
        }
    }

    /// The pointer to the BIO of one way; null without one.
    #[must_use]
    pub fn bio_ptr(&self, way: Way) -> *mut sys::BIO {
        self.bio(way).map_or(core::ptr::null_mut(), |bio| bio.as_ptr())
    }

    /// Replaces the BIO of one way. The old one is given back to libcrypto when nothing is borrowed.
    pub fn set_bio(&self, way: Way, bio: Option<Bio>) {
        drop(match way {
            Way::Read => self.set_read_bio(bio),
            Way::Write => self.set_write_bio(bio),
        });
    }

    /// `SSL_set_bio(3)`. The caller gives away one reference of each BIO that changes, and only one if both are
    /// the same. History has made exceptions: of a reader that stays nothing is taken, and neither of a writer that
    /// stays, if it was not the reader as well.
    ///
    /// # Safety
    ///
    /// Both are null or valid, and the references that the rules above take are the caller's to give.
    pub unsafe fn set_bios(&self, reader: *mut sys::BIO, writer: *mut sys::BIO) {
        let (old_reader, old_writer) = (self.bio_ptr(Way::Read), self.bio_ptr(Way::Write));
        let reader_stays = reader == old_reader;
        let writer_stays = writer == old_writer && (reader_stays || old_reader != old_writer);
        if reader_stays && writer_stays {
            return;
        }
        let one_reference_stands_for_two = reader == writer;
        // SAFETY: the caller's promise; a reference that was not given away is taken anew.
        unsafe {
            let new_reader = (!reader_stays).then(|| {
                if one_reference_stands_for_two && writer_stays {
                    Bio::from_borrowed(reader)
                } else {
                    Bio::from_owned(reader)
                }
            });
            let new_writer = (!writer_stays).then(|| {
                if one_reference_stands_for_two {
                    Bio::from_borrowed(writer)
                } else {
                    Bio::from_owned(writer)
                }
            });
            if let Some(reader) = new_reader {
                self.set_bio(Way::Read, reader);
            }
            if let Some(writer) = new_writer {
                self.set_bio(Way::Write, writer);
            }
        }
    }

    /// `SSL_set_fd(3)`: one socket BIO, which leaves the descriptor open, for both ways.
    pub fn set_descriptor(&self, descriptor: c_int) -> Result<(), Reason> {
        let bio = Bio::of_socket(descriptor).ok_or(Reason::ERR_BUF_LIB)?;
        self.set_bio(Way::Read, Some(bio.clone()));
        self.set_bio(Way::Write, Some(bio));
        Ok(())
    }

    /// `SSL_set_rfd(3)`, `SSL_set_wfd(3)`: a socket BIO for one way; the other way's, if it is of the same
    /// descriptor.
    pub fn set_descriptor_of(&self, way: Way, descriptor: c_int) -> Result<(), Reason> {
        let shared = self.bio(way.other()).filter(|other| other.is_socket_of(descriptor));
        let bio = shared.or_else(|| Bio::of_socket(descriptor)).ok_or(Reason::ERR_BUF_LIB)?;
        self.set_bio(way, Some(bio));
        Ok(())
    }

    /// The descriptor of the first BIO of one way that has one; -1 without.
    #[must_use]
    pub fn descriptor(&self, way: Way) -> c_int {
        match self.bio(way) {
            Some(bio) => bio.descriptor().unwrap_or(-1),
            None => {
                error_queue::raise_bio_null();
                -1
            }
        }
    }
}
