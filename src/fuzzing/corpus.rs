//! Makes the corpora that the fuzzer starts from: what honest ends say to each other when cryptography is replaced by nothing.
//! `scripts/fuzz corpus` writes them to `fuzz/corpus`.

use std::{fs, io, path::Path};

use super::connections::{honest, honest_quic};
use crate::capi::fuzz_end::Setup;

fn write(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

/// Writes all of them below `folder`.
pub fn write_all(folder: &Path) -> io::Result<()> {
    for (datagrams, options) in [false, true]
        .into_iter()
        .flat_map(|datagrams| [1u8, 2, 5, 0x46, 0x12, 3].map(|options| (datagrams, options)))
    {
        super::let_everything_through(true);
        let mut to_client = vec![options, 0];
        let mut to_server = vec![options, 0];
        let mut messages = Vec::new();
        drop(honest(Setup { server: false, datagrams, options }, options, &mut |server, item| {
            let stream = if server { &mut to_server } else { &mut to_client };
            if datagrams {
                stream.extend_from_slice(&(item.len() as u16).to_be_bytes());
            }
            stream.extend_from_slice(item);
            messages.push((server, item.to_vec()));
        }));
        super::let_everything_through(false);
        let name = format!("honest-{options:02x}");
        let (client, server) =
            if datagrams { ("datagram_client", "datagram_server") } else { ("client", "server") };
        write(folder, client, &name, &to_client)?;
        write(folder, server, &name, &to_server)?;
        let joined = if datagrams { "joined_datagrams" } else { "joined" };
        write(folder, joined, &name, &[options, options, 8, 8, 8, 8])?;
        write(folder, "calls", &format!("{joined}-{options:02x}"), &{
            let mut calls = vec![u8::from(datagrams), options, options];
            for call in [0, 0x80, 0, 0x80, 0, 0x80, 6, 0x83, 0x86, 3, 9, 0x83, 15, 8, 0x88] {
                calls.extend_from_slice(&[call, 1]);
            }
            calls
        })?;
        if !datagrams {
            split_messages(folder, options, &messages)?;
        }
        if datagrams {
            let mut input = vec![3];
            input.extend_from_slice(&to_client[2..]);
            write(folder, "datagrams", &name, &input)?;
        }
    }
    for form in 0..12 {
        write(folder, "streams", &format!("form-{form:02}"), &[form, 100, 20, 0, 255])?;
        write(
            folder,
            "streams",
            &format!("changed-{form:02}"),
            &[form, 100, 20, 1, 7, 0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5],
        )?;
    }
    for (number, text) in [
        "DEFAULT",
        "ALL:!aNULL:-RSA:+kDHE:@STRENGTH",
        "SUITEB128",
        "ECDHE+AESGCM:!SHA1:@SECLEVEL=2",
        "TLSv1.2:eNULL:kPSK",
    ]
    .into_iter()
    .enumerate()
    {
        write(folder, "cipher_strings", &format!("text-{number}"), text.as_bytes())?;
    }
    let lines = "CipherString ALL\nMinProtocol TLSv1.2\nOptions -SessionTicket,Bugs\nGroups X25519:P-256\nVerifyMode Request\n\
                 SignatureAlgorithms RSA+SHA256\nNumTickets 3\nRecordPadding 16\n-min_protocol TLSv1.3\n-bugs x";
    for flags in [0x3b, 0x39, 0x2b, 0x7a] {
        write(folder, "conf_lines", &format!("lines-{flags:02x}"), &[&[flags], lines.as_bytes()].concat())?;
    }
    let vectors = include_str!("../session/vectors/openssl_sessions.txt");
    for (number, line) in vectors.lines().filter(|line| !line.starts_with('#')).enumerate() {
        let hex = line.split_whitespace().last().unwrap_or_default();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .filter_map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok())
            .collect();
        write(folder, "sessions", &format!("openssl-{number}"), &bytes)?;
        if let Ok((session, _)) = crate::session::asn1::decode(&bytes, 1_700_000_000) {
            if let Ok(plain) = crate::session::ticket::encode(&session) {
                write(folder, "tickets", &format!("plain-{number}"), &[&[1], plain.as_slice()].concat())?;
            }
            if let Some(keys) = crate::session::TicketKeys::from_bytes(&[7; 80])
                && let Ok(sealed) = crate::session::ticket::seal(&keys, &session)
            {
                write(folder, "tickets", &format!("sealed-{number}"), &[&[0], sealed.as_slice()].concat())?;
            }
        }
    }
    honest_for_quic(folder)?;
    with_fresh_contexts(folder)?;
    for (name, label, der) in [
        ("p256", "PRIVATE KEY", &include_bytes!("../connection/testdata/p256.key.der")[..]),
        ("p384", "PRIVATE KEY", include_bytes!("../connection/testdata/p384.key.der")),
        ("rsa", "PRIVATE KEY", include_bytes!("../connection/testdata/rsa.key.der")),
    ] {
        let mut text = format!("text\n-----BEGIN {label}-----\n");
        for line in base64(der).as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str(&format!("-----END {label}-----\n"));
        write(folder, "credentials", &format!("key-{name}"), &[&[0], text.as_bytes()].concat())?;
    }
    for (name, der) in [
        ("p256", &include_bytes!("../connection/testdata/p256.crt.der")[..]),
        ("rsa", include_bytes!("../connection/testdata/rsa.crt.der")),
        ("rsapss", include_bytes!("../connection/testdata/rsapss.crt.der")),
        ("ed25519", include_bytes!("../connection/testdata/ed25519.crt.der")),
    ] {
        write(folder, "credentials", &format!("certificate-{name}"), &[&[2], der].concat())?;
    }
    let lists = [4, 0, 0, 1, 0x80, 0xfe, 1, 0, 2, 7, 7];
    write(folder, "credentials", "extensions", &lists)
}

/// Handshakes of ends with contexts of their own: each with another thing set up, on both sides, and once more when the connection
/// is there; of DTLS; with a `BIO_f_ssl` on top.
fn with_fresh_contexts(folder: &Path) -> io::Result<()> {
    let handshake = |kind: u8, call: u8, number: u8, argument: u8| {
        // Certificates of the server come first.
        let mut input = vec![kind, 0, 0, 4, 0x84, 0, 0x84, 8, number, argument, number | 0x80, argument];
        for side in [0, 0x80, 0, 0x80, 0, 0x80] {
            input.extend_from_slice(&[side | call, 0]);
        }
        // Of sessions, the one that was added is removed.
        let again = if number == 0x7f { argument | 2 } else { argument };
        for side in [0, 0x80] {
            input.extend_from_slice(&[side | 0x70, number, again]);
        }
        for ending in [6, 0x83, 0x86, 3, 8, 0x88] {
            input.extend_from_slice(&[ending, 33]);
        }
        write(folder, "calls", &format!("set-up-{kind:02x}-{number:02x}-{argument:02x}"), &input)
    };
    handshake(9, 0, 7, 0)?;
    handshake(0x68, 27, 7, 0)?;
    for (number, count) in [(0, 16), (1, 32), (2, 39), (4, 8), (5, 16), (6, 4), (0x7f, 2)] {
        for argument in 0..count {
            let argument = match number {
                // Each kind of text, with another one.
                0 => argument << 4 | argument * 5 % 16,
                1 => argument | 0x40,
                6 => 13 + argument * 3,
                _ => argument,
            };
            handshake(8, 0, number, argument)?;
        }
    }
    Ok(())
}

/// What honest ends of QUIC say to each other.
fn honest_for_quic(folder: &Path) -> io::Result<()> {
    super::let_everything_through(true);
    let mut inputs = [vec![0, 255], vec![1, 255]];
    honest_quic(&mut |server, level, bytes| {
        let input = &mut inputs[usize::from(server)];
        input.push(level);
        input.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
        input.extend_from_slice(bytes);
    });
    super::let_everything_through(false);
    write(folder, "quic", "to-client", &inputs[0])?;
    write(folder, "quic", "to-server", &inputs[1])?;
    write(folder, "quic", "joined", &[2, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
    write(folder, "quic", "resumed", &[6, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// Base64 (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().chain(&[0; 3]).take(3).fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            let digit = if place <= group.len() { DIGITS[bits >> (18 - 6 * place) & 63] } else { b'=' };
            text.push(char::from(digit));
        }
    }
    text
}

/// The messages of a handshake, and the extensions of the hellos.
fn split_messages(folder: &Path, options: u8, items: &[(bool, Vec<u8>)]) -> io::Result<()> {
    for side in [false, true] {
        let stream: Vec<u8> =
            items.iter().filter(|(server, _)| *server == side).flat_map(|(_, item)| item.clone()).collect();
        let mut handshake = Vec::new();
        let mut rest = stream.as_slice();
        while let [kind, _, _, high, low, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
            let (body, next) = after.split_at(length);
            match (*kind, body) {
                (22, body) => handshake.extend_from_slice(body),
                // Type and tag of zeros stand behind what TLS 1.3 hides.
                (23, [inner @ .., 22, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]) => {
                    handshake.extend_from_slice(inner)
                }
                _ => (),
            }
            rest = next;
        }
        let mut rest = handshake.as_slice();
        while let [kind, a, b, c, after @ ..] = rest {
            let length = (u32::from_be_bytes([0, *a, *b, *c]) as usize).min(after.len());
            let (body, next) = after.split_at(length);
            let tls13 = options & 3 == 1;
            let which = match kind {
                1 => 0,
                2 => 2,
                4 => 14,
                8 => 11,
                11 if tls13 => 3,
                11 => 4,
                12 => 15,
                13 if tls13 => 5,
                13 => 6,
                15 => 8,
                16 => 9,
                _ => 13,
            };
            write(folder, "messages", &format!("{kind:02}-{options:02x}"), &[&[which], body].concat())?;
            if *kind == 1
                && let Ok(hello) = crate::message::client_hello::ClientHello::read(body)
            {
                extensions(folder, options, &hello.extensions)?;
            }
            rest = next;
        }
    }
    Ok(())
}

fn extensions(folder: &Path, options: u8, list: &crate::message::extension::Extensions) -> io::Result<()> {
    for (extension_type, data) in list.iter() {
        let which = match extension_type.0 {
            0 => 16,
            5 => 19,
            10 => 20,
            11 => 7,
            13 => 17,
            16 => 0,
            27 => 4,
            41 => 12,
            43 => 21,
            45 => 13,
            51 => 8,
            0xff01 => 15,
            _ => 23,
        };
        write(
            folder,
            "extensions",
            &format!("{:04x}-{options:02x}", extension_type.0),
            &[&[which], data].concat(),
        )?;
    }
    Ok(())
}
