//! Handshake, read, write, shutdown, and what `SSL_get_error` says of them.

use core::{ffi::c_int, sync::atomic::Ordering};
use std::sync::Arc;

use super::{
    Context, Ssl,
    driver::{Outcome, Pause},
    jobs::Operation,
    ssl::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN, Waiting},
};
use crate::{
    connection::{Completed, Connection, Read},
    error::{Error, Reason},
    handshake::{Environment, early_data::Stage, want::Want},
    libcrypto::{bio::RetryReason, error_queue},
    policy::{custom_extension::place, options::mode},
    record::Side,
};

/// What `SSL_get_error(3)` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[allow(missing_docs)]
pub enum SslError {
    None = 0,
    Ssl = 1,
    WantRead = 2,
    WantWrite = 3,
    WantX509Lookup = 4,
    Syscall = 5,
    ZeroReturn = 6,
    WantConnect = 7,
    WantAccept = 8,
    WantAsync = 9,
    WantAsyncJob = 10,
    WantClientHelloCallback = 11,
    WantRetryVerify = 12,
}

/// What a call that did not succeed returns: its value says nothing, [`Ssl::error_of`] does.
pub type Unfinished = Pause;

/// What stopped a handshake that a read or a write had to do: an end there is no end of the data.
const fn before_data(pause: Pause) -> Pause {
    match pause {
        Pause::Closed | Pause::Ended => Pause::Failed,
        pause => pause,
    }
}

impl Ssl {
    /// Does the handshake, as far as it is not done: 1, 0 if the method is not for the side, else -1.
    pub fn do_handshake(&self) -> c_int {
        if !self.side_is_set() {
            error_queue::raise_ssl(Reason::CONNECTION_TYPE_NOT_SET);
            return -1;
        }
        if self.is_of_other_side() {
            return 0;
        }
        let as_job = if self.is_in_handshake() { self.as_job(Operation::Handshake) } else { None };
        match as_job.map_or_else(|| self.complete_handshake(), |result| result.map(drop)) {
            Ok(()) => 1,
            Err(_) => -1,
        }
    }

    /// Whether a handshake is to be done that the method is not for; the reason is in the queue then.
    pub(super) fn is_of_other_side(&self) -> bool {
        let is_other = self.is_in_handshake() && self.lacks_side();
        if is_other {
            error_queue::raise_ssl(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
        }
        is_other
    }

    /// `SSL_connect` and `SSL_accept`: the side is set first if it was not.
    pub fn handshake_as(&self, side: Side) -> c_int {
        if !self.side_is_set() {
            self.set_side(side);
        }
        self.do_handshake()
    }

    pub(super) fn complete_handshake(&self) -> Result<(), Pause> {
        self.with_connection(Connection::give_up_early_data);
        self.handshake_with(Connection::handshake)
    }

    /// Goes on with a handshake, by `step`, as far as there is one to go on with.
    pub(super) fn handshake_with(
        &self,
        step: fn(&mut Connection, &Environment) -> crate::error::Result<Want>,
    ) -> Result<(), Pause> {
        if self.waits_for_callback() {
            super::log::differs(
                "SSL_do_handshake",
                "in a callback of its own handshake it asks to be called again",
            );
            let complete = self.with_connection(|connection| connection.negotiated().complete);
            return if complete { Ok(()) } else { Err(self.try_again()) };
        }
        let is_before = self.is_before_handshake();
        if is_before {
            self.parts().scheduled_key_update.set(None);
        }
        let (key_update, authentication, tickets) = self.with_parts(|parts| {
            let key_update = parts.scheduled_key_update.get();
            (key_update, parts.scheduled_authentication.get(), parts.requested_tickets.get() > 0)
        });
        if let Some(update_requested) = key_update {
            return self.told_exit(|| self.update_keys(update_requested));
        }
        if authentication {
            return self.told_exit(|| self.request_certificate());
        }
        if tickets {
            return self.told_exit(|| self.send_requested_tickets());
        }
        let nothing_to_do = self.look_at_connection(|connection| {
            connection.is_established()
                && !connection.renegotiation_is_due()
                && connection.failure().is_none()
        });
        if nothing_to_do {
            return Ok(());
        }
        if is_before {
            self.set_shutdown(0);
            self.forget_begun_session();
            // It is the former client's, or one that the server may not resume.
            self.session_is_in_doubt.set(true);
            self.follow_method();
            self.follow_suites();
            let settings = self.with_config(|config| Arc::clone(&config.settings));
            if self.with_connection(|connection| connection.can_begin(&settings)) {
                self.begin_statistics();
            }
        }
        self.refresh_ca_names();
        if self.look_at_connection(|connection| connection.failure().is_some()) {
            return Err(Pause::Failed);
        }
        // What was there before is none of this handshake's: SSL_get_error(3) would take it for that.
        error_queue::clear();
        let result = self.drive_handshake(step);
        if result.is_ok() {
            match self.with_connection(Connection::take_completed) {
                Some(Completed::Handshake) => self.finish_handshake(),
                Some(Completed::Authentication) => {
                    // It has a session of its own: the one before stays what it was.
                    self.begun_is_made.set(true);
                    self.adopt_negotiated_session();
                }
                None => {}
            }
        }
        let done = self.look_at_connection(|connection| {
            connection.is_established() || connection.waits_for_early_data()
        });
        self.tell_exit(match result {
            Ok(()) if done => 1,
            Err(Pause::Closed) => 0,
            _ => -1,
        });
        result
    }

    /// Tells the info callback what became of `step`.
    fn told_exit(&self, step: impl FnOnce() -> Result<(), Pause>) -> Result<(), Pause> {
        self.is_sending_after.set(true);
        let result = step();
        self.is_sending_after.set(false);
        self.tell_exit(if result.is_ok() { 1 } else { -1 });
        result
    }

    /// Sends the CertificateRequest that the program scheduled (`SSL_verify_client_post_handshake(3)`).
    fn request_certificate(&self) -> Result<(), Pause> {
        if self.look_at_connection(|connection| connection.is_established()) {
            self.refresh_ca_names();
            let judged = self.judge_certificate_request();
            let environment = self.environment();
            let added = judged.and_then(|()| self.add_extensions_after_handshake(place::CERTIFICATE_REQUEST));
            let sealed = added.and_then(|()| {
                self.with_connection(|connection| connection.request_certificate(&environment))
            });
            self.deliver_events();
            if let Err(error) = sealed {
                self.parts().scheduled_authentication.set(false);
                self.fail(error);
                return Err(Pause::Failed);
            }
        }
        self.drive_handshake(Connection::handshake)?;
        self.parts().scheduled_authentication.set(false);
        Ok(())
    }

    /// Sends the KeyUpdate that the program scheduled (`SSL_key_update(3)`).
    fn update_keys(&self, update_requested: bool) -> Result<(), Pause> {
        if self.look_at_connection(|connection| connection.is_established()) {
            let judged = self.judge_again();
            let environment = self.environment();
            let sealed = judged.and_then(|()| {
                self.with_connection(|connection| connection.key_update(&environment, update_requested))
            });
            self.parts().scheduled_key_update.set(None);
            self.deliver_events();
            if let Err(error) = sealed {
                self.fail(error);
                return Err(Pause::Failed);
            }
        }
        self.drive_handshake(Connection::handshake)
    }

    /// Sends the KeyUpdate that the peer asked for, unless a write waits to be repeated (RFC 8446 §4.6.3). What the program
    /// wanted sent before has gone.
    pub(super) fn answer_key_update(&self) -> Result<(), Pause> {
        if !self.look_at_connection(Connection::key_update_is_due) {
            return Ok(());
        }
        self.parts().scheduled_key_update.set(Some(false));
        self.complete_handshake()
    }

    pub(super) fn drive_handshake(
        &self,
        step: fn(&mut Connection, &Environment) -> crate::error::Result<Want>,
    ) -> Result<(), Pause> {
        if self.is_datagram() {
            self.settle_mtu()?;
        }
        self.drive(|connection, environment| {
            Ok(match step(connection, environment)? {
                Want::Nothing => Outcome::Done(()),
                want => Outcome::Want(want),
            })
        })
    }

    fn begin_statistics(&self) {
        match self.side() {
            Side::Server => self.context().statistics.count(|statistics| &statistics.accept),
            Side::Client => self.initial_context().statistics.count(|statistics| &statistics.connect),
        }
    }

    /// A callback chose another context for the host: the handshake counts as begun there (`SSL_CTX_sess_accept(3)`).
    pub(super) fn move_statistics(&self, from: &Context, to: &Context) {
        let is_first = self.look_at_connection(|connection| {
            connection.is_handshaking() && connection.negotiated().renegotiation.is_none()
        });
        if is_first && self.side() == Side::Server {
            from.statistics.accept.fetch_sub(1, Ordering::Relaxed);
            to.statistics.count(|statistics| &statistics.accept);
        }
    }

    /// What the program sees of a handshake that is complete.
    fn finish_handshake(&self) {
        self.withdraw_deadline();
        self.note_own_certificate();
        let initial = self.initial_context();
        match self.side() {
            Side::Server => self.context().statistics.count(|statistics| &statistics.accept_good),
            Side::Client => initial.statistics.count(|statistics| &statistics.connect_good),
        }
        let (version, resumed) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            (negotiated.version, negotiated.resumed)
        });
        self.count_miss(resumed);
        if resumed {
            initial.statistics.count(|statistics| &statistics.hits);
        }
        self.adopt_negotiated_session();
        self.end_session(version);
        super::log::summary(self);
    }

    /// Reads application data, after the handshake if need be. `Ok(0)` never happens for a non-empty `out`.
    pub fn read(&self, out: &mut [u8], peek: bool) -> Result<usize, Unfinished> {
        if !peek && let Some(result) = self.read_data(out) {
            return result;
        }
        if !self.side_is_set() {
            error_queue::raise_ssl(Reason::UNINITIALIZED);
            return Err(Pause::Failed);
        }
        if self.shutdown.get() & RECEIVED_SHUTDOWN != 0 {
            if !peek {
                self.waiting.set(Waiting::Nothing);
            }
            return Err(Pause::Closed);
        }
        if !peek {
            self.refuse_during_early_data(&[Stage::Connecting, Stage::Interrupted])?;
        }
        if self.is_of_other_side() {
            return Err(Pause::Failed);
        }
        let operation = Operation::Read { out: out.as_mut_ptr(), length: out.len(), peek };
        self.as_job(operation).unwrap_or_else(|| self.read_now(out, peek))
    }

    /// Reads, on the stack of the caller.
    pub(super) fn read_now(&self, out: &mut [u8], peek: bool) -> Result<usize, Unfinished> {
        if self.early_data_stage() == Stage::Reading
            && let Some(count) = self.take_early_data(out, peek)?
        {
            return Ok(count);
        }
        if !self.look_at_connection(|connection| connection.may_read_early()) {
            if self.early_data_stage() == Stage::Connecting {
                self.with_connection(Connection::give_up_early_data);
            }
            self.handshake_with(Connection::handshake_before_read).map_err(before_data)?;
        }
        if self.waits_for_callback() {
            return Err(self.try_again());
        }
        // Room for nothing takes nothing, but waits for data all the same.
        let peek = peek || out.is_empty();
        loop {
            let result = self.drive_data(|connection, environment| {
                Ok(match connection.read(environment, out, peek)? {
                    Read::Want(want) => Outcome::Want(want),
                    result => Outcome::Done(result),
                })
            });
            let result = result.map_err(|pause| self.end_of_data(pause))?;
            match result {
                Read::Data(count) => return Ok(count),
                Read::TryAgain | Read::Want(_) => return Err(self.try_again()),
                Read::Handshake => {
                    self.handshake_with(Connection::handshake_before_read).map_err(before_data)?;
                }
            }
            // Data that came in the handshake is there for the taking; what comes after it is another call's.
            let auto_retry = self.with_config(|config| config.settings.mode & mode::AUTO_RETRY != 0);
            if !auto_retry && self.look_at_connection(|connection| connection.pending() == 0) {
                return Err(self.try_again());
            }
        }
    }

    /// A fatal alert ends the data as a close_notify does; the reason is in the queue.
    pub(super) fn end_of_data(&self, pause: Pause) -> Pause {
        let failure = self.look_at_connection(|connection| connection.failure());
        let is_end = matches!(failure, Some(Error::PeerAlert(_)));
        if pause == Pause::Failed && is_end { Pause::Closed } else { pause }
    }

    /// The program is sent away, to call again when there is more to read.
    pub(super) fn try_again(&self) -> Unfinished {
        self.waiting.set(Waiting::Reading);
        if let Some(bio) = self.read_bio() {
            bio.set_retry_read();
        }
        Pause::Waiting
    }

    /// Writes application data, after the handshake if need be.
    pub fn write(&self, data: &[u8]) -> Result<usize, Unfinished> {
        if let Some(result) = self.write_data(data) {
            return result;
        }
        if !self.side_is_set() {
            error_queue::raise_ssl(Reason::UNINITIALIZED);
            return Err(Pause::Failed);
        }
        if self.shutdown.get() & SENT_SHUTDOWN != 0 {
            self.waiting.set(Waiting::Nothing);
            error_queue::raise_ssl(Reason::PROTOCOL_IS_SHUTDOWN);
            return Err(Pause::Failed);
        }
        self.refuse_during_early_data(&[Stage::Connecting, Stage::Interrupted, Stage::Reading])?;
        self.waiting.set(Waiting::Nothing);
        if self.is_of_other_side() {
            return Err(Pause::Failed);
        }
        let operation = Operation::Write { data: data.as_ptr(), length: data.len() };
        self.as_job(operation).unwrap_or_else(|| self.write_now(data))
    }

    /// Writes, on the stack of the caller.
    pub(super) fn write_now(&self, data: &[u8]) -> Result<usize, Unfinished> {
        if self.is_datagram() {
            return self.write_datagram(data);
        }
        self.complete_handshake().map_err(before_data)?;
        if self.waits_for_callback() {
            return Err(self.try_again());
        }
        self.answer_key_update().map_err(before_data)?;
        let mut begun = false;
        self.drive_data(|connection, environment| {
            if !begun {
                connection.begin_write(environment, data)?;
                begun = true;
            }
            if connection.has_outgoing() {
                return Ok(Outcome::Want(Want::Write));
            }
            Ok(match connection.continue_write(environment, data)? {
                Some(count) => Outcome::Done(count),
                None => Outcome::Want(Want::Write),
            })
        })
    }

    /// `SSL_shutdown(3)`: 1 when both sides have closed, 0 when ours is sent and the peer's is not here, else -1.
    pub fn close(&self) -> c_int {
        if !self.side_is_set() {
            error_queue::raise_ssl(Reason::UNINITIALIZED);
            return -1;
        }
        if self.is_in_handshake() {
            error_queue::raise_ssl(Reason::SHUTDOWN_WHILE_IN_INIT);
            return -1;
        }
        match self.as_job(Operation::Close) {
            Some(result) => result.map_or(-1, |value| c_int::try_from(value).unwrap_or(1)),
            None => self.close_now(),
        }
    }

    /// `SSL_set_shutdown(3)`: a close_notify counts as sent, and as received, if the program says so.
    pub fn set_shutdown(&self, flags: c_int) {
        self.shutdown.set(flags);
        self.with_connection(|connection| connection.take_for_closed(flags & SENT_SHUTDOWN != 0));
    }

    /// Closes, on the stack of the caller.
    pub(super) fn close_now(&self) -> c_int {
        if self.with_config(|config| config.settings.quiet_shutdown != 0) {
            self.set_shutdown(SENT_SHUTDOWN | RECEIVED_SHUTDOWN);
            return 1;
        }
        if self.shutdown.get() & SENT_SHUTDOWN == 0 {
            self.send_close()
        } else if self.with_connection(|connection| connection.has_outgoing()) {
            self.resume_close()
        } else if self.shutdown.get() & RECEIVED_SHUTDOWN == 0 {
            self.await_close()
        } else {
            1
        }
    }

    fn send_close(&self) -> c_int {
        self.shutdown.set(self.shutdown.get() | SENT_SHUTDOWN);
        let environment = self.environment();
        if self.with_connection(|connection| connection.close(&environment)).is_err() {
            error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
            return -1;
        }
        self.deliver_events();
        self.resume_close()
    }

    fn resume_close(&self) -> c_int {
        if self.flush().is_err() {
            return -1;
        }
        if let Some(bio) = self.write_bio() {
            bio.flush();
        }
        c_int::from(self.shutdown.get() & RECEIVED_SHUTDOWN != 0)
    }

    fn await_close(&self) -> c_int {
        loop {
            let result = self.drive(|connection, environment| {
                Ok(match connection.await_close(environment)? {
                    Read::Want(want) => Outcome::Want(want),
                    read => Outcome::Done(read),
                })
            });
            match result {
                Err(Pause::Closed) => return 1,
                // The client's answer to our request for its certificate crossed our close_notify.
                Ok(Read::Handshake) if self.handshake_with(Connection::handshake_before_read).is_ok() => {}
                // A fatal alert closes as well; it stays in the queue.
                _ if self.shutdown.get() & RECEIVED_SHUTDOWN != 0 => return 1,
                _ => return -1,
            }
        }
    }

    /// What `SSL_get_error(3)` says of a call that returned `value`.
    #[must_use]
    pub fn error_of(&self, value: c_int) -> SslError {
        if value > 0 {
            return SslError::None;
        }
        if let Some(is_system) = error_queue::first_is_system() {
            return if is_system { SslError::Syscall } else { SslError::Ssl };
        }
        match self.waiting.get() {
            Waiting::X509Lookup => return SslError::WantX509Lookup,
            Waiting::ClientHello => return SslError::WantClientHelloCallback,
            Waiting::RetryVerify => return SslError::WantRetryVerify,
            Waiting::AsyncPaused => return SslError::WantAsync,
            Waiting::AsyncNoJobs => return SslError::WantAsyncJob,
            Waiting::Reading if self.quic_stack.get().is_some() => return SslError::WantRead,
            Waiting::Writing if self.quic_stack.get().is_some() => return SslError::WantWrite,
            waiting @ (Waiting::Reading | Waiting::Writing) => {
                let expected =
                    if waiting == Waiting::Writing { RetryReason::Write } else { RetryReason::Read };
                match self.waiting_bio().and_then(|bio| bio.retry_reason(expected)) {
                    Some(RetryReason::Read) => return SslError::WantRead,
                    Some(RetryReason::Write) => return SslError::WantWrite,
                    Some(RetryReason::Connect) => return SslError::WantConnect,
                    Some(RetryReason::Accept) => return SslError::WantAccept,
                    None => {}
                }
            }
            Waiting::Nothing => {}
        }
        if self.shutdown.get() & RECEIVED_SHUTDOWN != 0
            && self.look_at_connection(Connection::last_warning_is_close)
        {
            return SslError::ZeroReturn;
        }
        SslError::Syscall
    }
}
