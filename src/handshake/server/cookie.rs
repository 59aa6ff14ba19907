//! A server without memory (RFC 8446 §4.2.2, §4.4.1): what it has to know when the second ClientHello comes stands in the
//! cookie of its HelloRetryRequest, sealed by the driver.

use super::{
    State, Step,
    client_hello::Received,
    early_data,
    retry::{self, Retry},
    tls13_hello::{self, Hello},
};
use crate::{
    crypto::suite::{self, Suite},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition, custom_extensions,
        position::Position,
        want::{Answer, Ask},
    },
    message::extension::cookie,
    policy::custom_extension::place,
    wire::{CipherSuite, ExtensionType, NamedGroup, Reader, Writer},
};

/// How many seconds a cookie is taken for.
const LIFETIME: i64 = 600;

/// What the driver is asked.
pub enum Question {
    /// To seal what the HelloRetryRequest will say; it asks for this group, if for any.
    Seal(Box<Hello>, Option<NamedGroup>),
    /// To open the cookie of this ClientHello.
    Open(Box<Received>),
}

/// What stands in a cookie.
struct Contents {
    suite: &'static Suite,
    group: Option<NamedGroup>,
    /// When it was made, in seconds since 1970.
    time: i64,
    /// The hash of the first ClientHello.
    first_hello: Vec<u8>,
}

impl Contents {
    fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.suite.id);
        writer.u16(self.group.unwrap_or(NamedGroup(0)));
        writer.bytes(&self.time.to_be_bytes());
        writer.vec8(|hash| hash.bytes(&self.first_hello));
        writer.into_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let id = CipherSuite(reader.u16()?);
        let group = NamedGroup(reader.u16()?);
        let time = i64::from_be_bytes(reader.array()?);
        let first_hello = reader.vec8()?.to_vec();
        reader.finish()?;
        let suite = suite::find(id).ok_or(Error::internal())?;
        Ok(Self { suite, group: (group != NamedGroup(0)).then_some(group), time, first_hello })
    }
}

/// Whether the client must come again with a cookie.
pub fn is_wanted(context: &Context<'_>, hello: &Hello) -> bool {
    context.hooks().stateless && hello.received.retry.is_none()
}

/// Sends the client away with a cookie, and a wish for a share in `group` if it brought none that fits.
pub fn request(context: &mut Context<'_>, hello: Box<Hello>, group: Option<NamedGroup>) -> Step {
    early_data::skip(context, &hello);
    let contents = Contents {
        suite: hello.suite,
        group,
        time: context.environment.now,
        first_hello: context.transcript.with_partial(hello.suite.hash, &[])?.as_ref().to_vec(),
    };
    Ok(Transition::Ask(Ask::SealCookie(contents.write()), State::Cookie(Question::Seal(hello, group))))
}

/// Goes on with the cookie of a ClientHello if we keep no state, else with its other extensions.
pub fn read_cookie(context: &mut Context<'_>, received: Received) -> Step {
    let data = received.hello.extensions.get(ExtensionType::COOKIE);
    match data.filter(|_| context.hooks().stateless && received.retry.is_none()) {
        Some(data) => {
            let ask = Ask::OpenCookie(cookie::read(data)?.to_vec());
            Ok(Transition::Ask(ask, State::Cookie(Question::Open(Box::new(received)))))
        }
        None => tls13_hello::read_extensions(context, received),
    }
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, question: Question, answer: Answer) -> Step {
    let Answer::Cookie(bytes) = answer else { return Err(Error::internal()) };
    match question {
        Question::Seal(hello, group) => {
            context.leave_for(Position::SwSrvrHello);
            custom_extensions::add(context, place::HELLO_RETRY_REQUEST, &[], move |context| {
                retry::emit_hello_retry_request(context, *hello, group, Some(bytes))
            })
        }
        Question::Open(received) => take(context, *received, &bytes),
    }
}

/// Goes on as if we had kept the state: the transcript begins with the first ClientHello's hash and our
/// HelloRetryRequest.
fn take(context: &mut Context<'_>, mut received: Received, bytes: &[u8]) -> Step {
    let Contents { suite, group, time, first_hello } = Contents::read(bytes)?;
    let age = context.environment.now.saturating_sub(time);
    if !(0..=LIFETIME).contains(&age) {
        // Too old: the client is sent away again.
        return tls13_hello::read_extensions(context, received);
    }
    let hello = &received.hello;
    // RFC 8446 §4.1.4: the suite of the HelloRetryRequest stays.
    if !hello.cipher_suites.contains(&suite.id) {
        return Err(Error::illegal(Reason::BAD_CIPHER));
    }
    let retry = Retry::remembered(suite, group);
    retry.check_share(&hello.extensions)?;
    let cookie = hello.extensions.get(ExtensionType::COOKIE).map(cookie::read).transpose()?;
    let request = retry::hello_retry_request(context, &hello.session_id, suite, group, cookie);
    context.transcript.set_hash(suite.hash);
    context.transcript.begin_with_hello_hash(&first_hello)?;
    context.add_to_transcript(&request.write());
    context.negotiated.hello_retry = true;
    context.negotiated.cookie_verified = true;
    received.retry = Some(Box::new(retry));
    tls13_hello::read_extensions(context, received)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_survive_a_round_trip() {
        let suite = suite::find(CipherSuite::TLS_AES_256_GCM_SHA384).unwrap();
        for group in [None, Some(NamedGroup::SECP384R1)] {
            let contents = Contents { suite, group, time: 1_700_000_000, first_hello: vec![9; 48] };
            let bytes = contents.write();
            let read = Contents::read(&bytes).unwrap();
            assert_eq!((read.suite.id, read.group, read.time), (suite.id, group, 1_700_000_000));
            assert_eq!(read.first_hello, [9; 48]);
            for length in 0..bytes.len() {
                assert!(Contents::read(&bytes[..length]).is_err());
            }
        }
    }
}
