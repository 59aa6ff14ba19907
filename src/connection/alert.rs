//! Alerts both ways, and closing (RFC 8446 §6, RFC 5246 §7.2).

use super::Connection;
use crate::{
    error::{Error, Reason, Result},
    handshake::{Direction, Environment, Event, position::Position},
    wire::{AlertDescription, AlertLevel, ContentType, ProtocolVersion, Reader},
};

/// How many warning alerts may come in a row: each costs the peer little and us some work.
const MAX_WARNINGS: u8 = 5;

/// What is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Closing {
    /// We sent close_notify.
    pub sent: bool,
    /// The peer sent close_notify.
    pub received: bool,
}

impl Connection {
    /// Kills the connection with `error`, telling the peer if the error has an alert and we have not sent close_notify, which is
    /// the last that is sent (RFC 8446 §6.1). Returns what the program is told.
    pub fn fail(&mut self, environment: &Environment, error: Error) -> Error {
        if matches!(error, Error::Usage(_)) || self.failure.is_some() {
            return error;
        }
        self.failure = Some(error);
        self.stop_timer();
        if self.closing.sent {
            return error;
        }
        // An alert that the program made up is not sent, as in OpenSSL.
        if let Some(description) = error.alert().filter(|description| description.is_defined()) {
            if self.position != Position::CwClntHello {
                self.speak_tentatively(environment);
            }
            // When even the alert cannot be sealed there is nobody left to tell.
            let _ = self.send_alert(environment, AlertLevel::FATAL, description);
        }
        error
    }

    /// There is no transport any more to tell the peer anything by: `error` kills the connection. Returns what did before.
    pub fn lose_transport(&mut self, error: Error) -> Option<Error> {
        if self.failure.is_none() {
            self.failure = Some(error);
            self.stop_timer();
            return None;
        }
        self.failure
    }

    /// Before a version is negotiated the record of an alert has the one that `SSL_version(3)` gives.
    fn speak_tentatively(&mut self, environment: &Environment) {
        if self.negotiated.version.is_none() {
            let highest = environment.settings.method_versions.1;
            let version = self.negotiated.tentative_version.unwrap_or(highest).min(ProtocolVersion::TLS1_2);
            self.records.outbound.set_version(version);
        }
    }

    /// Sends close_notify, once.
    pub fn close(&mut self, environment: &Environment) -> Result<()> {
        if self.closing.sent {
            return Ok(());
        }
        self.closing.sent = true;
        self.send_alert(environment, AlertLevel::WARNING, AlertDescription::CLOSE_NOTIFY)
    }

    /// Whether the peer's close_notify came.
    #[must_use]
    pub const fn received_close(&self) -> bool {
        self.closing.received
    }

    /// The program says whether we sent close_notify (`SSL_set_shutdown(3)`).
    pub const fn take_for_closed(&mut self, sent: bool) {
        self.closing.sent = sent;
    }

    /// Whether no other warning came after the peer's close_notify, or in its place: with OpenSSL that decides about
    /// `SSL_ERROR_ZERO_RETURN`.
    #[must_use]
    pub fn last_warning_is_close(&self) -> bool {
        self.last_warning == AlertDescription::CLOSE_NOTIFY
    }

    /// The transport ended, which the program takes for a close_notify.
    pub const fn take_end_for_close(&mut self) {
        self.last_warning = AlertDescription::CLOSE_NOTIFY;
    }

    fn send_alert(
        &mut self,
        environment: &Environment,
        level: AlertLevel,
        description: AlertDescription,
    ) -> Result<()> {
        let alert = [level.0, description.0];
        self.connected(environment).seal(ContentType::ALERT, &alert)?;
        self.control_pending = true;
        self.tell_alert(environment, Direction::Write, level, description);
        Ok(())
    }

    pub(super) fn tell_alert(
        &mut self,
        environment: &Environment,
        direction: Direction,
        level: AlertLevel,
        description: AlertDescription,
    ) {
        if environment.hooks.message {
            self.connected(environment).tell_message(
                direction,
                ContentType::ALERT,
                &[level.0, description.0],
            );
        }
        if environment.hooks.info {
            self.events.push_back(Event::Alert(direction, level, description));
        }
    }

    /// An alert came, as the content of one record.
    pub(super) fn read_alert(&mut self, environment: &Environment, fragment: &[u8]) -> Result<()> {
        let mut reader = Reader::new(fragment);
        let invalid = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::INVALID_ALERT);
        let (Ok(level), Ok(description), true) = (reader.u8(), reader.u8(), reader.is_empty()) else {
            return Err(invalid);
        };
        let (level, description) = (AlertLevel(level), AlertDescription(description));
        self.tell_alert(environment, Direction::Read, level, description);

        if level == AlertLevel::WARNING {
            self.last_warning = description;
        }
        if description == AlertDescription::CLOSE_NOTIFY && (level == AlertLevel::WARNING || self.is_tls13())
        {
            self.closing.received = true;
            return Ok(());
        }
        // RFC 8446 §6: in TLS 1.3 the level is of no meaning, and all but two alerts are errors.
        let warning = if self.is_tls13() {
            description == AlertDescription::USER_CANCELED
        } else {
            level == AlertLevel::WARNING
        };
        if !warning {
            return match level {
                AlertLevel::FATAL => Err(Error::PeerAlert(description)),
                AlertLevel::WARNING if self.is_tls13() => Err(Error::PeerAlert(description)),
                _ => Err(Error::illegal(Reason::UNKNOWN_ALERT_TYPE)),
            };
        }
        // RFC 5246 §7.2.2: what we asked for is refused; OpenSSL takes it for the end.
        if description == AlertDescription::NO_RENEGOTIATION && !self.is_tls13() {
            return Err(Error::handshake_failure(Reason::NO_RENEGOTIATION));
        }
        self.warnings += 1;
        if self.warnings >= MAX_WARNINGS {
            return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MANY_WARN_ALERTS));
        }
        Ok(())
    }

    pub(super) fn is_tls13(&self) -> bool {
        self.negotiated.version == Some(ProtocolVersion::TLS1_3)
    }
}
