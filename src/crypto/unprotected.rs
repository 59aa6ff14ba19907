//! For the fuzz targets alone (`cfg(fuzzing)`): what a peer without keys can never get past is let through, so that a
//! fuzzer reaches what stands behind. Records are sealed with tags of zeros and opened whatever their tag; signatures,
//! Finished and binders are not looked at; random numbers are always the same. No library that is built otherwise has this.

use core::cell::Cell;

thread_local! {
    static ON: Cell<bool> = const { Cell::new(false) };
}

/// Lets everything through on this thread, or stops that.
pub fn set(on: bool) {
    ON.set(on);
}

/// Whether everything is let through.
pub fn is_on() -> bool {
    ON.get()
}

/// What stands in for random bytes.
pub fn fill(out: &mut [u8]) {
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = (index as u8).wrapping_mul(7).wrapping_add(1);
    }
}

/// Seals by copying; the tag is zeros.
pub fn seal(plaintext: &[u8], extra: &[u8], out: &mut [u8]) {
    let mut bytes = plaintext.iter().chain(extra).copied();
    out.fill_with(|| bytes.next().unwrap_or(0));
}
