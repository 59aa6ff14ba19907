//! The client's side of the key exchanges of TLS 1.2 and below: what the server's half is checked for, and what the
//! ClientKeyExchange says (RFC 5246 §7.4.3, §7.4.7, RFC 8422 §5.4, §5.7). Used by `tls12` and `tls12_flight`.
//!
//! A kind of key exchange is a variant of [`KeyExchange`]. One that has to ask the program before it can go on says so with
//! [`Answered::Ask`] and gets the answer in [`Waiting::answered`].

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::{
    crypto::{dhe, key_exchange::as_point, rand, secret::SharedSecret, suite::KeyExchangeAlgorithm},
    error::{Error, Reason, Result},
    handshake::{
        Context, premaster_psk,
        want::{Answer, Ask},
    },
    libcrypto::{evp_pkey::PKey, rsa_transport, x509::X509},
    message::{
        Message, client_key_exchange,
        server_key_exchange::{Parameters, SrpParameters},
    },
    wire::{AlertDescription, ProtocolVersion},
};

/// The server's half of the key exchange.
pub enum KeyExchange {
    /// Its share was good (RFC 8422 §5.4): our share, and the secret of both.
    Ecdhe {
        /// Our public key.
        share: Vec<u8>,
        /// What both share.
        premaster: SharedSecret,
    },
    /// Its public key over a prime (RFC 5246 §7.4.3).
    Dhe(dhe::PeerKey),
    /// None: we encrypt to its certificate (RFC 5246 §7.4.7.1).
    Rsa,
    /// Its half of SRP (RFC 5054 §2.5.3).
    Srp(SrpParameters),
    /// A pre-shared key (RFC 4279 §2), and its half of the key exchange besides.
    Psk(Option<Box<KeyExchange>>),
}

/// What our half came to.
pub enum Answered {
    /// The ClientKeyExchange and the premaster secret.
    Made(Message, SharedSecret),
    /// The program has to be asked first.
    Ask(Ask, Waiting),
}

/// What a key exchange keeps while the program is asked.
pub enum Waiting {
    /// The program does SRP.
    Srp,
    /// The program is asked for a PSK; what is exchanged besides.
    Psk(Option<Box<KeyExchange>>),
    /// What is exchanged besides asks; identity and PSK are known.
    BesidePsk(Vec<u8>, SharedSecret, Box<Waiting>),
}

impl KeyExchange {
    /// Takes the parameters of a ServerKeyExchange, checked as far as they need no signature. What is not allowed is
    /// `illegal_parameter`.
    pub fn from_parameters(
        parameters: Parameters,
        algorithm: KeyExchangeAlgorithm,
        context: &mut Context<'_>,
    ) -> Result<Self> {
        match parameters {
            Parameters::Ecdh { group, public } => {
                // RFC 8422 §5.4: a curve that we offered.
                let goes_with_suite = (context.negotiated.suite)
                    .is_none_or(|suite| context.settings().suite_b_allows_curve(suite, group));
                if !context.settings().offered_groups(&[ProtocolVersion::TLS1_2]).contains(&group)
                    || !goes_with_suite
                {
                    return Err(Error::illegal(Reason::WRONG_CURVE));
                }
                let (share, premaster) = context.settings().respond(group, &public).map_err(as_point)?;
                context.negotiated.group = Some(group);
                context.negotiated.peer_share = public;
                Ok(Self::Ecdhe { share, premaster })
            }
            Parameters::Dh { prime, generator, public } => {
                let peer = dhe::PeerKey::new(&prime, &generator, &public)?;
                context.negotiated.peer_dh = Some(Arc::new(peer.clone()));
                Ok(Self::Dhe(peer))
            }
            Parameters::Srp(parameters) => Ok(Self::Srp(parameters)),
            Parameters::Psk { hint, exchange } => {
                // An empty hint is none.
                context.negotiated.psk_identity_hint = Some(hint).filter(|hint| !hint.is_empty());
                let exchange = match exchange {
                    Some(exchange) => Some(Self::from_parameters(*exchange, algorithm, context)?),
                    // RFC 4279 §4.
                    None => (algorithm == KeyExchangeAlgorithm::RsaPsk).then_some(Self::Rsa),
                };
                Ok(Self::Psk(exchange.map(Box::new)))
            }
        }
    }

    /// The Diffie-Hellman parameters, if it is an exchange with some.
    pub fn diffie_hellman(&self) -> Option<&dhe::Parameters> {
        match self {
            Self::Dhe(peer) => Some(&peer.parameters),
            Self::Psk(Some(exchange)) => exchange.diffie_hellman(),
            _ => None,
        }
    }

    /// What the server's half is when it sends no ServerKeyExchange; `None`: it must send one.
    pub fn without_parameters(algorithm: KeyExchangeAlgorithm) -> Option<Self> {
        match algorithm {
            // RFC 4279 §2: a server without a hint leaves it out.
            KeyExchangeAlgorithm::Psk => Some(Self::Psk(None)),
            KeyExchangeAlgorithm::Rsa => Some(Self::Rsa),
            KeyExchangeAlgorithm::RsaPsk => Some(Self::Psk(Some(Box::new(Self::Rsa)))),
            _ => None,
        }
    }

    /// Our half.
    pub fn answer(self, context: &mut Context<'_>) -> Result<Answered> {
        let (message, premaster) = match self {
            Self::Ecdhe { share, premaster } => (client_key_exchange::write_ecdhe(&share), premaster),
            Self::Dhe(peer) => {
                let (public, premaster) = peer.respond()?;
                (client_key_exchange::write_vec16(&public), premaster)
            }
            Self::Rsa => {
                let premaster = new_premaster(context)?;
                let encrypted = encrypt(&premaster, context)?;
                context.log_premaster(&encrypted, &premaster);
                (client_key_exchange::write_vec16(&encrypted), premaster)
            }
            Self::Srp(parameters) => return Ok(Answered::Ask(Ask::SrpClient(parameters), Waiting::Srp)),
            Self::Psk(exchange) => return Ok(Answered::Ask(Ask::ClientPsk, Waiting::Psk(exchange))),
        };
        Ok(Answered::Made(message, premaster))
    }
}

/// RFC 5246 §7.4.7.1: the version of the ClientHello, and random bytes.
fn new_premaster(context: &Context<'_>) -> Result<SharedSecret> {
    let version = context.negotiated.client_version.ok_or(Error::internal())?;
    let mut premaster = SharedSecret::new(version.0.to_be_bytes().to_vec());
    premaster.reserve_exact(46);
    premaster.extend_from_slice(Zeroizing::new(rand::array::<46>()?).as_ref());
    Ok(premaster)
}

fn encrypt(premaster: &SharedSecret, context: &Context<'_>) -> Result<Vec<u8>> {
    let negotiated = &*context.negotiated;
    let of_certificate = || {
        X509::from_der(negotiated.peer_chain.as_ref()?.first()?)
            .and_then(|certificate| certificate.public_key())
    };
    let raw = negotiated.peer_raw_key.as_deref();
    raw.map_or_else(of_certificate, PKey::public_from_der)
        .and_then(|key| rsa_transport::encrypt(&key, premaster))
        .ok_or(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_RSA_ENCRYPT))
}

impl Waiting {
    /// The program answered.
    pub fn answered(self, answer: Answer, context: &mut Context<'_>) -> Result<Answered> {
        match (self, answer) {
            (Self::Psk(exchange), Answer::ClientPsk(psk)) => {
                let (identity, psk) = psk.ok_or(Error::handshake_failure(Reason::PSK_IDENTITY_NOT_FOUND))?;
                context.negotiated.psk_identity = Some(identity.clone());
                match exchange {
                    None => Ok(with_psk(&identity, &psk, None)),
                    Some(exchange) => Ok(beside_psk(identity, psk, exchange.answer(context)?)),
                }
            }
            (Self::Srp, Answer::SrpClient { public, premaster, user_name }) => {
                context.negotiated.srp_user_name = Some(user_name);
                Ok(Answered::Made(client_key_exchange::write_vec16(&public), premaster))
            }
            (Self::BesidePsk(identity, psk, waiting), answer) => {
                Ok(beside_psk(identity, psk, waiting.answered(answer, context)?))
            }
            (Self::Psk(_) | Self::Srp, _) => Err(Error::internal()),
        }
    }
}

/// A pre-shared key, and what was exchanged besides or is to be asked for.
fn beside_psk(identity: Vec<u8>, psk: SharedSecret, answered: Answered) -> Answered {
    match answered {
        Answered::Made(message, premaster) => with_psk(&identity, &psk, Some((message, premaster))),
        Answered::Ask(ask, waiting) => {
            Answered::Ask(ask, Waiting::BesidePsk(identity, psk, Box::new(waiting)))
        }
    }
}

/// ClientKeyExchange and premaster secret of a pre-shared key, and of what was exchanged besides.
fn with_psk(identity: &[u8], psk: &[u8], exchanged: Option<(Message, SharedSecret)>) -> Answered {
    let (message, premaster) = exchanged.unzip();
    let message = client_key_exchange::write_psk(identity, message.as_ref());
    Answered::Made(message, premaster_psk::join(psk, premaster.as_deref().map(Vec::as_slice)))
}
