//! `FERROSSL_LOG`, for whoever wants to see what runs on this library. Ignored in set-user-ID programs.
//!
//! | value | what is written, and where |
//! |---|---|
//! | `summary` | a line for each connection, when its handshake is complete and when it fails; to standard error |
//! | `debug` | each state, handshake message, alert and error besides |
//! | `debug:FILE` | the same, appended to a file |
//! | `FILE` | as `summary`, appended to a file |
//!
//! With any of them a function that differs from OpenSSL's on purpose says so the first time that it is called.
//! Nothing secret is written: of messages the type and the length.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::File,
    io::Write as _,
    sync::{Mutex, OnceLock, PoisonError},
};

use super::Ssl;
use crate::{
    error::{Error, Reason},
    handshake::{Direction, Event},
    libcrypto::{environment, error_queue},
    record::Side,
    wire::{AlertDescription, AlertLevel, ContentType, HandshakeType},
};

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Summary,
    Debug,
}

/// How much is written, and where: without a file to standard error.
struct Log {
    detail: Detail,
    file: Option<File>,
}

impl Log {
    fn write(&self, line: &str) {
        let line = format!("ferrossl: {line}\n");
        // A log that cannot be written must not disturb the program.
        let _ = match &self.file {
            None => std::io::stderr().write_all(line.as_bytes()),
            Some(file) => (&*file).write_all(line.as_bytes()),
        };
    }
}

fn log() -> Option<&'static Log> {
    static LOG: OnceLock<Option<Log>> = OnceLock::new();
    LOG.get_or_init(|| parse(&environment::secure_variable(c"FERROSSL_LOG")?)).as_ref()
}

fn parse(value: &str) -> Option<Log> {
    let (detail, path) = match value {
        "" => return None,
        "summary" => return Some(Log { detail: Detail::Summary, file: None }),
        "debug" => return Some(Log { detail: Detail::Debug, file: None }),
        _ => match value.strip_prefix("debug:") {
            Some(path) => (Detail::Debug, path),
            None => (Detail::Summary, value),
        },
    };
    let file = File::options().append(true).create(true).open(path).ok()?;
    Some(Log { detail, file: Some(file) })
}

/// Whether events are to be told to [`event`].
pub(super) fn wants_events() -> bool {
    log().is_some_and(|log| log.detail == Detail::Debug)
}

/// A function is called that differs from OpenSSL's on purpose: says once in a process how.
pub fn differs(function: &'static str, how: &str) {
    static TOLD: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    let Some(log) = log() else { return };
    if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(function) {
        log.write(&format!("note: {function} differs from OpenSSL's: {how}"));
    }
}

/// Writes the line of a connection whose handshake is complete.
pub(super) fn summary(ssl: &Ssl) {
    if let Some(log) = log() {
        log.write(&format!("{} {} alert=none peer={}", side(ssl), facts(ssl), peer(ssl)));
    }
}

/// Writes the line of a connection that failed.
pub(super) fn failure(ssl: &Ssl, error: Error) {
    let Some(log) = log() else { return };
    let alert = match error {
        Error::Usage(reason) => {
            if log.detail == Detail::Debug {
                log.write(&format!("{} {ssl:p} refuses: {}", side(ssl), text(reason)));
            }
            return;
        }
        Error::Fatal { alert, .. } => format!("sent:{}", alert_name(alert)),
        Error::PeerAlert(alert) => format!("received:{}", alert_name(alert)),
        Error::Silent(_) => "none".to_owned(),
    };
    let reason = text(error.reason());
    log.write(&format!(
        "{} failed {} alert={alert} peer={} reason={reason}",
        side(ssl),
        facts(ssl),
        peer(ssl)
    ));
}

/// Writes what happened to a connection, if somebody wants to know it all.
pub(super) fn event(ssl: &Ssl, event: &Event) {
    let Some(log) = log().filter(|log| log.detail == Detail::Debug) else { return };
    let what = match event {
        Event::HandshakeStart(position) => format!("handshake begins in {position:?}"),
        Event::HandshakeDone => "handshake is done".to_owned(),
        Event::Position(position) => format!("state {position:?}"),
        Event::Alert(direction, level, description) => {
            let level = if *level == AlertLevel::FATAL { "fatal" } else { "warning" };
            format!("{} alert {level} {}", verb(*direction), alert_name(*description))
        }
        Event::Message { direction, content_type, bytes, .. }
            if *content_type == i32::from(ContentType::HANDSHAKE.0) =>
        {
            let message = HandshakeType(bytes.first().copied().unwrap_or_default());
            let name = message.name().map_or_else(|| message.0.to_string(), str::to_ascii_lowercase);
            format!("{} {name}, {} bytes", verb(*direction), bytes.len())
        }
        Event::Message { .. }
        | Event::Renegotiation(_)
        | Event::VerifyResult(_)
        | Event::MessageDone
        | Event::Timer(_)
        | Event::Extension(..)
        | Event::KeyLog(_) => return,
    };
    log.write(&format!("{} {ssl:p} {what}", side(ssl)));
}

const fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Read => "reads",
        Direction::Write => "writes",
    }
}

fn side(ssl: &Ssl) -> &'static str {
    match ssl.side() {
        Side::Server => "server",
        Side::Client => "client",
    }
}

fn alert_name(alert: AlertDescription) -> String {
    alert.name().map_or_else(|| alert.0.to_string(), str::to_ascii_lowercase)
}

fn text(reason: Reason) -> String {
    error_queue::reason_text(reason).map_or_else(|| reason.0.to_string(), str::to_owned)
}

/// The address and port of the socket's other end, if the program gave us a socket.
fn peer(ssl: &Ssl) -> String {
    let descriptor = ssl.read_bio().and_then(|bio| bio.descriptor());
    let address = descriptor.and_then(environment::peer_address);
    address.map_or_else(|| "-".to_owned(), |address| address.to_string())
}

/// What was negotiated so far, and by which library.
fn facts(ssl: &Ssl) -> String {
    let mut facts = ssl.with_connection(|connection| {
        let negotiated = connection.negotiated();
        let version = negotiated.version.map_or(c"-", |version| version.openssl_name()).to_string_lossy();
        let suite = negotiated.suite.map_or("-", |suite| suite.standard_name);
        let group = negotiated.group.and_then(|group| group.name()).unwrap_or("-");
        let scheme = match ssl.side() {
            Side::Server => negotiated.own_scheme,
            Side::Client => negotiated.peer_scheme,
        };
        let scheme = scheme.and_then(|scheme| scheme.name()).unwrap_or("-").to_ascii_lowercase();
        let resumed = if negotiated.resumed { "yes" } else { "no" };
        format!("{version} {suite} {group} {scheme} resumed={resumed}")
    });
    let library = environment::own_path().unwrap_or_else(|| "libssl.so.3".to_owned());
    // Writing to a String cannot fail.
    let _ = write!(
        facts,
        " verify={} library={library} release={}",
        ssl.verify_result.get(),
        env!("CARGO_PKG_VERSION")
    );
    facts
}

#[cfg(test)]
mod tests {
    use super::{Detail, parse};

    #[test]
    fn parse_words_and_files() {
        assert!(parse("").is_none());
        assert!(parse("summary").is_some_and(|log| log.detail == Detail::Summary && log.file.is_none()));
        assert!(parse("debug").is_some_and(|log| log.detail == Detail::Debug && log.file.is_none()));
        assert!(parse("/nonexistent/file").is_none());
        let path = std::env::temp_dir().join(format!("ferrossl-log-{}", std::process::id()));
        let name = path.to_str().unwrap();
        assert!(parse(name).is_some_and(|log| log.detail == Detail::Summary && log.file.is_some()));
        assert!(
            parse(&format!("debug:{name}"))
                .is_some_and(|log| log.detail == Detail::Debug && log.file.is_some())
        );
        std::fs::remove_file(path).unwrap();
    }
}
