//! The short way of application data (`SSL_read(3)`, `SSL_write(3)`): where nothing but that is to be done, a record costs a
//! few looks, its cipher and the transport. All else goes the long way, by the driver.

use super::{
    Ssl,
    io::Unfinished,
    parts::Parts,
    ssl::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN, Waiting},
    thread_lock::Held,
};
use crate::{connection::Data, libcrypto::async_job, policy::options::mode};

impl Ssl {
    /// Reads application data into `out`. `None`: there is something else to be done, and [`Self::read`] goes on.
    pub(super) fn read_data(&self, out: &mut [u8]) -> Option<Result<usize, Unfinished>> {
        let mut parts = self.parts();
        if out.is_empty() || !self.is_for_data_alone(&parts, RECEIVED_SHUTDOWN) {
            return None;
        }
        let (read_ahead, tells) = {
            let config = parts.config.borrow();
            (config.settings.read_buffer(), config.callbacks.message.function.is_some())
        };
        loop {
            self.note_drive();
            let came = parts.connection.borrow_mut().read_data(out, tells);
            if came == Data::Other {
                return None;
            }
            let told;
            (parts, told) = match self.tell_records(parts) {
                Ok(held) => held,
                Err(pause) => return Some(Err(pause)),
            };
            if let Data::Read(count) = came {
                self.waiting.set(Waiting::Nothing);
                return Some(Ok(count));
            }
            // The callback may have read on.
            if told {
                continue;
            }
            parts = match self.read_in(parts, read_ahead) {
                Ok(held) => held,
                Err(pause) => return Some(Err(self.end_of_data(pause))),
            };
        }
    }

    /// Writes `data`, if it goes into one record. `None`: there is something else to be done, and [`Self::write`] goes on.
    pub(super) fn write_data(&self, data: &[u8]) -> Option<Result<usize, Unfinished>> {
        let parts = self.parts();
        if !self.is_for_data_alone(&parts, SENT_SHUTDOWN) || !parts.seal_data(data) {
            return None;
        }
        self.note_drive();
        self.waiting.set(Waiting::Nothing);
        let parts = match self.tell_records(parts).and_then(|(parts, _)| self.write_out(parts)) {
            Ok(parts) => parts,
            Err(pause) => return Some(Err(pause)),
        };
        let is_written = parts.connection.borrow_mut().end_write();
        is_written.then_some(Ok(data.len()))
    }

    /// A call that this one interrupts knows by it that somebody went on.
    fn note_drive(&self) {
        self.drives.set(self.drives.get().wrapping_add(1));
    }

    /// Tells the message callback what is in the queue, and whether there was something. The parts are let go meanwhile.
    #[inline]
    fn tell_records<'a>(&'a self, parts: Held<'a, Parts>) -> Result<(Held<'a, Parts>, bool), Unfinished> {
        if !parts.connection.borrow().has_events() {
            return Ok((parts, false));
        }
        drop(parts);
        self.waiting.set(Waiting::Nothing);
        let generation = self.generation.get();
        self.deliver_events();
        self.check_generation(generation)?;
        Ok((self.parts(), true))
    }

    /// Whether neither side has closed in this direction, and nothing is scheduled. Inside a job the core works on another
    /// stack.
    fn is_for_data_alone(&self, parts: &Parts, shutdown: i32) -> bool {
        self.shutdown.get() & shutdown == 0
            && self.side_is_set()
            && parts.scheduled_key_update.get().is_none()
            && !parts.scheduled_authentication.get()
            && parts.requested_tickets.get() == 0
            && self.quic_stack.get().is_none()
            && parts.config.borrow().settings.mode & mode::ASYNC == 0
            && !async_job::is_running()
    }
}

impl Parts {
    /// Seals `data` if it goes into one record. `false`: it is for the long way.
    fn seal_data(&self, data: &[u8]) -> bool {
        let config = self.config.borrow();
        config.callbacks.record_padding.function.is_none()
            && self.connection.borrow_mut().seal_data(
                &config.settings,
                data,
                config.callbacks.message.function.is_some(),
            )
    }
}
