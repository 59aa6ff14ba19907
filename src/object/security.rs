//! The program's security callback (`SSL_CTX_set_security_callback(3)`), and OpenSSL's own, which goes by the level.
//!
//! The core cannot call it. Where it wants to know, `security_questions` asks, and the core is told by its settings what was allowed.

use core::{
    ffi::{c_int, c_void},
    ptr,
};
use std::sync::Arc;

use super::{Context, SSL, SSL_CTX, Ssl, callbacks::Callback, config::Config};
use crate::{
    crypto::suite::Suite,
    libcrypto::panics::contain,
    policy::{
        Settings,
        security::{self, Permissions, minimum_bits},
        version,
    },
    wire::ProtocolVersion,
};

/// `SSL_CTX_set_security_callback`: connection or context, operation, strength in bits, libcrypto's number, what it is
/// about, and the program's data.
pub type SecurityCallback =
    unsafe extern "C" fn(*const SSL, *const SSL_CTX, c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;

/// `SSL_SECOP_…`; what the fifth argument is about stands in the upper half.
pub mod operation {
    /// `SSL_SECOP_OTHER_TYPE`.
    pub const OTHER_TYPE: i32 = 0xffff_0000_u32 as i32;
    /// `SSL_SECOP_OTHER_CIPHER`.
    pub const OTHER_CIPHER: i32 = 1 << 16;
    /// `SSL_SECOP_CIPHER_SUPPORTED`.
    pub const CIPHER_SUPPORTED: i32 = 1 | OTHER_CIPHER;
    /// `SSL_SECOP_CIPHER_SHARED`.
    pub const CIPHER_SHARED: i32 = 2 | OTHER_CIPHER;
    /// `SSL_SECOP_CIPHER_CHECK`.
    pub const CIPHER_CHECK: i32 = 3 | OTHER_CIPHER;
    /// `SSL_SECOP_CURVE_SUPPORTED`.
    pub const CURVE_SUPPORTED: i32 = 4 | 2 << 16;
    /// `SSL_SECOP_CURVE_SHARED`.
    pub const CURVE_SHARED: i32 = 5 | 2 << 16;
    /// `SSL_SECOP_CURVE_CHECK`.
    pub const CURVE_CHECK: i32 = 6 | 2 << 16;
    /// `SSL_SECOP_TMP_DH`.
    pub const TMP_DH: i32 = 7 | 4 << 16;
    /// `SSL_SECOP_VERSION`.
    pub const VERSION: i32 = 9;
    /// `SSL_SECOP_TICKET`.
    pub const TICKET: i32 = 10;
    /// `SSL_SECOP_SIGALG_SUPPORTED`.
    pub const SIGALG_SUPPORTED: i32 = 11 | 5 << 16;
    /// `SSL_SECOP_SIGALG_SHARED`.
    pub const SIGALG_SHARED: i32 = 12 | 5 << 16;
    /// `SSL_SECOP_SIGALG_CHECK`.
    pub const SIGALG_CHECK: i32 = 13 | 5 << 16;
    /// `SSL_SECOP_SIGALG_MASK`.
    pub const SIGALG_MASK: i32 = 14 | 5 << 16;
    /// `SSL_SECOP_COMPRESSION`.
    pub const COMPRESSION: i32 = 15;
    /// `SSL_SECOP_EE_KEY`.
    pub const EE_KEY: i32 = 16 | 6 << 16;
    /// `SSL_SECOP_CA_KEY`.
    pub const CA_KEY: i32 = 17 | 6 << 16;
    /// `SSL_SECOP_CA_MD`.
    pub const CA_MD: i32 = 18 | 6 << 16;
}

/// Who asks: everything that a question needs, so that nothing is borrowed while the program's code runs.
pub struct Asker {
    level: u8,
    callback: Callback<SecurityCallback>,
    ssl: *const SSL,
    context: *const SSL_CTX,
}

impl Asker {
    /// A context asks.
    pub fn of_context(context: &Context) -> Self {
        Self::new(&context.config(), ptr::null(), ptr::from_ref(context))
    }

    /// A connection asks.
    pub fn of_connection(ssl: &Ssl) -> Self {
        Self::new(&ssl.config(), ssl.as_handle(), ptr::null())
    }

    fn new(config: &Config, ssl: *const SSL, context: *const SSL_CTX) -> Self {
        let (level, callback) = (config.settings.security_level, config.callbacks.security);
        Self { level, callback, ssl, context }
    }

    /// Whether this is allowed: by the program's callback, or without one by the level. `other` is null or what the operation
    /// says that it is.
    pub(super) fn allows(&self, operation: i32, bits: i32, nid: i32, other: *mut c_void) -> bool {
        match self.callback.function {
            // SAFETY: the program registered `function` for exactly these arguments; nothing is borrowed.
            Some(function) => unsafe {
                function(self.ssl, self.context, operation, bits, nid, other, self.callback.argument) != 0
            },
            None => self.level == 0 || bits >= i32::from(minimum_bits(self.level)),
        }
    }
}

/// The settings with what the callback allowed of them.
#[derive(Clone)]
pub struct Judged {
    from: Arc<Settings>,
    permissions: Arc<Permissions>,
    settings: Arc<Settings>,
}

impl Ssl {
    /// These settings as the program's security callback, if there is one, left them when it was asked last.
    pub(super) fn judge(&self, settings: Arc<Settings>) -> Arc<Settings> {
        if self.with_config(|config| config.callbacks.security.function.is_none()) {
            return settings;
        }
        let (permissions, judged) =
            self.with_parts(|parts| (Arc::clone(&parts.permissions.borrow()), parts.judged.borrow().clone()));
        if let Some(judged) = judged
            && Arc::ptr_eq(&judged.from, &settings)
            && Arc::ptr_eq(&judged.permissions, &permissions)
        {
            return judged.settings;
        }
        let result =
            Arc::new(Settings { permissions: Some(Arc::clone(&permissions)), ..Settings::clone(&settings) });
        let judged = Judged { from: settings, permissions, settings: Arc::clone(&result) };
        drop(self.with_parts(|parts| parts.judged.replace(Some(judged))));
        result
    }
}

/// What counts while the program sets no callback: `SSL_CTX_get_security_callback` gives it, and programs call it.
///
/// # Safety
///
/// `ssl` or else `context` is valid, and `other` is what the operation says.
pub unsafe extern "C" fn by_level(
    ssl: *const SSL,
    context: *const SSL_CTX,
    operation: c_int,
    bits: c_int,
    nid: c_int,
    other: *mut c_void,
    _data: *mut c_void,
) -> c_int {
    contain(|| {
        // SAFETY: the caller's promise.
        let settings = unsafe {
            match (ssl.as_ref(), context.as_ref()) {
                (Some(ssl), _) => ssl.with_config(|config| Arc::clone(&config.settings)),
                (None, Some(context)) => Arc::clone(&context.config().settings),
                (None, None) => return false,
            }
        };
        let level = settings.security_level;
        let enough = level == 0 || bits >= i32::from(minimum_bits(level));
        match operation {
            operation::VERSION => {
                u16::try_from(nid).is_ok_and(|number| ProtocolVersion(number) >= version::lowest_at(level))
            }
            operation::TICKET => security::allows_tickets(level),
            operation::COMPRESSION => level < 2,
            // OpenSSL never takes a prime that is easily broken, whatever the level.
            operation::TMP_DH => enough && bits >= i32::from(minimum_bits(1)),
            _ if operation & operation::OTHER_TYPE == operation::OTHER_CIPHER => {
                // SAFETY: the caller's promise; an SSL_CIPHER is a suite of the table.
                let suite = unsafe { other.cast::<Suite>().as_ref() };
                enough && suite.is_none_or(|suite| settings.level_allows_suite(suite))
            }
            _ => enough,
        }
    })
    .unwrap_or(false)
    .into()
}
