//! The arithmetic of SRP (RFC 5054 §2.5, §2.6) on libcrypto's numbers. Used by `object::srp`.

use core::{
    ffi::{CStr, c_int},
    ptr::{NonNull, null_mut},
};

use zeroize::Zeroizing;

use super::sys;

/// A number of any size, wiped when dropped.
pub struct Number(NonNull<sys::BIGNUM>);

// SAFETY: a number is only read after it was made, and libcrypto's functions do not change what they read.
unsafe impl Send for Number {}
// SAFETY: as above.
unsafe impl Sync for Number {}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::BN_clear_free(self.0.as_ptr()) };
    }
}

impl Number {
    /// Takes a number over; `None` for null.
    ///
    /// # Safety
    /// `number` is null, or valid and given away.
    unsafe fn from_owned(number: *mut sys::BIGNUM) -> Option<Self> {
        NonNull::new(number).map(Self)
    }

    /// A copy; `None` for null or when memory is out.
    ///
    /// # Safety
    /// `number` is null or valid.
    #[must_use]
    pub unsafe fn copy_of(number: *const sys::BIGNUM) -> Option<Self> {
        if number.is_null() {
            return None;
        }
        // SAFETY: the caller's promise; the copy is ours.
        unsafe { Self::from_owned(sys::BN_dup(number)) }
    }

    /// From big-endian bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let length = c_int::try_from(bytes.len()).ok()?;
        // SAFETY: the bytes are as many as is said; with a null pointer it makes a new number, which is ours.
        unsafe { Self::from_owned(sys::BN_bin2bn(bytes.as_ptr(), length, null_mut())) }
    }

    /// As big-endian bytes without leading zeros.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; self.bits().div_ceil(8)]);
        // SAFETY: the number is valid, and there is room for as many bytes as it has.
        unsafe { sys::BN_bn2bin(self.0.as_ptr(), bytes.as_mut_ptr()) };
        bytes
    }

    /// How many bits it has.
    #[must_use]
    pub fn bits(&self) -> usize {
        // SAFETY: the number is valid.
        usize::try_from(unsafe { sys::BN_num_bits(self.0.as_ptr()) }).unwrap_or_default()
    }

    /// Whether it is more than 0 and less than `modulus` (RFC 5054 §2.5.3, §2.5.4: what is 0 modulo N must be refused).
    #[must_use]
    pub fn is_within(&self, modulus: &Self) -> bool {
        // SAFETY: both numbers are valid.
        self.bits() > 0 && unsafe { sys::BN_ucmp(self.0.as_ptr(), modulus.0.as_ptr()) } < 0
    }

    /// The number itself, for the program to read.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::BIGNUM {
        self.0.as_ptr()
    }
}

/// A group: the modulus and the generator.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    /// `N`.
    pub modulus: &'a Number,
    /// `g`.
    pub generator: &'a Number,
}

/// The group that libcrypto knows by this name ("1024" to "8192"): modulus and generator.
#[must_use]
pub fn group_named(name: Option<&CStr>) -> Option<(Number, Number)> {
    // SAFETY: the name is a C string, or null for the largest group; the group is libcrypto's own, and its numbers are copied.
    unsafe {
        let group = sys::SRP_get_default_gN(name.map_or(core::ptr::null(), CStr::as_ptr)).as_ref()?;
        Some((Number::copy_of(group.N)?, Number::copy_of(group.g)?))
    }
}

impl Group<'_> {
    /// Whether it is one of the groups of RFC 5054 Appendix A.
    #[must_use]
    pub fn is_known(self) -> bool {
        // SAFETY: both numbers are valid; the name that comes back is libcrypto's own.
        unsafe { !sys::SRP_check_known_gN_param(self.generator.as_ptr(), self.modulus.as_ptr()).is_null() }
    }

    /// A new salt, and the verifier of this user and password: what a server keeps.
    #[must_use]
    pub fn verifier(self, user: &CStr, password: &CStr) -> Option<(Number, Number)> {
        let (mut salt, mut verifier) = (null_mut(), null_mut());
        // SAFETY: the strings and numbers are valid; what is written is ours.
        unsafe {
            let made = sys::SRP_create_verifier_BN(
                user.as_ptr(),
                password.as_ptr(),
                &raw mut salt,
                &raw mut verifier,
                self.modulus.as_ptr(),
                self.generator.as_ptr(),
            );
            let (salt, verifier) = (Number::from_owned(salt), Number::from_owned(verifier));
            salt.zip(verifier).filter(|_| made == 1)
        }
    }

    /// `A`: the client's public key of its secret `a`.
    #[must_use]
    pub fn client_public(self, secret: &Number) -> Option<Number> {
        // SAFETY: the numbers are valid; the result is ours.
        unsafe {
            Number::from_owned(sys::SRP_Calc_A(
                secret.as_ptr(),
                self.modulus.as_ptr(),
                self.generator.as_ptr(),
            ))
        }
    }

    /// `B`: the server's public key of its secret `b` and the verifier.
    #[must_use]
    pub fn server_public(self, secret: &Number, verifier: &Number) -> Option<Number> {
        // SAFETY: the numbers are valid; the result is ours.
        unsafe {
            Number::from_owned(sys::SRP_Calc_B(
                secret.as_ptr(),
                self.modulus.as_ptr(),
                self.generator.as_ptr(),
                verifier.as_ptr(),
            ))
        }
    }

    /// `u`, which binds both public keys together.
    fn scrambler(self, client: &Number, server: &Number) -> Option<Number> {
        // SAFETY: the numbers are valid; the result is ours.
        unsafe {
            Number::from_owned(sys::SRP_Calc_u(client.as_ptr(), server.as_ptr(), self.modulus.as_ptr()))
        }
    }

    /// The client's premaster secret (RFC 5054 §2.6).
    #[must_use]
    pub fn client_premaster(
        self,
        (client_secret, client_public): (&Number, &Number),
        server_public: &Number,
        salt: &Number,
        (user, password): (&CStr, &CStr),
    ) -> Option<Zeroizing<Vec<u8>>> {
        let scrambler = self.scrambler(client_public, server_public)?;
        // SAFETY: the strings and numbers are valid; the results are ours.
        let secret = unsafe {
            let private =
                Number::from_owned(sys::SRP_Calc_x(salt.as_ptr(), user.as_ptr(), password.as_ptr()))?;
            Number::from_owned(sys::SRP_Calc_client_key(
                self.modulus.as_ptr(),
                server_public.as_ptr(),
                self.generator.as_ptr(),
                private.as_ptr(),
                client_secret.as_ptr(),
                scrambler.as_ptr(),
            ))?
        };
        Some(secret.to_bytes())
    }

    /// The server's premaster secret (RFC 5054 §2.6).
    #[must_use]
    pub fn server_premaster(
        self,
        client_public: &Number,
        (server_secret, server_public): (&Number, &Number),
        verifier: &Number,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let scrambler = self.scrambler(client_public, server_public)?;
        // SAFETY: the numbers are valid; the result is ours.
        let secret = unsafe {
            Number::from_owned(sys::SRP_Calc_server_key(
                client_public.as_ptr(),
                verifier.as_ptr(),
                scrambler.as_ptr(),
                server_secret.as_ptr(),
                self.modulus.as_ptr(),
            ))?
        };
        Some(secret.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    fn number(digits: &str) -> Number {
        Number::from_bytes(&hex(digits)).unwrap()
    }

    /// RFC 5054 Appendix B.
    #[test]
    fn both_sides_come_to_the_premaster_secret_of_rfc5054() {
        let (modulus, generator) = group_named(Some(c"1024")).unwrap();
        let group = Group { modulus: &modulus, generator: &generator };
        let salt = number("BEB25379D1A8581EB5A727673A2441EE");
        let verifier = number(
            "7E273DE8696FFC4F4E337D05B4B375BEB0DDE1569E8FA00A9886D8129BADA1F1822223CA1A605B530E379BA4729FDC59\
             F105B4787E5186F5C671085A1447B52A48CF1970B4FB6F8400BBF4CEBFBB168152E08AB5EA53D15C1AFF87B2B9DA6E04\
             E058AD51CC72BFC9033B564E26480D78E955A5E29E7AB245DB2BE315E2099AFB",
        );
        let client_secret = number("60975527035CF2AD1989806F0407210BC81EDC04E2762A56AFD529DDDA2D4393");
        let server_secret = number("E487CB59D31AC550471E81F00F6928E01DDA08E974A004F49E61F5D105284D20");
        let client_public = group.client_public(&client_secret).unwrap();
        let server_public = group.server_public(&server_secret, &verifier).unwrap();
        let expected = hex(
            "B0DC82BABCF30674AE450C0287745E7990A3381F63B387AAF271A10D233861E359B48220F7C4693C9AE12B0A6F67809F\
             0876E2D013800D6C41BB59B6D5979B5C00A172B4A2A5903A0BDCAF8A709585EB2AFAFA8F3499B200210DCC1F10EB3394\
             3CD67FC88A2F39A4BE5BEC4EC0A3212DC346D7E474B29EDE8A469FFECA686E5A",
        );
        let client = group.client_premaster(
            (&client_secret, &client_public),
            &server_public,
            &salt,
            (c"alice", c"password123"),
        );
        assert_eq!(*client.unwrap(), expected);
        let server = group.server_premaster(&client_public, (&server_secret, &server_public), &verifier);
        assert_eq!(*server.unwrap(), expected);
    }

    #[test]
    fn groups_are_known_by_name_and_by_numbers() {
        let (modulus, generator) = group_named(Some(c"2048")).unwrap();
        assert!(Group { modulus: &modulus, generator: &generator }.is_known());
        let other = number("03");
        assert!(!Group { modulus: &modulus, generator: &other }.is_known());
        assert!(group_named(Some(c"77")).is_none());
    }

    #[test]
    fn number_within_is_more_than_zero_and_less_than_the_modulus() {
        let modulus = number("10");
        assert!(!number("00").is_within(&modulus));
        assert!(number("0f").is_within(&modulus));
        assert!(!number("10").is_within(&modulus));
        assert!(!number("20").is_within(&modulus));
    }
}
