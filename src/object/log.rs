//! `FERROSSL_LOG`: one line for each connection whose handshake is complete, for whoever wants to see what
//! runs on this library. Ignored in set-user-ID programs.

use std::{fmt::Write as _, io::Write as _, sync::OnceLock};

use super::Ssl;
use crate::{libcrypto::environment, record::Side};

/// Where the lines go.
enum Target {
    Stderr,
    File(std::fs::File),
}

fn target() -> Option<&'static Target> {
    static TARGET: OnceLock<Option<Target>> = OnceLock::new();
    TARGET
        .get_or_init(|| {
            let value = environment::secure_variable(c"FERROSSL_LOG")?;
            if value == "summary" {
                return Some(Target::Stderr);
            }
            std::fs::OpenOptions::new().append(true).create(true).open(value).ok().map(Target::File)
        })
        .as_ref()
}

/// Writes the line of a connection whose handshake is complete.
pub(super) fn summary(ssl: &Ssl) {
    let Some(target) = target() else { return };
    let line = line(ssl);
    // A log that cannot be written must not disturb the program.
    let _ = match target {
        Target::Stderr => std::io::stderr().write_all(line.as_bytes()),
        Target::File(file) => (&*file).write_all(line.as_bytes()),
    };
}

fn line(ssl: &Ssl) -> String {
    let side = match ssl.side() {
        Side::Server => "server",
        Side::Client => "client",
    };
    let mut line = format!("ferrossl: {side}");
    ssl.with_connection(|connection| {
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
        // Writing to a String cannot fail.
        let _ = write!(line, " {version} {suite} {group} {scheme} resumed={resumed}");
    });
    let _ = writeln!(
        line,
        " verify={} library={}",
        ssl.verify_result.get(),
        environment::own_path().unwrap_or_else(|| "libssl.so.3".to_owned())
    );
    line
}
