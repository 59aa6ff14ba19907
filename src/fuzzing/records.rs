//! Both record layers: hostile records, and honest ones that a channel changes.

use crate::{
    crypto::{cbc::Direction, secret::Secret, suite},
    record::{Inbound, Outbound, RecordKeys, SecurityParameters, WriteKeys, dtls::DatagramInbound},
    wire::{ContentType, ProtocolVersion},
};

/// A form of protection: a suite that has it, the version, and whether it encrypts before it authenticates.
const FORMS: [(&str, ProtocolVersion, bool); 12] = [
    ("TLS_AES_128_GCM_SHA256", ProtocolVersion::TLS1_3, false),
    ("TLS_CHACHA20_POLY1305_SHA256", ProtocolVersion::TLS1_3, false),
    ("TLS_AES_128_CCM_8_SHA256", ProtocolVersion::TLS1_3, false),
    ("ECDHE-RSA-AES128-GCM-SHA256", ProtocolVersion::TLS1_2, false),
    ("ECDHE-RSA-CHACHA20-POLY1305", ProtocolVersion::TLS1_2, false),
    ("AES128-SHA", ProtocolVersion::TLS1_0, false),
    ("AES256-SHA", ProtocolVersion::TLS1_1, false),
    ("ECDHE-RSA-AES256-SHA384", ProtocolVersion::TLS1_2, false),
    ("AES256-SHA256", ProtocolVersion::TLS1_2, true),
    ("CAMELLIA128-SHA", ProtocolVersion::TLS1_0, true),
    ("NULL-SHA256", ProtocolVersion::TLS1_2, false),
    ("ARIA128-GCM-SHA256", ProtocolVersion::TLS1_2, false),
];

fn keys(
    (name, version, encrypt_then_mac): (&str, ProtocolVersion, bool),
    direction: Direction,
) -> Option<RecordKeys> {
    let suite = suite::find_by_name(name)?;
    if version == ProtocolVersion::TLS1_3 {
        let algorithm = suite.aead()?;
        return RecordKeys::tls13(algorithm, [5; 32].get(..algorithm.key_length())?, [6; 12]).ok();
    }
    let parameters = SecurityParameters::new(suite, version, encrypt_then_mac);
    let secret = |byte: u8, length: usize| Secret::filled(length, |out| out.fill(byte));
    let keys = WriteKeys {
        mac_key: secret(3, parameters.mac_key_length()),
        key: secret(1, suite.bulk.key_length()),
        iv: secret(2, parameters.iv_length()),
    };
    RecordKeys::tls12(&parameters, &keys, direction).ok()
}

/// The first bytes: form and length of an honest record (none: 0); then what is done to it; then more bytes.
pub fn streams(data: &[u8]) {
    let [form, length, place, change, chunk, rest @ ..] = data else { return };
    let form = FORMS[usize::from(*form) % FORMS.len()];
    let (Some(write), Some(read)) = (keys(form, Direction::Encrypt), keys(form, Direction::Decrypt)) else {
        return;
    };
    let (mut outbound, mut inbound) = (Outbound::new(), Inbound::new());
    outbound.set_version(form.1);
    inbound.set_version(form.1);
    outbound.set_keys(write);
    inbound.set_keys(read);
    let content = vec![*length; usize::from(*length)];
    let mut stream = Vec::new();
    if *length > 0 && outbound.seal(ContentType::APPLICATION_DATA, &content, 1 << 14).is_ok() {
        stream = outbound.pending().to_vec();
        let place = usize::from(*place) % stream.len();
        stream[place] ^= change;
    }
    stream.extend_from_slice(rest);
    let honest = *length > 0 && *change == 0;
    let mut direct = [0; 300];
    let mut first = true;
    let mut fed = stream.chunks(usize::from(*chunk) + 1);
    'feeding: loop {
        loop {
            let room = (chunk % 2 == 1).then_some(&mut direct[..]);
            match inbound.open(room) {
                Ok(Some(_)) => {
                    assert!(
                        !first
                            || honest
                            || form.0.starts_with("NULL")
                            || *length == 0
                            || *change == 0
                            || !inbound_is(&inbound, &content)
                    );
                    first = false;
                    let count = inbound.plaintext().len();
                    inbound.consume(count);
                }
                Ok(None) => break,
                Err(_) => break 'feeding,
            }
        }
        let Ok(missing) = inbound.missing() else { break };
        let Some(bytes) = fed.next() else { break };
        let mut buffer = inbound.take_buffer(missing, Some(0));
        buffer.extend_from_slice(bytes);
        inbound.return_buffer(buffer);
    }
}

/// Whether what was opened is what was sealed, which it must not be when the record was changed.
fn inbound_is(inbound: &Inbound, content: &[u8]) -> bool {
    inbound.content_type() == Some(ContentType::APPLICATION_DATA) && inbound.plaintext() == content
}

/// Datagrams, each behind two bytes of length, to a reader in epoch 1.
pub fn datagrams(data: &[u8]) {
    let [form, rest @ ..] = data else { return };
    let form = FORMS[usize::from(*form) % FORMS.len()];
    if form.1 != ProtocolVersion::TLS1_2 {
        return;
    }
    let Some(read) = keys(form, Direction::Decrypt) else { return };
    let mut inbound = DatagramInbound::default();
    inbound.set_version(ProtocolVersion::DTLS1_2);
    inbound.expect_next_epoch(true);
    let mut read = Some(read);
    for (number, datagram) in super::pieces(rest).enumerate() {
        if number == 2
            && let Some(read) = read.take()
        {
            inbound.begin_epoch(read);
        }
        inbound.receive(datagram.to_vec());
        while inbound.open(None).is_some() {
            let count = inbound.plaintext().len();
            inbound.consume(count);
        }
        assert!(inbound.kept_bytes() <= 1 << 17, "{} bytes are kept", inbound.kept_bytes());
    }
}
