//! KeyUpdate (RFC 8446 §4.6.3, §7.2).

use crate::{
    error::{Error, Reason, Result},
    handshake::{Negotiated, Traffic, context::Connected, position::Position},
    message::{Message, key_update},
    record::Side,
    wire::{AlertDescription, HandshakeType},
};

/// The most KeyUpdates of a peer that sends no application data between them: each one costs us
/// a derivation of keys and perhaps an answer.
const MAX_KEY_UPDATES: u8 = 32;

fn traffic(negotiated: &mut Negotiated) -> Result<&mut Traffic> {
    negotiated.traffic.as_mut().ok_or(Error::internal())
}

/// The peer changes its keys, and maybe wants us to change ours.
pub(super) fn read_key_update(connected: &mut Connected<'_>, message: &Message) -> Result<()> {
    let update_requested = key_update::read(message.expect(HandshakeType::KEY_UPDATE)?)?;
    super::report_read(connected, position_of_read(connected.side));
    let traffic = traffic(connected.negotiated)?;
    if traffic.key_updates >= MAX_KEY_UPDATES {
        return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MANY_KEY_UPDATES));
    }
    traffic.key_updates += 1;
    traffic.read = traffic.read.next();
    let read = traffic.read.clone();
    connected.set_read_secret(&read)?;
    if update_requested { send_key_update(connected, false) } else { Ok(()) }
}

const fn position_of_read(side: Side) -> Position {
    match side {
        Side::Client => Position::CrKeyUpdate,
        Side::Server => Position::SrKeyUpdate,
    }
}

/// Sends a KeyUpdate and changes the write keys (RFC 8446 §4.6.3).
pub fn send_key_update(connected: &mut Connected<'_>, update_requested: bool) -> Result<()> {
    connected.leave_for(match connected.side {
        Side::Client => Position::CwKeyUpdate,
        Side::Server => Position::SwKeyUpdate,
    });
    connected.send(&key_update::write(update_requested))?;
    let traffic = traffic(connected.negotiated)?;
    traffic.write = traffic.write.next();
    let write = traffic.write.clone();
    connected.set_write_secret(&write)?;
    connected.leave_for(Position::Ok);
    Ok(())
}
