//! The short way of application data (`SSL_read(3)`, `SSL_write(3)`): where nothing but that is to be done, and nobody wants
//! to be told, a record costs a few looks, its cipher and the transport. All else goes the long way, by the driver.

use super::{
    Ssl,
    io::Unfinished,
    ssl::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN, Waiting},
};
use crate::{
    connection::{Connection, Data},
    libcrypto::async_job,
    policy::options::mode,
};

impl Ssl {
    /// Reads application data into `out`. `None`: there is something else to be done, and [`Self::read`] goes on.
    pub(super) fn read_data(&self, out: &mut [u8]) -> Option<Result<usize, Unfinished>> {
        if out.is_empty() || !self.is_for_data_alone(RECEIVED_SHUTDOWN) {
            return None;
        }
        let read_ahead = self.with_config(|config| config.settings.read_ahead);
        loop {
            // A call that this one interrupts knows by it that somebody went on.
            self.drives.set(self.drives.get().wrapping_add(1));
            match self.at_connection(|connection| connection.read_data(out)) {
                Data::Read(count) => {
                    self.waiting.set(Waiting::Nothing);
                    return Some(Ok(count));
                }
                Data::Incomplete => {
                    if let Err(pause) = self.read_in(read_ahead) {
                        return Some(Err(self.end_of_data(pause)));
                    }
                }
                Data::Other => return None,
            }
        }
    }

    /// Writes `data`, if it goes into one record. `None`: there is something else to be done, and [`Self::write`] goes on.
    pub(super) fn write_data(&self, data: &[u8]) -> Option<Result<usize, Unfinished>> {
        if !self.is_for_data_alone(SENT_SHUTDOWN) {
            return None;
        }
        let is_sealed = self.with_config(|config| {
            config.callbacks.record_padding.function.is_none()
                && self.at_connection(|connection| connection.seal_data(&config.settings, data))
        });
        if !is_sealed {
            return None;
        }
        self.drives.set(self.drives.get().wrapping_add(1));
        if let Err(pause) = self.write_slot.with(|bio| self.write_out(bio))? {
            return Some(Err(pause));
        }
        self.at_connection(Connection::end_write).then_some(Ok(data.len()))
    }

    /// Whether neither side has closed in this direction, nothing is scheduled, and nobody wants to be told of records. Inside
    /// a job the core works on another stack.
    fn is_for_data_alone(&self, shutdown: i32) -> bool {
        self.shutdown.get() & shutdown == 0
            && self.side_is_set()
            && self.scheduled_key_update.get().is_none()
            && !self.scheduled_authentication.get()
            && self.requested_tickets.get() == 0
            && self.quic_stack.get().is_none()
            && self.with_config(|config| {
                config.callbacks.message.function.is_none() && config.settings.mode & mode::ASYNC == 0
            })
            && !async_job::is_running()
    }
}
