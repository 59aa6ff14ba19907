//! TLS 1.2: the ClientHello's extensions, the program's say in them, the choice of suite, certificate and group, and the
//! ServerHello (RFC 5246 §7.4.1, RFC 5746, RFC 7627, RFC 8422 §5.1, RFC 8446 §4.1.3).

use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::{
    State, Step,
    client_hello::{self, allowed_versions, read_extension},
    offer::Offer,
    resume, selection,
    tls12_finish::{self, Finish},
    tls12_flight::{self, Flight},
};
use crate::{
    crypto::{
        rand,
        suite::{self, BulkCipher, KeyExchangeAlgorithm, Suite},
    },
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition, custom_extensions, fragment_limits, next_protocol,
        position::Position,
        raw_public_key,
        security::{self, Inquiry},
        use_srtp,
        want::{Answer, Ask},
    },
    key_schedule::tls12::MasterSecret,
    message::{
        Message,
        client_hello::ClientHello,
        extension::{Extensions, alpn, ec_point_formats, renegotiation_info, srp},
        server_hello::ServerHello,
    },
    policy::{
        choose::{self, Choice12},
        custom_extension::place,
        options::option,
    },
    session::{Id, Session},
    wire::{AlertDescription, CipherSuite, ExtensionType, ProtocolVersion},
};

/// The last eight bytes of the random of a server that speaks TLS 1.2 and could have spoken TLS 1.3, and of one that
/// speaks less and could have spoken either (RFC 8446 §4.1.3).
const DOWNGRADE_TO_TLS12: [u8; 8] = *b"DOWNGRD\x01";
const DOWNGRADE_BELOW_TLS12: [u8; 8] = *b"DOWNGRD\x00";
/// The `uncompressed` point format (RFC 8422 §5.1.2), the only one that we know.
const UNCOMPRESSED: u8 = 0;

/// What the driver is asked while the ClientHello is dealt with.
pub enum Question {
    /// The program's look at the ticket.
    TicketExtension,
    /// The secret of a session that only the program knows.
    SessionSecret,
    /// The session in the ticket.
    Ticket,
    /// The session with the id.
    SessionId,
    /// The servername callback.
    ServerName,
    /// The certificate callback.
    Certificate,
    /// An OCSP response, once the choice is made.
    Status(Choice12),
    /// The ALPN callback; with the choice in a full handshake.
    Protocol(Option<Choice12>),
    /// The user of SRP.
    SrpUser(Option<Choice12>),
    /// The id of the new session; what comes then.
    NewSessionId(Then),
    /// Whether the session may be resumed.
    MayResume(Choice12),
}

/// A step with the ClientHello.
pub type Then = fn(&mut Context<'_>, Box<Hello>) -> Step;

/// A ClientHello of TLS 1.2.
pub struct Hello {
    /// As it was read.
    pub hello: ClientHello,
    /// The extensions that both versions know.
    offer: Offer,
    /// `session_ticket`: empty if the client only asks for one.
    pub ticket: Option<Vec<u8>>,
    /// The session that is resumed.
    pub session: Option<Arc<Session>>,
    /// Whether a NewSessionTicket will be sent.
    pub sends_ticket: bool,
    /// Whether the server's random was made already.
    pub has_random: bool,
    /// The OCSP response that the program gave.
    status: Option<Vec<u8>>,
    /// The program's protocols for next protocol negotiation.
    next_protocols: Option<Vec<u8>>,
}

/// Reads the extensions and goes on to the client's session.
pub fn read_extensions(context: &mut Context<'_>, message: &Message, hello: ClientHello) -> Step {
    context.add_to_transcript(message);
    let offer = Offer::read(context, &hello)?;
    read_renegotiation_info(context, &hello)?;

    let extensions = &hello.extensions;
    let formats = read_extension(extensions, ExtensionType::EC_POINT_FORMATS, ec_point_formats::read)?;
    // RFC 8422 §5.1.2: a client that sends the extension includes the uncompressed format.
    if formats.is_some_and(|formats| !formats.contains(&UNCOMPRESSED)) {
        return Err(Error::illegal(Reason::TLS_INVALID_ECPOINTFORMAT_LIST));
    }
    context.negotiated.peer_point_formats = formats.unwrap_or_default().to_vec();
    let srp_user = read_extension(extensions, ExtensionType::SRP, srp::read)?.map(<[u8]>::to_vec);
    context.negotiated.srp_user_name = srp_user;
    let extended = match extensions.get(ExtensionType::EXTENDED_MASTER_SECRET) {
        // RFC 7627 §5.1: it is empty.
        Some(data) if !data.is_empty() => return Err(Error::decode(Reason::BAD_EXTENSION)),
        Some(_) => !context.settings().has_option(option::NO_EXTENDED_MASTER_SECRET),
        None => false,
    };
    context.negotiated.extended_master_secret = extended;
    context.negotiated.encrypt_then_mac = match extensions.get(ExtensionType::ENCRYPT_THEN_MAC) {
        // RFC 7366 §2: it is empty.
        Some(data) if !data.is_empty() => return Err(Error::decode(Reason::BAD_EXTENSION)),
        Some(_) => !context.settings().has_option(option::NO_ENCRYPT_THEN_MAC),
        None => false,
    };

    security::inquire(context, security::about(context, judge_tickets), move |context| {
        read_ticket(context, hello, offer)
    })
}

/// The security callback judges tickets, where the program has them.
fn judge_tickets(context: &Context<'_>) -> Option<Inquiry> {
    has_tickets(context).then_some(Inquiry::Ticket)
}

/// `SSL_OP_NO_TICKET`, which a callback may set until ServerHello is sent.
fn has_tickets(context: &Context<'_>) -> bool {
    !context.settings().has_option(option::NO_TICKET)
}

fn read_ticket(context: &mut Context<'_>, hello: ClientHello, offer: Offer) -> Step {
    let ticket = hello.extensions.get(ExtensionType::SESSION_TICKET).map(<[u8]>::to_vec);
    let sends_ticket = announces_ticket(context, ticket.as_deref());
    let hello = Hello {
        hello,
        offer,
        ticket,
        session: None,
        sends_ticket,
        has_random: false,
        status: None,
        next_protocols: None,
    };
    if let Some(ticket) = hello.ticket.clone().filter(|_| context.hooks().session_ticket_extension) {
        let ask = Ask::SessionTicketExtension(ticket);
        return Ok(Transition::Ask(ask, State::Tls12Hello(Question::TicketExtension, Box::new(hello))));
    }
    resume::find_session(context, Box::new(hello))
}

/// RFC 5077 §3.2: a client that sends the extension takes a ticket. Where the program may have the secrets of sessions, the
/// tickets are its own too (RFC 4851 §3.2.2).
fn announces_ticket(context: &Context<'_>, ticket: Option<&[u8]>) -> bool {
    let settings = context.settings();
    ticket.is_some() && has_tickets(context) && settings.allows_tickets() && !context.hooks().session_secret
}

/// RFC 5746 §3.6: the extension, empty in a first handshake, or the signalling suite.
fn read_renegotiation_info(context: &mut Context<'_>, hello: &ClientHello) -> Result<()> {
    let info =
        read_extension(&hello.extensions, ExtensionType::RENEGOTIATION_INFO, renegotiation_info::read)?;
    if context.negotiated.renegotiation.is_some() {
        return check_renegotiation(context, hello, info);
    }
    if info.is_some_and(|verify_data| !verify_data.is_empty()) {
        return Err(Error::handshake_failure(Reason::RENEGOTIATION_MISMATCH));
    }
    let signalled = hello.cipher_suites.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    context.negotiated.secure_renegotiation = info.is_some() || signalled;
    Ok(())
}

/// RFC 5746 §3.7: in a renegotiation it is the client's last Finished, and nothing may stand in for it.
fn check_renegotiation(context: &Context<'_>, hello: &ClientHello, info: Option<&[u8]>) -> Result<()> {
    if hello.cipher_suites.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV) {
        return Err(Error::handshake_failure(Reason::SCSV_RECEIVED_WHEN_RENEGOTIATING));
    }
    match info {
        // RFC 5746 §4.4: a client that did not send it before must not send it now.
        Some(_) if !context.negotiated.secure_renegotiation => {
            Err(Error::handshake_failure(Reason::RENEGOTIATION_MISMATCH))
        }
        Some(verify_data) if bool::from(verify_data.ct_eq(&context.negotiated.client_verify_data)) => Ok(()),
        Some(_) => Err(Error::handshake_failure(Reason::RENEGOTIATION_MISMATCH)),
        None if context.negotiated.secure_renegotiation => {
            Err(Error::handshake_failure(Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED))
        }
        None => Ok(()),
    }
}

/// Whether a session is resumed is known.
pub fn after_lookup(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    context.negotiated.session_id = Id::default();
    ask_session_id(context, hello, ask_session_secret)
}

/// RFC 5246 §7.4.1.3: a new session gets an id to be resumed by, unless a ticket stands for it (RFC 5077 §3.4). The program
/// may make it.
fn ask_session_id(context: &mut Context<'_>, hello: Box<Hello>, then: Then) -> Step {
    if hello.session.is_some() || hello.sends_ticket || !context.negotiated.session_id.is_empty() {
        return then(context, hello);
    }
    if context.hooks().session_id {
        return Ok(Transition::Ask(Ask::SessionId, State::Tls12Hello(Question::NewSessionId(then), hello)));
    }
    context.negotiated.session_id = Id::of(&rand::array::<32>()?);
    then(context, hello)
}

fn ask_session_secret(context: &mut Context<'_>, mut hello: Box<Hello>) -> Step {
    if hello.session.is_none() && context.hooks().session_secret {
        // The program derives the secret from both randoms (RFC 4851 §5.1).
        context.negotiated.server_random = server_random(context)?;
        hello.has_random = true;
        client_hello::note_suites(context, &hello.hello);
        return Ok(Transition::Ask(Ask::SessionSecret, State::Tls12Hello(Question::SessionSecret, hello)));
    }
    go_on_with_extensions(context, hello)
}

/// A session whose secret only the program knows (RFC 4851 §3.2.2) is resumed, if there is one.
fn take_session_secret(context: &mut Context<'_>, mut hello: Box<Hello>, answer: Answer) -> Step {
    let Answer::SessionSecret(found) = answer else { return Err(Error::internal()) };
    if let Some((secret, chosen)) = found {
        let suite = match chosen.and_then(suite::find) {
            Some(suite) => suite,
            None => choose_tls12(context, &hello)?.suite,
        };
        context.negotiated.suite = Some(suite);
        let session = Arc::new(resume::new_session(context, secret)?);
        context.negotiated.resumed = true;
        context.negotiated.session = Some(Arc::clone(&session));
        hello.session = Some(session);
    }
    go_on_with_extensions(context, hello)
}

fn go_on_with_extensions(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    fragment_limits::read_offer(&hello.hello.extensions, context)?;
    use_srtp::read_offer(&hello.hello.extensions, context)?;
    let (message_place, resumed) = (place::CLIENT_HELLO, context.negotiated.resumed);
    let custom = custom_extensions::received(context, message_place, resumed, &hello.hello.extensions, 0)?;
    custom_extensions::read(context, message_place, custom, &[], move |context| {
        if context.hooks().server_name {
            return Ok(Transition::Ask(Ask::ServerName, State::Tls12Hello(Question::ServerName, hello)));
        }
        ask_certificate(context, hello)
    })
}

/// An answer came.
pub fn answered(
    context: &mut Context<'_>,
    question: Question,
    mut hello: Box<Hello>,
    answer: Answer,
) -> Step {
    match question {
        Question::TicketExtension => resume::find_session(context, hello),
        Question::SessionSecret => take_session_secret(context, hello, answer),
        Question::Ticket => resume::read_ticket(context, hello, answer),
        Question::SessionId => resume::read_session(context, hello, answer),
        Question::ServerName => {
            selection::take_server_name(context, answer)?;
            if hello.session.as_ref().is_some_and(|session| !resume::fits_host(context, session)) {
                hello.session = None;
                hello.sends_ticket = announces_ticket(context, hello.ticket.as_deref());
                resume::forget_session(context);
                // A full handshake reads them.
                context.negotiated.peer_groups = hello.offer.groups.clone().unwrap_or_default();
            }
            // The callback may have decided against a ticket: the session gets an id then.
            hello.sends_ticket &= has_tickets(context);
            ask_session_id(context, hello, ask_certificate)
        }
        Question::Certificate => choose(context, hello),
        Question::MayResume(choice) => {
            selection::take_resumability(context, &answer)?;
            ask_status(context, hello, choice)
        }
        Question::Status(choice) => {
            hello.status = selection::take_status(answer)?;
            ask_protocol(context, hello, Some(choice))
        }
        Question::SrpUser(choice) => emit_server_hello(context, *hello, choice),
        Question::NewSessionId(then) => {
            let Answer::SessionId(id) = answer else { return Err(Error::internal()) };
            context.negotiated.session_id = Id::of(&id);
            then(context, hello)
        }
        Question::Protocol(choice) => {
            selection::take_protocol(context, answer)?;
            ask_srp_user(context, hello, choice)
        }
    }
}

fn ask_certificate(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    if hello.session.is_some() {
        return ask_protocol(context, hello, None);
    }
    client_hello::note_suites(context, &hello.hello);
    let inquiry = security::about(context, |context| {
        Some(Inquiry::SharedSchemes(context.version().ok()?, hello.offer.schemes.clone()))
    });
    security::inquire(context, inquiry, move |context| {
        // Where the security callback leaves none, OpenSSL asks nothing more.
        if let (true, Some(schemes)) = (context.hooks().security, &hello.offer.schemes) {
            context.settings().check_shared_schemes(context.version()?, schemes)?;
        }
        let extensions = hello.hello.extensions.clone();
        raw_public_key::read_offer(context, &extensions, move |context| {
            if context.hooks().certificate {
                return Ok(Transition::Ask(
                    Ask::Certificate,
                    State::Tls12Hello(Question::Certificate, hello),
                ));
            }
            choose(context, hello)
        })
    })
}

fn choose_tls12(context: &Context<'_>, hello: &Hello) -> Result<Choice12> {
    let hooks = context.hooks();
    let can_use = |id: &CipherSuite| suite::find(*id).is_some_and(|suite| hooks.server_can_use(suite));
    let cipher_suites: Vec<_> = hello.hello.cipher_suites.iter().copied().filter(can_use).collect();
    context.settings().choose_tls12(&choose::Offer {
        version: context.version()?,
        cipher_suites: &cipher_suites,
        groups: hello.offer.groups.as_deref(),
        signature_schemes: hello.offer.schemes.as_deref(),
        certificate_schemes: context.negotiated.peer_certificate_schemes.as_deref(),
    })
}

fn choose(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    let inquiry = security::about(context, |context| {
        Some(Inquiry::Choice12 {
            version: context.version().ok()?,
            cipher_suites: hello.hello.cipher_suites.clone(),
            groups: hello.offer.groups.clone(),
            schemes: hello.offer.schemes.clone(),
        })
    });
    security::inquire(context, inquiry, move |context| {
        let choice = choose_tls12(context, &hello)?;
        let has_schemes = context.version()?.has_signature_schemes();
        let of_key = choice.scheme.filter(|_| !has_schemes);
        security::inquire(
            context,
            security::about(context, |_| of_key.map(Inquiry::OwnScheme)),
            move |context| {
                if of_key.is_some_and(|scheme| !context.settings().allows_own_scheme(scheme)) {
                    return Err(choose::NOT_AT_THIS_LEVEL);
                }
                take_choice(context, hello, choice)
            },
        )
    })
}

fn take_choice(context: &mut Context<'_>, hello: Box<Hello>, choice: Choice12) -> Step {
    context.negotiated.suite = Some(choice.suite);
    context.negotiated.group = choice.group;
    context.negotiated.own_scheme = choice.scheme;
    if context.hooks().not_resumable {
        let forward_secret = matches!(
            choice.suite.key_exchange,
            suite::KeyExchangeAlgorithm::Ecdhe | suite::KeyExchangeAlgorithm::Dhe
        );
        let state = State::Tls12Hello(Question::MayResume(choice), hello);
        return Ok(Transition::Ask(Ask::MayResume(forward_secret), state));
    }
    ask_status(context, hello, choice)
}

fn ask_status(context: &mut Context<'_>, hello: Box<Hello>, choice: Choice12) -> Step {
    if context.negotiated.wants_ocsp() && context.hooks().status {
        return Ok(Transition::Ask(Ask::ProvideStatus, State::Tls12Hello(Question::Status(choice), hello)));
    }
    ask_protocol(context, hello, Some(choice))
}

fn ask_protocol(context: &mut Context<'_>, hello: Box<Hello>, choice: Option<Choice12>) -> Step {
    match &hello.offer.protocols {
        Some(protocols) if context.hooks().alpn => {
            let ask = Ask::SelectAlpn(protocols.clone());
            Ok(Transition::Ask(ask, State::Tls12Hello(Question::Protocol(choice), hello)))
        }
        _ => ask_srp_user(context, hello, choice),
    }
}

/// RFC 5054 §2.5.1.2: with SRP the program is asked about the user, also where a session is resumed. A client that chose SRP
/// without a name is refused, as OpenSSL does.
fn ask_srp_user(context: &mut Context<'_>, hello: Box<Hello>, choice: Option<Choice12>) -> Step {
    let suite = context.negotiated.suite.ok_or(Error::internal())?;
    if suite.key_exchange != KeyExchangeAlgorithm::Srp || !context.hooks().srp_user {
        return emit_server_hello(context, *hello, choice);
    }
    let name = context.negotiated.srp_user_name.clone();
    let name =
        name.ok_or(Error::fatal(AlertDescription::UNKNOWN_PSK_IDENTITY, Reason::PSK_IDENTITY_NOT_FOUND))?;
    Ok(Transition::Ask(Ask::SrpUser(name), State::Tls12Hello(Question::SrpUser(choice), hello)))
}

/// Sends ServerHello, with the program's extensions; without a choice the session goes on.
fn emit_server_hello(context: &mut Context<'_>, mut hello: Hello, choice: Option<Choice12>) -> Step {
    hello.sends_ticket &= has_tickets(context) && !context.negotiated.not_resumable;
    context.leave_for(Position::SwSrvrHello);
    custom_extensions::add(context, place::TLS1_2_SERVER_HELLO, &[], move |context| {
        let inquiry = security::about(context, |_| hello.sends_ticket.then_some(Inquiry::Ticket));
        security::inquire(context, inquiry, move |context| {
            hello.sends_ticket &= context.settings().allows_tickets();
            let offered = hello.hello.extensions.contains(ExtensionType::NEXT_PROTOCOL_NEGOTIATION);
            next_protocol::advertise(context, offered, move |context, next_protocols| {
                emit_hello(context, Hello { next_protocols, ..hello }, choice)
            })
        })
    })
}

fn emit_hello(context: &mut Context<'_>, hello: Hello, choice: Option<Choice12>) -> Step {
    let custom = custom_extensions::begin(context);
    let suite = context.negotiated.suite.ok_or(Error::internal())?;
    // RFC 7366 §3: with any other cipher it MUST NOT be answered.
    context.negotiated.encrypt_then_mac &= matches!(suite.bulk, BulkCipher::Cbc(_));
    if !hello.has_random {
        context.negotiated.server_random = server_random(context)?;
    }
    if !context.hooks().gives_session_ids {
        context.negotiated.session_id = Id::default();
    }
    let session_id = hello.session.as_ref().map_or(context.negotiated.session_id, |session| session.id);
    let server_hello = ServerHello {
        legacy_version: context.version()?,
        random: context.negotiated.server_random,
        session_id: session_id.to_vec(),
        cipher_suite: suite.id,
        compression_method: 0,
        extensions: server_hello_extensions(custom, context, &hello),
    };
    context.emit(&server_hello.write())?;

    let Hello { session, sends_ticket, status, .. } = hello;
    match (session, choice) {
        (Some(session), _) => resume_session(context, suite, session, sends_ticket),
        (None, Some(choice)) => tls12_flight::begin(context, Flight { choice, sends_ticket, status }),
        (None, None) => Err(Error::internal()),
    }
}

/// RFC 8446 §4.1.3: a server that could have spoken a higher version says so; in a renegotiation it could not have.
fn server_random(context: &Context<'_>) -> Result<[u8; 32]> {
    let mut random: [u8; 32] = rand::array()?;
    let version = context.version()?;
    let highest = allowed_versions(context).next().unwrap_or(version);
    // DTLS has no such sign.
    if context.negotiated.renegotiation.is_none()
        && !context.is_datagram()
        && highest >= ProtocolVersion::TLS1_2
        && version < highest
        && let Some(last) = random.last_chunk_mut()
    {
        let below = version < ProtocolVersion::TLS1_2;
        *last = if below { DOWNGRADE_BELOW_TLS12 } else { DOWNGRADE_TO_TLS12 };
    }
    Ok(random)
}

fn server_hello_extensions(mut extensions: Extensions, context: &Context<'_>, hello: &Hello) -> Extensions {
    let negotiated = &*context.negotiated;
    let is_full = hello.session.is_none();
    if negotiated.secure_renegotiation {
        // RFC 5746 §3.6, §3.7.
        let finished = match negotiated.renegotiation {
            None => Vec::new(),
            Some(_) => [&negotiated.client_verify_data[..], &negotiated.server_verify_data].concat(),
        };
        extensions
            .add(ExtensionType::RENEGOTIATION_INFO, |writer| renegotiation_info::write(writer, &finished));
    }
    // RFC 6066 §3: no name in a resumption.
    if is_full && negotiated.server_name_acknowledged {
        extensions.add(ExtensionType::SERVER_NAME, |_| {});
    }
    fragment_limits::answer(&mut extensions, context);
    raw_public_key::answer(&mut extensions, context);
    let runs_on_group = negotiated.suite.is_some_and(Suite::has_group);
    if is_full && runs_on_group && hello.hello.extensions.contains(ExtensionType::EC_POINT_FORMATS) {
        extensions.add(ExtensionType::EC_POINT_FORMATS, |writer| {
            ec_point_formats::write(writer, &[UNCOMPRESSED]);
        });
    }
    if hello.sends_ticket {
        extensions.add(ExtensionType::SESSION_TICKET, |_| {});
    }
    if hello.status.is_some() {
        extensions.add(ExtensionType::STATUS_REQUEST, |_| {});
    }
    if let Some(protocols) = &hello.next_protocols {
        extensions.add(ExtensionType::NEXT_PROTOCOL_NEGOTIATION, |writer| writer.bytes(protocols));
    }
    if !negotiated.alpn.is_empty() {
        extensions.add(ExtensionType::ALPN, |writer| alpn::write_selected(writer, &negotiated.alpn));
    }
    use_srtp::answer(&mut extensions, context);
    if negotiated.encrypt_then_mac {
        extensions.add(ExtensionType::ENCRYPT_THEN_MAC, |_| {});
    }
    if negotiated.extended_master_secret {
        extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |_| {});
    }
    extensions
}

/// The abbreviated handshake: our Finished comes first (RFC 5246 §7.3, RFC 5077 §3.1).
fn resume_session(
    context: &mut Context<'_>,
    suite: &'static Suite,
    session: Arc<Session>,
    sends_ticket: bool,
) -> Step {
    let hash = context.handshake_hash()?;
    context.transcript.set_hash(hash);
    let master_secret = MasterSecret::resumed(hash, session.secret.clone());
    context.negotiated.master_secret = Some(master_secret.clone());
    let finish = Finish::new(context, suite, master_secret, session, sends_ticket)?;
    tls12_finish::emit_new_session_ticket(context, finish)
}
