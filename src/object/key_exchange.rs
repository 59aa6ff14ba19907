//! What the key exchanges of TLS 1.2 and below ask: Diffie-Hellman parameters (`SSL_CTX_set_tmp_dh_callback(3)`), and what
//! a client encrypted to our RSA key (RFC 5246 §7.4.7.1).

use super::Ssl;
use crate::{
    crypto::dhe,
    error::{Error, Reason},
    handshake::want::Answer,
    libcrypto::{evp_pkey::PKey, rsa_transport},
    policy::certificate::Slot,
    wire::{AlertDescription, ProtocolVersion},
};

impl Ssl {
    pub(super) fn ask_diffie_hellman(&self) -> Answer {
        /// The size that OpenSSL asks for, whatever it needs.
        const BITS: core::ffi::c_int = 1024;

        let Some(function) = self.with_config(|config| config.callbacks.temporary_dh) else {
            return Answer::DiffieHellman(None);
        };
        // SAFETY: the program registered `function` for exactly these arguments, and nothing of `self` is borrowed. What it
        // returns stays the program's.
        let key = unsafe { PKey::from_dh(function(self.as_handle(), 0, BITS)) };
        Answer::DiffieHellman(key.and_then(dhe::Parameters::from_key))
    }

    pub(super) fn decrypt_premaster(
        &self,
        slot: Slot,
        encrypted: &[u8],
        client_version: ProtocolVersion,
        stand_in: Option<ProtocolVersion>,
    ) -> Answer {
        let Some(key) = self.with_config(|config| config.credentials.get(slot).key.clone()) else {
            return Answer::Refuse(Error::internal());
        };
        match rsa_transport::decrypt(&key, encrypted, client_version, stand_in) {
            Some(premaster) => Answer::Premaster(premaster),
            None => Answer::Refuse(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::DECRYPTION_FAILED)),
        }
    }
}
