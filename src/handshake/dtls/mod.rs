//! What DTLS adds to a handshake (RFC 6347 §4.2, RFC 4347 §4.2): messages in fragments that may get lost, come twice or in the
//! wrong order.
//!
//! | file | what it does |
//! |---|---|
//! | `reassembly` | messages out of fragments, in their order (§4.2.3) |
//! | `flight` | what was sent and may have to be sent again (§4.2.4) |
//! | `timer` | when that is due (§4.2.4.1) |
//! | `listen` | ClientHellos that are answered without keeping anything (§4.2.1) |
//! | `send` | messages cut into fragments that fit into datagrams |

mod flight;
mod listen;
mod reassembly;
mod send;
mod timer;

pub use listen::Knock;
pub use reassembly::Fragment;
pub use timer::Timer;

use crate::{
    message::Message,
    record::{
        RecordKeys,
        dtls::{DatagramInbound, DatagramOutbound},
    },
};
use flight::{Flight, Item};
use reassembly::Reassembly;

/// Both directions of the record layer, and the handshake's share in them.
#[derive(Default)]
pub struct Datagrams {
    /// What comes in.
    pub inbound: DatagramInbound,
    /// What goes out.
    pub outbound: DatagramOutbound,
    /// Fragments on their way to be messages.
    pub reassembly: Reassembly,
    /// What was sent last.
    pub flight: Flight,
    /// When it is sent again.
    pub timer: Timer,
    /// A ChangeCipherSpec of the current epoch came, perhaps before its turn.
    pub change_cipher_spec_came: bool,
    /// Something was sent that counts as a message of the handshake that is to come: a HelloRequest, or a HelloVerifyRequest.
    numbering_begun: bool,
    /// The epoch in which this handshake began: its Finished comes in a later one.
    pub first_epoch: u16,
}

impl Datagrams {
    /// This ClientHello is the first that we know of, but perhaps not the first that the client sent.
    pub fn admit(&mut self, knock: &Knock, datagram: Vec<u8>) {
        let sequence = knock.sequence;
        self.begin_numbering();
        self.flight.number_from(sequence);
        self.reassembly.expect(sequence);
        self.outbound.set_sequence(knock.header.sequence);
        self.inbound.receive(datagram);
    }

    /// The next message is the first of a handshake, with the number 0: a HelloRequest is, too (RFC 6347 §4.2.2).
    pub fn begin_numbering(&mut self) {
        self.flight.begin_handshake();
        self.numbering_begun = true;
    }

    /// A handshake begins, the first or another one.
    pub fn begin_handshake(&mut self) {
        if !self.numbering_begun {
            self.begin_numbering();
        }
        self.numbering_begun = false;
        self.first_epoch = self.inbound.epoch();
        self.change_cipher_spec_came = false;
        self.inbound.expect_next_epoch(true);
    }

    /// The handshake is over. Our last flight is kept if it was the last of all: the peer may not have got it.
    pub fn end_handshake(&mut self) {
        self.timer.stop();
        self.inbound.expect_next_epoch(false);
        self.change_cipher_spec_came = false;
        self.reassembly.begin_handshake();
        if self.flight.is_answered() {
            self.forget_flight();
        }
    }

    /// Something is being sent, in the epoch that is returned: with the flight, or as the first of a new one.
    fn add_to_flight(&mut self, item: Item) -> u16 {
        if self.flight.is_answered() {
            self.timer.stop();
        }
        let epoch = self.outbound.epoch();
        self.flight.add(epoch, item);
        epoch
    }

    /// The next whole message, if there is one: the peer has got what it answers.
    pub fn pop_message(&mut self) -> Option<Message> {
        let message = self.reassembly.pop()?;
        self.flight.note_answer();
        Some(message)
    }

    /// The peer changed to these keys. What came in fragments before came under the old ones, and is of no account now.
    pub fn begin_read_epoch(&mut self, keys: RecordKeys) {
        let next = self.reassembly.next();
        self.reassembly.expect(next);
        self.change_cipher_spec_came = false;
        self.inbound.begin_epoch(keys);
    }

    /// The peer has got our last flight.
    pub fn forget_flight(&mut self) {
        self.flight.forget();
        self.outbound.forget_previous_epoch();
    }
}
