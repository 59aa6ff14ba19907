//! Sessions whose secret only the program knows, as EAP-FAST has them (RFC 4851 §3.2.2): what the callbacks of
//! `SSL_set_session_secret_cb` and `SSL_set_session_ticket_ext_cb` answer.

use core::ffi::c_int;

use zeroize::Zeroizing;

use super::Ssl;
use crate::{
    crypto::secret::{MAX_SECRET_LENGTH, Secret},
    error::Error,
    handshake::want::Answer,
    record::Side,
};

impl Ssl {
    /// Shows a server's program the ticket that the client sent.
    pub(super) fn show_ticket_extension(&self, ticket: &[u8]) -> Answer {
        let callback = self.with_config(|config| config.callbacks.session_ticket_extension);
        let (Some(function), Ok(length)) = (callback.function, c_int::try_from(ticket.len())) else {
            return Answer::Proceed;
        };
        // SAFETY: the program registered `function` for exactly these arguments; `ticket` outlives the call, and nothing of
        // `self` is borrowed.
        match unsafe { function(self.as_handle(), ticket.as_ptr(), length, callback.argument) } {
            0 => Answer::Refuse(Error::internal()),
            _ => Answer::Proceed,
        }
    }

    /// The master secret that the program has for this session, and the suite that it chose from the client's.
    pub(super) fn ask_session_secret(&self) -> Answer {
        let callback = self.with_config(|config| config.callbacks.session_secret);
        let Some(function) = callback.function else { return Answer::SessionSecret(None) };
        let suites = match self.side() {
            Side::Server => self.client_cipher_stack(),
            Side::Client => core::ptr::null_mut(),
        };
        let mut secret = Zeroizing::new(vec![0_u8; MAX_SECRET_LENGTH]);
        let mut length = MAX_SECRET_LENGTH as c_int;
        let mut suite = core::ptr::null();
        // SAFETY: the program registered `function` for exactly these arguments; `secret` has the room that it is told of, and
        // nothing of `self` is borrowed. The suite that it writes is null or one of ours, which are all static.
        let (value, suite) = unsafe {
            let value = function(
                self.as_handle(),
                secret.as_mut_ptr().cast(),
                &raw mut length,
                suites,
                &raw mut suite,
                callback.argument,
            );
            (value, suite.as_ref())
        };
        let secret =
            usize::try_from(length).ok().filter(|length| *length > 0).and_then(|length| secret.get(..length));
        match secret.and_then(Secret::new) {
            Some(secret) if value != 0 => Answer::SessionSecret(Some((secret, suite.map(|suite| suite.id)))),
            _ => Answer::SessionSecret(None),
        }
    }
}
