//! The server's side of the key exchanges of TLS 1.2 and below: what the ServerKeyExchange says, and the premaster secret
//! from the ClientKeyExchange (RFC 5246 §7.4.3, §7.4.7, §8.1, RFC 8422 §5.4, §5.7). Used by `tls12_flight` and
//! `tls12_client`.
//!
//! A kind of key exchange is a variant of [`KeyExchange`]. One that has to ask the program before it can go on says so with
//! [`Begun::Ask`] or [`Completed::Ask`].

use crate::{
    crypto::{key_exchange::EphemeralKey, secret::SharedSecret, suite::KeyExchangeAlgorithm},
    error::{Error, Result},
    handshake::{
        Context,
        want::{Answer, Ask},
    },
    message::{client_key_exchange, server_key_exchange::Parameters},
    policy::choose::Choice12,
};

/// Our half of the key exchange.
pub enum KeyExchange {
    /// An ephemeral key on the group chosen.
    Ecdhe(EphemeralKey),
}

/// What making our half came to.
pub enum Begun {
    /// It is made.
    Made(KeyExchange),
    /// The program has to be asked first; [`answered`] goes on.
    Ask(Ask),
}

/// What the client's half came to.
pub enum Completed {
    /// The premaster secret.
    Premaster(SharedSecret),
    /// The program has to be asked first; [`Waiting::answered`] goes on.
    Ask(Ask, Waiting),
}

/// What a key exchange keeps while the program is asked about the client's half.
pub enum Waiting {}

/// Makes our half.
pub fn begin(choice: &Choice12, _context: &mut Context<'_>) -> Result<Begun> {
    match choice.suite.key_exchange {
        KeyExchangeAlgorithm::Ecdhe => {
            let group = choice.group.ok_or(Error::internal())?;
            Ok(Begun::Made(KeyExchange::Ecdhe(EphemeralKey::generate(group)?)))
        }
        _ => Err(Error::internal()),
    }
}

/// The program answered what [`begin`] asked.
pub fn answered(_choice: &Choice12, _answer: Answer, _context: &mut Context<'_>) -> Result<Begun> {
    Err(Error::internal())
}

impl KeyExchange {
    /// What the ServerKeyExchange says; `None`: none is sent.
    pub fn parameters(&self) -> Option<Parameters> {
        match self {
            Self::Ecdhe(key) => Some(Parameters::Ecdh { group: key.group(), public: key.share().to_vec() }),
        }
    }

    /// The premaster secret from the body of the ClientKeyExchange.
    pub fn complete(self, body: &[u8], context: &mut Context<'_>) -> Result<Completed> {
        match self {
            Self::Ecdhe(key) => {
                let public = client_key_exchange::read_ecdhe(body)?;
                let premaster = key.complete(&public)?;
                context.negotiated.peer_share = public;
                Ok(Completed::Premaster(premaster))
            }
        }
    }
}

impl Waiting {
    /// The program answered.
    pub fn answered(self, _answer: Answer, _context: &mut Context<'_>) -> Result<Completed> {
        match self {}
    }
}
