//! TLS 1.3: the HelloRetryRequest, and the ClientHello that answers it (RFC 8446 §4.1.2, §4.1.4).

use super::{State, Step, early_data, resume, tls13_hello::Hello};
use crate::{
    crypto::suite::Suite,
    error::{Error, Reason, Result},
    handshake::{Context, Transition, custom_extensions, position::Position},
    message::{
        client_hello::ClientHello,
        extension::{Extensions, cookie, key_share, supported_versions},
        server_hello::{HELLO_RETRY_REQUEST_RANDOM, ServerHello},
    },
    policy::options::option,
    wire::{ExtensionType, NamedGroup, ProtocolVersion},
};

/// The extensions that a second ClientHello must not change, of those that we look at. What we do not know may change in
/// ways that we do not know either: an encrypted ClientHello is made anew.
const FIXED: [ExtensionType; 12] = [
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::STATUS_REQUEST,
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::SIGNATURE_ALGORITHMS,
    ExtensionType::SIGNATURE_ALGORITHMS_CERT,
    ExtensionType::ALPN,
    ExtensionType::SUPPORTED_VERSIONS,
    ExtensionType::PSK_KEY_EXCHANGE_MODES,
    ExtensionType::CERTIFICATE_AUTHORITIES,
    ExtensionType::POST_HANDSHAKE_AUTH,
];

/// A HelloRetryRequest that was sent.
pub struct Retry {
    /// The suite that it said.
    pub suite: &'static Suite,
    /// The group that it asked for, if it did.
    group: Option<NamedGroup>,
    /// The ClientHello that led to it; `None`: we kept no state but what the cookie says.
    first: Option<ClientHello>,
}

impl Retry {
    /// One that a cookie tells of.
    pub const fn remembered(suite: &'static Suite, group: Option<NamedGroup>) -> Self {
        Self { suite, group, first: None }
    }

    /// RFC 8446 §4.1.2: the second ClientHello is the first one, but for what the HelloRetryRequest asked for.
    pub fn check(&self, second: &ClientHello) -> Result<()> {
        let Some(first) = &self.first else { return self.check_share(&second.extensions) };
        if second.cipher_suites != first.cipher_suites {
            return Err(Error::illegal(Reason::BAD_CIPHER));
        }
        if second.legacy_version != first.legacy_version
            || second.random != first.random
            || second.session_id != first.session_id
            || second.compression_methods != first.compression_methods
        {
            return Err(Error::illegal(Reason::BAD_HELLO_REQUEST));
        }
        if second.extensions.contains(ExtensionType::EARLY_DATA)
            || FIXED.iter().any(|fixed| second.extensions.get(*fixed) != first.extensions.get(*fixed))
        {
            return Err(Error::illegal(Reason::BAD_EXTENSION));
        }
        self.check_share(&second.extensions)
    }

    /// RFC 8446 §4.2.8: exactly the one share that was asked for.
    pub fn check_share(&self, extensions: &Extensions) -> Result<()> {
        let Some(asked) = self.group else { return Ok(()) };
        let data = extensions.get(ExtensionType::KEY_SHARE).ok_or(Error::illegal(Reason::BAD_KEY_SHARE))?;
        match key_share::read_client(data)?.as_slice() {
            [(group, _)] if *group == asked => Ok(()),
            _ => Err(Error::illegal(Reason::BAD_KEY_SHARE)),
        }
    }
}

/// The HelloRetryRequest that asks for a share in `group`, and for the cookie to be brought back.
pub fn hello_retry_request(
    context: &mut Context<'_>,
    session_id: &[u8],
    suite: &Suite,
    group: Option<NamedGroup>,
    cookie: Option<&[u8]>,
) -> ServerHello {
    let mut extensions = custom_extensions::begin(context);
    extensions.add(ExtensionType::SUPPORTED_VERSIONS, |writer| {
        supported_versions::write_server(writer, ProtocolVersion::TLS1_3);
    });
    if let Some(group) = group {
        // RFC 8446 §4.2.8: a KeyShareHelloRetryRequest is the group alone.
        extensions.add(ExtensionType::KEY_SHARE, |writer| writer.u16(group));
    }
    if let Some(cookie) = cookie {
        extensions.add(ExtensionType::COOKIE, |writer| cookie::write(writer, cookie));
    }
    ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: HELLO_RETRY_REQUEST_RANDOM,
        session_id: session_id.to_vec(),
        cipher_suite: suite.id,
        compression_method: 0,
        extensions,
    }
}

/// Asks for a share in `group`, if the client brought none that fits. Without a cookie we keep our state. Who calls it has left for
/// [`Position::SwSrvrHello`].
pub fn emit_hello_retry_request(
    context: &mut Context<'_>,
    hello: Hello,
    group: Option<NamedGroup>,
    cookie: Option<Vec<u8>>,
) -> Step {
    let suite = hello.suite;
    let first = hello.received.hello;
    let retry_request = hello_retry_request(context, &first.session_id, suite, group, cookie.as_deref());
    context.transcript.set_hash(suite.hash);
    context.transcript.hello_retry()?;
    context.emit(&retry_request.write())?;
    if wants_change_cipher_spec(context, &first) {
        context.leave_for(Position::SwChange);
        context.send_change_cipher_spec()?;
    }
    early_data::await_client(context);

    forget_first_hello(context);
    Ok(Transition::Next(State::ExpectClientHello(Some(Box::new(Retry { suite, group, first: Some(first) })))))
}

/// RFC 8446 §D.4: a ChangeCipherSpec follows our first message if the client, by a session id, wants to look like TLS 1.2
/// to middleboxes, or if we do.
pub fn wants_change_cipher_spec(context: &Context<'_>, hello: &ClientHello) -> bool {
    !hello.session_id.is_empty() || context.settings().has_option(option::ENABLE_MIDDLEBOX_COMPAT)
}

/// What the first ClientHello led to is decided anew by the second.
fn forget_first_hello(context: &mut Context<'_>) {
    resume::forget_session(context);
    let negotiated = &mut *context.negotiated;
    negotiated.hello_retry = true;
    negotiated.server_name_acknowledged = false;
    negotiated.alpn.clear();
}
