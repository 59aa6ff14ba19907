//! Messages cut into fragments that fit into datagrams (RFC 6347 §4.1.1.1, §4.2.3), and flights that are sent again (§4.2.4).

use super::{Datagrams, flight::Item};
use crate::{
    error::{Error, Result},
    handshake::{Direction, context::Connected},
    message::{DATAGRAM_HEADER_LENGTH, Message},
    wire::ContentType,
};

impl Connected<'_> {
    /// Sends a message, which is sent again when the timer runs out. It needs its number.
    pub(in crate::handshake) fn send_in_flight(&mut self, message: &Message) -> Result<()> {
        let epoch = self.datagrams()?.add_to_flight(Item::Message(message.clone()));
        self.send_message(epoch, message)
    }

    /// Sends a ChangeCipherSpec, which is sent again with its flight.
    pub(in crate::handshake) fn send_change_in_flight(&mut self) -> Result<()> {
        let epoch = self.datagrams()?.add_to_flight(Item::ChangeCipherSpec);
        self.send_change(epoch)
    }

    /// Sends our last flight again: the same messages in new records.
    pub fn send_again(&mut self) -> Result<()> {
        let datagrams = self.datagrams()?;
        datagrams.outbound.close_datagram();
        for (epoch, item) in datagrams.flight.items() {
            match item {
                Item::Message(message) => self.send_message(epoch, &message)?,
                Item::ChangeCipherSpec => self.send_change(epoch)?,
            }
        }
        Ok(())
    }

    /// Seals something that is not part of a flight, as one record and one datagram.
    pub(in crate::handshake) fn seal_datagram(
        &mut self,
        content_type: ContentType,
        content: &[u8],
    ) -> Result<()> {
        let mtu = self.environment.mtu;
        let outbound = &mut self.datagrams()?.outbound;
        let epoch = outbound.epoch();
        outbound.close_datagram();
        outbound.seal(epoch, content_type, content, mtu)?;
        outbound.close_datagram();
        self.tell_sealed();
        Ok(())
    }

    /// RFC 6347 §4.2.3: fragments may be of any size.
    fn send_message(&mut self, epoch: u16, message: &Message) -> Result<()> {
        let mtu = self.environment.mtu;
        let whole = message.datagram_header().ok_or(Error::internal())?;
        let [kind, l0, l1, l2, s0, s1, ..] = whole;
        let body = message.body();
        let mut rest = body;
        loop {
            let outbound = &mut self.datagrams()?.outbound;
            let (here, anew) = outbound.room(epoch, mtu);
            let room = if here > DATAGRAM_HEADER_LENGTH || (rest.is_empty() && here == DATAGRAM_HEADER_LENGTH)
            {
                here
            } else {
                outbound.close_datagram();
                // A transport for which even this is too much has lied about its size.
                anew.max(DATAGRAM_HEADER_LENGTH + 1)
            };
            let length = rest.len().min(room.saturating_sub(DATAGRAM_HEADER_LENGTH));
            let (part, after) = rest.split_at_checked(length).ok_or(Error::internal())?;
            // A message has less than 2^24 bytes.
            let [_, o0, o1, o2] = ((body.len() - rest.len()) as u32).to_be_bytes();
            let [_, f0, f1, f2] = (length as u32).to_be_bytes();
            let mut fragment = vec![kind, l0, l1, l2, s0, s1, o0, o1, o2, f0, f1, f2];
            fragment.extend_from_slice(part);
            outbound.seal(epoch, ContentType::HANDSHAKE, &fragment, mtu)?;
            rest = after;
            self.tell_sealed();
            if rest.is_empty() {
                break;
            }
        }
        if self.hooks().message {
            let bytes = [&whole, body].concat();
            self.tell_message(Direction::Write, ContentType::HANDSHAKE, &bytes);
        }
        Ok(())
    }

    fn send_change(&mut self, epoch: u16) -> Result<()> {
        let mtu = self.environment.mtu;
        self.datagrams()?.outbound.seal(epoch, ContentType::CHANGE_CIPHER_SPEC, &[1], mtu)?;
        self.tell_sealed();
        self.tell_message(Direction::Write, ContentType::CHANGE_CIPHER_SPEC, &[1]);
        Ok(())
    }

    /// Tells the message callback of the headers of what was sealed.
    fn tell_sealed(&mut self) {
        let headers = self.records.datagrams.as_mut().map(|datagrams| datagrams.outbound.take_headers());
        for header in headers.unwrap_or_default() {
            self.tell_datagram_header(Direction::Write, &header);
        }
    }

    /// What DTLS has; `internal_error` in TLS.
    fn datagrams(&mut self) -> Result<&mut Datagrams> {
        let tells_headers = self.hooks().message;
        let datagrams = self.records.datagrams.as_deref_mut().ok_or(Error::internal())?;
        datagrams.outbound.keep_headers(tells_headers);
        Ok(datagrams)
    }
}
