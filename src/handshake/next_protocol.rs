//! Next protocol negotiation (draft-agl-tls-nextprotoneg-04), the forerunner of ALPN: TLS 1.2 and below, in a first handshake
//! alone. The server lists its protocols, the client chooses one, or one of its own, in a message before its Finished.

use super::{
    Context, Transition,
    custom_extensions::Pausing,
    position::Position,
    want::{AlpnOutcome, Answer, Ask},
};
use crate::{
    error::{Error, Reason, Result},
    message::{
        Message,
        extension::{Extensions, next_protocol_negotiation},
        next_protocol,
    },
    wire::{ExtensionType, HandshakeType, ProtocolVersion},
};

/// Client: asks for the server's list, where the program can choose.
pub fn offer(extensions: &mut Extensions, context: &Context<'_>, versions: &[ProtocolVersion]) {
    if context.hooks().next_protocol_select
        && context.negotiated.renegotiation.is_none()
        && versions.last().is_some_and(|lowest| *lowest < ProtocolVersion::TLS1_3)
    {
        extensions.add(ExtensionType::NEXT_PROTOCOL_NEGOTIATION, |_| {});
    }
}

/// Client: the program chooses from the server's list, if there is one.
pub fn choose<S: Pausing>(
    context: &mut Context<'_>,
    received: &Extensions,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    context.negotiated.next_protocol_expected = false;
    let Some(data) = received.get(ExtensionType::NEXT_PROTOCOL_NEGOTIATION) else { return then(context) };
    let list = next_protocol_negotiation::read_list(data)?.to_vec();
    let rest = move |context: &mut Context<'_>, answer: Answer| {
        let Answer::Alpn(AlpnOutcome::Selected(name)) = answer else {
            return Err(Error::handshake_failure(Reason::BAD_EXTENSION));
        };
        // The draft's §3: the client's choice is not empty.
        if name.is_empty() {
            return Err(Error::handshake_failure(Reason::BAD_EXTENSION));
        }
        context.negotiated.next_protocol = name;
        context.negotiated.next_protocol_expected = true;
        then(context)
    };
    Ok(Transition::Ask(Ask::SelectNextProtocol(list), S::paused(Box::new(rest))))
}

/// Client: sends the choice, under the new keys.
pub fn emit(context: &mut Context<'_>) -> Result<()> {
    if context.negotiated.next_protocol_expected {
        context.leave_for(Position::CwNextProto);
        let message = next_protocol::write(&context.negotiated.next_protocol);
        context.emit(&message)?;
    }
    Ok(())
}

/// Server: the program lists its protocols, where the client asks for them and ALPN (RFC 7301) settled nothing.
pub fn advertise<S: Pausing>(
    context: &mut Context<'_>,
    offered: bool,
    then: impl FnOnce(&mut Context<'_>, Option<Vec<u8>>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    context.negotiated.next_protocol_expected = false;
    let asks = offered
        && context.hooks().next_protocol_advertise
        && context.negotiated.renegotiation.is_none()
        && context.negotiated.alpn.is_empty();
    if !asks {
        return then(context, None);
    }
    let rest = move |context: &mut Context<'_>, answer: Answer| {
        let Answer::Protocols(list) = answer else { return Err(Error::internal()) };
        context.negotiated.next_protocol_expected = list.is_some();
        then(context, list)
    };
    Ok(Transition::Ask(Ask::AdvertiseNextProtocols, S::paused(Box::new(rest))))
}

/// Server: reads the client's choice.
pub fn read(context: &mut Context<'_>, message: &Message) -> Result<()> {
    let name = next_protocol::read(message.expect(HandshakeType::NEXT_PROTO)?)?.to_vec();
    context.leave_for(Position::SrNextProto);
    context.add_to_transcript(message);
    context.negotiated.next_protocol = name;
    Ok(())
}
