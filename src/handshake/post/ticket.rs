//! NewSessionTicket of TLS 1.3 (RFC 8446 §4.6.1): what a client makes of one, and what a server puts into one.

use std::sync::Arc;

use crate::{
    crypto::rand,
    error::{Error, Result},
    handshake::{Negotiated, Traffic, context::Connected, custom_extensions, position::Position, want::Ask},
    message::{Message, extension::early_data, new_session_ticket::NewSessionTicket13},
    policy::{custom_extension::place, options::option},
    session::{Id, MAX_ID_LENGTH, Session},
    wire::{ExtensionType, HandshakeType},
};

/// Seven days in seconds: what `ticket_lifetime` must not exceed (RFC 8446 §4.6.1).
const MAX_LIFETIME: u32 = 7 * 24 * 60 * 60;

/// A ticket makes a new session out of the one that the handshake left, with a PSK of its own. `None`: there is
/// nothing to cache.
pub(super) fn read_new_session_ticket(
    connected: &mut Connected<'_>,
    message: &Message,
) -> Result<Option<Ask>> {
    let ticket = NewSessionTicket13::read(message.expect(HandshakeType::NEW_SESSION_TICKET)?)?;
    super::report_reading(connected, Position::CrSessionTicket);
    connected.tell_extensions(&ticket.extensions);
    let max_early_data = match ticket.extensions.get(ExtensionType::EARLY_DATA) {
        Some(data) => early_data::read_max_size(data)?,
        None => 0,
    };
    let psk = resumption(connected.negotiated)?.psk(&ticket.nonce);
    // RFC 8446 §4.6.1: zero means that it should be discarded at once.
    if ticket.lifetime == 0 {
        connected.leave_for(Position::Ok);
        return Ok(None);
    }
    let session = Arc::new(Session {
        // What a cache knows the session by.
        id: Id::of_ticket(&ticket.ticket),
        secret: psk,
        time: connected.environment.now,
        time_milliseconds: connected.environment.now_milliseconds(),
        ticket: ticket.ticket,
        // RFC 8446 §4.6.1: never cached for longer, whatever the server says.
        ticket_lifetime: ticket.lifetime.min(MAX_LIFETIME),
        ticket_age_add: ticket.age_add,
        max_early_data,
        resumable: true,
        ..current(connected.negotiated)?
    });
    connected.negotiated.session = Some(Arc::clone(&session));
    let received =
        custom_extensions::received(connected, place::NEW_SESSION_TICKET, false, &ticket.extensions, 0)?;
    if !received.is_empty() {
        return Ok(Some(Ask::NewTicket { session, received }));
    }
    Ok(Some(Ask::NewSession(session)))
}

/// Server: makes the session of one more ticket (RFC 8446 §4.6.1), with an `id` of the program's or a random one. [`Ask::SealTicket`]:
/// the driver seals it.
/// [`Ask::NameTicket`]: the cache keeps it, and its id is the ticket: without tickets (`SSL_OP_NO_TICKET`), and where early
/// data is allowed.
pub fn new_ticket_session(connected: &mut Connected<'_>, id: Option<Vec<u8>>) -> Result<Ask> {
    let session = current(connected.negotiated)?;
    let traffic = traffic(connected.negotiated)?;
    let nonce = traffic.next_ticket_nonce;
    traffic.next_ticket_nonce = nonce.checked_add(1).ok_or(Error::internal())?;
    let session = Arc::new(Session {
        id: match id {
            Some(id) => Id::of(&id),
            None => Id::of(&rand::array::<MAX_ID_LENGTH>()?),
        },
        secret: resumption(connected.negotiated)?.psk(&nonce.to_be_bytes()),
        time: connected.environment.now,
        time_milliseconds: connected.environment.now_milliseconds(),
        timeout: connected.negotiated.session_lifetime,
        ticket: Vec::new(),
        // A hint is what a server tells a client.
        ticket_lifetime: 0,
        ticket_age_add: u32::from_be_bytes(rand::array()?),
        max_early_data: connected.settings().max_early_data,
        resumable: true,
        ..session
    });
    // RFC 8446 §8.1: a session that allows early data is resumed once, which only who keeps it can see to.
    let for_one_use = session.max_early_data > 0 && !connected.settings().has_option(option::NO_ANTI_REPLAY);
    if for_one_use || connected.settings().has_option(option::NO_TICKET) {
        return Ok(Ask::NameTicket(session));
    }
    Ok(Ask::SealTicket(session))
}

/// Server: sends the ticket that was sealed for `session` (or, if stateful, its id as the ticket). The session must
/// be the one that [`new_ticket_session`] made last: the nonce is its.
pub fn send_ticket(connected: &mut Connected<'_>, session: &Session, ticket: Vec<u8>) -> Result<()> {
    let nonce = traffic(connected.negotiated)?.next_ticket_nonce.checked_sub(1).ok_or(Error::internal())?;
    let mut extensions = custom_extensions::begin(connected);
    if session.max_early_data > 0 {
        extensions.add(ExtensionType::EARLY_DATA, |writer| writer.u32(session.max_early_data));
    }
    let message = NewSessionTicket13 {
        lifetime: lifetime(session.timeout),
        age_add: session.ticket_age_add,
        nonce: nonce.to_be_bytes().to_vec(),
        ticket,
        extensions,
    };
    connected.send(&message.write())?;
    connected.negotiated.tickets_sent = connected.negotiated.tickets_sent.saturating_add(1);
    Ok(())
}

fn lifetime(timeout: i64) -> u32 {
    u32::try_from(timeout.max(0)).map_or(MAX_LIFETIME, |seconds| seconds.min(MAX_LIFETIME))
}

fn traffic(negotiated: &mut Negotiated) -> Result<&mut Traffic> {
    negotiated.traffic.as_mut().ok_or(Error::internal())
}

fn resumption(negotiated: &Negotiated) -> Result<&crate::key_schedule::tls13::ResumptionSecret> {
    negotiated.traffic.as_ref().and_then(|traffic| traffic.resumption.as_ref()).ok_or(Error::internal())
}

/// The connection's session, with what this connection itself agreed on: after a resumption that may be another protocol
/// and another name than before.
fn current(negotiated: &Negotiated) -> Result<Session> {
    let mut session = negotiated.session.as_deref().cloned().ok_or(Error::internal())?;
    if negotiated.resumed {
        session.alpn.clone_from(&negotiated.alpn);
        if negotiated.server_name_acknowledged {
            session.server_name.clone_from(&negotiated.server_name);
        }
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::hash::HashAlgorithm,
        handshake::{
            post::read_message,
            test_endpoint::{Endpoint, NOW, established},
        },
        message::extension::Extensions,
        record::Side,
    };

    fn new_session_ticket(lifetime: u32) -> Message {
        NewSessionTicket13 {
            lifetime,
            age_add: 77,
            nonce: vec![1],
            ticket: b"ticket".to_vec(),
            extensions: Extensions::new(),
        }
        .write()
    }

    fn received(client: &mut Endpoint, lifetime: u32) -> Option<Arc<Session>> {
        match read_message(&mut client.connected(), &new_session_ticket(lifetime)).unwrap() {
            Some(Ask::NewSession(session)) => Some(session),
            Some(_) => panic!("another question"),
            None => None,
        }
    }

    #[test]
    fn ticket_makes_a_session_that_can_be_resumed() {
        let mut client = established(Side::Client);
        let session = received(&mut client, 7200).unwrap();
        assert_eq!((session.ticket.as_slice(), session.ticket_age_add), (&b"ticket"[..], 77));
        assert_eq!((session.time, session.ticket_lifetime), (NOW, 7200));
        assert_eq!(*session.id, *HashAlgorithm::Sha256.digest(b"ticket").as_ref());
        assert!(session.resumable && session.peer_chain.is_some());
        let psk = resumption(&client.negotiated).unwrap().psk(&[1]);
        assert_eq!(session.secret.as_ref(), psk.as_ref());
        assert!(Arc::ptr_eq(client.negotiated.session.as_ref().unwrap(), &session));
    }

    #[test]
    fn lifetime_is_cut_to_seven_days() {
        assert_eq!(received(&mut established(Side::Client), u32::MAX).unwrap().ticket_lifetime, 604_800);
    }

    #[test]
    fn ticket_without_lifetime_is_discarded() {
        let mut client = established(Side::Client);
        assert!(received(&mut client, 0).is_none());
        assert!(client.negotiated.session.as_ref().unwrap().ticket.is_empty());
    }

    #[test]
    fn sent_ticket_leads_the_client_to_the_same_secret() {
        let (mut server, mut client) = (established(Side::Server), established(Side::Client));
        let mut secrets = Vec::new();
        for _ in 0..2 {
            let Ok(Ask::SealTicket(session)) = new_ticket_session(&mut server.connected(), None) else {
                panic!()
            };
            send_ticket(&mut server.connected(), &session, b"sealed".to_vec()).unwrap();
            let message = server.sent().pop().unwrap();
            let Ok(Some(Ask::NewSession(received))) = read_message(&mut client.connected(), &message) else {
                panic!()
            };
            assert_eq!(received.secret.as_ref(), session.secret.as_ref());
            assert_eq!(received.ticket_age_add, session.ticket_age_add);
            assert_eq!(i64::from(received.ticket_lifetime), server.environment.settings.session_timeout);
            secrets.push(session.secret.as_ref().to_vec());
        }
        assert_ne!(secrets[0], secrets[1]);
        assert_eq!(server.negotiated.tickets_sent, 2);
    }

    #[test]
    fn server_without_tickets_lets_the_cache_keep_the_session() {
        let mut server = established(Side::Server);
        let mut settings = server.environment.settings.as_ref().clone();
        settings.options |= option::NO_TICKET;
        server.environment.settings = Arc::new(settings);
        let Ok(Ask::NameTicket(session)) = new_ticket_session(&mut server.connected(), None) else {
            panic!()
        };
        assert_eq!(session.id.len(), MAX_ID_LENGTH);
    }
}
