//! Configuration by the sections of libcrypto's configuration file (`SSL_CTX_config(3)`, `config(5)`).

use core::ffi::CStr;
use std::sync::Arc;

use super::{ConfContext, Outcome, Target, flag};
use crate::{
    error::Reason,
    libcrypto::{configuration, error_queue},
    object::{Context, context::Method},
};

/// Runs the commands under `name`, all of them, whether they fail or not. Whether all succeeded. An unknown name is
/// `SSL_R_INVALID_CONFIGURATION_NAME`.
pub fn configure_by_name(target: Target, method: &Method, name: Option<&CStr>) -> bool {
    let Some(commands) = name.and_then(configuration::tls_commands) else {
        let name = name.map_or("<NULL>".into(), CStr::to_string_lossy);
        error_queue::raise_ssl_with_data(Reason::INVALID_CONFIGURATION_NAME, &format!("name={name}"));
        return false;
    };
    run(target, method, &commands, flag::CERTIFICATE | flag::REQUIRE_PRIVATE)
}

/// Runs the commands under `system_default`, if there are any, on a new context. They cannot set certificates, and what
/// fails is passed over in silence.
pub fn configure_by_system_default(context: &Arc<Context>) {
    if let Some(commands) = configuration::tls_commands(c"system_default") {
        let mark = error_queue::set_mark();
        run(Target::Context(Arc::clone(context)), context.method(), &commands, 0);
        mark.pop();
    }
}

fn run(target: Target, method: &Method, commands: &[(&CStr, Option<&CStr>)], flags: u32) -> bool {
    let conf = ConfContext::default();
    conf.set_flags(flags | flag::FILE);
    conf.set_flags(if method.client { flag::CLIENT } else { 0 });
    conf.set_flags(if method.server { flag::SERVER } else { 0 });
    conf.set_target(target);
    let outcomes = commands.iter().map(|(name, value)| conf.run(name, *value));
    let failures =
        outcomes.filter(|outcome| !matches!(outcome, Outcome::TookValue | Outcome::TookNone)).count();
    conf.finish() && failures == 0
}
