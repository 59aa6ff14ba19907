//! Extensions that the program handles itself (`SSL_CTX_add_custom_ext(3)`): when it is asked what to send, and when it
//! is told what came. Both sides and both versions use this.
//!
//! Nearly every message can have them, so that a question about them may come up in the middle of any step. The rest of
//! the step is then kept as a closure ([`Then`]) until the answer is there; where the program has no extension for a message,
//! the step goes on at once.

use super::{
    Context, Transition,
    context::Connected,
    want::{Answer, Ask},
};
use crate::{
    error::{Error, Reason, Result},
    message::extension::Extensions,
    policy::custom_extension::{CustomExtension, place},
    record::Side,
    wire::{AlertDescription, ExtensionType, ProtocolVersion},
};

/// The rest of a step, once an answer is there.
pub type Then<S> = Box<dyn FnOnce(&mut Context<'_>, Answer) -> Result<Transition<S>>>;

/// A state that can keep the rest of a step.
pub trait Pausing: Sized {
    /// The state in which an answer is expected, and `then` goes on with it.
    fn paused(then: Then<Self>) -> Self;
}

/// An extension that came, and in which certificate's entry of a Certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its type.
    pub extension_type: ExtensionType,
    /// Its data.
    pub data: Vec<u8>,
    /// The index of the certificate; 0 in other messages.
    pub index: usize,
}

/// The extensions of the program for one message, or for one certificate.
pub type Block = Vec<(ExtensionType, Vec<u8>)>;

/// What a handshake remembers of the program's extensions.
#[derive(Debug, Default)]
pub struct CustomExtensions {
    /// Those that our ClientHello has.
    sent: Vec<ExtensionType>,
    /// Those that the peer's ClientHello or CertificateRequest has: an answer may have them too.
    received: Vec<ExtensionType>,
    /// What goes into the message that is being made; for a Certificate one block each certificate.
    blocks: std::collections::VecDeque<Block>,
}

/// Asks the program for its extensions in the message at `message_place`, for which [`begin`] then has them. `certificates`: the chain that a
/// Certificate will hold, else empty.
pub fn add<S: Pausing>(
    context: &mut Context<'_>,
    message_place: u32,
    certificates: &[Vec<u8>],
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    context.negotiated.custom.blocks.clear();
    if message_place == place::CLIENT_HELLO {
        context.negotiated.custom.sent.clear();
        context.negotiated.custom.received.clear();
    }
    let extensions = to_add(context, message_place);
    if extensions.is_empty() {
        return then(context);
    }
    let ask = Ask::AddExtensions { place: message_place, extensions, certificates: certificates.to_vec() };
    let rest = move |context: &mut Context<'_>, answer: Answer| {
        let Answer::Extensions(blocks) = answer else { return Err(Error::internal()) };
        if message_place == place::CLIENT_HELLO {
            context.negotiated.custom.sent =
                blocks.iter().flatten().map(|(extension_type, _)| *extension_type).collect();
        }
        context.negotiated.custom.blocks = blocks.into();
        then(context)
    };
    Ok(Transition::Ask(ask, S::paused(Box::new(rest))))
}

/// After the handshake: what the program is to be asked for in the message at `message_place`; [`give`] takes its answer.
#[must_use]
pub fn wanted(connected: &mut Connected<'_>, message_place: u32) -> Vec<ExtensionType> {
    connected.negotiated.custom.blocks.clear();
    to_add(connected, message_place)
}

/// After the handshake: the program's extensions for the next message.
pub fn give(connected: &mut Connected<'_>, blocks: Vec<Block>) {
    connected.negotiated.custom.blocks = blocks.into();
}

/// The extensions of a message, or of the next certificate, with those of the program, which stand first.
pub fn begin(connected: &mut Connected<'_>) -> Extensions {
    let mut extensions = Extensions::new();
    for (extension_type, data) in connected.negotiated.custom.blocks.pop_front().unwrap_or_default() {
        extensions.add(extension_type, |writer| writer.bytes(&data));
    }
    extensions
}

/// Whether this extension in our last ClientHello was the program's.
pub fn was_sent(context: &Context<'_>, extension_type: ExtensionType) -> bool {
    context.negotiated.custom.sent.contains(&extension_type)
}

fn to_add(connected: &Connected<'_>, message_place: u32) -> Vec<ExtensionType> {
    /// The messages that answer: they have what was asked for.
    const ANSWERS: u32 = place::TLS1_2_SERVER_HELLO
        | place::TLS1_3_SERVER_HELLO
        | place::ENCRYPTED_EXTENSIONS
        | place::HELLO_RETRY_REQUEST
        | place::CERTIFICATE;

    let is_hello = message_place == place::CLIENT_HELLO;
    let offers_tls13 = || connected.settings().allowed_versions().next() >= Some(ProtocolVersion::TLS1_3);
    let resumed = !is_hello && connected.negotiated.resumed;
    let wanted = |custom: &&CustomExtension| {
        custom.places & message_place != 0
            && custom.is_allowed(connected.is_datagram())
            && custom.is_for(connected.side)
            && is_relevant(connected, custom, message_place, resumed)
            && (message_place & ANSWERS == 0
                || connected.negotiated.custom.received.contains(&custom.extension_type))
            && (is_hello || custom.adds)
            && !(is_hello && custom.places & place::TLS1_3_ONLY != 0 && !offers_tls13())
    };
    let customs = connected.settings().custom_extensions.iter().filter(wanted);
    customs.map(|custom| custom.extension_type).collect()
}

/// Whether the version and the resumption let the extension count.
fn is_relevant(
    connected: &Connected<'_>,
    custom: &CustomExtension,
    message_place: u32,
    resumed: bool,
) -> bool {
    let is_hello_of_client = message_place == place::CLIENT_HELLO && connected.side == Side::Client;
    let is_tls13 = !is_hello_of_client && connected.negotiated.version == Some(ProtocolVersion::TLS1_3);
    let conditions = custom.places;
    let has = |condition: u32| conditions & condition != 0;
    if connected.is_datagram() && has(place::TLS_IMPLEMENTATION_ONLY) {
        return false;
    }
    if is_tls13 && has(place::TLS1_2_AND_BELOW_ONLY) {
        return false;
    }
    // A ClientHello is for all versions that the client offers.
    if !is_tls13 && !is_hello_of_client && has(place::TLS1_3_ONLY) {
        return false;
    }
    !(resumed && has(place::IGNORE_ON_RESUMPTION))
}

/// Checks one that came in a message of the server. `None`: the program has none of this type. One in another message than it
/// is for is `illegal_parameter` (RFC 8446 §4.2), one that was not asked for `unsupported_extension`.
pub fn check(context: &Context<'_>, extension_type: ExtensionType, message_place: u32) -> Option<Result<()>> {
    /// The messages that may have nothing but what was asked for.
    const ANSWERS: u32 =
        place::TLS1_2_SERVER_HELLO | place::TLS1_3_SERVER_HELLO | place::ENCRYPTED_EXTENSIONS;

    let custom = context.settings().custom_extension(extension_type, context.side)?;
    if custom.places & message_place == 0 {
        return Some(Err(Error::illegal(Reason::BAD_EXTENSION)));
    }
    if message_place & ANSWERS != 0 && !was_sent(context, extension_type) {
        return Some(Err(Error::fatal(AlertDescription::UNSUPPORTED_EXTENSION, Reason::BAD_EXTENSION)));
    }
    Some(Ok(()))
}

/// Those of the program's extensions that came in a message, or in one entry of a Certificate with this index; in the
/// order in which the program registered them.
pub fn received(
    connected: &mut Connected<'_>,
    message_place: u32,
    resumed: bool,
    extensions: &Extensions,
    index: usize,
) -> Result<Vec<Received>> {
    let mut found = Vec::new();
    let mut answerable = Vec::new();
    for custom in connected.settings().custom_extensions.iter() {
        let Some(data) = extensions.get(custom.extension_type) else { continue };
        if !custom.is_for(connected.side) {
            continue;
        }
        if custom.places & message_place == 0 || !custom.is_allowed(connected.is_datagram()) {
            return Err(Error::illegal(Reason::BAD_EXTENSION));
        }
        if !is_relevant(connected, custom, message_place, resumed) {
            continue;
        }
        answerable.push(custom.extension_type);
        if custom.reads {
            found.push(Received { extension_type: custom.extension_type, data: data.to_vec(), index });
        }
    }
    if message_place & (place::CLIENT_HELLO | place::CERTIFICATE_REQUEST) != 0 {
        connected.negotiated.custom.received = answerable;
    }
    Ok(found)
}

/// Shows the program what came. `certificates`: the chain of a Certificate, else empty.
pub fn read<S: Pausing>(
    context: &mut Context<'_>,
    message_place: u32,
    received: Vec<Received>,
    certificates: &[Vec<u8>],
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    if received.is_empty() {
        return then(context);
    }
    let ask = Ask::ReadExtensions { place: message_place, received, certificates: certificates.to_vec() };
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::Proceed => then(context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(ask, S::paused(Box::new(rest))))
}
