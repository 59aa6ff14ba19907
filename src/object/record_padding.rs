//! The program's word on how much padding a record of TLS 1.3 gets (`SSL_CTX_set_record_padding_callback(3)`).

use core::ffi::c_int;

use super::{Ssl, driver::Pause};
use crate::error::Error;

impl Ssl {
    /// Asks for the padding of all records that wait for it, so that they can be written.
    pub(super) fn pad_records(&self) -> Result<(), Pause> {
        if !self.look_at_connection(|connection| connection.has_unsealed()) {
            return Ok(());
        }
        let environment = self.environment();
        loop {
            let next = self.with_connection(|connection| connection.next_unpadded(&environment));
            self.deliver_events();
            match next {
                Ok(None) => return Ok(()),
                Ok(Some((content_type, length))) => {
                    let padding = self.ask_padding(c_int::from(content_type.0), length);
                    self.with_connection(|connection| connection.pad(&environment, padding))
                        .map_err(|error| self.give_up(error))?;
                }
                Err(error) => return Err(self.give_up(error)),
            }
        }
    }

    fn ask_padding(&self, content_type: c_int, length: usize) -> usize {
        let callback = self.with_config(|config| config.callbacks.record_padding);
        let Some(function) = callback.function else { return 0 };
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
        unsafe { function(self.as_handle(), content_type, length, callback.argument) }
    }

    fn give_up(&self, error: Error) -> Pause {
        crate::libcrypto::error_queue::raise_ssl(error.reason());
        Pause::Failed
    }
}
