//! The renegotiations that a BIO begins by itself, after so many bytes or seconds (`BIO_f_ssl(3)`).

use core::{
    cell::Cell,
    ffi::{c_int, c_long},
};

/// The fewest bytes that there can be between two renegotiations.
const LEAST_BYTES: c_long = 512;
/// The shortest time-out that is taken as it is.
const LEAST_TIMEOUT: c_long = 60;
/// What stands for a shorter one.
const SHORT_TIMEOUT: c_long = 5;

/// When a BIO renegotiates; callbacks may change it during a read or write.
#[derive(Default)]
pub struct Renegotiations {
    /// After more than so many bytes; 0 for never.
    most_bytes: Cell<c_long>,
    /// How many were read and written since they last were too many.
    bytes: Cell<c_long>,
    /// After more than so many seconds; 0 for never.
    timeout: Cell<c_long>,
    /// When the seconds began, in seconds since 1970.
    since: Cell<i64>,
    /// How many there were.
    count: Cell<c_long>,
}

impl Renegotiations {
    /// Becomes as another's.
    pub fn take_over(&self, other: &Self) {
        self.most_bytes.set(other.most_bytes.get());
        self.bytes.set(other.bytes.get());
        self.timeout.set(other.timeout.get());
        self.since.set(other.since.get());
        self.count.set(other.count.get());
    }

    /// `BIO_set_ssl_renegotiate_bytes`: the number until now. One that is too low changes nothing.
    pub fn set_bytes(&self, most: c_long) -> c_long {
        let before = self.most_bytes.get();
        if most >= LEAST_BYTES {
            self.most_bytes.set(most);
        }
        before
    }

    /// `BIO_set_ssl_renegotiate_timeout`: the number until now.
    pub fn set_timeout(&self, seconds: c_long, now: i64) -> c_long {
        self.since.set(now);
        self.timeout.replace(if seconds < LEAST_TIMEOUT { SHORT_TIMEOUT } else { seconds })
    }

    /// `BIO_get_num_renegotiates`.
    pub fn count(&self) -> c_long {
        self.count.get()
    }

    /// So many bytes were read or written: whether it is time for a renegotiation, which is counted.
    pub fn is_due(&self, bytes: c_int, now: impl FnOnce() -> i64) -> bool {
        let is_due = self.has_too_many_bytes(bytes) || self.has_waited_too_long(now);
        if is_due {
            self.count.set(self.count.get().saturating_add(1));
        }
        is_due
    }

    fn has_too_many_bytes(&self, more: c_int) -> bool {
        if self.most_bytes.get() == 0 {
            return false;
        }
        self.bytes.set(self.bytes.get().saturating_add(more.into()));
        let are_too_many = self.bytes.get() > self.most_bytes.get();
        if are_too_many {
            self.bytes.set(0);
        }
        are_too_many
    }

    fn has_waited_too_long(&self, now: impl FnOnce() -> i64) -> bool {
        if self.timeout.get() == 0 {
            return false;
        }
        let now = now();
        let is_too_long = now > self.since.get().saturating_add(self.timeout.get());
        if is_too_long {
            self.since.set(now);
        }
        is_too_long
    }
}
