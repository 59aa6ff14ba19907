//! Tickets as the program wants them: `SSL_CTX_set_tlsext_ticket_key_cb(3)`, `SSL_CTX_set_session_ticket_cb(3)`.

use core::ffi::{c_int, c_void};

use super::support::{export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{Callback, TicketGenerateCallback, TicketKeyEvpCallback, TicketOpenedCallback},
};

export! { SSL_CTX_set_tlsext_ticket_key_evp_cb SSL_CTX_set_session_ticket_cb SSL_new_session_ticket }

/// Lets `callback` set up the cipher and the MAC of each ticket. Returns 1. `SSL_CTX_set_tlsext_ticket_key_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_tlsext_ticket_key_evp_cb(
    ctx: *mut SSL_CTX,
    callback: Option<TicketKeyEvpCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_live(|live| live.ticket_key_evp = callback);
            1
        })
    }
}

/// Asks for one more ticket, which the next write or `SSL_do_handshake` sends.
///
/// Returns 1; 0 if this is no server of TLS 1.3, or its handshake is not complete. `SSL_CTX_set_num_tickets(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_new_session_ticket(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.request_ticket())) }
}

/// Calls `gen_cb` before a session is sealed into a ticket, and `dec_cb` when a ticket was opened, or could not be; both
/// with `arg`. Returns 1. `SSL_CTX_set_session_ticket_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_session_ticket_cb(
    ctx: *mut SSL_CTX,
    gen_cb: Option<TicketGenerateCallback>,
    dec_cb: Option<TicketOpenedCallback>,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_live(|live| {
                live.ticket_generate = Callback { function: gen_cb, argument: arg };
                live.ticket_opened = Callback { function: dec_cb, argument: arg };
            });
            1
        })
    }
}
