//! The server's side of the key exchanges of TLS 1.2 and below: what the ServerKeyExchange says, and the premaster secret
//! from the ClientKeyExchange (RFC 5246 §7.4.3, §7.4.7, §8.1, RFC 8422 §5.4, §5.7). Used by `tls12_flight` and
//! `tls12_client`.
//!
//! A kind of key exchange is a variant of [`KeyExchange`]. One that has to ask the program before it can go on says so with
//! [`Begun::Ask`] or [`Completed::Ask`].

use crate::{
    crypto::{
        dhe,
        key_exchange::EphemeralKey,
        secret::SharedSecret,
        suite::{Authentication, KeyExchangeAlgorithm},
    },
    error::{Error, Reason, Result},
    handshake::{
        Context, premaster_psk,
        security::Inquiry,
        want::{Answer, Ask},
    },
    message::{
        client_key_exchange,
        server_key_exchange::{Parameters, SrpParameters},
    },
    policy::{Settings, certificate::Slot, choose::Choice12, options::option, security::DhStrength},
    wire::AlertDescription,
};

/// There is no group for the key exchange.
const NO_GROUP: Error = Error::handshake_failure(Reason::UNSUPPORTED_ELLIPTIC_CURVE);

/// Our half of the key exchange.
pub enum KeyExchange {
    /// An ephemeral key on the group chosen.
    Ecdhe(EphemeralKey),
    /// An ephemeral key over a prime.
    Dhe(dhe::EphemeralKey),
    /// None: the client encrypts to the certificate in this slot.
    Rsa(Slot),
    /// Our half of SRP (RFC 5054 §2.5.3), whose secret the driver keeps.
    Srp(SrpParameters),
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
    /// The premaster secret is being decrypted.
    Decryption,
    /// The driver does SRP.
    Srp,
    /// The program is asked for a PSK; our half of what is exchanged besides, and the client's.
    Psk(Option<(Box<KeyExchange>, Vec<u8>)>),
    /// What is exchanged besides asks; the PSK is known.
    BesidePsk(SharedSecret, Box<Waiting>),
}

/// Makes our half.
pub fn begin(choice: &Choice12, context: &Context<'_>) -> Result<Begun> {
    let begun = match choice.suite.key_exchange {
        KeyExchangeAlgorithm::Ecdhe | KeyExchangeAlgorithm::EcdhePsk => Begun::Made(ecdhe(choice, context)?),
        KeyExchangeAlgorithm::Dhe | KeyExchangeAlgorithm::DhePsk => {
            let source = &context.settings().diffie_hellman;
            match &source.parameters {
                _ if source.automatic != 0 => {
                    let wanted = automatic_strength(choice, context);
                    Begun::Made(dhe(dhe::Parameters::automatic(wanted)?)?)
                }
                Some(parameters) => Begun::Made(dhe(dhe::Parameters::clone(parameters))?),
                None => Begun::Ask(Ask::DiffieHellman),
            }
        }
        KeyExchangeAlgorithm::Rsa | KeyExchangeAlgorithm::RsaPsk => {
            Begun::Made(KeyExchange::Rsa(choice.slot.ok_or(Error::internal())?))
        }
        KeyExchangeAlgorithm::Psk => return Ok(Begun::Made(psk(context, None))),
        KeyExchangeAlgorithm::Srp => Begun::Ask(Ask::SrpParameters),
        KeyExchangeAlgorithm::Any => return Err(Error::internal()),
    };
    Ok(match begun {
        Begun::Made(exchange) => Begun::Made(with_psk(choice, exchange, context)),
        ask @ Begun::Ask(_) => ask,
    })
}

/// What is exchanged, beside a pre-shared key if the suite has one.
fn with_psk(choice: &Choice12, exchange: KeyExchange, context: &Context<'_>) -> KeyExchange {
    match choice.suite.key_exchange {
        KeyExchangeAlgorithm::EcdhePsk | KeyExchangeAlgorithm::DhePsk | KeyExchangeAlgorithm::RsaPsk => {
            psk(context, Some(exchange))
        }
        _ => exchange,
    }
}

fn ecdhe(choice: &Choice12, context: &Context<'_>) -> Result<KeyExchange> {
    let group = choice.group.ok_or(NO_GROUP)?;
    Ok(KeyExchange::Ecdhe(context.settings().new_key(group)?))
}

fn psk(context: &Context<'_>, exchange: Option<KeyExchange>) -> KeyExchange {
    let hint = context.settings().psk_identity_hint.as_deref().map(<[u8]>::to_vec);
    KeyExchange::Psk { hint, exchange: exchange.map(Box::new) }
}

/// The program answered what [`begin`] asked.
pub fn answered(choice: &Choice12, answer: Answer, context: &Context<'_>) -> Result<Begun> {
    match answer {
        Answer::DiffieHellman(Some(parameters)) => {
            Ok(Begun::Made(with_psk(choice, dhe(parameters)?, context)))
        }
        Answer::SrpParameters(parameters) => Ok(Begun::Made(KeyExchange::Srp(parameters))),
        _ => Err(Error::internal()),
    }
}

/// How strong the parameters must be that we choose ourselves: as the certificate's key, or without one as the suite
/// (`SSL_CTX_set_dh_auto(3)`); the value 2 leaves that out. Never weaker than our security level.
fn automatic_strength(choice: &Choice12, context: &Context<'_>) -> u16 {
    let settings = context.settings();
    let of_certificate = || {
        let certified = choice.slot.and_then(|slot| settings.certificates.get(slot));
        certified.map(|certified| DhStrength::beside(certified.key_type, certified.key_bits))
    };
    let wanted = match choice.suite.authentication {
        _ if settings.diffie_hellman.automatic == 2 => DhStrength::LEAST,
        Authentication::Null | Authentication::Psk => DhStrength::of_suite(choice.suite),
        _ => of_certificate().unwrap_or(DhStrength::LEAST),
    };
    wanted.max(settings.least_strength())
}

fn dhe(parameters: dhe::Parameters) -> Result<KeyExchange> {
    Ok(KeyExchange::Dhe(dhe::EphemeralKey::generate(parameters)?))
}

impl KeyExchange {
    /// What the security callback is asked about it; the group of a key was asked about before it was made.
    pub fn inquiry(&self) -> Option<Inquiry> {
        match self {
            Self::Dhe(key) => Some(Inquiry::DiffieHellman(key.parameters.clone())),
            Self::Psk { exchange, .. } => exchange.as_ref()?.inquiry(),
            Self::Ecdhe(_) | Self::Rsa(_) | Self::Srp(_) => None,
        }
    }

    /// Whether it is strong enough for our security level; else it is `handshake_failure`.
    pub fn check(&self, settings: &Settings) -> Result<()> {
        match self {
            Self::Ecdhe(key) if !settings.allows_group(key.group()) => Err(NO_GROUP),
            Self::Dhe(key) if !settings.allows_diffie_hellman(key.parameters.security_bits) => {
                Err(Error::handshake_failure(Reason::DH_KEY_TOO_SMALL))
            }
            Self::Psk { exchange: Some(exchange), .. } => exchange.check(settings),
            _ => Ok(()),
        }
    }

    /// What the ServerKeyExchange says; `None`: none is sent.
    pub fn parameters(&self) -> Option<Parameters> {
        match self {
            Self::Ecdhe(key) => Some(Parameters::Ecdh { group: key.group(), public: key.share().to_vec() }),
            Self::Dhe(key) => Some(Parameters::Dh {
                prime: key.parameters.prime.clone(),
                generator: key.parameters.generator.clone(),
                public: key.public.clone(),
            }),
            Self::Rsa(_) => None,
            Self::Srp(parameters) => Some(Parameters::Srp(parameters.clone())),
            Self::Psk { hint, exchange } => {
                let exchange = exchange.as_ref().and_then(|exchange| exchange.parameters());
                // RFC 4279 §2: without a hint and anything else to say, nothing is sent.
                (hint.is_some() || exchange.is_some()).then(|| Parameters::Psk {
                    hint: hint.clone().unwrap_or_default(),
                    exchange: exchange.map(Box::new),
                })
            }
        }
    }

    /// The premaster secret from the body of the ClientKeyExchange.
    pub fn complete(self, body: &[u8], context: &mut Context<'_>) -> Result<Completed> {
        match self {
            Self::Ecdhe(key) => {
                let public = client_key_exchange::read_ecdhe(body)?;
                Ok(Completed::Premaster(key.complete(&public)?))
            }
            Self::Dhe(key) => Ok(Completed::Premaster(key.complete(&client_key_exchange::read_dhe(body)?)?)),
            Self::Rsa(slot) => {
                let encrypted = client_key_exchange::read_rsa(body)?;
                Ok(Completed::Ask(decryption(slot, encrypted, context)?, Waiting::Decryption))
            }
            Self::Srp(_) => {
                let public = client_key_exchange::read_srp(body)?.to_vec();
                Ok(Completed::Ask(Ask::SrpServer(public), Waiting::Srp))
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

/// RFC 5246 §7.4.7.1: the secret begins with the version that the client offered, or, with clients that know no better,
/// with the one negotiated.
fn decryption(slot: Slot, encrypted: Vec<u8>, context: &Context<'_>) -> Result<Ask> {
    let client_version = context.negotiated.client_version.ok_or(Error::internal())?;
    let stand_in = context.settings().has_option(option::TLS_ROLLBACK_BUG).then_some(context.version()?);
    Ok(Ask::Decrypt { slot, encrypted, client_version, stand_in })
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
            (Self::Srp, Answer::SrpServer(premaster)) => Ok(Completed::Premaster(premaster)),
            (Self::BesidePsk(psk, waiting), answer) => {
                Ok(beside_psk(psk, waiting.answered(answer, context)?))
            }
            (Self::Decryption, Answer::Premaster(premaster)) => Ok(Completed::Premaster(premaster)),
            (Self::Psk(_) | Self::Decryption | Self::Srp, _) => Err(Error::internal()),
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
