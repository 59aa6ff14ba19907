//! The clock, through libc: programs and tests replace its functions.

/// Seconds since 1970 and their microseconds.
#[must_use]
pub fn now() -> (i64, u32) {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for writing.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time) };
    (time.tv_sec, u32::try_from(time.tv_nsec / 1000).unwrap_or_default())
}
