//! BIOs: where the program told us to read from and write to.

use core::{
    ffi::{c_int, c_long},
    ptr::NonNull,
};

use super::sys;

/// One reference to a BIO.
pub struct Bio(NonNull<sys::BIO>);

impl Bio {
    /// Takes over the caller's reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `bio` is null or a valid BIO, one reference to which is given away.
    #[must_use]
    pub unsafe fn from_owned(bio: *mut sys::BIO) -> Option<Self> {
        NonNull::new(bio).map(Self)
    }

    /// Another reference to the caller's BIO; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `bio` is null or a valid BIO.
    #[must_use]
    pub unsafe fn from_borrowed(bio: *mut sys::BIO) -> Option<Self> {
        let bio = NonNull::new(bio)?;
        // SAFETY: the caller's promise.
        unsafe { sys::BIO_up_ref(bio.as_ptr()) };
        Some(Self(bio))
    }

    /// A BIO of a socket, which it leaves open (`BIO_s_socket(3)`); `None` when memory is out.
    #[must_use]
    pub fn of_socket(descriptor: c_int) -> Option<Self> {
        // SAFETY: it takes no pointer; the BIO is ours.
        unsafe { Self::from_owned(sys::BIO_new_socket(descriptor, sys::BIO_NOCLOSE)) }
    }

    /// Whether it is a socket BIO of this descriptor.
    #[must_use]
    pub fn is_socket_of(&self, descriptor: c_int) -> bool {
        // SAFETY: the BIO is valid.
        let kind = unsafe { sys::BIO_method_type(self.as_ptr()) };
        kind == sys::BIO_TYPE_SOCKET && self.descriptor() == Some(descriptor)
    }

    /// The descriptor of the first BIO of the chain that has one.
    #[must_use]
    pub fn descriptor(&self) -> Option<c_int> {
        // SAFETY: the BIO is valid; the command takes no argument, and what is found is part of the chain.
        let descriptor = unsafe {
            let found = sys::BIO_find_type(self.as_ptr(), sys::BIO_TYPE_DESCRIPTOR);
            if found.is_null() {
                return None;
            }
            sys::BIO_ctrl(found, sys::BIO_C_GET_FD, 0, core::ptr::null_mut())
        };
        c_int::try_from(descriptor).ok()
    }

    /// The pointer that the program knows it by.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::BIO {
        self.0.as_ptr()
    }

    /// Reads at most `most` bytes and appends them to `buffer`, whose capacity has room for them. Returns what
    /// `BIO_read(3)` returns.
    pub fn read_append(&self, buffer: &mut Vec<u8>, most: usize) -> c_int {
        let length = buffer.len();
        let room = most.min(buffer.capacity() - length);
        let room = c_int::try_from(room).unwrap_or(c_int::MAX);
        // SAFETY: the BIO is valid, and at most `room` bytes are written to the spare capacity, which
        // holds that many.
        let count =
            unsafe { sys::BIO_read(self.as_ptr(), buffer.spare_capacity_mut().as_mut_ptr().cast(), room) };
        if let Ok(read) = usize::try_from(count.min(room)) {
            // SAFETY: BIO_read(3) wrote `read` bytes, no more than there was room for.
            unsafe { buffer.set_len(length + read) };
        }
        count
    }

    /// Writes from `data`. Returns what `BIO_write(3)` returns.
    #[must_use]
    pub fn write(&self, data: &[u8]) -> c_int {
        let length = c_int::try_from(data.len()).unwrap_or(c_int::MAX);
        // SAFETY: the BIO is valid, and `data` holds `length` bytes.
        unsafe { sys::BIO_write(self.as_ptr(), data.as_ptr().cast(), length) }
    }

    /// Writes all of `data`; `false` if the BIO does not take it.
    #[must_use]
    pub fn write_all(&self, data: &[u8]) -> bool {
        let mut rest = data;
        while !rest.is_empty() {
            match usize::try_from(self.write(rest)).ok().filter(|count| *count > 0) {
                Some(count) => rest = rest.get(count..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }

    /// Writes a hexadecimal dump (`BIO_dump_indent(3)`).
    #[must_use]
    pub fn dump(&self, data: &[u8], indent: c_int) -> bool {
        let length = c_int::try_from(data.len()).unwrap_or(c_int::MAX);
        // SAFETY: the BIO is valid, and `data` holds `length` bytes.
        unsafe { sys::BIO_dump_indent(self.as_ptr(), data.as_ptr().cast(), length, indent) > 0 }
    }

    /// Sets a file to its beginning; `false` for what has none.
    pub fn rewind(&self) -> bool {
        self.control(sys::BIO_C_FILE_SEEK) == 0
    }

    /// `BIO_tell(3)`: how far a file was read.
    #[must_use]
    pub fn position(&self) -> c_int {
        self.control(sys::BIO_C_FILE_TELL)
    }

    /// `BIO_flush(3)`.
    pub fn flush(&self) -> c_int {
        self.control(sys::BIO_CTRL_FLUSH)
    }

    /// `BIO_eof(3)`.
    #[must_use]
    pub fn is_eof(&self) -> bool {
        self.control(sys::BIO_CTRL_EOF) != 0
    }

    /// Runs a command of datagram BIOs; other BIOs do not know it, and return 0 or less.
    pub fn datagram_control(&self, command: DatagramControl, number: c_long) -> c_long {
        // SAFETY: the BIO is valid, and these commands take no pointer.
        unsafe { sys::BIO_ctrl(self.as_ptr(), command as c_int, number, core::ptr::null_mut()) }
    }

    /// Where the next datagrams go (`BIO_dgram_set_peer`).
    pub fn set_peer(&self, peer: &PeerAddress) {
        // SAFETY: the BIO and the address are valid; the command copies it.
        unsafe {
            sys::BIO_ctrl(self.as_ptr(), sys::BIO_CTRL_DGRAM_SET_PEER, 0, peer.0.as_ptr().cast());
        }
    }

    /// Stores where the last datagram came from; an address that is none if nobody knows (`BIO_dgram_get_peer`).
    ///
    /// # Safety
    ///
    /// `to` is null or a valid address.
    pub unsafe fn store_peer(&self, to: *mut sys::BIO_ADDR) {
        if to.is_null() {
            return;
        }
        // SAFETY: the BIO is valid, and so is the address, as the caller promises; the command writes it.
        unsafe {
            if sys::BIO_ctrl(self.as_ptr(), sys::BIO_CTRL_DGRAM_GET_PEER, 0, to.cast()) <= 0 {
                sys::BIO_ADDR_clear(to);
            }
        }
    }

    /// A datagram BIO that blocks does so no longer than until this time, in microseconds since 1970; 0: as long as it likes
    /// (`BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT`).
    pub fn set_next_timeout(&self, deadline: u64) {
        const MICROSECONDS: u64 = 1_000_000;
        let part = |value: u64| libc::time_t::try_from(value).unwrap_or(libc::time_t::MAX);
        let mut time =
            libc::timeval { tv_sec: part(deadline / MICROSECONDS), tv_usec: part(deadline % MICROSECONDS) };
        // SAFETY: the BIO is valid, and the command reads a timeval.
        unsafe {
            sys::BIO_ctrl(self.as_ptr(), sys::BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT, 0, (&raw mut time).cast());
        }
    }

    fn control(&self, command: c_int) -> c_int {
        // SAFETY: the BIO is valid, and these commands take no argument.
        let value = unsafe { sys::BIO_ctrl(self.as_ptr(), command, 0, core::ptr::null_mut()) };
        c_int::try_from(value).unwrap_or(c_int::MAX)
    }

    fn has_flags(&self, flags: c_int) -> bool {
        // SAFETY: the BIO is valid.
        unsafe { sys::BIO_test_flags(self.as_ptr(), flags) != 0 }
    }

    /// `BIO_should_retry(3)`.
    #[must_use]
    pub fn should_retry(&self) -> bool {
        self.has_flags(sys::BIO_FLAGS_SHOULD_RETRY)
    }

    /// Makes it look as if a read had to be retried (`BIO_set_retry_read(3)`).
    pub fn set_retry_read(&self) {
        // SAFETY: the BIO is valid.
        unsafe { sys::BIO_set_flags(self.as_ptr(), sys::BIO_FLAGS_READ | sys::BIO_FLAGS_SHOULD_RETRY) };
    }

    /// Makes it look as if a write had to be retried (`BIO_set_retry_write(3)`).
    pub fn set_retry_write(&self) {
        // SAFETY: the BIO is valid.
        unsafe { sys::BIO_set_flags(self.as_ptr(), sys::BIO_FLAGS_WRITE | sys::BIO_FLAGS_SHOULD_RETRY) };
    }

    /// What the last failed operation waits for. A BIO of the program may leave the flag of an earlier operation of the
    /// other kind: `expected` is looked for first.
    #[must_use]
    pub fn retry_reason(&self, expected: RetryReason) -> Option<RetryReason> {
        let reading = self.has_flags(sys::BIO_FLAGS_READ);
        let writing = self.has_flags(sys::BIO_FLAGS_WRITE);
        if writing && (expected == RetryReason::Write || !reading) {
            return Some(RetryReason::Write);
        }
        if reading {
            return Some(RetryReason::Read);
        }
        if self.has_flags(sys::BIO_FLAGS_IO_SPECIAL) {
            // SAFETY: the BIO is valid.
            return match unsafe { sys::BIO_get_retry_reason(self.as_ptr()) } {
                sys::BIO_RR_CONNECT => Some(RetryReason::Connect),
                sys::BIO_RR_ACCEPT => Some(RetryReason::Accept),
                _ => None,
            };
        }
        None
    }
}

/// Where a datagram came from.
pub struct PeerAddress(NonNull<sys::BIO_ADDR>);

impl PeerAddress {
    /// That of the last datagram that a BIO read; `None` if it does not know.
    #[must_use]
    pub fn of(bio: &Bio) -> Option<Self> {
        // SAFETY: the address is ours.
        let address = Self(NonNull::new(unsafe { sys::BIO_ADDR_new() })?);
        // SAFETY: both are valid; the command writes the address.
        let known = unsafe {
            sys::BIO_ctrl(bio.as_ptr(), sys::BIO_CTRL_DGRAM_GET_PEER, 0, address.0.as_ptr().cast())
        };
        (known > 0).then_some(address)
    }
}

impl Drop for PeerAddress {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::BIO_ADDR_free(self.0.as_ptr()) };
    }
}

/// The commands of datagram BIOs (`BIO_CTRL_DGRAM_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum DatagramControl {
    /// `QUERY_MTU`: what the path carries.
    QueryMtu = 40,
    /// `SET_MTU`.
    SetMtu = 42,
    /// `MTU_EXCEEDED`: whether the last datagram was too large.
    MtuExceeded = 43,
    /// `GET_FALLBACK_MTU`: what nearly every path carries.
    GetFallbackMtu = 47,
    /// `GET_MTU_OVERHEAD`: what the headers below take.
    GetMtuOverhead = 49,
}

/// What a BIO waits for (`BIO_should_retry(3)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryReason {
    /// To be readable.
    Read,
    /// To be writable.
    Write,
    /// To be connected.
    Connect,
    /// A connection to accept.
    Accept,
}

impl Clone for Bio {
    fn clone(&self) -> Self {
        // SAFETY: the BIO is valid; the new reference is the clone's.
        unsafe { sys::BIO_up_ref(self.as_ptr()) };
        Self(self.0)
    }
}

impl Drop for Bio {
    fn drop(&mut self) {
        // SAFETY: this reference is ours to give back. The chain behind it goes with the last reference.
        unsafe { sys::BIO_free_all(self.as_ptr()) };
    }
}
