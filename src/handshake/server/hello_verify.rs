//! The cookie exchange of DTLS (RFC 6347 §4.2.1): before a server does any work, the client shows that it receives what is sent
//! to its address.

use super::{
    State, Step,
    client_hello::{self, Received},
    tls12_hello,
};
use crate::{
    error::{Error, Reason},
    handshake::{
        Context, Transition,
        position::Position,
        want::{Answer, Ask},
    },
    message::{client_hello::ClientHello, hello_verify_request::HelloVerifyRequest},
    policy::options::option,
    wire::ProtocolVersion,
};

/// What the driver is asked.
pub enum Question {
    /// To make a cookie.
    Make,
    /// Whether that of this hello is one that it made.
    Check(Box<Received>),
}

/// Whether the client has to come again with a cookie.
pub fn is_wanted(context: &Context<'_>, hello: &ClientHello) -> bool {
    exchanges_cookies(context) && hello.cookie.as_ref().is_some_and(Vec::is_empty)
}

/// A renegotiating client receives what is sent to it, or could not be here.
fn exchanges_cookies(context: &Context<'_>) -> bool {
    context.is_datagram()
        && context.settings().has_option(option::COOKIE_EXCHANGE)
        && context.negotiated.renegotiation.is_none()
}

/// Asks for a cookie to send the client away with.
pub fn request(context: &mut Context<'_>) -> Transition<State> {
    context.leave_for(Position::DtlsSwHelloVerifyRequest);
    Transition::Ask(Ask::MakeDatagramCookie, State::HelloVerify(Question::Make))
}

/// Goes on with the hello if its cookie is good, or none was wanted.
pub fn check(context: &mut Context<'_>, received: Received) -> Step {
    if !exchanges_cookies(context) {
        return tls12_hello::read_extensions(context, &received.message, received.hello);
    }
    let cookie = received.hello.cookie.clone().unwrap_or_default();
    let question = Question::Check(Box::new(received));
    Ok(Transition::Ask(Ask::CheckDatagramCookie(cookie), State::HelloVerify(question)))
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, question: Question, answer: Answer) -> Step {
    match (question, answer) {
        (Question::Make, Answer::Cookie(cookie)) => emit(context, cookie),
        (Question::Check(received), Answer::Allowed(true)) => {
            tls12_hello::read_extensions(context, &received.message, received.hello)
        }
        (Question::Check(_), Answer::Allowed(false)) => {
            Err(Error::handshake_failure(Reason::COOKIE_MISMATCH))
        }
        _ => Err(Error::internal()),
    }
}

/// RFC 6347 §4.2.1: it is not hashed, and never sent again by itself.
fn emit(context: &mut Context<'_>, cookie: Vec<u8>) -> Step {
    let request = HelloVerifyRequest { version: ProtocolVersion::DTLS1_0, cookie };
    if let Some(datagrams) = &mut context.records.datagrams {
        datagrams.flight.number_from(0);
    }
    context.send(&request.write())?;
    context.leave_for(Position::DtlsSwHelloVerifyRequest);
    if let Some(datagrams) = &mut context.records.datagrams {
        datagrams.forget_flight();
        datagrams.reassembly.expect_or_repeat(1);
    }
    Ok(client_hello::expect_another())
}
