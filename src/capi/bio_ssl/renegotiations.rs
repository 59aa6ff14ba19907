//! The renegotiations that a BIO begins by itself, after so many bytes or seconds (`BIO_f_ssl(3)`).

use core::ffi::{c_int, c_long};

/// The fewest bytes that there can be between two renegotiations.
const LEAST_BYTES: c_long = 512;
/// The shortest time-out that is taken as it is.
const LEAST_TIMEOUT: c_long = 60;
/// What stands for a shorter one.
const SHORT_TIMEOUT: c_long = 5;

/// When a BIO renegotiates.
#[derive(Clone, Copy, Default)]
pub struct Renegotiations {
    /// After more than so many bytes; 0 for never.
    most_bytes: c_long,
    /// How many were read and written since they last were too many.
    bytes: c_long,
    /// After more than so many seconds; 0 for never.
    timeout: c_long,
    /// When the seconds began, in seconds since 1970.
    since: i64,
    /// How many there were.
    count: c_long,
}

impl Renegotiations {
    /// `BIO_set_ssl_renegotiate_bytes`: the number until now. One that is too low changes nothing.
    pub const fn set_bytes(&mut self, most: c_long) -> c_long {
        let before = self.most_bytes;
        if most >= LEAST_BYTES {
            self.most_bytes = most;
        }
        before
    }

    /// `BIO_set_ssl_renegotiate_timeout`: the number until now.
    pub const fn set_timeout(&mut self, seconds: c_long, now: i64) -> c_long {
        self.since = now;
        core::mem::replace(&mut self.timeout, if seconds < LEAST_TIMEOUT { SHORT_TIMEOUT } else { seconds })
    }

    /// `BIO_get_num_renegotiates`.
    pub const fn count(&self) -> c_long {
        self.count
    }

    /// So many bytes were read or written: whether it is time for a renegotiation, which is counted.
    pub fn is_due(&mut self, bytes: c_int, now: impl FnOnce() -> i64) -> bool {
        let is_due = self.has_too_many_bytes(bytes) || self.has_waited_too_long(now);
        if is_due {
            self.count = self.count.saturating_add(1);
        }
        is_due
    }

    fn has_too_many_bytes(&mut self, more: c_int) -> bool {
        if self.most_bytes == 0 {
            return false;
        }
        self.bytes = self.bytes.saturating_add(more.into());
        let are_too_many = self.bytes > self.most_bytes;
        if are_too_many {
            self.bytes = 0;
        }
        are_too_many
    }

    fn has_waited_too_long(&mut self, now: impl FnOnce() -> i64) -> bool {
        if self.timeout == 0 {
            return false;
        }
        let now = now();
        let is_too_long = now > self.since.saturating_add(self.timeout);
        if is_too_long {
            self.since = now;
        }
        is_too_long
    }
}
