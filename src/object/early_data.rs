//! Early data as the program writes and reads it: `SSL_write_early_data` and `SSL_read_early_data`
//! (`SSL_read_early_data(3)`), and what the other calls do in between.

use super::{
    Ssl,
    driver::{Outcome, Pause},
    io::Unfinished,
    jobs::Operation,
    ssl::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN, Waiting},
};
use crate::{
    connection::{Connection, EarlyRead},
    error::Reason,
    handshake::{early_data::Stage, want::Want},
    libcrypto::error_queue,
    record::Side,
};

/// What `SSL_read_early_data` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlyData {
    /// This many bytes.
    Read(usize),
    /// There is none, or no more.
    Finished,
}

impl Ssl {
    /// Writes early data as a client, beginning the handshake if that has not begun; or, as a server that reads early data,
    /// what need not wait for the client's Finished.
    pub fn write_early_data(&self, data: &[u8]) -> Result<usize, Unfinished> {
        match (self.side(), self.early_data_stage()) {
            (Side::Client, Stage::Unused) if self.may_begin_early_data() => {
                self.begin_early_data(Stage::Connecting);
                self.connect_for_early_data()?;
            }
            (Side::Client, Stage::Connecting) => self.connect_for_early_data()?,
            (Side::Client, Stage::Writing) => {}
            (Side::Server, Stage::Reading | Stage::Finished) if self.may_write_unauthenticated() => {}
            _ => return Err(refuse()),
        }
        if self.shutdown.get() & SENT_SHUTDOWN != 0 {
            self.waiting.set(Waiting::Nothing);
            error_queue::raise_ssl(Reason::PROTOCOL_IS_SHUTDOWN);
            return Err(Pause::Failed);
        }
        self.answer_key_update()?;
        let mut begun = false;
        let written = self.drive(|connection, environment| {
            if !begun {
                connection.begin_early_write(environment, data)?;
                begun = true;
            }
            if connection.has_outgoing() {
                return Ok(Outcome::Want(Want::Write));
            }
            Ok(match connection.continue_early_write(environment, data)? {
                Some(count) => Outcome::Done(count),
                None => Outcome::Want(Want::Write),
            })
        })?;
        Ok(written)
    }

    /// Whether a client may begin with early data: nothing was sent, and the session allows some, or the program has a PSK
    /// which may.
    fn may_begin_early_data(&self) -> bool {
        let session = self.offered_session();
        let may_have_psk = self.with_config(|config| config.callbacks.psk_use_session.is_some());
        self.is_before_handshake()
            && (may_have_psk || session.is_some_and(|session| session.core().max_early_data > 0))
    }

    /// Whether a server may write although the client's Finished was not read.
    fn may_write_unauthenticated(&self) -> bool {
        self.look_at_connection(|connection| connection.is_established() || connection.may_write_early())
    }

    /// `SSL_connect` or `SSL_accept`, to be called in place of these.
    fn begin_early_data(&self, stage: Stage) {
        if !self.side_is_set() {
            self.set_side(self.side());
        }
        self.set_early_data_stage(stage);
    }

    /// Goes on with the handshake to where early data may be written.
    fn connect_for_early_data(&self) -> Result<(), Pause> {
        if self.is_of_other_side() {
            return Err(Pause::Ended);
        }
        self.do_or_pause(Operation::EarlyHandshake)?;
        self.set_early_data_stage(Stage::Writing);
        Ok(())
    }

    /// Reads early data as a server, beginning the handshake if that has not begun.
    pub fn read_early_data(&self, out: &mut [u8]) -> Result<EarlyData, Unfinished> {
        match (self.side(), self.early_data_stage()) {
            (Side::Server, Stage::Unused) if self.is_before_handshake() => self.accept_early_data()?,
            (Side::Server, Stage::Interrupted) => self.accept_early_data()?,
            (Side::Server, Stage::Reading) => {}
            _ => return Err(refuse()),
        }
        if self.early_data_stage() == Stage::Finished {
            return Ok(EarlyData::Finished);
        }
        if self.shutdown.get() & RECEIVED_SHUTDOWN != 0 {
            self.waiting.set(Waiting::Nothing);
            return Err(Pause::Closed);
        }
        if let Some(count) = self.take_early_data(out, false)? {
            return Ok(EarlyData::Read(count));
        }
        // What follows the early data may not be here yet; that is the next call's concern.
        match self.do_or_pause(Operation::Handshake) {
            Err(pause) if self.early_data_stage() != Stage::Finished => Err(pause),
            Err(pause @ (Pause::Failed | Pause::Ended)) => Err(pause),
            _ => Ok(EarlyData::Finished),
        }
    }

    /// Goes on with the handshake to where early data may be read, if it is accepted: for that the ClientHello has to be looked
    /// at in this call, not in `SSL_do_handshake`.
    fn accept_early_data(&self) -> Result<(), Pause> {
        self.begin_early_data(Stage::Accepting);
        let result = if self.is_of_other_side() {
            Err(Pause::Ended)
        } else {
            self.do_or_pause(Operation::EarlyHandshake).map(drop)
        };
        self.set_early_data_stage(match result {
            Err(_) => Stage::Interrupted,
            Ok(()) if self.look_at_connection(Connection::accepts_early_data) => Stage::Reading,
            Ok(()) => Stage::Finished,
        });
        result
    }

    /// The next early data, or a look at it; `None`: its end came.
    pub(super) fn take_early_data(&self, out: &mut [u8], peek: bool) -> Result<Option<usize>, Pause> {
        self.drive(|connection, environment| {
            Ok(match connection.read_early(environment, out, peek)? {
                EarlyRead::Data(count) => Outcome::Done(Some(count)),
                EarlyRead::End => Outcome::Done(None),
                EarlyRead::Want(want) => Outcome::Want(want),
            })
        })
    }

    /// Refuses to read or write while `SSL_write_early_data` or `SSL_read_early_data` has to be repeated.
    pub(super) fn refuse_during_early_data(&self, stages: &[Stage]) -> Result<(), Pause> {
        if stages.contains(&self.early_data_stage()) { Err(refuse()) } else { Ok(()) }
    }

    /// Lets the program's next step with early data be known to the core.
    fn set_early_data_stage(&self, stage: Stage) {
        self.with_connection(|connection| connection.set_early_data_stage(stage));
    }

    /// How far the program has come with early data.
    pub(super) fn early_data_stage(&self) -> Stage {
        self.look_at_connection(|connection| connection.early_data().stage)
    }

    /// The program's opinion of whether early data may be accepted (`SSL_CTX_set_allow_early_data_cb(3)`).
    pub(super) fn ask_allow_early_data(&self) -> bool {
        let callback = self.with_config(|config| config.callbacks.allow_early_data);
        let Some(function) = callback.function else { return true };
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
        unsafe { function(self.as_handle(), callback.argument) != 0 }
    }
}

/// A function that must not be called now. The program's call returns 0.
fn refuse() -> Pause {
    error_queue::raise_ssl(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
    Pause::Ended
}
