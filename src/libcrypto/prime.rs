//! The well-known primes of Diffie-Hellman (RFC 2409 §6.2, RFC 3526) and numbers out of keys. Used by `crypto::dhe`.

use core::{
    ffi::CStr,
    ptr::{null, null_mut},
};

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
    /// The prime and the generator of a key of Diffie-Hellman, big-endian; `None` if it is none. The queue is left as it was.
    #[must_use]
    pub fn prime_and_generator(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let mark = error_queue::set_mark();
        // What libcrypto made from a DH object of X9.42 gives its parameters in that form alone.
        let found = self.number(c"p").zip(self.number(c"g")).or_else(|| self.legacy_prime_and_generator());
        mark.pop();
        found
    }

    /// One of its public numbers, big-endian; `None` if it has none of this name, with libcrypto's reason in the queue.
    #[must_use]
    pub fn number(&self, name: &CStr) -> Option<Vec<u8>> {
        let mut number = null_mut();
        // SAFETY: the key is valid and the name is a C string; what is written to `number` is ours.
        unsafe {
            let found = sys::EVP_PKEY_get_bn_param(self.as_ptr(), name.as_ptr(), &raw mut number);
            take(number).filter(|_| found == 1)
        }
    }

    fn legacy_prime_and_generator(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut prime, mut generator) = (null(), null());
        // SAFETY: the key is valid; the DH object and its numbers are the key's.
        unsafe {
            let dh = sys::EVP_PKEY_get0_DH(self.as_ptr());
            if dh.is_null() {
                return None;
            }
            sys::DH_get0_pqg(dh, &raw mut prime, null_mut(), &raw mut generator);
            bytes_of(prime).zip(bytes_of(generator))
        }
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
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = bytes_of(number);
        sys::BN_free(number);
        bytes
    }
}

/// The bytes of a number.
///
/// # Safety
///
/// `number` is null or valid.
unsafe fn bytes_of(number: *const sys::BIGNUM) -> Option<Vec<u8>> {
    if number.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; the vector has room for as many bytes as the number has.
    unsafe {
        let bits = usize::try_from(sys::BN_num_bits(number)).unwrap_or_default();
        let mut bytes = vec![0; bits.div_ceil(8)];
        sys::BN_bn2bin(number, bytes.as_mut_ptr());
        Some(bytes)
    }
}
