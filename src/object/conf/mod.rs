//! What an `SSL_CONF_CTX` points to: commands in text that configure a context or a connection
//! (`SSL_CONF_cmd(3)`). Used by `capi::conf`.
//!
//! | file | what it does |
//! |---|---|
//! | `commands` | the table of commands |
//! | `words` | the words of the commands that take a list |
//! | `apply` | what a command does to its target |
//! | `named` | the commands of libcrypto's configuration file |

mod apply;
pub mod commands;
mod named;
mod words;

use core::{
    cell::{Cell, RefCell},
    ffi::{CStr, c_int},
};
use std::{ffi::CString, sync::Arc};

use super::{
    Context, Ssl,
    ca_names::{self, Kind},
    config::Configurable,
    credential_files,
};
use crate::{
    error::Reason,
    libcrypto::{error_queue, name::NameStack, panics::Poison},
    policy::certificate::Slot,
};
pub use named::{configure_by_name, configure_by_system_default};

use commands::{Action, Command, Place, ValueType, flag};

/// What is configured. A reference is held, so that it cannot go away before the last command.
#[derive(Clone, Default)]
pub enum Target {
    /// Nothing: commands are checked as far as that is possible.
    #[default]
    Nothing,
    /// A context.
    Context(Arc<Context>),
    /// A connection.
    Connection(Arc<Ssl>),
}

/// Commands and what they configure. No borrow is alive while a password callback runs.
#[derive(Default)]
pub struct ConfContext {
    flags: Cell<u32>,
    prefix: RefCell<Option<Box<[u8]>>>,
    target: RefCell<Target>,
    /// The files of certificates that may need the key that stands beside them.
    certificate_files: RefCell<Vec<(Slot, CString)>>,
    /// The CA names to send, collected until [`Self::finish`].
    ca_names: RefCell<Option<NameStack>>,
    /// Whether a panic came out of this object: every further call fails.
    pub poison: Poison,
}

/// What a command came to, in the numbers of `SSL_CONF_cmd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Outcome {
    /// Done; it took its value.
    TookValue = 2,
    /// Done; it takes none.
    TookNone = 1,
    /// The value is bad.
    BadValue = 0,
    /// There is no such command.
    Unknown = -2,
    /// The value is missing.
    NoValue = -3,
}

impl ConfContext {
    /// Adds `SSL_CONF_FLAG_…`; all that are set.
    pub fn set_flags(&self, flags: u32) -> u32 {
        self.flags.set(self.flags.get() | flags);
        self.flags.get()
    }

    /// Removes `SSL_CONF_FLAG_…`; all that are set.
    pub fn clear_flags(&self, flags: u32) -> u32 {
        self.flags.set(self.flags.get() & !flags);
        self.flags.get()
    }

    /// Sets what stands before the name of each command; `None` for the default.
    pub fn set_prefix(&self, prefix: Option<&CStr>) {
        *self.prefix.borrow_mut() = prefix.map(|prefix| prefix.to_bytes().into());
    }

    /// Sets what is configured from now on.
    pub fn set_target(&self, target: Target) {
        let old = self.target.replace(target);
        self.certificate_files.borrow_mut().clear();
        drop(old);
    }

    /// Reads names as on a command line from now on (`SSL_CONF_cmd_argv(3)`).
    pub fn read_command_line(&self) {
        self.clear_flags(flag::FILE);
        self.set_flags(flag::COMMAND_LINE);
    }

    /// What the command of this name takes; `None` if there is none.
    #[must_use]
    pub fn value_type(&self, name: &CStr) -> Option<ValueType> {
        self.find(name).ok().map(|command| command.value_type)
    }

    /// Runs a command. What fails says why in the queue: what caused it, and with `SSL_CONF_FLAG_SHOW_ERRORS`
    /// `SSL_R_UNKNOWN_CMD_NAME` or `SSL_R_BAD_VALUE` with the name and the value.
    pub fn run(&self, name: &CStr, value: Option<&CStr>) -> Outcome {
        let command = match self.find(name) {
            Ok(command) => command,
            Err(name) => {
                self.show_error(Reason::UNKNOWN_CMD_NAME, &format!("cmd={name}"));
                return Outcome::Unknown;
            }
        };
        let outcome = match (command.value_type, value) {
            (ValueType::None, _) if self.switch(command.action) => Outcome::TookNone,
            (ValueType::None, _) => Outcome::BadValue,
            (_, None) => Outcome::NoValue,
            (_, Some(value)) if self.apply(command.action, value) => Outcome::TookValue,
            (_, Some(_)) => Outcome::BadValue,
        };
        if matches!(outcome, Outcome::BadValue | Outcome::NoValue) {
            let name = self.without_prefix(name.to_bytes()).unwrap_or_default();
            let name = String::from_utf8_lossy(name);
            let value = value.map_or("<EMPTY>".into(), CStr::to_string_lossy);
            self.show_error(Reason::BAD_VALUE, &format!("cmd={name}, value={value}"));
        }
        outcome
    }

    /// Does what had to wait for the last command: keys from the files of their certificates, if the flags ask for
    /// that, and CA names. `false` with the reason in the queue.
    pub fn finish(&self) -> bool {
        let files = self.certificate_files.borrow().clone();
        let target = self.target.borrow().clone();
        let names = match &target {
            Target::Nothing => true,
            Target::Context(context) => use_keys_beside(&**context, &files),
            Target::Connection(ssl) => use_keys_beside(&**ssl, &files),
        };
        if names && let Some(names) = self.ca_names.take() {
            match &target {
                Target::Nothing => {}
                Target::Context(context) => ca_names::set(&**context, Kind::ForAny, Some(names)),
                Target::Connection(ssl) => ca_names::set(&**ssl, Kind::ForAny, Some(names)),
            }
        }
        names
    }

    /// The command of this name, or else the name as far as it could be understood.
    fn find(&self, name: &CStr) -> Result<&'static Command, String> {
        let whole = name.to_bytes();
        let name = self.without_prefix(whole).filter(|name| !name.is_empty());
        name.and_then(|name| commands::find(str::from_utf8(name).ok()?, self.flags.get()))
            .ok_or_else(|| String::from_utf8_lossy(name.unwrap_or(whole)).into_owned())
    }

    /// `name` without the prefix; `None` if it does not begin with it. On a command line case counts, and `-` is the
    /// default.
    fn without_prefix<'a>(&self, name: &'a [u8]) -> Option<&'a [u8]> {
        let prefix = self.prefix.borrow();
        let on_line = self.flags.get() & flag::COMMAND_LINE != 0;
        let prefix = match &*prefix {
            Some(prefix) => &**prefix,
            None if on_line => b"-",
            None => b"",
        };
        let (start, rest) = name.split_at_checked(prefix.len())?;
        let is_there = if on_line { start == prefix } else { start.eq_ignore_ascii_case(prefix) };
        is_there.then_some(rest)
    }

    fn show_error(&self, reason: Reason, data: &str) {
        if self.flags.get() & flag::SHOW_ERRORS != 0 {
            error_queue::raise_ssl_with_data(reason, data);
        }
    }

    fn switch(&self, action: Action) -> bool {
        match &self.target.borrow().clone() {
            Target::Nothing => true,
            Target::Context(context) => apply::switch(&**context, action),
            Target::Connection(ssl) => apply::switch(&**ssl, action),
        }
    }

    fn apply(&self, action: Action, value: &CStr) -> bool {
        if let Action::CaNames(place) = action {
            return self.add_ca_names(place, value);
        }
        if let Action::ServerInfo = action {
            return self.use_server_info(value);
        }
        let flags = self.flags.get();
        let target = self.target.borrow().clone();
        let slot = match &target {
            Target::Nothing => return apply::check(action, value, flags),
            Target::Context(context) => apply::apply(&**context, action, value, flags),
            Target::Connection(ssl) => apply::apply(&**ssl, action, value, flags),
        };
        let is_done = slot.is_some();
        if let Some(Some(slot)) = slot
            && flags & flag::REQUIRE_PRIVATE != 0
        {
            self.certificate_files.borrow_mut().push((slot, value.to_owned()));
        }
        is_done
    }

    /// A connection has no server info of its own: there is nothing to do.
    fn use_server_info(&self, path: &CStr) -> bool {
        let target = self.target.borrow().clone();
        match target {
            Target::Context(context) => context.update_config(|config| config.use_server_info_file(path)),
            Target::Connection(_) | Target::Nothing => true,
        }
    }

    fn add_ca_names(&self, place: Place, value: &CStr) -> bool {
        let Some(names) = self.ca_names.take().or_else(NameStack::new) else { return false };
        // SAFETY: the stack is ours.
        let is_added = unsafe {
            match place {
                Place::File => ca_names::add_file(names.as_ptr(), Some(value)),
                Place::Directory => ca_names::add_directory(names.as_ptr(), Some(value)),
                Place::Store => ca_names::add_uri(names.as_ptr(), value),
            }
        };
        *self.ca_names.borrow_mut() = Some(names);
        is_added
    }
}

/// Uses the keys in the files of certificates that have none.
fn use_keys_beside(owner: &impl Configurable, files: &[(Slot, CString)]) -> bool {
    files.iter().all(|(slot, path)| {
        owner.look(|config| config.credentials.get(*slot).key.is_some())
            || credential_files::use_key_file(owner, Some(path), FILE_TYPE_PEM)
    })
}

/// `SSL_FILETYPE_PEM`.
const FILE_TYPE_PEM: c_int = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn with_flags(flags: u32) -> ConfContext {
        let conf = ConfContext::default();
        conf.set_flags(flags | flag::CLIENT | flag::SERVER);
        conf
    }

    #[test]
    fn prefix_of_a_command_line_is_exact() {
        let conf = with_flags(flag::COMMAND_LINE);
        assert_eq!(conf.run(c"-no_ticket", None), Outcome::TookNone);
        assert_eq!(conf.run(c"no_ticket", None), Outcome::Unknown);
        conf.set_prefix(Some(c"--ssl-"));
        assert_eq!(conf.run(c"--ssl-no_ticket", None), Outcome::TookNone);
        assert_eq!(conf.run(c"--SSL-no_ticket", None), Outcome::Unknown);
        assert_eq!(conf.run(c"--ssl-", None), Outcome::Unknown);
        conf.set_prefix(Some(c""));
        assert_eq!(conf.run(c"no_ticket", None), Outcome::TookNone);
    }

    #[test]
    fn prefix_of_a_file_is_not() {
        let conf = with_flags(flag::FILE);
        conf.set_prefix(Some(c"SSL"));
        assert_eq!(conf.run(c"sslOptions", Some(c"Bugs")), Outcome::TookValue);
        assert_eq!(conf.run(c"Options", Some(c"Bugs")), Outcome::Unknown);
        conf.set_prefix(None);
        assert_eq!(conf.run(c"Options", Some(c"Bugs")), Outcome::TookValue);
    }

    #[test]
    fn commands_without_a_target_are_checked() {
        let conf = with_flags(flag::FILE);
        assert_eq!(conf.run(c"Options", Some(c"Foo")), Outcome::BadValue);
        assert_eq!(conf.run(c"Options", None), Outcome::NoValue);
        assert_eq!(conf.run(c"SignatureAlgorithms", Some(c"x")), Outcome::BadValue);
        assert_eq!(conf.run(c"SignatureAlgorithms", Some(c"ed25519")), Outcome::TookValue);
        assert_eq!(conf.run(c"MinProtocol", Some(c"TLSv1.2")), Outcome::BadValue);
        assert!(conf.finish());
    }
}
