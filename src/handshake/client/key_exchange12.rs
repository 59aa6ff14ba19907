//! The client's side of the key exchanges of TLS 1.2 and below: what the server's half is checked for, and what the
//! ClientKeyExchange says (RFC 5246 §7.4.3, §7.4.7, RFC 8422 §5.4, §5.7). Used by `tls12` and `tls12_flight`.
//!
//! A kind of key exchange is a variant of [`KeyExchange`]. One that has to ask the program before it can go on says so with
//! [`Answered::Ask`] and gets the answer in [`Waiting::answered`].

use crate::{
    crypto::{key_exchange, secret::SharedSecret},
    error::{Error, Reason, Result},
    handshake::{
        Context,
        want::{Answer, Ask},
    },
    message::{Message, client_key_exchange, server_key_exchange::Parameters},
    wire::{NamedGroup, ProtocolVersion},
};

/// The server's half of the key exchange.
pub enum KeyExchange {
    /// Its share (RFC 8422 §5.4).
    Ecdhe {
        /// Its group.
        group: NamedGroup,
        /// Its public key.
        public: Vec<u8>,
    },
}

/// What our half came to.
pub enum Answered {
    /// The ClientKeyExchange and the premaster secret.
    Made(Message, SharedSecret),
    /// The program has to be asked first.
    Ask(Ask, Waiting),
}

/// What a key exchange keeps while the program is asked.
pub enum Waiting {}

impl KeyExchange {
    /// Takes the parameters of a ServerKeyExchange, checked as far as they need no signature. What is not allowed is
    /// `illegal_parameter`.
    pub fn from_parameters(parameters: Parameters, context: &mut Context<'_>) -> Result<Self> {
        match parameters {
            Parameters::Ecdh { group, public } => {
                // RFC 8422 §5.4: a curve that we offered.
                if !context.settings().offered_groups(&[ProtocolVersion::TLS1_2]).contains(&group) {
                    return Err(Error::illegal(Reason::WRONG_CURVE));
                }
                context.negotiated.group = Some(group);
                context.negotiated.peer_share.clone_from(&public);
                Ok(Self::Ecdhe { group, public })
            }
        }
    }

    /// Our half.
    pub fn answer(&self, _context: &mut Context<'_>) -> Result<Answered> {
        match self {
            Self::Ecdhe { group, public } => {
                let (share, premaster) = key_exchange::respond(*group, public)?;
                Ok(Answered::Made(client_key_exchange::write_ecdhe(&share), premaster))
            }
        }
    }
}

impl Waiting {
    /// The program answered.
    pub fn answered(self, _answer: Answer, _context: &mut Context<'_>) -> Result<Answered> {
        match self {}
    }
}
