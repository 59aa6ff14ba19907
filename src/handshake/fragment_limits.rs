//! How large records may be: `max_fragment_length` (RFC 6066 §4), which a client asks for and a session keeps, and
//! `record_size_limit` (RFC 8449), by which each side says what it takes. Both sides and both versions use this.
//!
//! A server answers `record_size_limit` whenever it is asked. A client offers it only where the program limits the size
//! of records itself (`SSL_CTX_set_max_send_fragment(3)`): OpenSSL 3.0 does not know the extension.

use super::Context;
use crate::{
    error::{Error, Reason, Result},
    message::extension::{
        Extensions, max_fragment_length,
        record_size_limit::{self, RecordSizeLimits},
    },
    policy::Settings,
    record::MAX_PLAINTEXT,
    wire::{ExtensionType, ProtocolVersion},
};

/// Client: adds what the settings ask for.
pub fn offer(extensions: &mut Extensions, settings: &Settings) {
    if settings.max_fragment_length != 0 {
        extensions.add(ExtensionType::MAX_FRAGMENT_LENGTH, |data| data.u8(settings.max_fragment_length));
    }
    if settings.max_send_fragment < MAX_PLAINTEXT {
        extensions.add(ExtensionType::RECORD_SIZE_LIMIT, |data| data.u16(own_limit(settings, None)));
    }
}

/// Client: what the server says, and from here on the limits hold. In a resumption the session's fragment length is in
/// force whether or not the server repeats it.
pub fn read_answer(received: &Extensions, offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let limit = received.get(ExtensionType::RECORD_SIZE_LIMIT);
    if let Some(data) = received.get(ExtensionType::MAX_FRAGMENT_LENGTH) {
        let code = max_fragment_length::read(data)?;
        // RFC 6066 §4: the length that was asked for; RFC 8449 §5: never both extensions.
        if offered.get(ExtensionType::MAX_FRAGMENT_LENGTH) != Some(data) || limit.is_some() {
            return Err(Error::illegal(Reason::SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH));
        }
        context.negotiated.max_fragment_length = code;
    }
    if let Some(data) = limit {
        let own = offered.get(ExtensionType::RECORD_SIZE_LIMIT).ok_or(Error::internal())?;
        let limits =
            RecordSizeLimits { peer: record_size_limit::read(data)?, own: record_size_limit::read(own)? };
        context.negotiated.record_size_limits = Some(limits);
    }
    apply(context)
}

/// Server: what the client asks for, once it is known whether a session is resumed; from here on the limits hold.
pub fn read_offer(offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let limit = offered.get(ExtensionType::RECORD_SIZE_LIMIT).map(record_size_limit::read).transpose()?;
    let mut code =
        offered.get(ExtensionType::MAX_FRAGMENT_LENGTH).map(max_fragment_length::read).transpose()?;
    if let Some(session) = context.negotiated.session.as_ref().filter(|_| context.negotiated.resumed) {
        // RFC 6066 §4: a session keeps the length that it began with. A client that asks for another one, or for none, is
        // the one to refuse that, as with OpenSSL.
        code = Some(session.max_fragment_length).filter(|code| max_fragment_length::bytes(*code).is_some());
    }
    // RFC 8449 §5: a client that sends both does so for servers that know one.
    context.negotiated.max_fragment_length = code.filter(|_| limit.is_none()).unwrap_or(0);
    let own = own_limit(context.settings(), context.negotiated.version);
    context.negotiated.record_size_limits = limit.map(|peer| RecordSizeLimits { peer, own });
    apply(context)
}

/// Server: adds what it agreed to.
pub fn answer(extensions: &mut Extensions, context: &Context<'_>) {
    let negotiated = &*context.negotiated;
    if negotiated.max_fragment_length != 0 {
        extensions.add(ExtensionType::MAX_FRAGMENT_LENGTH, |data| data.u8(negotiated.max_fragment_length));
    }
    if let Some(limits) = negotiated.record_size_limits {
        extensions.add(ExtensionType::RECORD_SIZE_LIMIT, |data| data.u16(limits.own));
    }
}

/// What we take in a record: as much as we send. Unless the program limits that, it is what the version allows, with the
/// content type of TLS 1.3 (RFC 8449 §4).
fn own_limit(settings: &Settings, version: Option<ProtocolVersion>) -> u16 {
    let content_type = u16::from(version == Some(ProtocolVersion::TLS1_3));
    // Lossless: at most 2^14.
    let most = settings.max_send_fragment.min(MAX_PLAINTEXT) as u16;
    if usize::from(most) < MAX_PLAINTEXT { most } else { most.saturating_add(content_type) }
}

/// The record layer keeps to what was agreed on.
fn apply(context: &mut Context<'_>) -> Result<()> {
    let fragment =
        max_fragment_length::bytes(context.negotiated.max_fragment_length).unwrap_or(MAX_PLAINTEXT);
    let limits = context.negotiated.record_size_limits;
    // RFC 8449 §4: in TLS 1.3 the limit includes the content type.
    let content_type = u16::from(context.version()? == ProtocolVersion::TLS1_3);
    let content = |limit: u16| usize::from(limit.saturating_sub(content_type)).min(fragment);
    let peer = limits.map_or(fragment, |limits| content(limits.peer));
    let own = limits.map_or(fragment, |limits| content(limits.own));
    context.records.set_limits(own, peer);
    Ok(())
}
