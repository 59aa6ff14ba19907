//! The program's pre-shared keys: what the callbacks of `SSL_CTX_set_psk_use_session_callback(3)`,
//! `SSL_CTX_set_psk_find_session_callback(3)`, `SSL_CTX_set_psk_client_callback(3)` and
//! `SSL_CTX_use_psk_identity_hint(3)` answer.

use core::ffi::{CStr, c_char, c_uint};
use std::{ffi::CString, sync::Arc};

use zeroize::Zeroizing;

use super::{SessionHandle, Ssl, parts::show};
use crate::{
    crypto::{
        hash::HashAlgorithm,
        secret::{MAX_SECRET_LENGTH, Secret, SharedSecret},
    },
    error::{Error, Reason, Result},
    handshake::want::{Answer, ExternalPsk},
    libcrypto::evp_pkey,
    wire::{AlertDescription, CipherSuite, ProtocolVersion},
};

/// `PSK_MAX_IDENTITY_LEN`.
pub const MAX_IDENTITY_LENGTH: usize = 256;
/// `PSK_MAX_PSK_LEN`.
const MAX_PSK_LENGTH: usize = MAX_SECRET_LENGTH;

/// The identity of a PSK, and the PSK.
type IdentityAndPsk = (Vec<u8>, SharedSecret);

impl Ssl {
    /// The PSK that a client offers in TLS 1.3: that of the session callback, or else that of the callback which TLS 1.2
    /// has as well.
    pub(super) fn offer_psk(&self, hash: Option<HashAlgorithm>) -> Answer {
        let offered = match self.use_psk_session(hash) {
            Ok(None) => self.ask_psk_client(None).map(|asked| {
                let (identity, psk) = asked?;
                Some((identity, plain_psk(&psk)?))
            }),
            result => result,
        };
        let external = match offered {
            Ok(external) => external,
            Err(error) => return Answer::Refuse(error),
        };
        Answer::ExternalPsk(external.map(|(identity, handle)| {
            let session = handle.core();
            drop(self.with_parts(|parts| parts.psk_session.replace(Some(handle))));
            ExternalPsk { identity, session }
        }))
    }

    fn use_psk_session(&self, hash: Option<HashAlgorithm>) -> Result<Option<(Vec<u8>, Arc<SessionHandle>)>> {
        let callback = self.with_config(|config| config.callbacks.psk_use_session);
        let Some(function) = callback else { return Ok(None) };
        let mut identity = core::ptr::null();
        let mut length = 0;
        let mut session = core::ptr::null_mut();
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed. It gives a
        // reference of its session away, whatever it returns.
        let (value, handle) = unsafe {
            let value = function(
                self.as_handle(),
                evp_pkey::digest(hash),
                &raw mut identity,
                &raw mut length,
                &raw mut session,
            );
            (value, (!session.is_null()).then(|| Arc::from_raw(session.cast_const())))
        };
        if value == 0 {
            return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_PSK));
        }
        let Some(handle) = handle else { return Ok(None) };
        if identity.is_null() {
            return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_PSK));
        }
        // SAFETY: the callback promises that `identity` points to `length` bytes; they are copied at once.
        let identity = unsafe { core::slice::from_raw_parts(identity, length) }.to_vec();
        Ok(Some((identity, handle)))
    }

    /// What the client's callback says to the server's hint: identity and PSK; `None`: it has none, or there is none to ask.
    pub(super) fn ask_psk_client(&self, hint: Option<&CStr>) -> Result<Option<IdentityAndPsk>> {
        let callback = self.with_config(|config| config.callbacks.psk_client);
        let Some(function) = callback else { return Ok(None) };
        let mut identity = [0_u8; MAX_IDENTITY_LENGTH + 1];
        let mut psk = Zeroizing::new(vec![0_u8; MAX_PSK_LENGTH]);
        // SAFETY: the program registered `function` for exactly these arguments; both buffers have the room that it is told of
        // (and the first one byte more for the end of the string), and nothing of `self` is borrowed.
        let length = unsafe {
            function(
                self.as_handle(),
                hint.map_or(core::ptr::null(), CStr::as_ptr),
                identity.as_mut_ptr().cast::<c_char>(),
                MAX_IDENTITY_LENGTH as c_uint,
                psk.as_mut_ptr(),
                MAX_PSK_LENGTH as c_uint,
            )
        } as usize;
        if length > MAX_PSK_LENGTH {
            return Err(Error::fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::ERR_INTERNAL_ERROR));
        }
        if length == 0 {
            return Ok(None);
        }
        psk.truncate(length);
        let identity = CStr::from_bytes_until_nul(&identity).map_err(|_| Error::internal())?;
        Ok(Some((identity.to_bytes().to_vec(), psk)))
    }

    /// The program's PSK of this identity in TLS 1.3: that of the session callback, or else that of the callback which TLS 1.2
    /// has as well.
    pub(super) fn find_psk(&self, identity: &[u8]) -> Answer {
        match self.find_psk_session(identity) {
            Ok(None) => {}
            Ok(Some(handle)) => return Answer::Session(Some(handle.core())),
            Err(error) => return Answer::Refuse(error),
        }
        if identity.len() > MAX_IDENTITY_LENGTH {
            return Answer::Session(None);
        }
        match self.ask_psk_server(identity) {
            Ok(psk) => Answer::Session(psk.and_then(|psk| plain_psk(&psk)).map(|handle| handle.core())),
            Err(error) => Answer::Refuse(error),
        }
    }

    fn find_psk_session(&self, identity: &[u8]) -> Result<Option<Arc<SessionHandle>>> {
        let callback = self.with_config(|config| config.callbacks.psk_find_session);
        let Some(function) = callback else { return Ok(None) };
        let mut session = core::ptr::null_mut();
        // SAFETY: the program registered `function` for exactly these arguments; `identity` outlives the call, and nothing of
        // `self` is borrowed. It gives a reference of its session away, whatever it returns.
        let (value, handle) = unsafe {
            let value = function(self.as_handle(), identity.as_ptr(), identity.len(), &raw mut session);
            (value, (!session.is_null()).then(|| Arc::from_raw(session.cast_const())))
        };
        if value == 0 {
            return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_EXTENSION));
        }
        Ok(handle)
    }

    /// The PSK that the server's callback has for this identity, which C sees up to its first zero byte; `None`: it has none,
    /// or there is none to ask.
    pub(super) fn ask_psk_server(&self, identity: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let callback = self.with_config(|config| config.callbacks.psk_server);
        let Some(function) = callback else { return Ok(None) };
        let identity = CString::new(until_nul(identity)).map_err(|_| Error::internal())?;
        let mut psk = Zeroizing::new(vec![0_u8; MAX_PSK_LENGTH]);
        // SAFETY: the program registered `function` for exactly these arguments; `psk` has the room that it is told of, and
        // nothing of `self` is borrowed.
        let length = unsafe {
            function(self.as_handle(), identity.as_ptr(), psk.as_mut_ptr(), MAX_PSK_LENGTH as c_uint)
        } as usize;
        if length > MAX_PSK_LENGTH {
            return Err(Error::internal());
        }
        psk.truncate(length);
        Ok((length > 0).then_some(psk))
    }

    /// The PSK of a client of TLS 1.2.
    pub(super) fn client_psk(&self) -> Answer {
        let hint = self.with_connection(|connection| connection.negotiated().psk_identity_hint.clone());
        let hint = hint.and_then(|hint| CString::new(until_nul(&hint)).ok());
        self.ask_psk_client(hint.as_deref()).map_or_else(Answer::Refuse, Answer::ClientPsk)
    }

    /// The PSK of this identity on a server of TLS 1.2.
    pub(super) fn server_psk(&self, identity: &[u8]) -> Answer {
        self.ask_psk_server(identity).map_or_else(Answer::Refuse, Answer::ServerPsk)
    }

    /// `SSL_get_psk_identity(3)`: valid until it changes and is asked for again; null without one.
    pub fn psk_identity(&self) -> *const c_char {
        let parts = self.parts();
        let identity = self.with_connection(|connection| connection.negotiated().psk_identity.clone());
        show(&mut parts.psk_identity.borrow_mut(), identity.as_deref().and_then(text))
    }

    /// `SSL_get_psk_identity_hint(3)`: valid until it changes and is asked for again; null without one.
    pub fn psk_identity_hint(&self) -> *const c_char {
        let parts = self.parts();
        let hint = self.with_connection(|connection| connection.negotiated().psk_identity_hint.clone());
        show(&mut parts.psk_identity_hint.borrow_mut(), hint.as_deref().and_then(text))
    }
}

/// What C sees of these bytes: all before the first zero.
fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn text(bytes: &[u8]) -> Option<CString> {
    CString::new(until_nul(bytes)).ok()
}

/// A PSK of the callbacks that know nothing of sessions: in TLS 1.3 it goes with SHA-256
/// (`SSL_CTX_set_psk_client_callback(3)`). `None`: memory is out.
fn plain_psk(psk: &[u8]) -> Option<Arc<SessionHandle>> {
    let handle = SessionHandle::empty()?;
    let secret = Secret::new(psk)?;
    handle.update(|session| {
        session.version = ProtocolVersion::TLS1_3;
        session.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        session.secret = secret;
    });
    Some(handle)
}
