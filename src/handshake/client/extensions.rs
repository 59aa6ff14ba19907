//! The extensions that a server answers with: which may stand where (RFC 8446 §4.2, RFC 5246 §7.4.1.4), and the
//! meaning of those that stand in EncryptedExtensions of TLS 1.3 and in ServerHello of TLS 1.2 alike.

use crate::{
    error::{Error, Reason, Result},
    handshake::{Context, custom_extensions},
    message::extension::{Extensions, alpn},
    wire::{AlertDescription, ExtensionType},
};

/// Those that a server may send although nothing asks for them: `renegotiation_info` answers the signalling
/// suite (RFC 5746 §3.4), and `cookie` is the server's to begin with (RFC 8446 §4.2.2).
const UNASKED: [ExtensionType; 2] = [ExtensionType::RENEGOTIATION_INFO, ExtensionType::COOKIE];

/// Checks that the server answers with nothing but what `allowed` says for this message and `offered` asked for, or what the
/// program takes in it (`SSL_EXT_…`).
pub fn check(
    received: &Extensions,
    allowed: &[ExtensionType],
    offered: &Extensions,
    context: &Context<'_>,
    message_place: u32,
) -> Result<()> {
    for (extension_type, _) in received.iter() {
        if let Some(checked) = custom_extensions::check(context, extension_type, message_place) {
            checked?;
            continue;
        }
        let asked = offered.contains(extension_type);
        if allowed.contains(&extension_type) && (asked || UNASKED.contains(&extension_type)) {
            continue;
        }
        // RFC 8446 §4.2: one that we know but not in this message is `illegal_parameter`, one that we did not
        // ask for `unsupported_extension`.
        return Err(if asked {
            Error::illegal(Reason::BAD_EXTENSION)
        } else {
            Error::fatal(AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION)
        });
    }
    Ok(())
}

/// Whether the extension is there; it must be empty then.
pub fn read_empty(extensions: &Extensions, extension_type: ExtensionType) -> Result<bool> {
    match extensions.get(extension_type) {
        None => Ok(false),
        Some([]) => Ok(true),
        Some(_) => Err(Error::decode(Reason::BAD_EXTENSION)),
    }
}

/// Whether the server acknowledged the name that we asked for (RFC 6066 §3).
pub fn read_server_name(extensions: &Extensions, context: &mut Context<'_>) -> Result<()> {
    if read_empty(extensions, ExtensionType::SERVER_NAME)? {
        let name = context.settings().server_name.as_deref().map(<[u8]>::to_vec);
        context.negotiated.server_name = name;
        context.negotiated.server_name_acknowledged = true;
    }
    Ok(())
}

/// Signed certificate timestamps (RFC 6962 §3.3), which libcrypto parses when somebody looks at them.
pub fn read_timestamps(extensions: &Extensions, context: &mut Context<'_>) {
    if let Some(data) = extensions.get(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP) {
        context.negotiated.timestamps = data.to_vec();
    }
}

/// The protocol that the server selected, which must be one that we offered (RFC 7301 §3.1).
pub fn read_alpn(extensions: &Extensions, offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let Some(data) = extensions.get(ExtensionType::ALPN) else { return Ok(()) };
    let selected = alpn::read_selected(data)?;
    let list = alpn::read_list(offered.get(ExtensionType::ALPN).ok_or(Error::internal())?)?;
    if !alpn::names(list).any(|name| name == selected) {
        return Err(Error::illegal(Reason::BAD_EXTENSION));
    }
    context.negotiated.alpn = selected.to_vec();
    Ok(())
}
