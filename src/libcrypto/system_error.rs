//! `errno`: what a BIO's transport met. Used by `object::driver`.

use std::io;

/// Sets it to 0, so that it tells afterwards of what came since.
pub fn clear() {
    // SAFETY: the place is this thread's own.
    unsafe { *libc::__errno_location() = 0 };
}

/// Whether the peer has closed the connection.
#[must_use]
pub fn is_connection_closed() -> bool {
    matches!(io::Error::last_os_error().kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}
