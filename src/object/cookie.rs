//! Servers that keep no state until a client has shown that it receives what is sent to it (`SSL_stateless(3)`): the
//! cookie of a HelloRetryRequest holds what the core wants to know again, then what the program put into it, and a MAC over
//! both under a key of the context.

use core::ffi::{c_int, c_uchar};

use subtle::ConstantTimeEq;

use super::{
    Ssl,
    callbacks::{CookieGenerate, CookieVerify},
};
use crate::{
    connection::Connection,
    crypto::{hash::HashAlgorithm, hmac::hmac},
    error::{Error, Reason, Result},
    handshake::want::Answer,
    record::Side,
    wire::{AlertDescription, Reader, Writer},
};

/// The most bytes that the program may put into a cookie.
const MAX_COOKIE: usize = 4096;
/// The length of the MAC.
const MAC_LENGTH: usize = 32;

impl Ssl {
    /// `SSL_stateless(3)`: 1 if the ClientHello brought a good cookie, and our flight was sent; 0 if the client was sent away
    /// with a cookie; -1 if it failed or cannot go on.
    pub fn listen_stateless(&self) -> c_int {
        self.clear();
        if !self.side_is_set() {
            self.set_side(Side::Server);
        }
        self.stateless.set(true);
        let result = self.handshake_with(Connection::handshake_without_state);
        self.stateless.set(false);
        let (verified, sent_away) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            (negotiated.cookie_verified, negotiated.hello_retry && connection.failure().is_none())
        });
        match result {
            Ok(()) if verified => 1,
            Ok(()) if sent_away => 0,
            _ => -1,
        }
    }

    /// The cookie with these contents, or the reason why there can be none.
    pub(super) fn seal_cookie(&self, contents: &[u8]) -> Answer {
        match self.try_seal_cookie(contents) {
            Ok(cookie) => Answer::Cookie(cookie),
            Err(error) => Answer::Refuse(error),
        }
    }

    fn try_seal_cookie(&self, contents: &[u8]) -> Result<Vec<u8>> {
        let failure = |reason| Error::fatal(AlertDescription::INTERNAL_ERROR, reason);
        let generate =
            self.context().live().cookie_generate.ok_or(failure(Reason::NO_COOKIE_CALLBACK_SET))?;
        let ours = self.ask_cookie(generate).ok_or(failure(Reason::COOKIE_GEN_CALLBACK_FAILURE))?;
        let mut writer = Writer::new();
        writer.vec8(|part| part.bytes(contents));
        writer.vec16(|part| part.bytes(&ours));
        let mut cookie = writer.into_bytes();
        let mac = self.cookie_mac(&cookie);
        cookie.extend_from_slice(&mac);
        Ok(cookie)
    }

    fn ask_cookie(&self, generate: CookieGenerate) -> Option<Vec<u8>> {
        let mut bytes = vec![0; MAX_COOKIE];
        let mut length = 0;
        // SAFETY: the program registered `generate` for exactly these arguments, with room for `MAX_COOKIE` bytes
        // (SSL_CTX_set_stateless_cookie_generate_cb(3)); nothing of `self` is borrowed.
        let made =
            unsafe { generate(self.as_handle(), bytes.as_mut_ptr().cast::<c_uchar>(), &raw mut length) };
        bytes.truncate(length);
        (made != 0 && length <= MAX_COOKIE).then_some(bytes)
    }

    /// The contents of a cookie, or the reason why it is none of ours.
    pub(super) fn open_cookie(&self, cookie: &[u8]) -> Answer {
        match self.try_open_cookie(cookie) {
            Ok(contents) => Answer::Cookie(contents),
            Err(error) => Answer::Refuse(error),
        }
    }

    fn try_open_cookie(&self, cookie: &[u8]) -> Result<Vec<u8>> {
        let mismatch = Error::illegal(Reason::COOKIE_MISMATCH);
        let (sealed, mac) = cookie.split_last_chunk::<MAC_LENGTH>().ok_or(mismatch)?;
        if !bool::from(self.cookie_mac(sealed).ct_eq(mac)) {
            return Err(mismatch);
        }
        let mut reader = Reader::new(sealed);
        let contents = reader.vec8()?.to_vec();
        let theirs = reader.vec16()?;
        let verify = self.context().live().cookie_verify;
        if verify.is_some_and(|verify| self.accepts_cookie(verify, theirs)) {
            return Ok(contents);
        }
        Err(mismatch)
    }

    fn accepts_cookie(&self, verify: CookieVerify, theirs: &[u8]) -> bool {
        // SAFETY: the program registered `verify` for exactly these arguments; `theirs` outlives the call, and nothing of
        // `self` is borrowed.
        unsafe { verify(self.as_handle(), theirs.as_ptr().cast::<c_uchar>(), theirs.len()) != 0 }
    }

    fn cookie_mac(&self, sealed: &[u8]) -> [u8; MAC_LENGTH] {
        let mac = hmac(HashAlgorithm::Sha256, self.initial_context().cookie_key.as_slice(), &[sealed]);
        mac.as_ref().first_chunk().copied().unwrap_or([0; MAC_LENGTH])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        libcrypto::{library::Library, secrets_under_valgrind as valgrind},
        object::{Context, SSL, context::Method},
        wire::ProtocolVersion,
    };

    static SERVER: Method =
        Method { versions: (ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3), client: false, server: true };

    unsafe extern "C" fn make(_: *mut SSL, out: *mut c_uchar, length: *mut usize) -> c_int {
        // SAFETY: there is room for `MAX_COOKIE` bytes.
        unsafe {
            out.write_bytes(7, 20);
            *length = 20;
        }
        1
    }

    unsafe extern "C" fn check(_: *mut SSL, cookie: *const c_uchar, length: usize) -> c_int {
        // SAFETY: so many bytes are there.
        c_int::from(unsafe { core::slice::from_raw_parts(cookie, length) } == [7; 20])
    }

    /// A server that makes cookies, and one.
    fn server() -> (std::sync::Arc<Ssl>, Vec<u8>) {
        let context = Context::new(&SERVER, Library::default()).unwrap();
        context.update_live(|live| {
            live.cookie_generate = Some(make);
            live.cookie_verify = Some(check);
        });
        let ssl = Ssl::new(context).unwrap();
        let cookie = ssl.try_seal_cookie(b"contents").unwrap();
        (ssl, cookie)
    }

    #[test]
    fn cookie_opens_unless_it_was_changed() {
        let (ssl, mut cookie) = server();
        assert_eq!(ssl.try_open_cookie(&cookie).unwrap(), b"contents");
        for place in 0..cookie.len() {
            cookie[place] ^= 1;
            assert_eq!(ssl.try_open_cookie(&cookie).unwrap_err().reason(), Reason::COOKIE_MISMATCH);
            cookie[place] ^= 1;
        }
    }

    /// `make secrets`: the MAC is computed and compared without a look at the key; what is decided tells one bit.
    #[test]
    fn mac_of_a_cookie_is_checked_without_a_look_at_the_key() {
        if !valgrind::is_there() {
            return;
        }
        let (ssl, cookie) = server();
        valgrind::hide(&*ssl.initial_context().cookie_key);
        for place in [0, MAC_LENGTH - 1, MAC_LENGTH, cookie.len() - 1] {
            let mut changed = cookie.clone();
            let place = changed.len() - 1 - place;
            changed[place] ^= 1;
            let (opened, complaints) = valgrind::complaints_about(|| ssl.try_open_cookie(&changed).is_ok());
            assert_eq!(complaints, 1, "{place}");
            valgrind::show(&opened);
            assert!(!opened);
        }
    }
}
