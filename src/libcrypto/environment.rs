//! The process around the library: its environment variables, and the file that this library was mapped
//! from.

use core::{
    ffi::{CStr, c_char, c_int},
    mem::ManuallyDrop,
};
use std::{
    net::{SocketAddr, UdpSocket},
    os::fd::FromRawFd,
};

unsafe extern "C" {
    /// glibc's `secure_getenv(3)`, which the `libc` crate lacks.
    safe fn secure_getenv(name: *const c_char) -> *const c_char;
}

/// An environment variable, unless the process runs with another user's rights.
#[must_use]
pub fn secure_variable(name: &CStr) -> Option<String> {
    // SAFETY: `name` is a C string; the result is one, or null, and is copied at once.
    let value = unsafe {
        let value = secure_getenv(name.as_ptr());
        if value.is_null() {
            return None;
        }
        CStr::from_ptr(value)
    };
    value.to_str().ok().map(str::to_owned)
}

/// The path of the file that this library was mapped from.
#[must_use]
pub fn own_path() -> Option<String> {
    // SAFETY: `dladdr` writes to `found` when it returns non-zero; the path is a C string that lives as long as the
    // library is mapped, and is copied at once.
    let path = unsafe {
        let mut found: libc::Dl_info = core::mem::zeroed();
        if libc::dladdr(own_path as *const libc::c_void, &raw mut found) == 0 || found.dli_fname.is_null() {
            return None;
        }
        CStr::from_ptr(found.dli_fname)
    };
    path.to_str().ok().map(str::to_owned)
}

/// Whom a socket of the program's is connected to; `None` for what is no Internet socket.
#[must_use]
pub fn peer_address(descriptor: c_int) -> Option<SocketAddr> {
    if descriptor < 0 {
        return None;
    }
    // SAFETY: the descriptor is only asked for its peer, which any may be, and stays open.
    let socket = ManuallyDrop::new(unsafe { UdpSocket::from_raw_fd(descriptor) });
    socket.peer_addr().ok()
}
