//! Ephemeral Diffie-Hellman over any prime, as TLS 1.2 and below have it (RFC 5246 §7.4.3, §8.1.2), on libcrypto. Used by
//! `policy` and `handshake`.

use core::fmt;

use super::secret::SharedSecret;
use crate::{
    error::{Error, Reason, Result},
    libcrypto::{agreement, evp_pkey::PKey, library::Library, prime},
};

/// A public value or parameters that no honest peer sends.
const BAD_VALUE: Error = Error::illegal(Reason::BAD_DH_VALUE);

/// A prime and a generator.
#[derive(Clone)]
pub struct Parameters {
    /// The prime, big-endian.
    pub prime: Vec<u8>,
    /// The generator, big-endian.
    pub generator: Vec<u8>,
    /// The strength in bits.
    pub security_bits: u16,
    /// A key of libcrypto with these parameters.
    pub key: PKey,
}

impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Parameters({} bits)", self.prime.len().saturating_mul(8))
    }
}

impl Parameters {
    /// Those of a key of the program; `None` if it is none of Diffie-Hellman.
    #[must_use]
    pub fn from_key(key: PKey) -> Option<Self> {
        let (prime, generator) = key.prime_and_generator()?;
        let security_bits = key.security_bits().and_then(|bits| bits.try_into().ok()).unwrap_or(0);
        Some(Self { prime, generator, security_bits, key })
    }

    /// Well-known ones that are at least as strong as so many bits, or the strongest that there are: RFC 3526, and below 112
    /// bits RFC 2409 §6.2, as OpenSSL chooses them for `SSL_CTX_set_dh_auto`.
    pub fn automatic(security_bits: u16) -> Result<Self> {
        let prime = match security_bits {
            192.. => prime::of_8192_bits(),
            152.. => prime::of_4096_bits(),
            128.. => prime::of_3072_bits(),
            112.. => prime::of_2048_bits(),
            _ => prime::of_1024_bits(),
        };
        prime
            .and_then(|prime| agreement::diffie_hellman(&prime, &[2]))
            .and_then(Self::from_key)
            .ok_or(Error::internal())
    }
}

/// A private key that waits for the peer's public one; used once.
pub struct EphemeralKey {
    /// What it is over.
    pub parameters: Parameters,
    /// Our public key, as long as the prime.
    pub public: Vec<u8>,
    key: PKey,
}

impl EphemeralKey {
    /// A new key; `internal_error` if libcrypto cannot work with the parameters.
    pub fn generate(parameters: Parameters) -> Result<Self> {
        let key = agreement::generate_like(&parameters.key).ok_or(Error::internal())?;
        let public = agreement::public(&key).ok_or(Error::internal())?;
        Ok(Self { parameters, public, key })
    }

    /// The secret from the peer's public key, without leading zeros (RFC 5246 §8.1.2). One out of range is
    /// `illegal_parameter` with `SSL_R_BAD_DH_VALUE`.
    pub fn complete(self, peer_public: &[u8]) -> Result<SharedSecret> {
        let peer = agreement::public_like(&self.key, peer_public).ok_or(BAD_VALUE)?;
        self.agree(&peer)
    }

    fn agree(&self, peer: &PKey) -> Result<SharedSecret> {
        agreement::derive(&self.key, peer, false, &Library::default()).ok_or(BAD_VALUE)
    }
}

/// The peer's half: its parameters and its public key.
#[derive(Clone)]
pub struct PeerKey {
    /// What it is over.
    pub parameters: Parameters,
    key: PKey,
}

impl PeerKey {
    /// From the numbers of a ServerKeyExchange. What cannot be a group, or a public key that is out of its range, is
    /// `illegal_parameter` with `SSL_R_BAD_DH_VALUE`.
    pub fn new(prime: &[u8], generator: &[u8], public: &[u8]) -> Result<Self> {
        let key = agreement::diffie_hellman_public(prime, generator, public).ok_or(BAD_VALUE)?;
        if !agreement::is_sound(&key) {
            return Err(BAD_VALUE);
        }
        let parameters = Parameters::from_key(key.clone()).ok_or(BAD_VALUE)?;
        Ok(Self { parameters, key })
    }

    /// For a program that asks for the peer's key (`SSL_get_peer_tmp_key(3)`).
    #[must_use]
    pub const fn key(&self) -> &PKey {
        &self.key
    }

    /// Our public key, as long as the prime, and the secret.
    pub fn respond(&self) -> Result<(Vec<u8>, SharedSecret)> {
        let own = EphemeralKey::generate(self.parameters.clone())?;
        let secret = own.agree(&self.key)?;
        Ok((own.public, secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_agree() {
        let server = EphemeralKey::generate(Parameters::automatic(112).unwrap()).unwrap();
        let Parameters { prime, generator, .. } = &server.parameters;
        let client = PeerKey::new(prime, generator, &server.public).unwrap();
        assert_eq!(client.parameters.security_bits, 112);
        let (public, secret) = client.respond().unwrap();
        assert_eq!(server.complete(&public).unwrap(), secret);
    }

    #[test]
    fn automatic_parameters_are_as_strong_as_wanted() {
        for (wanted, length) in
            [(0, 128), (80, 128), (112, 256), (128, 384), (152, 512), (192, 1024), (256, 1024)]
        {
            assert_eq!(Parameters::automatic(wanted).unwrap().prime.len(), length);
        }
    }

    /// RFC 7919 §5.1: 1 < Y < p - 1.
    #[test]
    fn public_value_out_of_range_is_bad_dh_value() {
        let parameters = Parameters::automatic(112).unwrap();
        let mut last = parameters.prime.clone();
        *last.last_mut().unwrap() -= 1;
        for public in [&[][..], &[0], &[1], &last, &parameters.prime] {
            assert_eq!(PeerKey::new(&parameters.prime, &[2], public).err(), Some(BAD_VALUE));
            let own = EphemeralKey::generate(parameters.clone()).unwrap();
            assert_eq!(own.complete(public).err(), Some(BAD_VALUE));
        }
    }

    #[test]
    fn numbers_that_make_no_group_are_bad_dh_value() {
        let Parameters { prime, .. } = Parameters::automatic(112).unwrap();
        let mut even = prime.clone();
        *even.last_mut().unwrap() -= 1;
        for (prime, generator) in [
            (&[][..], &[2][..]),
            (&[0], &[2]),
            (&[1], &[2]),
            (&even, &[2]),
            (&prime, &[]),
            (&prime, &[0]),
            (&prime, &[1]),
        ] {
            assert_eq!(PeerKey::new(prime, generator, &[2]).err(), Some(BAD_VALUE), "{:x?}", prime.first());
        }
    }

    /// CVE-2018-0732: work with a huge prime is refused.
    #[test]
    fn huge_prime_is_refused() {
        let prime = vec![0xff; 2048];
        assert!(PeerKey::new(&prime, &[2], &[5]).and_then(|peer| peer.respond()).is_err());
    }
}
