//! Tickets as the program wants them: `SSL_CTX_set_tlsext_ticket_key_cb(3)`, `SSL_CTX_set_session_ticket_cb(3)`.

use core::ffi::{c_int, c_void};

use super::support::{export, with_context};
use crate::object::{
    SSL_CTX,
    callbacks::{Callback, TicketGenerateCallback, TicketKeyEvpCallback, TicketOpenedCallback},
};

export! { SSL_CTX_set_tlsext_ticket_key_evp_cb SSL_CTX_set_session_ticket_cb }

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
