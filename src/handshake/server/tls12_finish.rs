//! TLS 1.2: NewSessionTicket, ChangeCipherSpec and Finished of both sides, ours first in an abbreviated handshake
//! (RFC 5246 §7.1, §7.3, §7.4.9; RFC 5077 §3.3).

use std::sync::Arc;

use super::{State, Step, resume};
use crate::{
    crypto::suite::Suite,
    error::{Error, Result},
    handshake::{
        Context, Expects, Input, Transition, next_protocol,
        position::Position,
        want::{Answer, Ask},
    },
    key_schedule::tls12::{KeyedSecret, MasterSecret},
    message::{Message, finished, new_session_ticket::NewSessionTicket12},
    record::{RecordKeys, Side},
    session::Session,
    wire::HandshakeType,
};

/// What comes next.
pub enum Awaited {
    /// The client's ChangeCipherSpec.
    ChangeCipherSpec,
    /// Its NextProtocol.
    NextProtocol,
    /// Its Finished.
    Finished,
    /// The sealed ticket.
    Ticket,
    /// That the program took note of the new session.
    Announcement,
}

impl Awaited {
    /// What that needs.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::ChangeCipherSpec => Expects::ChangeCipherSpec,
            Self::NextProtocol | Self::Finished => Expects::Message,
            Self::Ticket | Self::Announcement => Expects::Answer,
        }
    }
}

/// What is needed to the end.
pub struct Finish {
    /// The suite.
    pub suite: &'static Suite,
    secret: KeyedSecret,
    /// What the client writes with, until we read with it.
    read_keys: Option<RecordKeys>,
    /// What we write with, until we do.
    write_keys: Option<RecordKeys>,
    /// The session that goes on, or that begins.
    pub session: Arc<Session>,
    sends_ticket: bool,
}

impl Finish {
    /// Both randoms and the master secret are known.
    pub fn new(
        context: &Context<'_>,
        suite: &'static Suite,
        master_secret: MasterSecret,
        session: Arc<Session>,
        sends_ticket: bool,
    ) -> Result<Self> {
        let secret = master_secret.keyed();
        let (read_keys, write_keys) = context.tls12_keys(suite, &secret)?;
        Ok(Self {
            suite,
            read_keys: Some(read_keys),
            write_keys: Some(write_keys),
            secret,
            session,
            sends_ticket,
        })
    }
}

/// Waits for the client's ChangeCipherSpec.
pub fn await_client(finish: Finish) -> Step {
    Ok(next(Awaited::ChangeCipherSpec, Box::new(finish)))
}

const fn next(awaited: Awaited, finish: Box<Finish>) -> Transition<State> {
    Transition::Next(State::Tls12Finish(awaited, finish))
}

/// One step.
pub fn advance(context: &mut Context<'_>, awaited: Awaited, mut finish: Box<Finish>, input: Input) -> Step {
    match awaited {
        Awaited::ChangeCipherSpec => {
            let Input::ChangeCipherSpec = input else { return Err(Error::internal()) };
            context.leave_for(Position::SrChange);
            context.set_read_keys(finish.read_keys.take().ok_or(Error::internal())?)?;
            let is_next = context.negotiated.next_protocol_expected;
            Ok(next(if is_next { Awaited::NextProtocol } else { Awaited::Finished }, finish))
        }
        Awaited::NextProtocol => {
            next_protocol::read(context, &input.message()?)?;
            Ok(next(Awaited::Finished, finish))
        }
        Awaited::Finished => read_finished(context, *finish, &input.message()?),
        Awaited::Ticket => {
            let Answer::SealedTicket(ticket) = input.answer()? else { return Err(Error::internal()) };
            send_ticket(context, *finish, ticket)
        }
        Awaited::Announcement => Ok(Transition::Done),
    }
}

fn read_finished(context: &mut Context<'_>, finish: Finish, message: &Message) -> Step {
    let verify_data = message.expect(HandshakeType::FINISHED)?;
    context.leave_for(Position::SrFinished);
    let transcript = context.transcript.current()?;
    let expected = finish.secret.verify_data(Side::Client, transcript.as_ref());
    finished::check(verify_data, &expected)?;
    context.negotiated.answer_read();
    context.add_to_transcript(message);
    context.negotiated.client_verify_data = verify_data.to_vec();
    if context.negotiated.resumed { end(context, finish) } else { emit_new_session_ticket(context, finish) }
}

/// Sends a ticket if the ServerHello announced one, and goes on to our Finished.
pub fn emit_new_session_ticket(context: &mut Context<'_>, finish: Finish) -> Step {
    if !finish.sends_ticket {
        return emit_finished(context, finish);
    }
    context.leave_for(Position::SwSessionTicket);
    Ok(Transition::Ask(
        Ask::SealTicket(Arc::clone(&finish.session)),
        State::Tls12Finish(Awaited::Ticket, Box::new(finish)),
    ))
}

fn send_ticket(context: &mut Context<'_>, finish: Finish, ticket: Option<Vec<u8>>) -> Step {
    // RFC 5077 §3.3: a ticket was announced; an empty one takes that back. A renewed ticket does not live longer than the first.
    let lifetime = if context.negotiated.resumed { 0 } else { finish.session.timeout };
    let message = NewSessionTicket12 {
        // What does not fit is cut off, as in OpenSSL: it is but a hint.
        lifetime_hint: lifetime as u32,
        ticket: ticket.unwrap_or_default(),
    };
    context.emit(&message.write())?;
    emit_finished(context, finish)
}

fn emit_finished(context: &mut Context<'_>, mut finish: Finish) -> Step {
    context.leave_for(Position::SwChange);
    context.send_change_cipher_spec()?;
    context.set_write_keys(finish.write_keys.take().ok_or(Error::internal())?)?;

    context.leave_for(Position::SwFinished);
    context.log_secret("CLIENT_RANDOM", finish.secret.master.as_bytes());
    let transcript = context.transcript.current()?;
    let verify_data = finish.secret.verify_data(Side::Server, transcript.as_ref());
    context.emit(&finished::write(&verify_data))?;
    context.negotiated.server_verify_data = verify_data.to_vec();
    if context.negotiated.resumed {
        context.leave_for(Position::SwFinished);
        return await_client(finish);
    }
    end(context, finish)
}

/// A new session that can be found by its id is announced; one in a ticket is the client's to keep.
fn end(context: &mut Context<'_>, finish: Finish) -> Step {
    context.leave_for(Position::Ok);
    let is_new = !context.negotiated.resumed && finish.session.resumable && !finish.session.id.is_empty();
    if !is_new || !resume::is_cacheable(context) {
        return Ok(Transition::Done);
    }
    let ask = Ask::NewSession(Arc::clone(&finish.session));
    Ok(Transition::Ask(ask, State::Tls12Finish(Awaited::Announcement, Box::new(finish))))
}
