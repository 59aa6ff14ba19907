//! A connection without records, for a QUIC stack of the program's own (`SSL_set_quic_tls_cbs(3)`): its callbacks take the place of
//! the BIOs.

use core::ffi::{c_int, c_uchar, c_void};
use std::sync::Arc;

use super::{SSL, Ssl, config::Configurable, driver::Pause, ssl::Waiting};
use crate::{
    connection::Connection,
    error::{Error, Reason},
    handshake::{Environment, want::Answer},
    policy::options::option,
    record::{Outgoing, Side},
    wire::ProtocolVersion,
};

/// `OSSL_FUNC_SSL_QUIC_TLS_crypto_send_fn`.
pub type SendCallback =
    unsafe extern "C" fn(*mut SSL, *const c_uchar, usize, *mut usize, *mut c_void) -> c_int;
/// `OSSL_FUNC_SSL_QUIC_TLS_crypto_recv_rcd_fn`.
pub type ReceiveCallback =
    unsafe extern "C" fn(*mut SSL, *mut *const c_uchar, *mut usize, *mut c_void) -> c_int;
/// `OSSL_FUNC_SSL_QUIC_TLS_crypto_release_rcd_fn`.
pub type ReleaseCallback = unsafe extern "C" fn(*mut SSL, usize, *mut c_void) -> c_int;
/// `OSSL_FUNC_SSL_QUIC_TLS_yield_secret_fn`.
pub type SecretCallback =
    unsafe extern "C" fn(*mut SSL, u32, c_int, *const c_uchar, usize, *mut c_void) -> c_int;
/// `OSSL_FUNC_SSL_QUIC_TLS_got_transport_params_fn`.
pub type ParametersCallback = unsafe extern "C" fn(*mut SSL, *const c_uchar, usize, *mut c_void) -> c_int;
/// `OSSL_FUNC_SSL_QUIC_TLS_alert_fn`.
pub type AlertCallback = unsafe extern "C" fn(*mut SSL, c_uchar, *mut c_void) -> c_int;

/// The QUIC stack, and what it is called with.
#[derive(Clone, Copy)]
pub struct QuicStack {
    /// Takes handshake bytes.
    pub send: SendCallback,
    /// Lends handshake bytes of the peer.
    pub receive: ReceiveCallback,
    /// Gets back what it lent.
    pub release: ReleaseCallback,
    /// Takes a secret.
    pub secret: SecretCallback,
    /// Takes the peer's transport parameters.
    pub parameters: ParametersCallback,
    /// Takes an alert.
    pub alert: AlertCallback,
    /// The program's.
    pub argument: *mut c_void,
}

impl Ssl {
    /// Hands the handshake to a QUIC stack: TLS 1.3 alone, without what pleases middleboxes. `false`: it has begun.
    pub fn use_quic_stack(&self, stack: QuicStack) -> bool {
        if !self.with_connection(|connection| connection.is_before()) {
            return false;
        }
        self.change_settings(|settings| {
            settings.options &= !option::ENABLE_MIDDLEBOX_COMPAT;
            settings.min_version = Some(ProtocolVersion::TLS1_3);
        });
        self.quic_stack.set(Some(stack));
        self.with_connection(Connection::use_crypto_stream);
        true
    }

    /// Sets the transport parameters to send. `false`: there is no QUIC stack.
    pub fn set_transport_parameters(&self, parameters: &[u8]) -> bool {
        let has_stack = self.quic_stack.get().is_some();
        if has_stack {
            self.change_settings(|settings| settings.quic_transport_parameters = Some(parameters.into()));
        }
        has_stack
    }

    /// Lets the QUIC stack send or receive early data. `None`: there is no QUIC stack; `Some(false)`: a client that has no session
    /// which allows any.
    pub fn allow_quic_early_data(&self, enabled: bool) -> Option<bool> {
        self.quic_stack.get()?;
        if self.side() == Side::Server {
            // RFC 9001 §4.6.1: the amount is QUIC's to limit.
            let most = if enabled { u32::MAX } else { 0 };
            self.change_settings(|settings| {
                settings.max_early_data = most;
                settings.recv_max_early_data = most;
            });
        } else if enabled {
            let session = self.offered_session().map(|session| session.core());
            if !session.is_some_and(|session| session.max_early_data > 0 && session.resumable) {
                return Some(false);
            }
        }
        self.quic_early_data.set(enabled);
        Some(true)
    }

    /// Hands the QUIC stack all that waits for it. A callback that calls us gets no further than here: what it looks at comes first.
    pub(super) fn flush_to_quic(&self, stack: &QuicStack) -> Result<(), Pause> {
        let generation = self.generation.get();
        self.waiting.set(Waiting::Writing);
        if self.with_connection(|connection| connection.crypto_is_out()) {
            return Err(Pause::Waiting);
        }
        while let Some(outgoing) = self.with_connection(Connection::next_crypto) {
            let mut taken = 0;
            let accepted = self.show_to_quic(stack, &outgoing, &mut taken);
            self.check_generation(generation)?;
            // The callback may have called us.
            self.waiting.set(Waiting::Writing);
            let data = if let Outgoing::Data(data) = &outgoing { &data[..] } else { &[] };
            let rest = data.get(taken..).filter(|_| accepted);
            let is_blocked = taken == 0 && rest.is_some_and(|rest| !rest.is_empty());
            let has_failed = self.with_connection(|connection| {
                connection.give_back_crypto(rest.unwrap_or_default());
                connection.failure().is_some()
            });
            match (rest, &outgoing) {
                (Some(_), _) if !is_blocked => {}
                (_, Outgoing::Data(_) | Outgoing::Secret { .. }) if has_failed => {
                    self.with_connection(Connection::keep_alerts_alone);
                }
                (Some(_), _) => return Err(Pause::Waiting),
                (None, Outgoing::Secret { .. }) => return Err(self.fail_in_quic(Error::internal())),
                (None, Outgoing::Data(_) | Outgoing::Alert(_)) => {
                    return Err(self.fail_in_quic(Error::Silent(Reason::ERR_INTERNAL_ERROR)));
                }
            }
        }
        self.with_connection(Connection::crypto_was_taken);
        self.waiting.set(Waiting::Nothing);
        Ok(())
    }

    /// Calls the callback for `outgoing`; `taken` is how many bytes it took. `false`: it failed.
    fn show_to_quic(&self, stack: &QuicStack, outgoing: &Outgoing, taken: &mut usize) -> bool {
        let (handle, argument) = (self.as_handle(), stack.argument);
        // SAFETY: the program registered these callbacks for exactly these arguments, which outlive the call; nothing of `self` is
        // borrowed.
        let accepted = unsafe {
            match outgoing {
                Outgoing::Data(data) => (stack.send)(handle, data.as_ptr(), data.len(), taken, argument),
                Outgoing::Secret { level, writes, secret } => {
                    let (level, direction) = (*level as u32, c_int::from(*writes));
                    (stack.secret)(handle, level, direction, secret.as_ptr(), secret.len(), argument)
                }
                Outgoing::Alert(description) => (stack.alert)(handle, description.0, argument),
            }
        };
        accepted == 1
    }

    /// Gets handshake bytes from the QUIC stack. A callback that calls us while they are lent gets no further than here: it would be
    /// lent the same once more.
    pub(super) fn fill_from_quic(&self, environment: &Environment, stack: &QuicStack) -> Result<(), Pause> {
        if self.quic_lends.replace(true) {
            self.waiting.set(Waiting::Reading);
            return Err(Pause::Waiting);
        }
        let result = self.borrow_from_quic(environment, stack);
        self.quic_lends.set(false);
        result
    }

    fn borrow_from_quic(&self, environment: &Environment, stack: &QuicStack) -> Result<(), Pause> {
        let generation = self.generation.get();
        self.waiting.set(Waiting::Reading);
        let (mut data, mut length) = (core::ptr::null(), 0);
        // SAFETY: the program registered these callbacks for exactly these arguments, which outlive the call; nothing of `self`
        // is borrowed.
        let lent =
            unsafe { (stack.receive)(self.as_handle(), &raw mut data, &raw mut length, stack.argument) };
        self.check_generation(generation)?;
        if lent != 1 || (data.is_null() && length > 0) {
            return Err(self.fail_in_quic(Error::internal()));
        }
        if length == 0 {
            // The callback may have called us.
            self.waiting.set(Waiting::Reading);
            return Err(Pause::Waiting);
        }
        // SAFETY: the QUIC stack lends that many bytes until it gets them back.
        let lent = unsafe { core::slice::from_raw_parts(data, length) };
        let received = self.with_connection(|connection| connection.receive_crypto(environment, lent));
        // SAFETY: as above.
        let released = unsafe { (stack.release)(self.as_handle(), length, stack.argument) };
        self.check_generation(generation)?;
        if let Err(error) = received {
            self.deliver_events();
            self.fail(error);
            return Err(Pause::Failed);
        }
        if released != 1 {
            return Err(self.fail_in_quic(Error::internal()));
        }
        self.waiting.set(Waiting::Nothing);
        Ok(())
    }

    /// A callback of the QUIC stack failed, which ends the connection.
    fn fail_in_quic(&self, error: Error) -> Pause {
        if self.with_connection(|connection| connection.failure().is_none()) {
            let environment = self.environment();
            self.with_connection(|connection| connection.break_off_crypto(&environment, error));
            self.deliver_events();
            self.fail(error);
        }
        Pause::Failed
    }

    /// The QUIC stack's opinion of the peer's transport parameters.
    pub(super) fn show_transport_parameters(&self, parameters: &[u8]) -> Answer {
        let Some(stack) = self.quic_stack.get() else { return Answer::Refuse(Error::internal()) };
        // SAFETY: the program registered this callback for exactly these arguments, which outlive the call; nothing of `self` is
        // borrowed.
        let accepted = unsafe {
            (stack.parameters)(self.as_handle(), parameters.as_ptr(), parameters.len(), stack.argument)
        };
        if accepted == 1 { Answer::Proceed } else { Answer::Refuse(Error::illegal(Reason::BAD_EXTENSION)) }
    }

    /// The settings as QUIC wants them, whatever the program set since.
    pub(super) fn for_quic(
        &self,
        mut settings: Arc<crate::policy::Settings>,
    ) -> Arc<crate::policy::Settings> {
        let lowest = Some(ProtocolVersion::TLS1_3);
        let fits = settings.min_version == lowest && !settings.post_handshake_auth;
        if self.quic_stack.get().is_some() && !fits {
            let settings = Arc::make_mut(&mut settings);
            settings.min_version = lowest;
            // RFC 9001 §4.4: there is no authentication after the handshake.
            settings.post_handshake_auth = false;
        }
        settings
    }
}
