//! What a client does about certificates in both versions: the server's chain and signatures (RFC 8446
//! §4.4.2, §4.4.3, RFC 5246 §7.4.2, §7.4.3), and its own certificate and signature when the server asks for them.

use super::State;
use crate::{
    crypto::{signature::PublicKey, signature_scheme},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition,
        position::Position,
        security::{self, Inquiry},
        want::{Answer, Ask},
    },
    policy::certificate::Slot,
    wire::{AlertDescription, SignatureScheme},
};

/// The server's chain came: the driver is asked to verify it.
pub fn verify_chain(chain: Vec<Vec<u8>>, context: &mut Context<'_>) -> Result<Ask> {
    // RFC 8446 §4.4.2.4, RFC 5246 §7.4.2: a server has a certificate.
    if chain.is_empty() {
        return Err(Error::decode(Reason::LENGTH_MISMATCH));
    }
    let side = context.side;
    context.negotiated.set_peer(side, chain)?;
    Ok(Ask::VerifyChain)
}

/// The driver's opinion of the server's chain, and the key of its first certificate.
pub fn chain_verified(answer: Answer, context: &mut Context<'_>) -> Result<PublicKey> {
    let Answer::Verified { outcome, result } = answer else { return Err(Error::internal()) };
    context.negotiated.take_verification(outcome, result)?;
    context.negotiated.peer_key()
}

/// Checks the server's signature over `content`; it names its scheme from TLS 1.2 on. `then` goes on; `Some`: only libcrypto can check
/// it, and the driver is to ask it.
pub fn verify_signature(
    key: Box<PublicKey>,
    scheme: Option<SignatureScheme>,
    content: Vec<u8>,
    signature: Vec<u8>,
    context: &mut Context<'_>,
    then: impl FnOnce(Option<Ask>, &mut Context<'_>) -> Result<Transition<State>> + 'static,
) -> Result<Transition<State>> {
    let rest = move |context: &mut Context<'_>, key: &PublicKey| {
        let ask = check_signature(key, scheme, content, signature, context)?;
        then(ask, context)
    };
    security::peer_scheme(context, scheme, key, rest)
}

fn check_signature(
    key: &PublicKey,
    scheme: Option<SignatureScheme>,
    content: Vec<u8>,
    signature: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<Option<Ask>> {
    let version = context.version()?;
    let scheme = context.settings().peer_scheme(scheme, key, version, false)?;
    context.settings().check_suite_b_key(context.negotiated.suite, key.curve(), version)?;
    context.negotiated.peer_scheme = Some(scheme);
    if !key.can_verify(scheme) {
        return Ok(Some(Ask::VerifySignature { scheme, content, signature }));
    }
    key.verify(scheme, &content, &signature).map(|()| None)
}

/// The security callback judges what the server's CertificateRequest lets us sign with.
pub fn judge_schemes(
    context: &mut Context<'_>,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<State>> + 'static,
) -> Result<Transition<State>> {
    let inquiry = security::about(context, |context| {
        let version = context.version().ok().filter(|version| version.has_signature_schemes())?;
        Some(Inquiry::SharedSchemes(version, Some(context.negotiated.peer_schemes.clone())))
    });
    security::inquire(context, inquiry, then)
}

/// The security callback judges what the key of our certificate signs with before TLS 1.2, once the program had its say which that is.
pub fn judge_own_scheme(
    context: &mut Context<'_>,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<State>> + 'static,
) -> Result<Transition<State>> {
    let inquiry = security::about(context, |context| {
        context.version().ok().filter(|version| !version.has_signature_schemes())?;
        let certificates = &context.settings().certificates;
        let certified = certificates.current.and_then(|slot| certificates.get(slot))?;
        signature_scheme::before_tls12(certified.key_type).map(Inquiry::OwnScheme)
    });
    security::inquire(context, inquiry, then)
}

/// Whether the certificate callback is to be asked before we answer the server's CertificateRequest.
pub fn certificate_question(context: &Context<'_>) -> Option<Ask> {
    (context.negotiated.certificate_requested && context.hooks().certificate).then_some(Ask::Certificate)
}

/// Whether the client certificate callback is to be asked: as OpenSSL does, if no certificate that is set would do.
pub fn client_certificate_question(context: &Context<'_>) -> Result<Option<Ask>> {
    let wanted = context.negotiated.certificate_requested
        && context.hooks().client_certificate
        && choose(context)?.is_none();
    Ok(wanted.then_some(Ask::ClientCertificate))
}

/// Whether the status callback is to be asked its opinion of the OCSP response or of its absence.
pub fn status_question(context: &Context<'_>) -> Option<Ask> {
    (context.settings().asks_for_ocsp() && context.hooks().status)
        .then(|| Ask::CheckStatus(context.negotiated.ocsp_response.clone()))
}

/// The program looks at the server's signed certificate timestamps (RFC 6962 §3), if it cares; in a resumption it has.
pub fn check_timestamps(
    context: &mut Context<'_>,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<State>> + 'static,
) -> Result<Transition<State>> {
    if !context.hooks().timestamps || context.negotiated.resumed {
        return then(context);
    }
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::Proceed => then(context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(Ask::CheckTimestamps, State::Asked(Box::new(rest))))
}

/// The certificate that we authenticate ourselves with, and the scheme; `None`: we have none that the server would
/// take.
pub fn choose(context: &Context<'_>) -> Result<Option<(Slot, SignatureScheme)>> {
    let version = context.version()?;
    let negotiated = &context.negotiated;
    let certificate_schemes = negotiated.peer_certificate_schemes.as_deref();
    Ok(context.settings().choose_client_certificate(version, &negotiated.peer_schemes, certificate_schemes))
}

/// A chain to send: our certificate and those after it, or what the driver must be asked for them.
pub enum Chain {
    /// All certificates, our own first.
    Known(Vec<Vec<u8>>),
    /// Those after our own are to be found.
    Unknown(Ask),
}

/// The chain of the certificate in `slot`.
pub fn chain(slot: Slot, context: &mut Context<'_>) -> Result<Chain> {
    context.enter(Position::CwCert);
    let certified = context.settings().certificates.get(slot).ok_or(Error::internal())?;
    Ok(match context.settings().secure_chain(certified) {
        Some(rest) => Chain::Known(chain_with(slot, &rest, context)?),
        None => Chain::Unknown(Ask::Chain(slot)),
    })
}

/// The certificate in `slot` followed by the rest of its chain.
pub fn chain_with(slot: Slot, rest: &[Vec<u8>], context: &Context<'_>) -> Result<Vec<Vec<u8>>> {
    let certified = context.settings().certificates.get(slot).ok_or(Error::internal())?;
    let mut chain = vec![certified.certificate.to_vec()];
    chain.extend_from_slice(rest);
    Ok(chain)
}

/// A signature, or the question that leads to it.
pub enum Signature {
    /// Made.
    Made(Vec<u8>),
    /// The key is not in our memory.
    Unmade(Ask),
}

/// Signs `content` with the key in `slot`.
pub fn sign(
    slot: Slot,
    scheme: SignatureScheme,
    content: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<Signature> {
    context.negotiated.own_scheme = Some(scheme);
    let certified = context.settings().certificates.get(slot);
    let key = certified
        .and_then(|certified| certified.key.as_ref())
        .ok_or(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_PRIVATE_KEY_ASSIGNED))?;
    match key.signer(scheme) {
        Some(key) => key.sign(scheme, &content).map(Signature::Made),
        // Libcrypto has every key, and knows pairs of curve and hash that TLS 1.2 allows and we cannot sign with.
        None => Ok(Signature::Unmade(Ask::Sign { slot, scheme, content })),
    }
}
