//! Signing with our key and verifying with the client's (RFC 8446 §4.4.3; RFC 5246 §7.4.3, §7.4.8), in our memory where
//! that can be, else by the driver.

use super::Step;
use crate::{
    crypto::signature::PublicKey,
    error::{Error, Result},
    handshake::{
        Context, security,
        want::{Answer, Ask},
    },
    message::certificate_verify::CertificateVerify,
    policy::{
        Settings,
        certificate::{CertifiedKey, Slot},
    },
    wire::SignatureScheme,
};

/// A signature, or the question that gets one.
pub enum Signed {
    /// The signature.
    Now(Vec<u8>),
    /// The driver has to sign.
    Ask(Ask),
}

/// The certificate in a slot that was chosen before.
pub fn certificate(settings: &Settings, slot: Slot) -> Result<&CertifiedKey> {
    settings.certificates.get(slot).ok_or(Error::internal())
}

/// Signs `content` with the key of `slot`.
pub fn sign(
    context: &mut Context<'_>,
    slot: Slot,
    scheme: SignatureScheme,
    content: Vec<u8>,
) -> Result<Signed> {
    context.negotiated.own_scheme = Some(scheme);
    let key = certificate(context.settings(), slot)?.key.as_ref().ok_or(Error::internal())?;
    match key.signer(scheme) {
        Some(key) => key.sign(scheme, &content).map(Signed::Now),
        None => Ok(Signed::Ask(Ask::Sign { slot, scheme, content })),
    }
}

/// The signature that the driver made.
pub fn take_signature(answer: Answer) -> Result<Vec<u8>> {
    match answer {
        Answer::Signature(signature) => Ok(signature),
        _ => Err(Error::internal()),
    }
}

/// Verifies the client's CertificateVerify over `content`; `then` goes on, with a question if only libcrypto can.
pub fn verify(
    context: &mut Context<'_>,
    verify: CertificateVerify,
    content: Vec<u8>,
    then: impl FnOnce(&mut Context<'_>, Option<Ask>) -> Step + 'static,
) -> Step {
    let key = Box::new(context.negotiated.peer_key()?);
    security::peer_scheme(context, verify.scheme, key, move |context, key| {
        let ask = check(context, key, verify, content)?;
        then(context, ask)
    })
}

fn check(
    context: &mut Context<'_>,
    key: &PublicKey,
    verify: CertificateVerify,
    content: Vec<u8>,
) -> Result<Option<Ask>> {
    let CertificateVerify { scheme, signature } = verify;
    let version = context.version()?;
    let scheme = context.settings().peer_scheme(scheme, key, version, true)?;
    context.settings().check_suite_b_key(context.negotiated.suite, key.curve(), version)?;
    context.negotiated.peer_scheme = Some(scheme);
    if !key.can_verify(scheme) {
        return Ok(Some(Ask::VerifySignature { scheme, content, signature }));
    }
    key.verify(scheme, &content, &signature)?;
    Ok(None)
}
