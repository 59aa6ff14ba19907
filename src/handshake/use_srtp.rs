//! The keys for SRTP that a handshake of DTLS makes (RFC 5764): the client offers protection profiles, the server chooses
//! the one that it likes best. The program exports the keys. TLS has nothing of it (`SSL_CTX_set_tlsext_use_srtp(3)`).

use super::Context;
use crate::{
    error::{Error, Reason, Result},
    message::extension::{Extensions, use_srtp},
    policy::Settings,
    wire::{ExtensionType, ProtocolVersion},
};

/// Client: offers the profiles that are set.
pub fn offer(extensions: &mut Extensions, settings: &Settings, versions: &[ProtocolVersion]) {
    if !settings.srtp_profiles.is_empty() && versions.iter().any(|version| version.is_datagram()) {
        extensions.add(ExtensionType::USE_SRTP, |writer| use_srtp::write(writer, &settings.srtp_profiles));
    }
}

/// Client: the server's choice, which must be one of those offered.
pub fn read_answer(received: &Extensions, offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    context.negotiated.srtp_profile = None;
    let Some(data) = received.get(ExtensionType::USE_SRTP) else { return Ok(()) };
    let profile = use_srtp::read_choice(data)?;
    let list = use_srtp::read_offer(offered.get(ExtensionType::USE_SRTP).ok_or(Error::internal())?)?;
    if !list.contains(&profile) {
        return Err(Error::illegal(Reason::BAD_SRTP_PROTECTION_PROFILE_LIST));
    }
    context.negotiated.srtp_profile = Some(profile);
    Ok(())
}

/// Server: chooses the first of its own that the client has, if there is one.
pub fn read_offer(offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    context.negotiated.srtp_profile = None;
    let own = &context.settings().srtp_profiles;
    if own.is_empty() || !context.is_datagram() {
        return Ok(());
    }
    if let Some(data) = offered.get(ExtensionType::USE_SRTP) {
        let theirs = use_srtp::read_offer(data)?;
        let chosen = own.iter().copied().find(|profile| theirs.contains(profile));
        context.negotiated.srtp_profile = chosen;
    }
    Ok(())
}

/// Server: says what it chose.
pub fn answer(extensions: &mut Extensions, context: &Context<'_>) {
    if let Some(profile) = context.negotiated.srtp_profile {
        extensions.add(ExtensionType::USE_SRTP, |writer| use_srtp::write(writer, &[profile]));
    }
}
