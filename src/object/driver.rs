//! Runs the core: pumps the BIOs, puts its questions to the program, delivers its events. While C code runs,
//! nothing is borrowed.

use core::ffi::{c_int, c_void};
use std::{ffi::CString, sync::Arc};

use super::{
    Ssl,
    config::Config,
    log,
    parts::Parts,
    ssl::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN, Waiting},
    state::{Phase, Told},
    thread_lock::Held,
};
use crate::{
    connection::Connection,
    error::{Error, Reason, Result},
    handshake::{
        Direction, Environment, Event,
        position::Position,
        want::{Hooks, Want},
    },
    libcrypto::{bio::Bio, clock, error_queue, system_error},
    policy::options::{cache, option},
    record::{Header, Side},
    wire::{AlertDescription, AlertLevel},
};

/// Why a call returns before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The transport, or the program, has to do something first; [`Ssl::waiting`] says what.
    Waiting,
    /// The peer sent close_notify.
    Closed,
    /// The transport ended without a close_notify; the reason is in the error queue.
    Ended,
    /// It failed; the reason is in the error queue, unless it was reported before.
    Failed,
}

/// What one call of the core came to.
pub enum Outcome<T> {
    /// Done.
    Done(T),
    /// Something is needed first.
    Want(Want),
}

/// `SSL_CB_…` of `SSL_CTX_set_info_callback(3)`.
mod info {
    use core::ffi::c_int;
    pub const LOOP: c_int = 0x01;
    pub const EXIT: c_int = 0x02;
    pub const READ: c_int = 0x04;
    pub const WRITE: c_int = 0x08;
    pub const HANDSHAKE_START: c_int = 0x10;
    pub const HANDSHAKE_DONE: c_int = 0x20;
    pub const CONNECT: c_int = 0x1000;
    pub const ACCEPT: c_int = 0x2000;
    pub const ALERT: c_int = 0x4000;
}

/// What OpenSSL says in addition to a reason.
const fn details(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::NO_CIPHERS_AVAILABLE => Some("No ciphers enabled for max supported SSL/TLS version"),
        Reason::NO_SUITABLE_GROUPS => Some("No groups enabled for max supported SSL/TLS version"),
        _ => None,
    }
}

impl Ssl {
    /// Lets the core work until it is done or the call has to return.
    pub(super) fn drive<T>(
        &self,
        work: impl FnMut(&mut Connection, &Environment) -> Result<Outcome<T>>,
    ) -> core::result::Result<T, Pause> {
        self.repeat_flush()?;
        self.drive_in(self.environment(), work)
    }

    /// As [`Self::drive`], where most likely there is nothing to do but to open or seal application data.
    pub(super) fn drive_data<T>(
        &self,
        work: impl FnMut(&mut Connection, &Environment) -> Result<Outcome<T>>,
    ) -> core::result::Result<T, Pause> {
        self.repeat_flush()?;
        self.drive_in(self.environment_for_data(), work)
    }

    fn drive_in<T>(
        &self,
        mut environment: Environment,
        mut work: impl FnMut(&mut Connection, &Environment) -> Result<Outcome<T>>,
    ) -> core::result::Result<T, Pause> {
        // A callback that is called again still sees what it asked to wait for.
        let is_asked_again = matches!(self.waiting.get(), Waiting::ClientHello | Waiting::X509Lookup);
        if !is_asked_again && self.look_at_connection(|connection| connection.failure().is_none()) {
            self.waiting.set(Waiting::Nothing);
        }
        let generation = self.generation.get();
        let drive = self.drives.get().wrapping_add(1);
        loop {
            self.drives.set(drive);
            let known = (!environment.for_data).then(|| self.changes());
            let (failed_before, result, has_events) = self.with_connection(|connection| {
                let failed_before = connection.failure().is_some();
                let result = work(connection, &environment);
                (failed_before, result, connection.has_events())
            });
            self.asking.set(matches!(result, Ok(Outcome::Want(Want::Ask(_)))));
            match result {
                _ if !has_events => {}
                Ok(Outcome::Want(Want::Write | Want::Ask(_))) => {
                    self.deliver(Connection::next_event_before_write)
                }
                _ => self.deliver_events(),
            }
            self.check_generation(generation)?;
            let is_transfer = matches!(result, Ok(Outcome::Want(Want::Read | Want::Write)));
            match result {
                Ok(Outcome::Done(value)) => {
                    self.waiting.set(Waiting::Nothing);
                    return Ok(value);
                }
                Ok(Outcome::Want(Want::Read | Want::Write)) if self.drives.get() != drive => {}
                Ok(Outcome::Want(want)) => {
                    if environment.for_data && matches!(want, Want::Ask(_)) {
                        environment = self.environment();
                    }
                    self.satisfy(&environment, want)?;
                    self.check_generation(generation)?;
                }
                Err(error) => {
                    if !failed_before {
                        self.fail(error);
                    }
                    return Err(Pause::Failed);
                }
            }
            // Callbacks of the program may have changed anything; a transport that is read or written changes but the time.
            if is_transfer && !has_events && self.is_still_so(&environment, known) {
                if !environment.for_data {
                    (environment.now, environment.now_microseconds) = clock::now();
                }
            } else {
                environment = self.environment();
            }
        }
    }

    /// Whether, but for the time, an environment says what is so after a transfer, too. In a handshake what it is made of must be what
    /// it was before, and nothing in it may hang on how far the handshake is.
    fn is_still_so(&self, environment: &Environment, known: Option<[usize; 3]>) -> bool {
        let _parts = self.parts();
        if self.look_at_connection(Connection::is_established) {
            return true;
        }
        known == Some(self.changes())
            && self.with_config(|config| Arc::ptr_eq(&environment.settings, &config.settings))
            && !self.is_datagram()
            && self.quic_stack.get().is_none()
            && !self.sends_raw_key()
    }

    /// How often the configuration and the contexts were changed.
    fn changes(&self) -> [usize; 3] {
        let parts = self.parts();
        let context = parts.context.borrow();
        [parts.config_changes.get(), context.changes(), self.initial_context().changes()]
    }

    /// Whether the connection is still the one that the call began with; else the call is at its end.
    pub(super) fn check_generation(&self, generation: u64) -> core::result::Result<(), Pause> {
        if self.generation.get() == generation { Ok(()) } else { Err(Pause::Failed) }
    }

    /// Whether a callback of a handshake calls us while the core waits for its answer, or while what was asked for after the
    /// handshake is being sent: it cannot go on before that.
    pub(super) fn waits_for_callback(&self) -> bool {
        self.is_sending_after.get()
            || self.asking.get()
                && self.look_at_connection(|connection| {
                    connection.is_handshaking() || connection.is_being_judged()
                })
    }

    fn satisfy(&self, environment: &Environment, want: Want) -> core::result::Result<(), Pause> {
        match want {
            Want::Nothing | Want::Environment => Ok(()),
            Want::Read if self.is_datagram() => self.fill_datagram(),
            Want::Read => self.fill(environment),
            Want::Write => self.flush(),
            Want::Closed => {
                self.note_close();
                if self.look_at_connection(|connection| connection.is_handshaking()) {
                    self.waiting.set(Waiting::Reading);
                }
                Err(Pause::Closed)
            }
            Want::Ask(ask) => self.ask(environment, ask),
        }
    }

    /// What the core is told about the world for its next steps.
    #[must_use]
    pub(super) fn environment(&self) -> Environment {
        let context = self.context();
        let theirs = context.config_now();
        let parts = self.parts();
        self.follow_suites_of(&theirs);
        self.follow_srtp_profiles(&theirs);
        self.follow_status_items();
        let (settings, hooks) = self.with_config(|config| (Arc::clone(&config.settings), self.hooks(config)));
        let sends_raw_key = self.sends_raw_key();
        // Libcrypto may be asked for keys.
        drop(parts);
        let settings = self.for_quic(self.with_session_timeout(settings));
        let settings = self.judge(if sends_raw_key { self.with_raw_keys(settings) } else { settings });
        let offered_session = self.offered_session().map(|session| session.core());
        let (now, now_microseconds) = clock::now();
        Environment {
            settings,
            hooks,
            now,
            now_microseconds,
            mtu: self.mtu(),
            offered_session,
            for_data: false,
        }
    }

    /// What takes no look at the clock, nor at what a handshake alone wants to know. Before the handshake is complete, and in DTLS with
    /// its timers, it is the whole.
    fn environment_for_data(&self) -> Environment {
        if !self.look_at_connection(|connection| connection.is_established() && !connection.is_datagram()) {
            return self.environment();
        }
        let (settings, hooks) = self.with_config(|config| (Arc::clone(&config.settings), self.hooks(config)));
        Environment {
            settings,
            hooks,
            now: 0,
            now_microseconds: 0,
            mtu: 0,
            offered_session: None,
            for_data: true,
        }
    }

    /// What the program registered.
    fn hooks(&self, config: &Config) -> Hooks {
        let parts = self.parts();
        let context = parts.context.borrow();
        let live = context.live_now();
        let initial = self.initial_context().live_now();
        let callbacks = &config.callbacks;
        Hooks {
            client_hello: live.client_hello.function.is_some(),
            server_name: live.server_name.function.or(initial.server_name.function).is_some(),
            certificate: callbacks.certificate.function.is_some(),
            session_id: callbacks.generate_session_id.or(initial.generate_session_id).is_some(),
            caches_sessions: initial.session_cache_mode & self.cache_side() != 0,
            gives_session_ids: live.session_cache_mode & cache::SERVER != 0,
            client_certificate: live.client_certificate.is_some()
                || context.client_cert_engine.load().is_some(),
            alpn: live.alpn_select.function.is_some(),
            not_resumable: callbacks.not_resumable.is_some(),
            allow_early_data: callbacks.allow_early_data.function.is_some(),
            next_protocol_advertise: live.next_protocols.function.is_some(),
            next_protocol_select: live.next_protocol_select.function.is_some(),
            timestamps: callbacks.timestamps.function.is_some(),
            status: live.status.function.is_some(),
            find_session: initial.get_session.is_some()
                || initial.session_cache_mode & cache::NO_INTERNAL_LOOKUP == 0,
            record_padding: callbacks.record_padding.function.is_some(),
            stateless: self.stateless.get(),
            timer: self.datagram.timer.get().is_some(),
            quic: self.quic_stack.get().is_some(),
            quic_early_data: self.quic_early_data.get(),
            info: callbacks.info.or(live.info).is_some() || log::wants_events(),
            message: callbacks.message.function.is_some() || log::wants_events(),
            session_ticket_extension: callbacks.session_ticket_extension.function.is_some(),
            session_secret: callbacks.session_secret.function.is_some(),
            srp: config.srp.enabled,
            srp_user: config.srp.user_callback.is_some(),
            psk_client: callbacks.psk_client.is_some(),
            offer_psk: callbacks.psk_use_session.is_some() || callbacks.psk_client.is_some(),
            find_psk: callbacks.psk_find_session.is_some() || callbacks.psk_server.is_some(),
            psk_server: callbacks.psk_server.is_some(),
            key_log: live.key_log.is_some(),
            extensions: callbacks.extensions.function.is_some(),
            security: callbacks.security.function.is_some(),
        }
    }

    /// Raises `error`, tells the peer as far as the transport takes it, and makes the session unusable: unless we have closed the connection,
    /// when what comes after is no fault of the session's.
    pub(super) fn fail(&self, error: Error) {
        log::failure(self, error);
        match (error, details(error.reason())) {
            (Error::PeerAlert(alert), _) => {
                error_queue::raise_ssl_with_data(error.reason(), &format!("SSL alert number {}", alert.0))
            }
            (_, Some(details)) => error_queue::raise_ssl_with_data(error.reason(), details),
            (_, None) => error_queue::raise_ssl(error.reason()),
        }
        if matches!(error, Error::Usage(_)) {
            return;
        }
        let is_told_by_the_peer = matches!(error, Error::PeerAlert(_));
        if is_told_by_the_peer || self.shutdown.get() & SENT_SHUTDOWN == 0 {
            self.forget_session();
        }
        if is_told_by_the_peer {
            self.shutdown.set(self.shutdown.get() | RECEIVED_SHUTDOWN);
        }
        self.withdraw_deadline();
        // The alert, if there is one, goes out if the transport takes it; the failure is what counts. What the transport says of it
        // comes behind that in the queue.
        if self.look_at_connection(Connection::has_outgoing) {
            let _ = self.flush();
        }
        let was_reading = self.look_at_connection(|connection| connection.failed_reading());
        self.waiting.set(if was_reading { Waiting::Reading } else { Waiting::Nothing });
    }

    /// The peer's close_notify came.
    pub(super) fn note_close(&self) {
        self.shutdown.set(self.shutdown.get() | RECEIVED_SHUTDOWN);
    }

    /// Reads what the current record lacks, or as much as is there with read-ahead.
    fn fill(&self, environment: &Environment) -> core::result::Result<(), Pause> {
        match self.quic_stack.get() {
            Some(stack) => self.fill_from_quic(environment, &stack),
            None => self.read_in(self.parts(), environment.settings.read_buffer()).map(drop),
        }
    }

    /// As [`Self::fill`], outside QUIC and DTLS. The parts are let go while the transport is read: the body of a record, too,
    /// if its header comes and is good.
    pub(super) fn read_in<'a>(
        &'a self,
        parts: Held<'a, Parts>,
        read_ahead: Option<usize>,
    ) -> core::result::Result<Held<'a, Parts>, Pause> {
        let (generation, drive) = (self.generation.get(), self.drives.get());
        let taken = parts.take_incoming(read_ahead);
        drop(parts);
        let (bio, mut buffer, missing, expected) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                let environment = self.environment();
                self.with_connection(|connection| connection.end_of_input(&environment, error));
                self.deliver_events();
                self.fail(error);
                return Err(Pause::Failed);
            }
        };
        let most = if read_ahead.is_some() { buffer.capacity() - buffer.len() } else { missing };
        self.waiting.set(Waiting::Reading);
        let mut count = bio.read_append(&mut buffer, most);
        // Unless the transport let somebody call us who may have read on.
        let is_alone = self.generation.get() == generation && self.drives.get() == drive;
        if count > 0
            && read_ahead.is_none()
            && is_alone
            && let Some(expected) = expected
            && let Some(body) = Header::body_after(&buffer, expected)
        {
            count = bio.read_append(&mut buffer, body);
        }
        let is_at_end = count <= 0 && !bio.should_retry() && bio.is_eof();
        let parts = self.end_use(self.parts(), bio);
        self.check_generation(generation)?;
        parts.connection.borrow_mut().return_incoming(buffer);
        if count > 0 {
            self.waiting.set(Waiting::Nothing);
            return Ok(parts);
        }
        drop(parts);
        Err(if is_at_end { self.end_of_input(count) } else { Pause::Waiting })
    }

    /// The transport ended without close_notify: a truncation, unless the program takes it for the end
    /// (`SSL_OP_IGNORE_UNEXPECTED_EOF`). `count` is what the transport returned: 0 ends the data, less is a failure.
    fn end_of_input(&self, count: c_int) -> Pause {
        let environment = self.environment();
        if environment.settings.has_option(option::IGNORE_UNEXPECTED_EOF) {
            self.with_connection(Connection::take_end_for_close);
            self.note_close();
            return Pause::Closed;
        }
        let error = Error::decode(Reason::UNEXPECTED_EOF_WHILE_READING);
        self.with_connection(|connection| connection.end_of_input(&environment, error));
        self.deliver_events();
        self.fail(error);
        if count < 0 { Pause::Failed } else { Pause::Ended }
    }

    /// Writes all that waits to be written.
    pub(super) fn flush(&self) -> core::result::Result<(), Pause> {
        if let Some(stack) = self.quic_stack.get() {
            return self.flush_to_quic(&stack);
        }
        let Some(bio) = self.write_bio() else {
            self.lose_write_bio();
            return Err(Pause::Failed);
        };
        if self.is_datagram() {
            return self.flush_datagrams(&bio);
        }
        let generation = self.generation.get();
        drop(bio);
        self.pad_records()?;
        self.check_generation(generation)?;
        self.write_out(self.parts()).map(drop)
    }

    /// A flush that failed is made again before anything else: a BIO that keeps back what is written would keep it for ever.
    fn repeat_flush(&self) -> core::result::Result<(), Pause> {
        if self.unflushed.get() { self.flush() } else { Ok(()) }
    }

    /// Writes the sealed records. The parts are let go meanwhile.
    pub(super) fn write_out<'a>(
        &'a self,
        parts: Held<'a, Parts>,
    ) -> core::result::Result<Held<'a, Parts>, Pause> {
        let generation = self.generation.get();
        let Some(bio) = parts.write_slot.begin() else {
            drop(parts);
            self.lose_write_bio();
            return Err(Pause::Failed);
        };
        self.waiting.set(Waiting::Writing);
        let (sends_tickets, taken) = {
            let mut connection = parts.connection.borrow_mut();
            (connection.is_sending_last_tickets(), connection.take_outgoing())
        };
        drop(parts);
        let Some((buffer, mut written)) = taken else {
            bio.set_retry_write();
            drop(self.end_use(self.parts(), bio));
            return Err(Pause::Waiting);
        };
        // A client that has closed the connection needs no tickets; what it sent before can be read.
        if sends_tickets {
            system_error::clear();
        }
        let nobody_is_there = || sends_tickets && !bio.should_retry() && system_error::is_connection_closed();
        let mut blocked = false;
        while let Some(rest) = buffer.get(written..).filter(|rest| !rest.is_empty()) {
            match usize::try_from(bio.write(rest)) {
                Ok(count) if count > 0 => written = written.saturating_add(count),
                _ => {
                    blocked = true;
                    break;
                }
            }
        }
        if blocked && nobody_is_there() {
            (written, blocked) = (buffer.len(), false);
        }
        let mut parts = self.parts();
        if let Err(pause) = self.check_generation(generation) {
            drop(self.end_use(parts, bio));
            return Err(pause);
        }
        let established = {
            let mut connection = parts.connection.borrow_mut();
            connection.return_outgoing(buffer, written);
            connection.is_established()
        };
        if !blocked && (!established || self.unflushed.get()) {
            drop(parts);
            blocked = bio.flush() <= 0 && !nobody_is_there();
            parts = self.parts();
            if self.generation.get() == generation {
                self.unflushed.set(blocked);
            }
        }
        let parts = self.end_use(parts, bio);
        self.check_generation(generation)?;
        if blocked {
            return Err(Pause::Waiting);
        }
        self.waiting.set(Waiting::Nothing);
        Ok(parts)
    }

    /// There is nowhere to write to. A handshake fails without a reason then; what is established is dead.
    fn lose_write_bio(&self) {
        let waited = self.waiting.replace(Waiting::Writing);
        if !self.look_at_connection(|connection| connection.is_established()) {
            return;
        }
        let error = Error::Silent(Reason::BIO_NOT_SET);
        match self.with_connection(|connection| connection.lose_transport(error)) {
            None => self.fail(error),
            // The alert of another failure has nowhere to go either.
            Some(failure) if failure != error => error_queue::raise_ssl(error.reason()),
            Some(_) => {}
        }
        self.waiting.set(waited);
    }

    /// Tells the program what happened, in order.
    pub(super) fn deliver_events(&self) {
        self.deliver(Connection::next_event);
    }

    /// Tells the program of what `next` takes out of the queue, until that is nothing.
    pub(super) fn deliver(&self, next: impl Fn(&mut Connection) -> Option<Event>) {
        while let Some(event) = self.with_connection(&next) {
            log::event(self, &event);
            match event {
                Event::Renegotiation(count) => self.count_renegotiations(count),
                Event::HandshakeStart(position) => {
                    let told = Told { position, phase: Some(Phase::Start) };
                    self.tell_info_at(told, info::HANDSHAKE_START, 1);
                }
                Event::VerifyResult(result) => self.verify_result.set(result),
                Event::HandshakeDone => {
                    self.adopt_negotiated_session();
                    let told = Told { position: self.position(), phase: Some(Phase::Done) };
                    self.tell_info_at(told, info::HANDSHAKE_DONE, 1);
                }
                Event::MessageDone => self.tell_exit(1),
                Event::Position(position) => self.tell_position(position),
                Event::Alert(direction, level, description) => self.tell_alert(direction, level, description),
                Event::Message { direction, version, content_type, bytes } => {
                    self.tell_message(direction, version, content_type, &bytes);
                }
                Event::Timer(duration) => self.ask_timer(duration),
                Event::KeyLog(line) => self.tell_key_log(line),
                Event::Extension(extension_type, data) => self.tell_extension(extension_type.0, &data),
            }
        }
    }

    /// Calls the info callback, the connection's or else the context's.
    pub(super) fn tell_info(&self, place: c_int, value: c_int) {
        let callback = self.with_config(|config| config.callbacks.info).or(self.context().live().info);
        if let Some(function) = callback {
            // SAFETY: the program registered `function` for exactly these arguments, and nothing of `self`
            // is borrowed.
            unsafe { function(self, place, value) };
        }
    }

    /// `SSL_CB_…_LOOP` or `…_EXIT`, with the side's bit.
    fn side_bit(&self) -> c_int {
        match self.side() {
            Side::Server => info::ACCEPT,
            Side::Client => info::CONNECT,
        }
    }

    fn tell_position(&self, position: Position) {
        let told = Told { position, phase: Some(Phase::Loop) };
        self.tell_info_at(told, self.side_bit() | info::LOOP, 1);
    }

    /// Calls the info callback, to which the connection is as it is `told`.
    fn tell_info_at(&self, told: Told, place: c_int, value: c_int) {
        let now = self.parts().told.replace(Some(told));
        self.tell_info(place, value);
        self.parts().told.set(now);
    }

    /// The end of a handshake call, successful or not (`SSL_CB_CONNECT_EXIT`).
    pub(super) fn tell_exit(&self, value: c_int) {
        self.tell_info(self.side_bit() | info::EXIT, value);
    }

    fn tell_alert(&self, direction: Direction, level: AlertLevel, description: AlertDescription) {
        let value = c_int::from(level.0) << 8 | c_int::from(description.0);
        match direction {
            Direction::Read => {
                // What it does to the connection comes after it.
                let position = self.look_at_connection(|connection| connection.position());
                let told = Told { position, phase: None };
                self.tell_info_at(told, info::ALERT | info::READ, value);
            }
            Direction::Write => self.tell_info(info::ALERT | info::WRITE, value),
        }
    }

    pub(super) fn tell_message(&self, direction: Direction, version: i32, content_type: i32, bytes: &[u8]) {
        let callback = self.with_config(|config| config.callbacks.message);
        if let Some(function) = callback.function {
            let write_direction = c_int::from(direction == Direction::Write);
            // SAFETY: the program registered `function` for exactly these arguments; `bytes` outlives the
            // call, and nothing of `self` is borrowed.
            unsafe {
                function(
                    write_direction,
                    version,
                    content_type,
                    bytes.as_ptr().cast::<c_void>(),
                    bytes.len(),
                    self.as_handle(),
                    callback.argument,
                );
            }
        }
    }

    fn tell_extension(&self, extension_type: u16, data: &[u8]) {
        let callback = self.with_config(|config| config.callbacks.extensions);
        if let (Some(function), Ok(length)) = (callback.function, c_int::try_from(data.len())) {
            let from_client = c_int::from(self.side() == Side::Client);
            // SAFETY: the program registered `function` for exactly these arguments; `data` outlives the call, and
            // nothing of `self` is borrowed.
            unsafe {
                function(
                    self.as_handle(),
                    from_client,
                    extension_type.into(),
                    data.as_ptr(),
                    length,
                    callback.argument,
                );
            }
        }
    }

    fn tell_key_log(&self, line: String) {
        let Some(function) = self.context().live().key_log else { return };
        // Hexadecimal digits and labels hold no zero byte.
        if let Ok(line) = CString::new(line) {
            // SAFETY: the program registered `function` for exactly these arguments; `line` outlives the
            // call, and nothing of `self` is borrowed.
            unsafe { function(self, line.as_ptr()) };
        }
    }

    /// The pointer that the program knows this connection by.
    #[must_use]
    pub fn as_handle(&self) -> *mut Self {
        core::ptr::from_ref(self).cast_mut()
    }

    /// A BIO that reports on the last read: for `SSL_get_error`.
    #[must_use]
    pub(super) fn waiting_bio(&self) -> Option<Bio> {
        match self.waiting.get() {
            Waiting::Reading => self.read_bio(),
            Waiting::Writing => self.write_bio(),
            _ => None,
        }
    }
}
