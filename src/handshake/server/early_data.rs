//! Early data as a server receives it (RFC 8446 §4.2.10): whether it is accepted, the keys that it comes under, and its
//! end (§4.5). What guards against replays is in `psk`: a session that allows early data is resumed once (§8.1).

use super::{
    State, Step,
    psk::Psk,
    tls13_flight,
    tls13_hello::{Hello, Question, Share},
};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition,
        early_data::{Stage, Status},
        position::Position,
        want::{Answer, Ask},
    },
    key_schedule::tls13::{EarlySecret, TrafficSecret},
    message::Message,
    policy::options::option,
    record::Level,
    session::Session,
    wire::HandshakeType,
};

/// What early data that is skipped may have beside its content: content types and tags, as many as OpenSSL allows.
const SKIPPED_OVERHEAD: usize = 104;
/// How many milliseconds the client may think its ticket younger than we do: its way to us (RFC 8446 §8.3).
const MAX_AGE_LAG: i64 = 10_000;
/// How many it may think it older.
const MAX_AGE_LEAD: i64 = 1_000;

/// Whether sessions are resumed only once, because they allow early data (RFC 8446 §8.1).
pub fn sessions_are_for_one_use(context: &Context<'_>) -> bool {
    let settings = context.settings();
    settings.max_early_data > 0 && !settings.has_option(option::NO_ANTI_REPLAY)
}

/// Whether the client thinks its ticket as old as we do (RFC 8446 §8.3).
pub fn is_fresh(context: &Context<'_>, session: &Session, obfuscated_age: u32) -> bool {
    let environment = context.environment;
    let theirs = i64::from(obfuscated_age.wrapping_sub(session.ticket_age_add));
    let ours = environment.now.saturating_sub(session.time).saturating_mul(1000);
    // A session that comes out of a ticket has its time in seconds only.
    let earliest = ours.saturating_sub(MAX_AGE_LAG);
    let latest = ours.saturating_add(i64::from(environment.now_milliseconds())).saturating_add(MAX_AGE_LEAD);
    (earliest..=latest).contains(&theirs)
}

/// A ServerHello is to be sent with this share: decides about the early data that the client announced. The program is asked
/// if all else speaks for it.
pub fn decide(context: &mut Context<'_>, hello: Box<Hello>, share: Option<Share>) -> Step {
    if !hello.early_data || !may_accept(context, &hello) {
        return reject(context, hello, share);
    }
    if context.hooks().allow_early_data {
        let state = State::Tls13Hello(Question::EarlyData(share), hello);
        return Ok(Transition::Ask(Ask::AllowEarlyData, state));
    }
    accept(context, hello, share)
}

/// The program's answer.
pub fn read_answer(
    context: &mut Context<'_>,
    hello: Box<Hello>,
    share: Option<Share>,
    answer: Answer,
) -> Step {
    match answer {
        Answer::Allowed(true) => accept(context, hello, share),
        Answer::Allowed(false) => reject(context, hello, share),
        _ => Err(Error::internal()),
    }
}

/// RFC 8446 §4.2.10: the PSK is the first that was offered, and suite and protocol are those that it stands for.
fn may_accept(context: &Context<'_>, hello: &Hello) -> bool {
    let negotiated = &*context.negotiated;
    let fits = |psk: &Psk| {
        psk.index == 0
            && psk.is_fresh
            && !psk.suite_changed
            && psk.session.alpn == negotiated.alpn
            && (psk.session.server_name.is_none() || psk.session.server_name == negotiated.server_name)
    };
    context.settings().max_early_data > 0
        && (negotiated.early_data.stage == Stage::Accepting || context.hooks().quic_early_data)
        && hello.received.retry.is_none()
        && hello.psk.as_ref().is_some_and(fits)
}

fn accept(context: &mut Context<'_>, hello: Box<Hello>, share: Option<Share>) -> Step {
    let allowed = hello.psk.as_ref().map_or(0, |psk| psk.session.max_early_data);
    let most = context.settings().recv_max_early_data;
    context.negotiated.early_data.left = allowed.min(most);
    context.negotiated.early_data.status = Status::Accepted;
    tls13_flight::emit_server_hello(context, hello, share)
}

fn reject(context: &mut Context<'_>, hello: Box<Hello>, share: Option<Share>) -> Step {
    skip(context, &hello);
    tls13_flight::emit_server_hello(context, hello, share)
}

/// Early data that was announced and is not accepted is passed over (RFC 8446 §4.2.10), unless the program wants none at all.
pub fn skip(context: &mut Context<'_>, hello: &Hello) {
    if hello.early_data {
        context.negotiated.early_data.status = Status::Rejected;
        let most = usize::try_from(context.settings().recv_max_early_data).unwrap_or(usize::MAX);
        let allowance = if most == 0 { 0 } else { most.saturating_add(SKIPPED_OVERHEAD) };
        context.records.inbound.skip_early_data(allowance);
    }
}

/// Early data is accepted: it comes under this secret. `transcript` is the hash of the ClientHello.
pub fn read_secret(context: &mut Context<'_>, early: &EarlySecret, transcript: &[u8]) -> TrafficSecret {
    let traffic = early.client_traffic(transcript);
    let exporter = early.exporter(transcript);
    context.log_secret("EARLY_EXPORTER_SECRET", exporter.as_bytes());
    context.log_secret("CLIENT_EARLY_TRAFFIC_SECRET", traffic.as_bytes());
    context.negotiated.early_data.exporter = Some(exporter);
    traffic
}

/// Reads EndOfEarlyData: what follows comes under the handshake keys (RFC 8446 §4.5).
pub fn read_end(context: &mut Context<'_>, message: &Message, handshake: &TrafficSecret) -> Result<()> {
    let body = message.expect(HandshakeType::END_OF_EARLY_DATA)?;
    context.leave_for(Position::SrEndOfEarlyData);
    if !body.is_empty() {
        return Err(Error::decode(Reason::LENGTH_MISMATCH));
    }
    context.add_to_transcript(message);
    context.negotiated.early_data.stage = Stage::Finished;
    context.set_read_secret(Level::Handshake, handshake)
}

/// Our flight is sent, or a HelloRetryRequest: what the client writes next is read. A program that reads early data is let
/// in here; else the position is left at once.
pub fn await_client(context: &mut Context<'_>) {
    context.leave_for(Position::EarlyData);
    if !context.negotiated.early_data.pauses_at(Position::EarlyData) {
        context.leave_for(Position::EarlyData);
    }
}
