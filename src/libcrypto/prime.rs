//! The well-known primes of Diffie-Hellman (RFC 2409 §6.2, RFC 3526) and numbers out of keys. Used by `crypto::dhe`.

use core::{ffi::CStr, ptr::null_mut};

use super::{error_queue, evp_pkey::PKey, sys};

/// RFC 2409 §6.2.
#[must_use]
pub fn of_1024_bits() -> Option<Vec<u8>> {
    // SAFETY: with a null pointer it makes a new number, which is ours.
    unsafe { take(sys::BN_get_rfc2409_prime_1024(null_mut())) }
}

/// RFC 3526 §3.
#[must_use]
pub fn of_2048_bits() -> Option<Vec<u8>> {
    // SAFETY: with a null pointer it makes a new number, which is ours.
    unsafe { take(sys::BN_get_rfc3526_prime_2048(null_mut())) }
}

/// RFC 3526 §4.
#[must_use]
pub fn of_3072_bits() -> Option<Vec<u8>> {
    // SAFETY: with a null pointer it makes a new number, which is ours.
    unsafe { take(sys::BN_get_rfc3526_prime_3072(null_mut())) }
}

/// RFC 3526 §5.
#[must_use]
pub fn of_4096_bits() -> Option<Vec<u8>> {
    // SAFETY: with a null pointer it makes a new number, which is ours.
    unsafe { take(sys::BN_get_rfc3526_prime_4096(null_mut())) }
}

/// RFC 3526 §7.
#[must_use]
pub fn of_8192_bits() -> Option<Vec<u8>> {
    // SAFETY: with a null pointer it makes a new number, which is ours.
    unsafe { take(sys::BN_get_rfc3526_prime_8192(null_mut())) }
}

impl PKey {
    /// One of its public numbers, big-endian; `None` if it has none of this name. The queue is left as it was.
    #[must_use]
    pub fn number(&self, name: &CStr) -> Option<Vec<u8>> {
        let mut number = null_mut();
        let mark = error_queue::set_mark();
        // SAFETY: the key is valid and the name is a C string; what is written to `number` is ours.
        let found = unsafe {
            let found = sys::EVP_PKEY_get_bn_param(self.as_ptr(), name.as_ptr(), &raw mut number);
            take(number).filter(|_| found == 1)
        };
        mark.pop();
        found
    }
}

/// The bytes of a number, which is freed.
///
/// # Safety
///
/// `number` is null or valid, and given away.
unsafe fn take(number: *mut sys::BIGNUM) -> Option<Vec<u8>> {
    if number.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; the vector has room for as many bytes as the number has.
    unsafe {
        let bits = usize::try_from(sys::BN_num_bits(number)).unwrap_or_default();
        let mut bytes = vec![0; bits.div_ceil(8)];
        sys::BN_bn2bin(number, bytes.as_mut_ptr());
        sys::BN_free(number);
        Some(bytes)
    }
}
