//! Tickets of a server: sealed and opened with the context's keys, or as the program's callback says
//! (RFC 5077 §4, `SSL_CTX_set_tlsext_ticket_key_evp_cb(3)`, `SSL_CTX_set_session_ticket_cb(3)`).
//!
//! A ticket of the program's has the same form as ours: the name of the key, the initialization vector, the encrypted
//! session, and a MAC over all of that.

use core::ffi::c_int;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::{Context, Ssl, driver::Pause};
use crate::{
    connection::Connection,
    error::{Error, Reason, Result},
    handshake::want::{Ask, TicketOutcome},
    libcrypto::{
        error_queue,
        ticket_cipher::{CipherContext, MAX_IV_LENGTH, MacContext},
    },
    policy::custom_extension::place,
    record::Side,
    session::{Session, TicketKeyRing, ticket},
    wire::{AlertDescription, ProtocolVersion},
};

const NAME_LENGTH: usize = 16;
/// The most bytes that a ticket may have on the wire (RFC 8446 §4.6.1).
const MAX_TICKET_LENGTH: usize = 0xffff;

/// `SSL_TICKET_…`: what the program's second callback is told.
mod status {
    use core::ffi::c_int;
    pub const EMPTY: c_int = 3;
    pub const NO_DECRYPT: c_int = 4;
    pub const SUCCESS: c_int = 5;
    pub const SUCCESS_RENEW: c_int = 6;
}

/// `SSL_TICKET_RETURN_…`: what it answers.
mod verdict {
    use core::ffi::c_int;
    pub const IGNORE: c_int = 1;
    pub const IGNORE_RENEW: c_int = 2;
    pub const USE: c_int = 3;
    pub const USE_RENEW: c_int = 4;
}

/// What the program's key callback set up.
struct Keys {
    name: [u8; NAME_LENGTH],
    iv: [u8; MAX_IV_LENGTH],
    cipher: CipherContext,
    mac: MacContext,
    /// What the callback returned.
    answer: c_int,
}

impl Ssl {
    /// Seals a session into a ticket. `None`: the program wants none sent.
    pub(super) fn seal_ticket(&self, session: &Arc<Session>) -> Result<Option<Vec<u8>>> {
        let context = self.initial_context();
        let session = self.show_ticket_session(session)?;
        if !context.has_ticket_key_callback() {
            return Ok(ticket::seal(context.ticket_keys().current(), &session).ok());
        }
        let keys = self
            .ask_ticket_keys([0; NAME_LENGTH], [0; MAX_IV_LENGTH], true)
            .filter(|keys| keys.answer >= 0)
            .ok_or(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::CALLBACK_FAILED))?;
        if keys.answer == 0 {
            return Ok(None);
        }
        let plaintext = ticket::encode(&session)?;
        keys.seal(&plaintext).map(Some).ok_or(Error::internal())
    }

    /// The ticket of a session that is kept: its id.
    pub(super) fn name_ticket(&self, session: &Arc<Session>) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.show_ticket_session(session)?.id.to_vec()))
    }

    /// The session of a ticket becomes the connection's, and the program may put data into it (`SSL_SESSION_set1_ticket_appdata(3)`).
    fn show_ticket_session(&self, session: &Arc<Session>) -> Result<Arc<Session>> {
        let handle = self.adopt_ticket_session(session);
        let generate = self.initial_context().live().ticket_generate;
        if let Some(function) = generate.function {
            // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
            if unsafe { function(self.as_handle(), generate.argument) } == 0 {
                return Err(Error::internal());
            }
        }
        Ok(handle.core())
    }

    /// One more ticket is to be sent by the next write or handshake call (`SSL_new_session_ticket(3)`). `false`: this is
    /// no server of TLS 1.3, or its first handshake is not complete.
    pub fn request_ticket(&self) -> bool {
        let (version, established) = self.with_connection(|connection| {
            (connection.negotiated().version, connection.is_established() && connection.failure().is_none())
        });
        let possible = self.side() == Side::Server && version == Some(ProtocolVersion::TLS1_3) && established;
        if possible {
            self.parts().requested_tickets.set(self.parts().requested_tickets.get().saturating_add(1));
        }
        possible
    }

    /// Sends the tickets that the program asked for.
    pub(super) fn send_requested_tickets(&self) -> core::result::Result<(), Pause> {
        let mut follows_another = self.with_connection(|connection| !connection.is_established());
        while self.parts().requested_tickets.get() > 0 {
            if self.look_at_connection(|connection| connection.is_established())
                && let Err(error) = self.send_new_ticket(follows_another)
            {
                self.deliver_events();
                self.fail(error);
                return Err(Pause::Failed);
            }
            self.drive_handshake(Connection::handshake)?;
            follows_another = true;
            self.parts().requested_tickets.set(self.parts().requested_tickets.get().saturating_sub(1));
        }
        Ok(())
    }

    fn send_new_ticket(&self, follows_another: bool) -> Result<()> {
        if !follows_another {
            self.judge_again()?;
        }
        let environment = self.environment();
        self.with_connection(|connection| connection.begin_ticket(&environment, follows_another));
        self.deliver_events();
        let id = if environment.hooks.session_id { Some(self.make_session_id()?) } else { None };
        let (ticket, session) =
            match self.with_connection(|connection| connection.new_ticket(&environment, id))? {
                Ask::SealTicket(session) => (self.seal_ticket(&session)?, session),
                Ask::NameTicket(session) => (self.name_ticket(&session)?, session),
                _ => return Err(Error::internal()),
            };
        let Some(ticket) = ticket else {
            self.with_connection(|connection| connection.drop_ticket(&environment));
            return Ok(());
        };
        self.add_extensions_after_handshake(place::NEW_SESSION_TICKET)?;
        self.new_session(&environment, &session);
        self.with_connection(|connection| connection.send_ticket(&environment, session, ticket))
    }

    /// Opens a ticket, and asks the program whether it is to be used.
    pub(super) fn open_ticket(&self, ticket: &[u8]) -> TicketOutcome {
        let context = self.initial_context();
        let mark = error_queue::set_mark();
        let has_callback = context.has_ticket_key_callback();
        let outcome = if ticket.is_empty() {
            TicketOutcome::Unusable
        } else if has_callback {
            self.open_with_callback(ticket)
        } else {
            open_with_keys(&context.ticket_keys(), ticket)
        };
        mark.pop();
        let is_tls13 = self.look_at_connection(|connection| {
            connection.negotiated().version == Some(ProtocolVersion::TLS1_3)
        });
        match outcome {
            TicketOutcome::Failed => TicketOutcome::Failed,
            // RFC 8446 §C.4: each ticket is for one use. Where the keys are the program's, it says whether another is due.
            TicketOutcome::Session { session, .. } if is_tls13 && !has_callback => {
                self.judge_ticket(ticket, TicketOutcome::Session { session, renew: true })
            }
            outcome => self.judge_ticket(ticket, outcome),
        }
    }

    fn open_with_callback(&self, ticket: &[u8]) -> TicketOutcome {
        let parts = ticket
            .split_first_chunk::<NAME_LENGTH>()
            .and_then(|(name, rest)| Some((*name, *rest.first_chunk::<MAX_IV_LENGTH>()?)));
        let Some((name, iv)) = parts else { return TicketOutcome::Unusable };
        let Some(keys) = self.ask_ticket_keys(name, iv, false) else { return TicketOutcome::Failed };
        let renew = match keys.answer {
            ..0 => return TicketOutcome::Failed,
            0 => return TicketOutcome::Unusable,
            1 => false,
            _ => true,
        };
        match keys.open(ticket) {
            Some(session) => TicketOutcome::Session { session: Arc::new(session), renew },
            None => TicketOutcome::Unusable,
        }
    }

    /// The program sets up a cipher and a MAC; `None` if libcrypto gives no contexts.
    fn ask_ticket_keys(
        &self,
        mut name: [u8; NAME_LENGTH],
        mut iv: [u8; MAX_IV_LENGTH],
        sealing: bool,
    ) -> Option<Keys> {
        let live = self.initial_context().live();
        let cipher = CipherContext::new()?;
        let mac = if live.ticket_key_evp.is_some() { MacContext::evp() } else { MacContext::hmac() }?;
        let ssl = self.as_handle();
        let (name_out, iv_out) = (name.as_mut_ptr(), iv.as_mut_ptr());
        // SAFETY: the program registered each function for exactly these arguments: name and vector have room for
        // 16 bytes, and the contexts are valid. Nothing of `self` is borrowed.
        let answer = unsafe {
            match (&mac, live.ticket_key_evp, live.ticket_key_hmac) {
                (MacContext::Evp(mac), Some(function), _) => {
                    function(ssl, name_out, iv_out, cipher.as_ptr(), mac.as_ptr(), c_int::from(sealing))
                }
                (MacContext::Hmac(mac), _, Some(function)) => {
                    function(ssl, name_out, iv_out, cipher.as_ptr(), mac.as_ptr(), c_int::from(sealing))
                }
                _ => return None,
            }
        };
        Some(Keys { name, iv, cipher, mac, answer })
    }

    /// The program's second callback has the last word on what became of a ticket.
    fn judge_ticket(&self, ticket: &[u8], outcome: TicketOutcome) -> TicketOutcome {
        let callback = self.initial_context().live().ticket_opened;
        let Some(function) = callback.function else { return outcome };
        let (session, status) = match &outcome {
            TicketOutcome::Session { session, renew: false } => (Some(session), status::SUCCESS),
            TicketOutcome::Session { session, renew: true } => (Some(session), status::SUCCESS_RENEW),
            _ if ticket.is_empty() => (None, status::EMPTY),
            _ => (None, status::NO_DECRYPT),
        };
        let handle = session.map(|session| self.new_handle(Arc::clone(session)));
        let pointer = handle.as_ref().map_or(core::ptr::null_mut(), |handle| Arc::as_ptr(handle).cast_mut());
        // SAFETY: the program registered `function` for exactly these arguments; ticket and session outlive the call,
        // and nothing of `self` is borrowed.
        let answer = unsafe {
            function(
                self.as_handle(),
                pointer,
                ticket.as_ptr(),
                ticket.len().min(NAME_LENGTH),
                status,
                callback.argument,
            )
        };
        match (answer, handle) {
            (verdict::IGNORE, _) => TicketOutcome::Ignored { renew: false },
            (verdict::IGNORE_RENEW, _) => TicketOutcome::Ignored { renew: true },
            (verdict::USE, Some(handle)) => TicketOutcome::Session { session: handle.core(), renew: false },
            (verdict::USE_RENEW, Some(handle)) => {
                TicketOutcome::Session { session: handle.core(), renew: true }
            }
            _ => TicketOutcome::Failed,
        }
    }
}

/// A ticket of the key before the current one is replaced, or it would open no longer than that key is kept.
fn open_with_keys(ring: &TicketKeyRing, ticket: &[u8]) -> TicketOutcome {
    ring.openers()
        .find_map(|(keys, renew)| {
            let session = Arc::new(ticket::open(keys, ticket)?);
            Some(TicketOutcome::Session { session, renew })
        })
        .unwrap_or(TicketOutcome::Unusable)
}

impl Context {
    fn has_ticket_key_callback(&self) -> bool {
        let live = self.live();
        live.ticket_key_evp.is_some() || live.ticket_key_hmac.is_some()
    }
}

impl Keys {
    fn seal(&self, plaintext: &[u8]) -> Option<Vec<u8>> {
        let iv = self.iv.get(..self.cipher.iv_length()?)?;
        let mut ticket = [&self.name[..], iv, &self.cipher.encrypt(plaintext)?].concat();
        ticket.extend(self.mac.compute(&ticket)?);
        (ticket.len() <= MAX_TICKET_LENGTH).then_some(ticket)
    }

    fn open(&self, ticket: &[u8]) -> Option<Session> {
        let split = ticket.len().checked_sub(self.mac.length()?)?;
        let (authenticated, mac) = ticket.split_at_checked(split)?;
        if !bool::from(self.mac.compute(authenticated)?.ct_eq(mac)) {
            return None;
        }
        let ciphertext = authenticated.get(NAME_LENGTH + self.cipher.iv_length()?..)?;
        ticket::decode(&self.cipher.decrypt(ciphertext)?)
    }
}

#[cfg(test)]
mod tests {
    use core::ptr::{null, null_mut};

    use super::*;
    use crate::{
        crypto::secret::Secret,
        libcrypto::{secrets_under_valgrind as valgrind, sys},
        wire::CipherSuite,
    };

    const KEY: [u8; 16] = [9; 16];

    /// What a callback sets up, of either kind.
    fn keys(evp: bool, key: &[u8; 16], sealing: bool) -> Keys {
        let cipher = CipherContext::new().unwrap();
        let mac = if evp { MacContext::evp() } else { MacContext::hmac() }.unwrap();
        let (name, iv) = ([1; NAME_LENGTH], [2; MAX_IV_LENGTH]);
        // SAFETY: the contexts are valid, and key and vector as long as the algorithms say.
        unsafe {
            let algorithm = sys::EVP_aes_128_cbc();
            let (encrypt, no_engine) = (c_int::from(sealing), null_mut());
            sys::EVP_CipherInit_ex(cipher.as_ptr(), algorithm, no_engine, key.as_ptr(), iv.as_ptr(), encrypt);
            match &mac {
                MacContext::Hmac(mac) => {
                    sys::HMAC_Init_ex(mac.as_ptr(), key.as_ptr().cast(), 16, sys::EVP_sha256(), no_engine);
                }
                MacContext::Evp(mac) => {
                    let parameters = [
                        (c"digest".as_ptr(), 4, c"SHA256".as_ptr().cast_mut().cast(), 6),
                        (null(), 0, null_mut(), 0),
                    ]
                    .map(|(key, data_type, data, data_size)| sys::OSSL_PARAM {
                        key,
                        data_type,
                        data,
                        data_size,
                        return_size: 0,
                    });
                    sys::EVP_MAC_init(mac.as_ptr(), key.as_ptr(), key.len(), parameters.as_ptr());
                }
            }
        }
        Keys { name, iv, cipher, mac, answer: 1 }
    }

    fn sealed(evp: bool) -> Vec<u8> {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        let secret = Secret::new(&[3; 32]).unwrap();
        let session = Session::new(ProtocolVersion::TLS1_3, suite, secret, 1_700_000_000, 7200);
        keys(evp, &KEY, true).seal(&ticket::encode(&session).unwrap()).unwrap()
    }

    #[test]
    fn ticket_of_a_program_opens_unless_it_was_changed() {
        for evp in [false, true] {
            let mut ticket = sealed(evp);
            assert!(keys(evp, &KEY, false).open(&ticket).is_some());
            for place in 0..ticket.len() {
                ticket[place] ^= 1;
                assert!(keys(evp, &KEY, false).open(&ticket).is_none());
                ticket[place] ^= 1;
            }
        }
    }

    /// `make secrets`: as that of our own tickets, but computed by libcrypto.
    #[test]
    fn mac_of_a_program_is_checked_without_a_look_at_the_key() {
        if !valgrind::is_there() {
            return;
        }
        for (evp, place) in
            [false, true].into_iter().flat_map(|evp| [0, 31, 32, 40].map(|place| (evp, place)))
        {
            let mut ticket = sealed(evp);
            let place = ticket.len() - 1 - place;
            ticket[place] ^= 1;
            let key = KEY;
            valgrind::hide(&key);
            let keys = keys(evp, &key, false);
            let (opened, complaints) = valgrind::complaints_about(|| keys.open(&ticket).is_some());
            assert_eq!(complaints, 1, "{evp} {place}");
            valgrind::show(&opened);
            assert!(!opened);
        }
    }
}
