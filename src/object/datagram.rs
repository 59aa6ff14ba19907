//! DTLS: datagrams in and out of BIOs, how large they may be, and the timer by which flights are sent again.

use core::{
    cell::{Cell, RefCell},
    ffi::{c_long, c_uint},
};

use super::{
    Ssl,
    callbacks::TimerCallback,
    context::Method,
    driver::{Outcome, Pause},
    ssl::Waiting,
};
use crate::{
    connection::Connection,
    error::{Error, Reason},
    handshake::{
        context::in_microseconds,
        want::{Answer, Want},
    },
    libcrypto::{
        bio::{Bio, DatagramControl},
        clock, error_queue,
    },
    policy::options::option,
};

/// The most bytes of a datagram that are read: two records of full length, in case that some were put together on the way.
pub(super) const MOST_RECEIVED: usize = 2 * (13 + 16_384 + 2048);
/// The least that every link is said to carry (`DTLS_get_link_min_mtu`).
pub const LEAST_LINK_MTU: usize = 256;
/// What the headers below us take at most, of IPv6 and UDP.
const MOST_OVERHEAD: usize = 48;
/// The longest cookie (RFC 6347 §4.2.1).
const MAX_COOKIE: usize = 255;

/// What a connection of DTLS has besides.
#[derive(Default)]
pub struct Datagram {
    /// Whether the method is one of DTLS.
    pub(super) is_in_use: Cell<bool>,
    /// The most bytes of a datagram; 0 while it is not known.
    mtu: Cell<usize>,
    /// What the program says of the link; 0: nothing.
    link_mtu: Cell<usize>,
    /// The deadline that the BIO was told; 0: none.
    told_deadline: Cell<u64>,
    /// `DTLS_set_timer_cb`.
    pub timer: Cell<Option<TimerCallback>>,
    /// The cookie that was made last, for a program that does not check cookies itself.
    cookie: RefCell<Vec<u8>>,
}

impl Datagram {
    /// Of a connection with this method.
    #[must_use]
    pub fn of(method: &Method) -> Self {
        Self { is_in_use: Cell::new(method.is_datagram()), ..Self::default() }
    }
}

impl Ssl {
    /// Whether the method is one of DTLS.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.datagram.is_in_use.get()
    }

    /// The most bytes of a datagram, as far as is known.
    pub(super) fn mtu(&self) -> usize {
        self.datagram.mtu.get().max(LEAST_LINK_MTU - MOST_OVERHEAD)
    }

    /// `SSL_set_mtu`: the most bytes of a datagram without the headers below; 0 if that is too little for any link.
    pub fn set_mtu(&self, number: c_long) -> c_long {
        match usize::try_from(number) {
            Ok(mtu) if mtu >= LEAST_LINK_MTU - MOST_OVERHEAD => {
                self.datagram.mtu.set(mtu);
                number
            }
            _ => 0,
        }
    }

    /// `DTLS_set_link_mtu`: what the link carries, headers included. 1, or 0 if that is too little.
    pub fn set_link_mtu(&self, number: c_long) -> c_long {
        match usize::try_from(number) {
            Ok(mtu) if mtu >= LEAST_LINK_MTU => {
                self.datagram.link_mtu.set(mtu);
                1
            }
            _ => 0,
        }
    }

    /// `DTLS_get_data_mtu(3)`: how many bytes of application data go into a datagram; 0 before that is known.
    #[must_use]
    pub fn data_mtu(&self) -> usize {
        let mtu = self.datagram.mtu.get();
        self.with_connection(|connection| {
            let has_suite = connection.negotiated().suite.is_some();
            if has_suite { connection.data_room(mtu) } else { 0 }
        })
    }

    /// `SSL_clear(3)`: what was found out about the path is forgotten, what the program said of it is not.
    pub(super) fn forget_path(&self) {
        if !self.with_config(|config| config.settings.has_option(option::NO_QUERY_MTU)) {
            self.datagram.mtu.set(0);
            self.datagram.link_mtu.set(0);
        }
        self.withdraw_deadline();
    }

    /// Finds out how large datagrams may be: what the program said, what the BIO knows, or what every link carries. Fails if
    /// the BIO must not be asked and nothing was said.
    pub(super) fn settle_mtu(&self) -> Result<(), Pause> {
        let Some(bio) = self.write_bio() else { return Ok(()) };
        let overhead =
            || usize::try_from(bio.datagram_control(DatagramControl::GetMtuOverhead, 0)).unwrap_or(0);
        if let link @ 1.. = self.datagram.link_mtu.take() {
            self.datagram.mtu.set(link.saturating_sub(overhead()));
        }
        let known = self.datagram.mtu.get();
        // No overhead makes this much too little.
        if known >= LEAST_LINK_MTU {
            return Ok(());
        }
        let least = LEAST_LINK_MTU.saturating_sub(overhead());
        if known >= least {
            return Ok(());
        }
        if self.with_config(|config| config.settings.has_option(option::NO_QUERY_MTU)) {
            return Err(Pause::Failed);
        }
        let queried = usize::try_from(bio.datagram_control(DatagramControl::QueryMtu, 0)).unwrap_or(0);
        if queried >= least {
            self.datagram.mtu.set(queried);
        } else {
            self.datagram.mtu.set(least);
            bio.datagram_control(DatagramControl::SetMtu, c_long::try_from(least).unwrap_or(c_long::MAX));
        }
        Ok(())
    }

    /// No answer came several times: perhaps our datagrams are too large for the path.
    fn try_smaller_datagrams(&self) {
        if self.with_config(|config| config.settings.has_option(option::NO_QUERY_MTU)) {
            return;
        }
        let Some(bio) = self.write_bio() else { return };
        let fallback = usize::try_from(bio.datagram_control(DatagramControl::GetFallbackMtu, 0)).unwrap_or(0);
        if (1..self.datagram.mtu.get()).contains(&fallback) {
            self.datagram.mtu.set(fallback);
        }
    }

    /// Reads a datagram, or sends our flight again if it is time for that.
    pub(super) fn fill_datagram(&self) -> Result<(), Pause> {
        let Some(bio) = self.read_bio() else {
            error_queue::raise_ssl(Reason::READ_BIO_NOT_SET);
            return Err(Pause::Failed);
        };
        let generation = self.generation.get();
        if self.handle_timeout()? {
            return Ok(());
        }
        self.tell_deadline(&bio);
        let mut datagram = Vec::with_capacity(MOST_RECEIVED);
        self.waiting.set(Waiting::Reading);
        let count = bio.read_append(&mut datagram, MOST_RECEIVED);
        self.check_generation(generation)?;
        if count > 0 {
            self.with_connection(|connection| connection.receive_datagram(datagram));
            self.waiting.set(Waiting::Nothing);
            return Ok(());
        }
        // A BIO that blocks waits no longer than it was told.
        if self.handle_timeout()? {
            return Ok(());
        }
        self.waiting.set(Waiting::Reading);
        Err(Pause::Waiting)
    }

    /// Writes the datagrams that wait. One that the transport does not take waits on. What is more than application data, a BIO
    /// that keeps it back must send at once.
    pub(super) fn flush_datagrams(&self, bio: &Bio) -> Result<(), Pause> {
        let generation = self.generation.get();
        let is_urgent = self
            .with_connection(|connection| !connection.is_established() || connection.control_waits())
            || self.unflushed.get();
        let mut may_shrink = true;
        while let Some(datagram) = self.with_connection(Connection::take_datagram) {
            self.waiting.set(Waiting::Writing);
            let count = bio.write(&datagram);
            self.check_generation(generation)?;
            let unwritten = (count <= 0).then_some(datagram);
            let failed = unwritten.is_some();
            self.with_connection(|connection| connection.return_datagram(unwritten));
            if failed {
                if core::mem::take(&mut may_shrink) && self.shrink_flight(bio)? {
                    continue;
                }
                return Err(Pause::Waiting);
            }
        }
        if is_urgent {
            self.waiting.set(Waiting::Writing);
            let flushed = bio.flush();
            self.check_generation(generation)?;
            self.unflushed.set(flushed <= 0);
            if flushed <= 0 {
                return Err(Pause::Waiting);
            }
        }
        self.waiting.set(Waiting::Nothing);
        Ok(())
    }

    /// The transport found a datagram of a handshake too large: the flight is cut anew.
    fn shrink_flight(&self, bio: &Bio) -> Result<bool, Pause> {
        let handshaking = self.with_connection(|connection| connection.is_handshaking());
        if !handshaking || bio.datagram_control(DatagramControl::MtuExceeded, 0) <= 0 {
            return Ok(false);
        }
        if self.with_config(|config| config.settings.has_option(option::NO_QUERY_MTU)) {
            return Ok(false);
        }
        self.datagram.mtu.set(0);
        self.settle_mtu()?;
        self.with_connection(Connection::discard_datagrams);
        self.send_again()?;
        Ok(true)
    }

    fn send_again(&self) -> Result<(), Pause> {
        let environment = self.environment();
        let sent = self.with_connection(|connection| connection.retransmit(&environment));
        self.deliver_events();
        sent.map_err(|error| {
            self.fail(error);
            Pause::Failed
        })
    }

    /// Writes application data as one record and one datagram. What the transport does not take is lost, as datagrams are.
    pub(super) fn write_datagram(&self, data: &[u8]) -> Result<usize, Pause> {
        self.complete_handshake()?;
        if self.waits_for_callback() {
            return Err(self.try_again());
        }
        if self.with_connection(|connection| connection.has_outgoing()) {
            self.flush()?;
        }
        if data.is_empty() {
            return Ok(0);
        }
        let mut begun = false;
        let result = self.drive(|connection, environment| {
            if !core::mem::replace(&mut begun, true) {
                connection.write_datagram(environment, data)?;
            }
            Ok(if connection.has_outgoing() { Outcome::Want(Want::Write) } else { Outcome::Done(data.len()) })
        });
        if result == Err(Pause::Waiting) {
            self.with_connection(Connection::discard_datagrams);
        }
        result
    }

    /// `DTLSv1_get_timeout`: how many microseconds are left until [`Self::handle_timeout`] should be called.
    #[must_use]
    pub fn time_left(&self) -> Option<u64> {
        let now = clock::now();
        self.with_connection(|connection| connection.time_left(in_microseconds(now)))
    }

    /// `DTLSv1_handle_timeout`: sends our flight again if the timer ran out; `false`: it did not.
    pub fn handle_timeout(&self) -> Result<bool, Pause> {
        if self.with_connection(|connection| connection.deadline().is_none()) {
            return Ok(false);
        }
        let environment = self.environment();
        let timed_out = self.with_connection(|connection| connection.timed_out(&environment));
        let (duration, smaller) = match timed_out {
            Ok(Some(timed_out)) => timed_out,
            Ok(None) => return Ok(false),
            Err(error) => {
                self.fail(error);
                return Err(Pause::Failed);
            }
        };
        if self.datagram.timer.get().is_some() {
            let generation = self.generation.get();
            self.ask_timer(duration);
            self.check_generation(generation)?;
        }
        if smaller {
            self.try_smaller_datagrams();
        }
        self.send_again()?;
        self.flush()?;
        Ok(true)
    }

    /// Asks the program how long the timer runs that ran for `duration` microseconds.
    pub(super) fn ask_timer(&self, duration: u32) {
        let Some(function) = self.datagram.timer.get() else { return };
        let generation = self.generation.get();
        // SAFETY: the program registered `function` for exactly these arguments, and nothing of `self` is borrowed.
        let next = unsafe { function(self.as_handle(), duration) };
        // It may have started the connection over, which has no flight now.
        if self.check_generation(generation).is_err() {
            return;
        }
        let environment = self.environment();
        self.with_connection(|connection| connection.set_timer(&environment, next));
    }

    /// The handshake is over, or the connection: a BIO that was told of a deadline blocks as long as it likes.
    pub(super) fn withdraw_deadline(&self) {
        if self.datagram.told_deadline.take() != 0
            && let Some(bio) = self.read_bio()
        {
            bio.set_next_timeout(0);
        }
    }

    /// The BIO to read from is another, which nothing was told.
    pub(super) fn forget_told_deadline(&self) {
        self.datagram.told_deadline.set(0);
    }

    /// A BIO that blocks must not do so longer than the timer runs.
    fn tell_deadline(&self, bio: &Bio) {
        let deadline = self.with_connection(|connection| connection.deadline()).unwrap_or(0);
        if self.datagram.told_deadline.replace(deadline) != deadline {
            bio.set_next_timeout(deadline);
        }
    }

    /// The cookie of a HelloVerifyRequest (`SSL_CTX_set_cookie_generate_cb(3)`).
    pub(super) fn make_datagram_cookie(&self) -> Answer {
        let failure = Answer::Refuse(Error::Silent(Reason::COOKIE_GEN_CALLBACK_FAILURE));
        let Some(generate) = self.context().live().dtls_cookie_generate else { return failure };
        let mut bytes = vec![0; MAX_COOKIE];
        let mut length: c_uint = 0;
        // SAFETY: the program registered `generate` for exactly these arguments, with room for `MAX_COOKIE` bytes; nothing of
        // `self` is borrowed.
        let made = unsafe { generate(self.as_handle(), bytes.as_mut_ptr(), &raw mut length) };
        match usize::try_from(length) {
            Ok(length) if made != 0 && length <= MAX_COOKIE => bytes.truncate(length),
            _ => return failure,
        }
        self.datagram.cookie.replace(bytes.clone());
        Answer::Cookie(bytes)
    }

    /// Whether a cookie is one that we made (`SSL_CTX_set_cookie_verify_cb(3)`).
    pub(super) fn check_datagram_cookie(&self, cookie: &[u8]) -> Answer {
        let Some(verify) = self.context().live().dtls_cookie_verify else {
            return Answer::Allowed(*self.datagram.cookie.borrow() == cookie);
        };
        let length = c_uint::try_from(cookie.len()).unwrap_or(0);
        // SAFETY: the program registered `verify` for exactly these arguments; `cookie` outlives the call, and nothing of `self`
        // is borrowed.
        Answer::Allowed(unsafe { verify(self.as_handle(), cookie.as_ptr(), length) } != 0)
    }
}
