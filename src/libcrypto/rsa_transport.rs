//! RSA that carries a premaster secret (RFC 5246 §7.4.7.1): `EVP_PKEY_encrypt(3)`, and `EVP_PKEY_decrypt` with the padding
//! check that libcrypto has for TLS. Used by `handshake` and `object`.

use core::{
    ffi::{c_int, c_uint},
    ptr::{null, null_mut},
};

use zeroize::Zeroizing;

use super::{
    error_queue,
    evp_pkey::PKey,
    parameters::{Parameter, Parameters},
    sys,
};
use crate::wire::ProtocolVersion;

/// `RSA_PKCS1_PADDING`.
const PKCS1: c_int = 1;
/// `RSA_PKCS1_WITH_TLS_PADDING`.
const PKCS1_WITH_TLS: c_int = 7;
/// The length of a premaster secret.
const PREMASTER_LENGTH: usize = 48;

/// Encrypts a premaster secret for the owner of this key; `None` if it is none of RSA.
#[must_use]
pub fn encrypt(key: &PKey, premaster: &[u8]) -> Option<Vec<u8>> {
    let mark = error_queue::set_mark();
    let encrypted = Operation::of(key).and_then(|operation| operation.encrypt(premaster));
    mark.pop();
    encrypted
}

/// Decrypts a premaster secret. If the padding is wrong, or the version in front is neither the client's nor the one that
/// may stand in for it (`SSL_OP_TLS_ROLLBACK_BUG`), the secret is a random one: nobody can tell, by time either
/// (RFC 5246 §7.4.7.1). `None`: the key cannot decrypt this at all, which its owner's public key tells anybody.
#[must_use]
pub fn decrypt(
    key: &PKey,
    encrypted: &[u8],
    client_version: ProtocolVersion,
    stand_in: Option<ProtocolVersion>,
) -> Option<Zeroizing<Vec<u8>>> {
    let mark = error_queue::set_mark();
    let premaster =
        Operation::of(key).and_then(|operation| operation.decrypt(encrypted, client_version, stand_in));
    mark.pop();
    premaster
}

struct Operation(*mut sys::EVP_PKEY_CTX);

impl Operation {
    fn of(key: &PKey) -> Option<Self> {
        // SAFETY: the key is valid; null stands for the default context and properties.
        let context = unsafe { sys::EVP_PKEY_CTX_new_from_pkey(null_mut(), key.as_ptr(), null()) };
        (!context.is_null()).then_some(Self(context))
    }

    fn encrypt(&self, premaster: &[u8]) -> Option<Vec<u8>> {
        let (input, input_length) = (premaster.as_ptr(), premaster.len());
        let mut length = 0;
        // SAFETY: the operation is valid; with a null pointer only the length is computed.
        let started = unsafe {
            sys::EVP_PKEY_encrypt_init(self.0) == 1
                && sys::EVP_PKEY_CTX_set_rsa_padding(self.0, PKCS1) == 1
                && sys::EVP_PKEY_encrypt(self.0, null_mut(), &raw mut length, input, input_length) == 1
        };
        if !started {
            return None;
        }
        let mut encrypted = vec![0; length];
        // SAFETY: `encrypted` has room for `length` bytes, and `premaster` holds as many as announced.
        let done = unsafe {
            sys::EVP_PKEY_encrypt(self.0, encrypted.as_mut_ptr(), &raw mut length, input, input_length)
        };
        encrypted.truncate(length);
        (done == 1).then_some(encrypted)
    }

    fn decrypt(
        &self,
        encrypted: &[u8],
        client_version: ProtocolVersion,
        stand_in: Option<ProtocolVersion>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let client_version = c_uint::from(client_version.0);
        let stand_in = stand_in.map(|version| c_uint::from(version.0));
        let versions = [
            Some(Parameter::unsigned(c"tls-client-version", &client_version)),
            stand_in.as_ref().map(|version| Parameter::unsigned(c"tls-negotiated-version", version)),
        ];
        let mut parameters = Parameters::new(versions.into_iter().flatten());
        let (input, input_length) = (encrypted.as_ptr(), encrypted.len());
        let mut length = 0;
        // SAFETY: operation and parameters are valid; with a null pointer only the length is computed.
        let started = unsafe {
            sys::EVP_PKEY_decrypt_init(self.0) == 1
                && sys::EVP_PKEY_CTX_set_rsa_padding(self.0, PKCS1_WITH_TLS) == 1
                && sys::EVP_PKEY_CTX_set_params(self.0, parameters.as_mut_ptr()) == 1
                && sys::EVP_PKEY_decrypt(self.0, null_mut(), &raw mut length, input, input_length) == 1
        };
        if !started || length < PREMASTER_LENGTH {
            return None;
        }
        let mut premaster = Zeroizing::new(vec![0; length]);
        // SAFETY: `premaster` has room for `length` bytes, and `encrypted` holds as many as announced.
        let done = unsafe {
            sys::EVP_PKEY_decrypt(self.0, premaster.as_mut_ptr(), &raw mut length, input, input_length)
        };
        premaster.truncate(length);
        (done == 1 && length == PREMASTER_LENGTH).then_some(premaster)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: the operation is ours.
        unsafe { sys::EVP_PKEY_CTX_free(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::libcrypto::{library::Library, secrets_under_valgrind as valgrind};

    /// `make secrets`: good or bad padding, and a version that is the client's or is not, make no difference to us, whatever
    /// libcrypto does with what it was given.
    #[test]
    fn premaster_is_decrypted_without_a_look_at_it() {
        if !valgrind::is_there() {
            return;
        }
        let der = include_bytes!("../connection/testdata/rsa.key.der");
        let key = PKey::private_from_der(6, Some(der), &Library::default()).unwrap();
        let good = [&[3, 3][..], &[7; 46]].concat();
        let other_version = [&[3, 1][..], &[7; 46]].concat();
        let counts = [&good[..], &other_version, &good[..47], &good[..1]].map(|premaster| {
            let complaints_about_one = || {
                let encrypted = encrypt(&key, premaster).unwrap();
                valgrind::hide(&encrypted[..]);
                let (premaster, complaints) =
                    valgrind::complaints_about(|| decrypt(&key, &encrypted, ProtocolVersion::TLS1_2, None));
                valgrind::show(&premaster);
                assert_eq!(premaster.unwrap().len(), PREMASTER_LENGTH);
                complaints
            };
            // Chance decides, as often so as so, whether libcrypto's arithmetic asks one question more.
            (0..32).map(|_| complaints_about_one()).collect::<BTreeSet<_>>()
        });
        // What there is comes from arithmetic with what was encrypted, which everybody knows.
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    }
}
