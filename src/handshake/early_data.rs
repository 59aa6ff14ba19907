//! Early data (RFC 8446 §4.2.10) as both sides of a handshake see it: what became of it, how much there may be, and
//! where the handshake pauses for a program that writes or reads some (`SSL_read_early_data(3)`). Used by `client`,
//! `server` and `connection`.

use super::position::Position;
use crate::key_schedule::tls13::ExporterSecret;

/// What became of early data: `SSL_get_early_data_status(3)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// The client announced none.
    #[default]
    NotSent = 0,
    /// The client announced some; the server will not take it, or has not said yet that it does.
    Rejected = 1,
    /// The server takes it.
    Accepted = 2,
}

/// What the program does about early data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing.
    #[default]
    Unused,
    /// Client: it wants to write some; its ClientHello is under way.
    Connecting,
    /// Client: it may write some.
    Writing,
    /// Server: it wants to read some, and is in the call; the ClientHello or our answer is under way.
    Accepting,
    /// Server: it has to repeat that call.
    Interrupted,
    /// Server: it may read some.
    Reading,
    /// Either side: no more.
    Finished,
}

/// The early data of a connection.
#[derive(Default)]
pub struct EarlyData {
    /// What the program does about it.
    pub stage: Stage,
    /// What became of it.
    pub status: Status,
    /// How many bytes more may be written (client) or read (server).
    pub left: u32,
    /// Server: whether the handshake went on where it would have waited for the program.
    pub passed_by: bool,
    /// Client: whether we write under the keys of early data.
    pub writes_under_its_keys: bool,
    /// Client: whether the server selected another PSK than the first, whose keys early data has.
    pub other_psk_selected: bool,
    /// For `SSL_export_keying_material_early(3)`.
    pub exporter: Option<ExporterSecret>,
}

impl EarlyData {
    /// Whether a handshake that has come to `position` waits there for the program: until it has written or read its early
    /// data, or gives that up.
    #[must_use]
    pub const fn pauses_at(&self, position: Position) -> bool {
        match self.stage {
            Stage::Connecting => matches!(position, Position::EarlyData),
            Stage::Accepting => matches!(position, Position::EarlyData) && !self.passed_by,
            Stage::Writing => matches!(position, Position::PendingEarlyDataEnd),
            Stage::Unused | Stage::Interrupted | Stage::Reading | Stage::Finished => false,
        }
    }

    /// Takes `count` bytes off what may still be written or read. `false`: that is too much.
    #[must_use]
    pub const fn take(&mut self, count: usize) -> bool {
        if count > self.left as usize {
            return false;
        }
        self.left -= count as u32;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_more_than_is_left_is_refused() {
        let mut early_data = EarlyData { left: 10, ..EarlyData::default() };
        assert!(early_data.take(4) && early_data.take(6) && early_data.take(0));
        assert!(!early_data.take(1));
        early_data.left = u32::MAX;
        assert!(!early_data.take(usize::MAX));
    }

    #[test]
    fn handshake_pauses_only_for_who_wants_early_data() {
        let pauses = |stage, position| EarlyData { stage, ..EarlyData::default() }.pauses_at(position);
        assert!(pauses(Stage::Connecting, Position::EarlyData));
        assert!(pauses(Stage::Accepting, Position::EarlyData));
        assert!(pauses(Stage::Writing, Position::PendingEarlyDataEnd));
        assert!(!pauses(Stage::Writing, Position::EarlyData));
        for stage in [Stage::Unused, Stage::Interrupted, Stage::Reading, Stage::Finished] {
            assert!(!pauses(stage, Position::EarlyData) && !pauses(stage, Position::PendingEarlyDataEnd));
        }
    }
}
