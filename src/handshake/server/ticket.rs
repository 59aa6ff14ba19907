//! TLS 1.3: the tickets that follow the handshake, sent as a part of it (RFC 8446 §4.6.1).

use std::sync::Arc;

use super::{State as ServerState, Step, resume};
use crate::{
    error::Error,
    handshake::{
        Context, Transition, custom_extensions,
        position::Position,
        post,
        want::{Answer, Ask},
    },
    policy::custom_extension::place,
    session::Session,
};

/// A ticket under way, and how many follow it.
pub enum State {
    /// The program makes the id of the next session.
    Naming(usize),
    /// The driver makes the ticket of this session.
    Sealing(Arc<Session>, usize),
    /// The program is told of this session, whose ticket is ready.
    Announcing(Arc<Session>, Vec<u8>, usize),
}

/// Sends as many tickets as are configured: after a resumption at most one, to a client that cannot use them none.
pub fn send_tickets(context: &mut Context<'_>, takes_tickets: bool) -> Step {
    let configured = context.settings().num_tickets;
    let count = match (takes_tickets, context.negotiated.resumed) {
        // RFC 8446 §4.2.9: no tickets that the client's modes could not use.
        (false, _) => 0,
        // The program wants the session not to be resumed.
        (true, false) if context.negotiated.not_resumable => 0,
        (true, _) if context.negotiated.tickets_refused => 0,
        (true, true) => configured.min(1),
        (true, false) => configured,
    };
    if count > 0 {
        context.leave_for(Position::SwSessionTicket);
        context.complete();
    }
    make_ticket(context, count)
}

fn make_ticket(context: &mut Context<'_>, left: usize) -> Step {
    let Some(left) = left.checked_sub(1) else {
        // The position of the last ticket is left when that is written.
        if *context.position != Position::SwSessionTicket {
            context.leave_for(Position::Ok);
        }
        return Ok(Transition::Done);
    };
    if context.hooks().session_id {
        return Ok(Transition::Ask(Ask::SessionId, ServerState::Ticket(State::Naming(left))));
    }
    make_session(context, None, left)
}

fn make_session(context: &mut Context<'_>, id: Option<Vec<u8>>, left: usize) -> Step {
    let ask = post::new_ticket_session(context, id)?;
    let (Ask::SealTicket(session) | Ask::NameTicket(session)) = &ask else { return Err(Error::internal()) };
    let session = Arc::clone(session);
    Ok(Transition::Ask(ask, ServerState::Ticket(State::Sealing(session, left))))
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, state: State, answer: Answer) -> Step {
    match (state, answer) {
        (State::Naming(left), Answer::SessionId(id)) => make_session(context, Some(id), left),
        (State::Sealing(session, left), Answer::SealedTicket(Some(ticket))) => {
            custom_extensions::add(context, place::NEW_SESSION_TICKET, &[], move |context| {
                announce(context, session, ticket, left)
            })
        }
        // The driver has none to give: the client does without.
        (State::Sealing(_, left), Answer::SealedTicket(None)) => make_ticket(context, left),
        (State::Announcing(session, ticket, left), Answer::Proceed) => {
            emit_new_session_ticket(context, session, ticket, left)
        }
        _ => Err(Error::internal()),
    }
}

fn announce(context: &mut Context<'_>, session: Arc<Session>, ticket: Vec<u8>, left: usize) -> Step {
    if resume::is_cacheable(context) {
        return Ok(Transition::Ask(
            Ask::NewSession(Arc::clone(&session)),
            ServerState::Ticket(State::Announcing(session, ticket, left)),
        ));
    }
    emit_new_session_ticket(context, session, ticket, left)
}

/// Sends the ticket, with the program's extensions; its session is now the connection's (`SSL_get_session(3)`).
fn emit_new_session_ticket(
    context: &mut Context<'_>,
    session: Arc<Session>,
    ticket: Vec<u8>,
    left: usize,
) -> Step {
    post::send_ticket(context, &session, ticket)?;
    context.negotiated.session = Some(session);
    if left > 0 {
        context.leave_for(Position::SwSessionTicket);
    }
    make_ticket(context, left)
}
