//! The server's side of the key exchanges of TLS 1.2 and below: what the ServerKeyExchange says, and the premaster secret
//! from the ClientKeyExchange (RFC 5246 §7.4.3, §7.4.7, §8.1, RFC 8422 §5.4, §5.7). Used by `tls12_flight` and
//! `tls12_client`.
//!
//! A kind of key exchange is a variant of [`KeyExchange`]. One that has to ask the program before it can go on says so with
//! [`Begun::Ask`] or [`Completed::Ask`].

use crate::{
    crypto::{key_exchange::EphemeralKey, secret::SharedSecret, suite::KeyExchangeAlgorithm},
    error::{Error, Reason, Result},
    handshake::{
        Context, premaster_psk,
        want::{Answer, Ask},
    },
    message::{client_key_exchange, server_key_exchange::Parameters},
    policy::choose::Choice12,
    wire::AlertDescription,
};

/// Our half of the key exchange.
pub enum KeyExchange {
    /// An ephemeral key on the group chosen.
    Ecdhe(EphemeralKey),
    /// A pre-shared key (RFC 4279 §2), and our half of the key exchange besides.
    Psk {
        /// The hint which one we want.
        hint: Option<Vec<u8>>,
        /// What is exchanged besides.
        exchange: Option<Box<KeyExchange>>,
    },
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
pub enum Waiting {
    /// The program is asked for a PSK; our half of what is exchanged besides, and the client's.
    Psk(Option<(Box<KeyExchange>, Vec<u8>)>),
    /// What is exchanged besides asks; the PSK is known.
    BesidePsk(SharedSecret, Box<Waiting>),
}

/// Makes our half.
pub fn begin(choice: &Choice12, context: &mut Context<'_>) -> Result<Begun> {
    match choice.suite.key_exchange {
        KeyExchangeAlgorithm::Ecdhe => Ok(Begun::Made(ecdhe(choice)?)),
        KeyExchangeAlgorithm::Psk => Ok(Begun::Made(psk(context, None))),
        KeyExchangeAlgorithm::EcdhePsk => Ok(Begun::Made(psk(context, Some(ecdhe(choice)?)))),
        _ => Err(Error::internal()),
    }
}

fn ecdhe(choice: &Choice12) -> Result<KeyExchange> {
    let group = choice.group.ok_or(Error::handshake_failure(Reason::UNSUPPORTED_ELLIPTIC_CURVE))?;
    Ok(KeyExchange::Ecdhe(EphemeralKey::generate(group)?))
}

fn psk(context: &Context<'_>, exchange: Option<KeyExchange>) -> KeyExchange {
    let hint = context.settings().psk_identity_hint.as_deref().map(<[u8]>::to_vec);
    KeyExchange::Psk { hint, exchange: exchange.map(Box::new) }
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
            // RFC 4279 §2: without a hint and anything else to say, nothing is sent.
            Self::Psk { hint: None, exchange: None } => None,
            Self::Psk { hint, exchange } => Some(Parameters::Psk {
                hint: hint.clone().unwrap_or_default(),
                exchange: exchange.as_ref().and_then(|exchange| exchange.parameters()).map(Box::new),
            }),
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
            Self::Psk { exchange, .. } => {
                let (identity, rest) = client_key_exchange::read_psk(body)?;
                if exchange.is_none() && !rest.is_empty() {
                    return Err(Error::decode(Reason::LENGTH_MISMATCH));
                }
                // What C sees of it ends with the first zero byte.
                let identity = identity.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
                context.negotiated.psk_identity = Some(identity.clone());
                let waiting = Waiting::Psk(exchange.map(|exchange| (exchange, rest.to_vec())));
                Ok(Completed::Ask(Ask::ServerPsk(identity), waiting))
            }
        }
    }
}

impl Waiting {
    /// The program answered.
    pub fn answered(self, answer: Answer, context: &mut Context<'_>) -> Result<Completed> {
        match (self, answer) {
            (Self::Psk(exchange), Answer::ServerPsk(psk)) => {
                // RFC 4279 §2: a server may say that it does not know the identity.
                let psk = psk.ok_or(Error::fatal(
                    AlertDescription::UNKNOWN_PSK_IDENTITY,
                    Reason::PSK_IDENTITY_NOT_FOUND,
                ))?;
                match exchange {
                    None => Ok(Completed::Premaster(premaster_psk::join(&psk, None))),
                    Some((exchange, body)) => Ok(beside_psk(psk, exchange.complete(&body, context)?)),
                }
            }
            (Self::BesidePsk(psk, waiting), answer) => {
                Ok(beside_psk(psk, waiting.answered(answer, context)?))
            }
            (Self::Psk(_), _) => Err(Error::internal()),
        }
    }
}

/// A pre-shared key, and what was exchanged besides or is to be asked for.
fn beside_psk(psk: SharedSecret, completed: Completed) -> Completed {
    match completed {
        Completed::Premaster(other) => Completed::Premaster(premaster_psk::join(&psk, Some(&other))),
        Completed::Ask(ask, waiting) => Completed::Ask(ask, Waiting::BesidePsk(psk, Box::new(waiting))),
    }
}
