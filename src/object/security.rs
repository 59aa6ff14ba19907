//! The program's security callback (`SSL_CTX_set_security_callback(3)`), and OpenSSL's own, which goes by the level.
//!
//! The core cannot call it. So at two moments of each handshake it is asked of all that the settings allow: before our first
//! message about what we offer or choose by, and after it about what the peer may answer with. The core is told what it refused;
//! what was refused at the first moment stays so at the second.

use core::{
    ffi::{c_int, c_void},
    ptr,
};
use std::sync::Arc;

use super::{Context, SSL, SSL_CTX, Ssl, callbacks::Callback, config::Config};
use crate::{
    crypto::{
        signature_scheme::{self, SCHEMES},
        suite::Suite,
    },
    handshake::position::Position,
    libcrypto::panics::contain,
    policy::{
        Settings,
        security::{self, Refusals, minimum_bits},
        version,
    },
    record::Side,
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

    /// Whether each of these operations is allowed.
    fn allows_all(&self, operations: &[i32], bits: u16, nid: i32, other: *mut c_void) -> bool {
        operations.iter().all(|operation| self.allows(*operation, bits.into(), nid, other))
    }

    /// What the callback refuses at this moment of all that the settings allow.
    fn refusals(&self, settings: &Settings, side: Side, moment: Moment) -> Refusals {
        let Operations { suites: suite_operations, groups: group_operations, schemes: scheme_operations } =
            operations(side, moment);
        let allows_version =
            |version: &ProtocolVersion| self.allows(operation::VERSION, 0, version.0.into(), ptr::null_mut());
        let allows_suite = |suite: &&'static Suite| {
            let other = ptr::from_ref::<Suite>(suite).cast_mut().cast();
            self.allows_all(suite_operations, suite.strength_bits(), 0, other)
        };
        let by_number = |operations: &[i32], number: u16, bits: u16, nid: i32| {
            let mut other = number.to_be_bytes();
            self.allows_all(operations, bits, nid, other.as_mut_ptr().cast())
        };
        let versions = version::ALL.into_iter().filter(|version| !allows_version(version));
        let suites = settings.tls13_cipher_suites.iter().chain(settings.cipher_suites.iter());
        let groups = settings.groups.iter().filter_map(|id| Some((*id, settings.group(*id)?)));
        let before_tls12 = signature_scheme::find(signature_scheme::RSA_PKCS1_MD5_SHA1);
        let schemes = SCHEMES.iter().chain(before_tls12);
        Refusals {
            versions: versions.collect(),
            suites: suites.filter(|suite| !allows_suite(suite)).map(|suite| suite.id).collect(),
            groups: groups
                .filter(|(id, group)| !by_number(group_operations, id.0, group.security_bits(), group.nid()))
                .map(|(id, _)| id)
                .collect(),
            schemes: schemes
                .filter(|scheme| {
                    let number = signature_scheme::number_to_show(scheme.id);
                    !by_number(scheme_operations, number, scheme.security_bits, scheme.hash_nid())
                })
                .map(|scheme| scheme.id)
                .collect(),
            tickets: moment == Moment::First && !self.allows(operation::TICKET, 0, 0, ptr::null_mut()),
        }
    }
}

/// When the callback is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Before our first message of a handshake.
    First,
    /// After it.
    Later,
}

/// What the callback is asked about each suite, group and signature scheme.
struct Operations {
    suites: &'static [i32],
    groups: &'static [i32],
    schemes: &'static [i32],
}

const fn operations(side: Side, moment: Moment) -> Operations {
    use operation::*;
    match (side, moment) {
        (Side::Client, Moment::First) => Operations {
            suites: &[CIPHER_SUPPORTED],
            groups: &[CURVE_SUPPORTED],
            schemes: &[SIGALG_MASK, SIGALG_SUPPORTED],
        },
        (Side::Client, Moment::Later) => Operations {
            suites: &[CIPHER_CHECK],
            groups: &[CURVE_CHECK],
            schemes: &[SIGALG_SHARED, SIGALG_CHECK],
        },
        (Side::Server, Moment::First) => Operations {
            suites: &[CIPHER_SHARED],
            groups: &[CURVE_SUPPORTED, CURVE_SHARED, CURVE_CHECK],
            schemes: &[SIGALG_SUPPORTED, SIGALG_SHARED],
        },
        (Side::Server, Moment::Later) => Operations { suites: &[], groups: &[], schemes: &[SIGALG_CHECK] },
    }
}

/// The settings with what the callback refused of them.
#[derive(Clone)]
pub struct Judged {
    from: Arc<Settings>,
    callback: Callback<SecurityCallback>,
    moment: Moment,
    settings: Arc<Settings>,
}

impl Judged {
    fn is_of(&self, settings: &Arc<Settings>, callback: Callback<SecurityCallback>) -> bool {
        Arc::ptr_eq(&self.from, settings)
            && self.callback.argument == callback.argument
            && self.callback.function.map(|function| function as usize)
                == callback.function.map(|function| function as usize)
    }
}

impl Ssl {
    /// These settings as the security callback leaves them. It is asked at both moments of a handshake, and again when the settings
    /// change.
    pub(super) fn judge(&self, settings: Arc<Settings>) -> Arc<Settings> {
        if self.with_config(|config| config.callbacks.security.function.is_none()) {
            return settings;
        }
        let asker = Asker::of_connection(self);
        let (moment, is_between) = self.with_connection(|connection| match connection.position() {
            Position::Before => (Moment::First, false),
            position => (Moment::Later, position == Position::Ok),
        });
        let mut refusals = Refusals::default();
        let mut moments = vec![Moment::First, moment];
        let judged = self.with_parts(|parts| parts.judged.borrow().clone());
        if let Some(judged) = judged.filter(|judged| judged.is_of(&settings, asker.callback)) {
            if judged.moment == moment || is_between {
                return Arc::clone(&judged.settings);
            }
            if moment == Moment::Later {
                refusals = judged.settings.refusals.as_deref().cloned().unwrap_or_default();
                moments.remove(0);
            }
        }
        moments.dedup();
        for moment in moments {
            refusals.add(asker.refusals(&settings, self.side(), moment));
        }
        let refusals = Some(Arc::new(refusals));
        let result = Arc::new(Settings { refusals, ..Settings::clone(&settings) });
        let judged =
            Judged { from: settings, callback: asker.callback, moment, settings: Arc::clone(&result) };
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
