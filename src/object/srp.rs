//! SRP (RFC 5054): what a context or a connection needs for it, and what the core asks of it.
//!
//! The numbers are libcrypto's: programs read them (`SSL_get_srp_N(3)`) and set them (`SSL_set_srp_server_param(3)`).

use core::ffi::{CStr, c_char, c_int, c_void};
use std::{ffi::CString, sync::Arc};

use zeroize::Zeroizing;

use super::{
    Ssl,
    callbacks::{SrpPasswordCallback, SrpUserCallback, SrpVerifyCallback},
    ssl::Waiting,
};
use crate::{
    crypto::{rand, secret::SharedSecret},
    error::{Error, Reason, Result},
    handshake::want::Answer,
    libcrypto::{
        memory,
        srp::{Group, Number},
    },
    message::server_key_exchange::SrpParameters,
    wire::AlertDescription,
};

/// `SRP_MINIMAL_N`.
const MINIMAL_BITS: usize = 1024;
/// How many bytes our secret numbers have, as in OpenSSL.
const SECRET_LENGTH: usize = 48;
/// `SSL3_AL_FATAL`.
const FATAL: c_int = 2;

/// Where a client's password comes from.
#[derive(Clone, Copy, Default)]
pub enum Password {
    /// Nowhere.
    #[default]
    None,
    /// `SSL_CTX_set_srp_password`: it is the `info`.
    Info,
    /// `SSL_CTX_set_srp_client_pwd_callback`.
    Callback(SrpPasswordCallback),
}

/// The program's pointer that all callbacks of SRP get.
#[derive(Clone, Copy)]
pub struct Argument(pub *mut c_void);

// SAFETY: the pointer is only handed back to the program's functions; what threads may do with it is the program's concern.
unsafe impl Send for Argument {}
// SAFETY: as above.
unsafe impl Sync for Argument {}

/// What SRP needs (`SSL_CTX_SRP_CTX_init`). Copied from a context to its connections; the name of the user stands in the
/// settings.
#[derive(Clone)]
pub struct Srp {
    /// The program has something to do with SRP: only then are its suites used.
    pub enabled: bool,
    /// `SSL_get_srp_userinfo`, or the password of a client.
    pub info: Option<Arc<CStr>>,
    /// How many bits the modulus must have that a client takes.
    pub strength: usize,
    /// Where a client's password comes from.
    pub password: Password,
    /// Judges the server's group in place of the list of known ones.
    pub verify_callback: Option<SrpVerifyCallback>,
    /// Tells a server about the user.
    pub user_callback: Option<SrpUserCallback>,
    /// What callbacks get.
    pub argument: Argument,
    /// `N`.
    pub modulus: Option<Arc<Number>>,
    /// `g`.
    pub generator: Option<Arc<Number>>,
    /// `s`.
    pub salt: Option<Arc<Number>>,
    /// `v`, of a server.
    pub verifier: Option<Arc<Number>>,
    /// Our secret number, `a` or `b`, and the public one, `A` or `B`.
    pub key: Option<(Arc<Number>, Arc<Number>)>,
}

impl Default for Srp {
    fn default() -> Self {
        Self {
            enabled: false,
            info: None,
            strength: MINIMAL_BITS,
            password: Password::None,
            verify_callback: None,
            user_callback: None,
            argument: Argument(core::ptr::null_mut()),
            modulus: None,
            generator: None,
            salt: None,
            verifier: None,
            key: None,
        }
    }
}

/// A new secret number.
fn new_secret() -> Option<Arc<Number>> {
    let bytes = Zeroizing::new(rand::array::<SECRET_LENGTH>().ok()?);
    Number::from_bytes(&bytes[..]).map(Arc::new)
}

const fn refused(reason: Reason) -> Error {
    Error::fatal(AlertDescription::INTERNAL_ERROR, reason)
}

impl Srp {
    fn group(&self) -> Option<Group<'_>> {
        Some(Group { modulus: self.modulus.as_ref()?, generator: self.generator.as_ref()? })
    }

    /// A client's new key pair. `None`: there is no group.
    fn client_key(&self) -> Option<(Arc<Number>, Arc<Number>)> {
        let group = self.group()?;
        let secret = new_secret()?;
        let public = group.client_public(&secret)?;
        Some((secret, Arc::new(public)))
    }

    /// A server's new key pair. `None`: a parameter is missing.
    fn server_key(&self) -> Option<(Arc<Number>, Arc<Number>)> {
        let (group, verifier, _) = (self.group()?, self.verifier.as_ref()?, self.salt.as_ref()?);
        let secret = new_secret()?;
        let public = group.server_public(&secret, verifier)?;
        Some((secret, Arc::new(public)))
    }
}

impl Ssl {
    fn srp(&self) -> Srp {
        self.with_config(|config| config.srp.clone())
    }

    /// `SRP_Calc_A_param`: a client's new key pair. `false`: there is no group.
    pub fn make_srp_client_key(&self) -> bool {
        let key = self.srp().client_key();
        let made = key.is_some();
        if made {
            self.update_config(|config| config.srp.key = key);
        }
        made
    }

    /// `SSL_srp_server_param_with_username`: what the program says about the user, and with that our key pair. Returns
    /// `SSL_ERROR_NONE` (0), `SSL3_AL_FATAL` (2) with the alert, or what the program's function returned.
    pub fn srp_server_key(&self, alert: &mut c_int) -> c_int {
        *alert = c_int::from(AlertDescription::UNKNOWN_PSK_IDENTITY.0);
        let srp = self.srp();
        if let Some(function) = srp.user_callback {
            // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
            let value = unsafe { function(self.as_handle(), alert, srp.argument.0) };
            if value != 0 {
                return value;
            }
        }
        *alert = c_int::from(AlertDescription::INTERNAL_ERROR.0);
        // The program's function may have set the parameters.
        let Some(key) = self.srp().server_key() else { return FATAL };
        self.update_config(|config| config.srp.key = Some(key));
        0
    }

    /// The program's say about the user that the client names.
    pub(super) fn ask_srp_user(&self, name: &[u8]) -> Answer {
        let Ok(name) = CString::new(name) else { return Answer::Refuse(Error::internal()) };
        let known = self.with_config(|config| config.settings.srp_user_name.clone());
        // A pointer that was given out stays valid while the name is the same.
        if known.as_deref() != Some(name.as_c_str()) {
            self.update_config(|config| {
                config.update_settings(|settings| settings.srp_user_name = Some(name.into()));
            });
        }
        let mut alert = 0;
        match self.srp_server_key(&mut alert) {
            FATAL => {
                let alert = super::ask::alert_from(alert);
                let reason = match alert {
                    AlertDescription::UNKNOWN_PSK_IDENTITY => Reason::PSK_IDENTITY_NOT_FOUND,
                    _ => Reason::CLIENTHELLO_TLSEXT,
                };
                Answer::Refuse(Error::fatal(alert, reason))
            }
            value if value < 0 => {
                self.waiting.set(Waiting::X509Lookup);
                Answer::NotYet
            }
            _ => Answer::Proceed,
        }
    }

    /// A server's half.
    pub(super) fn srp_parameters(&self) -> Result<SrpParameters> {
        let Srp { modulus, generator, salt, key, .. } = self.srp();
        let (Some(modulus), Some(generator), Some(salt), Some((_, public))) = (modulus, generator, salt, key)
        else {
            return Err(refused(Reason::MISSING_SRP_PARAM));
        };
        Ok(SrpParameters {
            modulus: modulus.to_bytes().to_vec(),
            generator: generator.to_bytes().to_vec(),
            salt: salt.to_bytes().to_vec(),
            public: public.to_bytes().to_vec(),
        })
    }

    /// A server's premaster secret. RFC 5054 §2.5.4: what is 0 modulo N is refused.
    pub(super) fn srp_server(&self, public: &[u8]) -> Result<SharedSecret> {
        let srp = self.srp();
        let group = srp.group().ok_or(Error::internal())?;
        let client_public = Number::from_bytes(public).ok_or(Error::internal())?;
        if !client_public.is_within(group.modulus) {
            return Err(Error::illegal(Reason::BAD_SRP_PARAMETERS));
        }
        let (Some((secret, public)), Some(verifier)) = (&srp.key, &srp.verifier) else {
            return Err(Error::internal());
        };
        group.server_premaster(&client_public, (secret, public), verifier).ok_or(Error::internal())
    }

    /// A client's half, once it took the server's.
    pub(super) fn srp_client(&self, parameters: &SrpParameters) -> Result<Answer> {
        let number = |bytes: &[u8]| Number::from_bytes(bytes).map(Arc::new).ok_or(Error::internal());
        let (modulus, generator) = (number(&parameters.modulus)?, number(&parameters.generator)?);
        let (salt, server_public) = (number(&parameters.salt)?, number(&parameters.public)?);
        let group = Group { modulus: &modulus, generator: &generator };
        // RFC 5054 §2.5.3: before anything is computed with it.
        if !generator.is_within(&modulus) || !server_public.is_within(&modulus) {
            return Err(Error::illegal(Reason::BAD_DATA));
        }
        self.update_config(|config| {
            config.srp.modulus = Some(Arc::clone(&modulus));
            config.srp.generator = Some(Arc::clone(&generator));
            config.srp.salt = Some(Arc::clone(&salt));
        });
        self.check_srp_group(group)?;
        if !self.make_srp_client_key() {
            return Err(refused(Reason::SRP_A_CALC));
        }
        let password = self.srp_password()?;
        let password = CStr::from_bytes_with_nul(&password).map_err(|_| Error::internal())?;
        let user = self.with_config(|config| config.settings.srp_user_name.clone());
        let user = user.ok_or(Error::internal())?;
        let (secret, public) = self.srp().key.ok_or(Error::internal())?;
        let premaster = group
            .client_premaster((&secret, &public), &server_public, &salt, (&user, password))
            .ok_or(Error::internal())?;
        let user_name = user.to_bytes().to_vec();
        Ok(Answer::SrpClient { public: public.to_bytes().to_vec(), premaster, user_name })
    }

    /// RFC 5054 §2.5.3: the group must be one that we trust.
    fn check_srp_group(&self, group: Group<'_>) -> Result<()> {
        let srp = self.srp();
        let insufficient = |reason| Error::fatal(AlertDescription::INSUFFICIENT_SECURITY, reason);
        if group.modulus.bits() < srp.strength {
            return Err(insufficient(Reason::INSUFFICIENT_SECURITY));
        }
        match srp.verify_callback {
            Some(function) => {
                // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
                if unsafe { function(self.as_handle(), srp.argument.0) } <= 0 {
                    return Err(insufficient(Reason::CALLBACK_FAILED));
                }
                Ok(())
            }
            None if group.is_known() => Ok(()),
            None => Err(insufficient(Reason::INSUFFICIENT_SECURITY)),
        }
    }

    /// The client's password with its zero byte, wiped when it was used.
    fn srp_password(&self) -> Result<Zeroizing<Vec<u8>>> {
        let srp = self.srp();
        let password = match srp.password {
            Password::None => return Err(Error::internal()),
            Password::Info => srp.info.map(|info| Zeroizing::new(info.to_bytes_with_nul().to_vec())),
            Password::Callback(function) => {
                // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed. It
                // returns null, or a string of `OPENSSL_malloc` that is ours.
                unsafe { memory::take_secret_string(function(self.as_handle(), srp.argument.0)) }
            }
        };
        password.ok_or(refused(Reason::CALLBACK_FAILED))
    }

    /// What the connection has, or else its context: `SSL_get_srp_N` and its kin.
    pub fn srp_or_contexts<R>(&self, find: impl Fn(&Srp) -> Option<R>) -> Option<R> {
        self.with_config(|config| find(&config.srp)).or_else(|| find(&self.context().config().srp))
    }

    /// `SSL_get_srp_username`: valid until it changes; null without one.
    #[must_use]
    pub fn srp_user_name(&self) -> *const c_char {
        let own = self.with_config(|config| config.settings.srp_user_name.clone());
        let name = own.or_else(|| self.context().config().settings.srp_user_name.clone());
        name.map_or(core::ptr::null(), |name| name.as_ptr())
    }
}
