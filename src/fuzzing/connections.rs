//! Whole connections: a client and a server against whatever comes, and against each other over a channel that changes what
//! they say; the calls of a program in any order.

use std::sync::OnceLock;

use super::pieces;
use crate::capi::fuzz_end::{CALLS, End, FreshContext, Resumable, Setup, quic::QuicEnd};

/// A client, or a server, that reads `data` behind its first two bytes: its options, and how the stream is cut.
fn endpoint(server: bool, datagrams: bool, data: &[u8]) {
    let [options, cut, stream @ ..] = data else { return };
    super::let_everything_through(cut & 0x80 == 0);
    let mut end = End::new(Setup { server, datagrams, options: *options });
    if !server && cut & 0x40 != 0 && !datagrams {
        end.resume(session(options & 1 == 1));
    }
    end.drive();
    end.take();
    if datagrams {
        for datagram in pieces(stream) {
            end.feed(datagram);
            if !end.drive() {
                break;
            }
        }
    } else {
        let most = match cut & 0x3f {
            0 => usize::MAX,
            length => usize::from(length),
        };
        for piece in stream.chunks(most) {
            end.feed(piece);
            if !end.drive() {
                break;
            }
        }
    }
    for number in 0..CALLS {
        end.call(number, *cut);
    }
    super::let_everything_through(false);
}

/// A client of TLS.
pub fn client(data: &[u8]) {
    endpoint(false, false, data);
}

/// A server of TLS.
pub fn server(data: &[u8]) {
    endpoint(true, false, data);
}

/// A client of DTLS.
pub fn datagram_client(data: &[u8]) {
    endpoint(false, true, data);
}

/// A server of DTLS.
pub fn datagram_server(data: &[u8]) {
    endpoint(true, true, data);
}

/// What a channel does to what passes through it: its orders come from the input, and end in honesty.
struct Channel<'a>(&'a [u8]);

impl Channel<'_> {
    fn next(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// Passes on what one end wrote.
    fn pass(&mut self, items: Vec<Vec<u8>>, to: &mut End) {
        let mut held: Option<Vec<u8>> = None;
        for mut item in items {
            match self.next() % 16 {
                1 => continue,
                2 => to.feed(&item),
                3 => {
                    let place = usize::from(self.next()) * 257 % item.len().max(1);
                    let change = self.next();
                    if let Some(byte) = item.get_mut(place) {
                        *byte ^= change;
                    }
                }
                4 => {
                    let place = usize::from(self.next()) % item.len().max(1);
                    let rest = item.split_off(place);
                    to.feed(&item);
                    item = rest;
                }
                5 if held.is_none() => {
                    held = Some(item);
                    continue;
                }
                6 => item.truncate(usize::from(self.next())),
                7 => {
                    let more = self.next();
                    item.extend(vec![more; usize::from(more % 32)]);
                }
                _ => (),
            }
            to.feed(&item);
        }
        if let Some(item) = held {
            to.feed(&item);
        }
    }
}

fn joined_ends(datagrams: bool, data: &[u8]) {
    let [options, server_options, orders @ ..] = data else { return };
    super::let_everything_through(false);
    let mut client = End::new(Setup { server: false, datagrams, options: *options });
    let mut server = End::new(Setup { server: true, datagrams, options: *server_options });
    let mut channel = Channel(orders);
    for round in 0..40 {
        let alive = client.drive();
        let sent = client.take();
        let quiet = sent.is_empty();
        channel.pass(sent, &mut server);
        let other_alive = server.drive();
        let sent = server.take();
        let all_quiet = quiet && sent.is_empty();
        channel.pass(sent, &mut client);
        if !alive && !other_alive {
            break;
        }
        if all_quiet {
            let (number, argument) = (channel.next(), channel.next());
            if number == 0 && argument == 0 && round > 6 {
                break;
            }
            client.call(number, argument);
            server.call(number.rotate_left(4), argument);
        }
    }
}

/// A client and a server of TLS.
pub fn joined(data: &[u8]) {
    joined_ends(false, data);
}

/// A client and a server of DTLS.
pub fn joined_datagrams(data: &[u8]) {
    joined_ends(true, data);
}

/// Calls of a program on both ends of a connection: two bytes each, the end and the call, and what varies it; from 0x70 on a call on
/// the context of the end, whose number and what varies it are the next two. The bits of the first byte: 0 DTLS, 1 and 2 a session to resume, 3 both ends have contexts of their own, which as many calls set up first as the byte
/// behind the options says, 5 and 6 a `BIO_f_ssl` is on top of the client, of the server.
pub fn calls(data: &[u8]) {
    let [kind, client_options, server_options, calls @ ..] = data else { return };
    let datagrams = kind & 1 == 1;
    super::let_everything_through(false);
    let (contexts, calls) =
        if kind & 8 == 0 { ([None, None], calls) } else { fresh_contexts(datagrams, calls) };
    let [of_client, of_server] = contexts;
    let setup = |server, options| Setup { server, datagrams, options };
    let mut client = End::of_context(setup(false, *client_options), of_client);
    let mut server = End::of_context(setup(true, *server_options), of_server);
    if kind & 0x20 != 0 {
        client.put_filter_on();
    }
    if kind & 0x40 != 0 {
        server.put_filter_on();
    }
    if kind & 2 != 0 && !datagrams {
        client.resume(session(kind & 4 != 0));
    }
    let mut calls = calls.iter().copied();
    for _ in 0..200 {
        let (Some(number), Some(argument)) = (calls.next(), calls.next()) else { break };
        let (end, other) =
            if number & 0x80 == 0 { (&mut client, &mut server) } else { (&mut server, &mut client) };
        match (number & 0x7f, end.context()) {
            (0x70.., Some(context)) => set(context, argument, calls.next().unwrap_or(0)),
            (number, _) => _ = end.call(number, argument),
        }
        for item in end.take() {
            other.feed(&item);
        }
    }
}

/// The contexts of a client and a server, set up by calls of two bytes each, whose number stands before them; and what is behind.
fn fresh_contexts(datagrams: bool, input: &[u8]) -> ([Option<FreshContext>; 2], &[u8]) {
    let contexts = [FreshContext::new(datagrams), FreshContext::new(datagrams)];
    let (count, input) = input.split_first().unwrap_or((&0, input));
    let (setup, rest) = input.split_at(input.len().min(2 * usize::from(count % 64)));
    for call in setup.chunks_exact(2) {
        let [number, argument] = *call else { break };
        set(&contexts[usize::from(number >> 7)], number & 0x7f, argument);
    }
    (contexts.map(Some), rest)
}

/// A call on a context.
fn set(context: &FreshContext, number: u8, argument: u8) {
    match number {
        0x7f => context.cache(session(argument & 1 == 1), argument & 2 == 0),
        number => context.set(number, argument),
    }
}

/// A client or a server of QUIC, whose handshake comes without records: pieces, each behind its level and two bytes of length, go
/// to an end by itself, or tell what passes between two honest ones.
pub fn quic(data: &[u8]) {
    let [kind, most, pieces @ ..] = data else { return };
    let (server, most) = (kind & 1 == 1, usize::from(*most) + 1);
    let resumed = (kind & 4 != 0).then(|| session(true));
    super::let_everything_through(kind & 8 == 0);
    let mut end = QuicEnd::new(server, resumed.filter(|_| !server), most);
    let mut other = (kind & 2 != 0).then(|| QuicEnd::new(!server, resumed.filter(|_| server), most));
    end.drive();
    let mut rest = pieces;
    while let [level, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (piece, after) = after.split_at(length);
        rest = after;
        end.feed(*level, piece);
        let mut alive = end.drive();
        if let Some(other) = &mut other {
            end.take().iter().for_each(|(level, bytes)| other.feed(*level, bytes));
            alive |= other.drive();
            other.take().iter().for_each(|(level, bytes)| end.feed(*level, bytes));
        }
        if !alive {
            break;
        }
    }
    super::let_everything_through(false);
}

/// An honest handshake of QUIC: what is sent to the client (`false`) and to the server.
#[cfg(fuzzing)]
pub fn honest_quic(watch: &mut dyn FnMut(bool, u8, &[u8])) {
    let mut client = QuicEnd::new(false, None, usize::MAX);
    let mut server = QuicEnd::new(true, None, usize::MAX);
    for _ in 0..6 {
        pass_quic(&mut client, &mut server, &mut |level, bytes| watch(true, level, bytes));
        pass_quic(&mut server, &mut client, &mut |level, bytes| watch(false, level, bytes));
    }
}

/// Goes on with one end; what it sends the other gets.
#[cfg(fuzzing)]
fn pass_quic(from: &mut QuicEnd, to: &mut QuicEnd, watch: &mut dyn FnMut(u8, &[u8])) {
    from.drive();
    for (level, bytes) in from.take() {
        watch(level, &bytes);
        to.feed(level, &bytes);
    }
}

/// A session of TLS 1.3 or of TLS 1.2 between our own ends.
fn session(tls13: bool) -> &'static Resumable {
    static SESSIONS: [OnceLock<Resumable>; 2] = [const { OnceLock::new() }; 2];
    SESSIONS[usize::from(tls13)].get_or_init(|| {
        let options = if tls13 { 1 } else { 2 };
        let ends = honest(Setup { server: false, datagrams: false, options }, options, &mut |_, _| ());
        ends.0.session().expect("an honest handshake makes a session")
    })
}

/// An honest handshake; `watch` sees what goes to the client (`false`) and to the server.
pub fn honest(setup: Setup, server_options: u8, watch: &mut dyn FnMut(bool, &[u8])) -> (End, End) {
    let mut client = End::new(setup);
    let mut server = End::new(Setup { server: true, datagrams: setup.datagrams, options: server_options });
    for round in 0..12 {
        client.drive();
        if round == 8 {
            client.call(6, 1);
            server.call(6, 1);
        }
        if round == 10 {
            client.call(8, 0);
        }
        for item in client.take() {
            watch(true, &item);
            server.feed(&item);
        }
        server.drive();
        for item in server.take() {
            watch(false, &item);
            client.feed(&item);
        }
    }
    (client, server)
}
