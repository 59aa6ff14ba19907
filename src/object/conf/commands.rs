//! The commands of `SSL_CONF_cmd(3)`: their names on a command line and in a file, the value that each takes, who may
//! use it, and what it stands for.

use crate::policy::options::option;

/// `SSL_CONF_FLAG_…`.
pub mod flag {
    /// The names of a command line.
    pub const COMMAND_LINE: u32 = 0x1;
    /// The names of a file.
    pub const FILE: u32 = 0x2;
    /// What clients use.
    pub const CLIENT: u32 = 0x4;
    /// What servers use.
    pub const SERVER: u32 = 0x8;
    /// What fails says why in the queue.
    pub const SHOW_ERRORS: u32 = 0x10;
    /// Certificates and keys may be set.
    pub const CERTIFICATE: u32 = 0x20;
    /// A certificate without a key has it in its file.
    pub const REQUIRE_PRIVATE: u32 = 0x40;
}

/// `SSL_CONF_TYPE_…`: what a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ValueType {
    /// Any text.
    Text = 1,
    /// The name of a file.
    File = 2,
    /// The name of a directory.
    Directory = 3,
    /// Nothing.
    None = 4,
    /// A URI.
    Store = 5,
}

/// Where certificates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a PEM file.
    File,
    /// In the files of a directory.
    Directory,
    /// At a URI.
    Store,
}

/// What a command stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// These `SSL_OP_…`.
    Set(u64),
    /// Without these `SSL_OP_…`.
    Clear(u64),
    /// `SSL_CERT_FLAG_TLS_STRICT`.
    Strict,
    /// The signature schemes.
    SignatureSchemes,
    /// The signature schemes that clients are asked for.
    ClientSignatureSchemes,
    /// The groups.
    Groups,
    /// One group.
    Group,
    /// The suites of TLS 1.2 and below.
    CipherString,
    /// The suites of TLS 1.3.
    CipherSuites,
    /// The versions, as options.
    Protocol,
    /// The lowest version.
    MinProtocol,
    /// The highest version.
    MaxProtocol,
    /// The options by their names.
    Options,
    /// The flags of verification by their names.
    VerifyMode,
    /// Our certificate with its chain.
    Certificate,
    /// Its key.
    PrivateKey,
    /// The serverinfo of our certificate.
    ServerInfo,
    /// What our chains are built from.
    ChainStore(Place),
    /// What the peer's chain is verified with.
    VerifyStore(Place),
    /// The CA names that we send.
    CaNames(Place),
    /// The parameters of finite-field DH.
    DhParameters,
    /// The multiple to which records are padded.
    RecordPadding,
    /// The number of tickets.
    NumTickets,
}

/// One command.
pub struct Command {
    /// Its name on a command line.
    pub line: Option<&'static str>,
    /// Its name in a file.
    pub file: Option<&'static str>,
    /// The flags without which it does not exist.
    pub needs: u32,
    /// What it takes.
    pub value_type: ValueType,
    /// What it stands for.
    pub action: Action,
}

const ANY: u32 = 0;
const CERTIFICATE: u32 = flag::CERTIFICATE;
const SERVER_CERTIFICATE: u32 = flag::CERTIFICATE | flag::SERVER;

/// A switch of a command line.
const fn switch(line: &'static str, needs: u32, action: Action) -> Command {
    Command { line: Some(line), file: None, needs, value_type: ValueType::None, action }
}

/// A command with a value, by its names on the command line and in a file.
const fn valued(line: &'static str, file: &'static str, needs: u32, action: Action) -> Command {
    Command { line: Some(line), file: Some(file), needs, value_type: ValueType::Text, action }
}

/// A command whose value says where something is.
const fn placed(line: Option<&'static str>, file: &'static str, needs: u32, action: Action) -> Command {
    let value_type = match action {
        Action::ChainStore(place) | Action::VerifyStore(place) | Action::CaNames(place) => match place {
            Place::File => ValueType::File,
            Place::Directory => ValueType::Directory,
            Place::Store => ValueType::Store,
        },
        _ => ValueType::File,
    };
    Command { line, file: Some(file), needs, value_type, action }
}

/// All commands of OpenSSL 3.0.
pub const COMMANDS: &[Command] = &[
    switch("no_ssl3", ANY, Action::Set(option::NO_SSLV3)),
    switch("no_tls1", ANY, Action::Set(option::NO_TLSV1)),
    switch("no_tls1_1", ANY, Action::Set(option::NO_TLSV1_1)),
    switch("no_tls1_2", ANY, Action::Set(option::NO_TLSV1_2)),
    switch("no_tls1_3", ANY, Action::Set(option::NO_TLSV1_3)),
    switch("bugs", ANY, Action::Set(option::ALL)),
    switch("no_comp", ANY, Action::Set(option::NO_COMPRESSION)),
    switch("comp", ANY, Action::Clear(option::NO_COMPRESSION)),
    // Each connection has had its own ephemeral key since OpenSSL 1.1.0: there is no option left to set.
    switch("ecdh_single", flag::SERVER, Action::Set(0)),
    switch("no_ticket", ANY, Action::Set(option::NO_TICKET)),
    switch("serverpref", flag::SERVER, Action::Set(option::CIPHER_SERVER_PREFERENCE)),
    switch("legacy_renegotiation", ANY, Action::Set(option::ALLOW_UNSAFE_LEGACY_RENEGOTIATION)),
    switch("client_renegotiation", flag::SERVER, Action::Set(option::ALLOW_CLIENT_RENEGOTIATION)),
    switch("legacy_server_connect", flag::CLIENT, Action::Set(option::LEGACY_SERVER_CONNECT)),
    switch("no_legacy_server_connect", flag::CLIENT, Action::Clear(option::LEGACY_SERVER_CONNECT)),
    switch("no_renegotiation", ANY, Action::Set(option::NO_RENEGOTIATION)),
    switch(
        "no_resumption_on_reneg",
        flag::SERVER,
        Action::Set(option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION),
    ),
    switch("allow_no_dhe_kex", ANY, Action::Set(option::ALLOW_NO_DHE_KEX)),
    switch("prioritize_chacha", flag::SERVER, Action::Set(option::PRIORITIZE_CHACHA)),
    switch("strict", ANY, Action::Strict),
    switch("no_middlebox", ANY, Action::Clear(option::ENABLE_MIDDLEBOX_COMPAT)),
    switch("anti_replay", flag::SERVER, Action::Clear(option::NO_ANTI_REPLAY)),
    switch("no_anti_replay", flag::SERVER, Action::Set(option::NO_ANTI_REPLAY)),
    switch("no_etm", ANY, Action::Set(option::NO_ENCRYPT_THEN_MAC)),
    valued("sigalgs", "SignatureAlgorithms", ANY, Action::SignatureSchemes),
    valued("client_sigalgs", "ClientSignatureAlgorithms", ANY, Action::ClientSignatureSchemes),
    valued("curves", "Curves", ANY, Action::Groups),
    valued("groups", "Groups", ANY, Action::Groups),
    valued("named_curve", "ECDHParameters", flag::SERVER, Action::Group),
    valued("cipher", "CipherString", ANY, Action::CipherString),
    valued("ciphersuites", "Ciphersuites", ANY, Action::CipherSuites),
    valued("min_protocol", "MinProtocol", ANY, Action::MinProtocol),
    valued("max_protocol", "MaxProtocol", ANY, Action::MaxProtocol),
    valued("record_padding", "RecordPadding", ANY, Action::RecordPadding),
    valued("num_tickets", "NumTickets", flag::SERVER, Action::NumTickets),
    Command { line: None, ..valued("", "Protocol", ANY, Action::Protocol) },
    Command { line: None, ..valued("", "Options", ANY, Action::Options) },
    Command { line: None, ..valued("", "VerifyMode", ANY, Action::VerifyMode) },
    placed(Some("cert"), "Certificate", CERTIFICATE, Action::Certificate),
    placed(Some("key"), "PrivateKey", CERTIFICATE, Action::PrivateKey),
    placed(None, "ServerInfoFile", SERVER_CERTIFICATE, Action::ServerInfo),
    placed(Some("chainCApath"), "ChainCAPath", CERTIFICATE, Action::ChainStore(Place::Directory)),
    placed(Some("chainCAfile"), "ChainCAFile", CERTIFICATE, Action::ChainStore(Place::File)),
    placed(Some("chainCAstore"), "ChainCAStore", CERTIFICATE, Action::ChainStore(Place::Store)),
    placed(Some("verifyCApath"), "VerifyCAPath", CERTIFICATE, Action::VerifyStore(Place::Directory)),
    placed(Some("verifyCAfile"), "VerifyCAFile", CERTIFICATE, Action::VerifyStore(Place::File)),
    placed(Some("verifyCAstore"), "VerifyCAStore", CERTIFICATE, Action::VerifyStore(Place::Store)),
    placed(Some("requestCAFile"), "RequestCAFile", CERTIFICATE, Action::CaNames(Place::File)),
    placed(None, "RequestCAPath", CERTIFICATE, Action::CaNames(Place::Directory)),
    placed(Some("requestCAStore"), "RequestCAStore", CERTIFICATE, Action::CaNames(Place::Store)),
    placed(None, "ClientCAFile", SERVER_CERTIFICATE, Action::CaNames(Place::File)),
    placed(None, "ClientCAPath", SERVER_CERTIFICATE, Action::CaNames(Place::Directory)),
    placed(None, "ClientCAStore", SERVER_CERTIFICATE, Action::CaNames(Place::Store)),
    placed(Some("dhparam"), "DHParameters", SERVER_CERTIFICATE, Action::DhParameters),
];

/// The command of this name, its prefix taken off, if these flags allow it.
#[must_use]
pub fn find(name: &str, flags: u32) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| {
        let on_line = flags & flag::COMMAND_LINE != 0 && command.line == Some(name);
        let in_file = flags & flag::FILE != 0
            && command.file.is_some_and(|file_name| file_name.eq_ignore_ascii_case(name));
        (on_line || in_file) && command.needs & !flags == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_line_are_exact_and_those_of_a_file_are_not() {
        let action = |name, flags| find(name, flags).map(|command| command.action);
        assert_eq!(action("cipher", flag::COMMAND_LINE), Some(Action::CipherString));
        assert_eq!(action("Cipher", flag::COMMAND_LINE), None);
        assert_eq!(action("CIPHERSTRING", flag::FILE), Some(Action::CipherString));
        assert_eq!(action("CipherString", flag::COMMAND_LINE), None);
        assert_eq!(action("cipher", flag::FILE), None);
        assert_eq!(action("cipher", 0), None);
    }

    #[test]
    fn commands_need_their_flags() {
        assert!(find("serverpref", flag::COMMAND_LINE | flag::CLIENT).is_none());
        assert!(find("serverpref", flag::COMMAND_LINE | flag::SERVER).is_some());
        assert!(find("DHParameters", flag::FILE | flag::CERTIFICATE).is_none());
        assert!(find("DHParameters", flag::FILE | flag::CERTIFICATE | flag::SERVER).is_some());
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = COMMANDS.iter().filter_map(|command| command.line).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
