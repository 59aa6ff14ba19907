//! What the program's own users write: cipher strings, lists, lines of SSL_CONF; and what is read from files: sessions.

use std::{ffi::CString, sync::Arc};

use crate::{
    capi::fuzz_end::any_version,
    libcrypto::{error_queue, library::Library},
    object::{ConfContext, Context, conf::Target},
    policy::cipher_string,
    session::{TicketKeys, asn1, ticket},
};

/// A cipher string.
pub fn cipher_strings(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        let list = cipher_string::parse(text);
        assert!(list.refusals().count() <= text.len() + 1);
    }
}

/// Lines of SSL_CONF, `NAME VALUE`, behind a byte of flags. Those that read files are left out.
pub fn conf_lines(data: &[u8]) {
    let Some((&flags, data)) = data.split_first() else { return };
    let Some(context) = context() else { return };
    let conf = ConfContext::default();
    conf.set_flags(u32::from(flags) | 0x4);
    conf.set_target(Target::Context(context));
    for line in data.split(|byte| *byte == b'\n') {
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let mut word = || words.next().and_then(|word| CString::new(word).ok());
        let Some(name) = word() else { continue };
        let value = word();
        let lower = name.to_bytes().to_ascii_lowercase();
        if [&b"file"[..], b"path", b"dir", b"store", b"certificate", b"cert", b"key", b"dhparam"]
            .iter()
            .any(|part| lower.windows(part.len()).any(|window| window == *part))
        {
            continue;
        }
        let _ = conf.value_type(&name);
        let _ = conf.run(&name, value.as_deref());
    }
    let _ = conf.finish();
    error_queue::clear();
}

fn context() -> Option<Arc<Context>> {
    Context::new(any_version(), Library::default())
}

/// The ASN.1 form of a session: what is read is written so that it is read the same again.
pub fn sessions(data: &[u8]) {
    let Ok((session, length)) = asn1::decode(data, 1_700_000_000) else { return };
    assert!(length <= data.len());
    let Some(encoded) = asn1::encode(&session) else { return };
    let Ok((again, length)) = asn1::decode(&encoded, 1_700_000_000) else {
        panic!("what was written is not read")
    };
    assert_eq!(length, encoded.len());
    assert!(asn1::encode(&again).is_some_and(|twice| *twice == *encoded));
}

/// A ticket: sealed by somebody else, changed, and what stands in one.
pub fn tickets(data: &[u8]) {
    let Some((&which, data)) = data.split_first() else { return };
    let Some(keys) = TicketKeys::from_bytes(&[7; 80]) else { return };
    if which % 2 == 0 {
        let _ = ticket::open(&keys, data);
        return;
    }
    let Some(session) = ticket::decode(data) else { return };
    let Ok(sealed) = ticket::seal(&keys, &session) else { return };
    assert!(ticket::open(&keys, &sealed).is_some());
}
