//! The moments at which the program's security callback is asked (`SSL_CTX_set_security_callback(3)`), and what about.
//!
//! The core cannot call it. At each moment the driver asks all that OpenSSL asks there, in its order, and brings settings that say what
//! was allowed: the core chooses from that alone. Without a callback nobody is asked: the level decides.

use super::{
    Context, Renegotiation, Transition,
    custom_extensions::Pausing,
    want::{Answer, Ask},
};
use crate::{
    crypto::{dhe, hash::HashAlgorithm, signature::PublicKey, signature_scheme, suite::Suite},
    error::{Error, Result},
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// What the security callback is to be asked about.
#[derive(Debug)]
pub enum Inquiry {
    /// A handshake begins: the version that counts before one is chosen, and whether another may be.
    Start {
        /// The version.
        version: ProtocolVersion,
        /// Whether it is not settled.
        is_open: bool,
    },
    /// Client: the versions and suites of a ClientHello.
    ClientHello {
        /// The only version, if it is settled.
        kept: Option<ProtocolVersion>,
        /// The version of the session that is to be resumed.
        session: Option<ProtocolVersion>,
        /// Whether it answers a HelloRetryRequest.
        is_second: bool,
    },
    /// Client: what the extensions of a ClientHello offer.
    ClientHelloExtensions {
        /// The only version, if it is settled.
        kept: Option<ProtocolVersion>,
        /// Whether it answers a HelloRetryRequest.
        is_second: bool,
    },
    /// Client: what a ServerHello, or a HelloRetryRequest, chose.
    ServerHello {
        /// Whether the version is not settled.
        is_open: bool,
        /// The suite.
        suite: &'static Suite,
        /// Whether it announces a ticket.
        ticket: bool,
        /// The group that a HelloRetryRequest asks for.
        retry_group: Option<NamedGroup>,
    },
    /// Server: the version.
    Versions {
        /// What the client offers.
        offered: Vec<ProtocolVersion>,
        /// Whether there is, or may yet come, something that authenticates us in TLS 1.3.
        may_be_tls13: bool,
        /// Whether it says that it knows more (RFC 7507).
        is_fallback: bool,
    },
    /// Tickets.
    Ticket,
    /// Server: the suite of TLS 1.3.
    Suite13 {
        /// The client's suites.
        offered: Vec<CipherSuite>,
        /// What the suite should go with.
        preferred_hash: Option<HashAlgorithm>,
    },
    /// Server: the group of TLS 1.3.
    Group13 {
        /// The client's groups.
        groups: Vec<NamedGroup>,
        /// Those that it has a share of.
        shares: Vec<NamedGroup>,
        /// Whether they answer a HelloRetryRequest.
        is_second: bool,
    },
    /// Either side: the schemes that we may sign with, of the peer's; `None`: it does not say.
    SharedSchemes(ProtocolVersion, Option<Vec<SignatureScheme>>),
    /// Server: the suite of TLS 1.2 or below.
    Choice12 {
        /// The version.
        version: ProtocolVersion,
        /// The client's suites.
        cipher_suites: Vec<CipherSuite>,
        /// The client's groups.
        groups: Option<Vec<NamedGroup>>,
        /// The client's signature schemes.
        schemes: Option<Vec<SignatureScheme>>,
    },
    /// Either side: what we sign with before TLS 1.2.
    OwnScheme(SignatureScheme),
    /// Server of TLS 1.2 and below: the group of the key exchange.
    SharedGroup {
        /// The suite that was chosen.
        suite: &'static Suite,
        /// The client's groups.
        offered: Vec<NamedGroup>,
    },
    /// Either side: these parameters.
    DiffieHellman(dhe::Parameters),
    /// Server of TLS 1.3: our groups, where this is the one chosen.
    EncryptedExtensions(NamedGroup),
    /// Server: what clients may sign with.
    CertificateRequest(ProtocolVersion),
    /// Client: the group that the server chose.
    PeerGroup(NamedGroup),
    /// Either side: what the peer signed with.
    PeerScheme {
        /// The version.
        version: ProtocolVersion,
        /// The curve of its key.
        curve: Option<NamedGroup>,
        /// The scheme.
        scheme: SignatureScheme,
    },
}

impl Inquiry {
    /// What is asked before each message after the handshake.
    #[must_use]
    pub const fn again(version: ProtocolVersion) -> Self {
        Self::Start { version, is_open: false }
    }
}

/// What there is to ask about, if the program has a security callback.
pub fn about(
    context: &Context<'_>,
    inquiry: impl FnOnce(&Context<'_>) -> Option<Inquiry>,
) -> Option<Inquiry> {
    if context.hooks().security { inquiry(context) } else { None }
}

/// Has the security callback asked, if there is anything to ask [`about`], and goes on.
pub fn inquire<S: Pausing>(
    context: &mut Context<'_>,
    inquiry: Option<Inquiry>,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    let Some(inquiry) = inquiry else { return then(context) };
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::Proceed => then(context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(Ask::Security(inquiry), S::paused(Box::new(rest))))
}

/// Whether the version is still to be chosen: the method has several, and it is no renegotiation (RFC 8446 §4.1.2).
pub fn is_open(context: &Context<'_>) -> bool {
    context.negotiated.renegotiation.is_none() && context.settings().fixed_version().is_none()
}

/// The only version of the method, or the one that a renegotiation keeps.
fn kept(context: &Context<'_>) -> Option<ProtocolVersion> {
    let in_use = context.negotiated.renegotiation.and(context.negotiated.version);
    in_use.or(context.settings().fixed_version())
}

/// The extensions of a ClientHello, after those of the program.
pub fn client_hello_extensions<S: Pausing>(
    context: &mut Context<'_>,
    is_second: bool,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    let inquiry =
        about(context, |context| Some(Inquiry::ClientHelloExtensions { kept: kept(context), is_second }));
    inquire(context, inquiry, then)
}

/// The ClientHello that is about to be made.
pub fn client_hello<S: Pausing>(
    context: &mut Context<'_>,
    is_second: bool,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    let inquiry = about(context, |context| {
        let session = match context.negotiated.renegotiation {
            None => match &context.environment.offered_session {
                Some(session) => Some(session.version),
                // The first hello of DTLS has begun one.
                None if !context.negotiated.datagram_cookie.is_empty() => {
                    context.negotiated.tentative_version
                }
                None => None,
            },
            Some(Renegotiation::Full | Renegotiation::Abbreviated) => None,
        };
        let kept = kept(context);
        let session = session.filter(|_| kept.is_none() && !is_second);
        Some(Inquiry::ClientHello { kept, session, is_second })
    });
    inquire(context, inquiry, then)
}

/// What the peer signed with: the scheme that it names, or before TLS 1.2 that of its key.
pub fn peer_scheme<S: Pausing>(
    context: &mut Context<'_>,
    named: Option<SignatureScheme>,
    key: Box<PublicKey>,
    then: impl FnOnce(&mut Context<'_>, &PublicKey) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    let (key_type, curve) = (key.key_type(), key.curve());
    let inquiry = about(context, |context| {
        let scheme = named.or(signature_scheme::before_tls12(key_type))?;
        Some(Inquiry::PeerScheme { version: context.version().ok()?, curve, scheme })
    });
    inquire(context, inquiry, move |context| then(context, &key))
}
