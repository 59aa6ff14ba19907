//! Extensions that a program gives together with a certificate (`SSL_CTX_use_serverinfo(3)`): a list in memory or in a PEM
//! file, sent to clients that ask for them where that certificate is used. What fails puts its reason into the queue.

use core::ffi::CStr;
use std::sync::Arc;

use super::{
    Ssl,
    config::Config,
    custom_extensions::{CustomExtension, Handler, is_handled_by_openssl},
};
use crate::{
    error::Reason,
    libcrypto::pem_file::PemFile,
    policy::custom_extension::place,
    record::Side,
    wire::{ExtensionType, Reader},
};

/// Where the extensions of a list of version 1 stand.
const PLACES_OF_V1: u32 = place::TLS1_2_AND_BELOW_ONLY
    | place::CLIENT_HELLO
    | place::TLS1_2_SERVER_HELLO
    | place::IGNORE_ON_RESUMPTION;
/// `TLSEXT_TYPE_signed_certificate_timestamp`, which OpenSSL handles and still lets programs send.
const SIGNED_CERTIFICATE_TIMESTAMP: u16 = 18;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Each extension as in a message: for ServerHello of TLS 1.2.
    V1,
    /// Four bytes before each say where it stands (`SSL_EXT_…`).
    V2,
}

/// One extension of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    places: u32,
    extension_type: ExtensionType,
    data: Vec<u8>,
}

/// A list of extensions.
#[derive(Debug, Default)]
pub struct ServerInfo(Vec<Entry>);

impl ServerInfo {
    /// Reads a list; `None` for one that is malformed or empty.
    #[must_use]
    pub fn read(version: Version, list: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(list);
        let mut entries = Vec::new();
        while !reader.is_empty() {
            let places = match version {
                Version::V1 => PLACES_OF_V1,
                Version::V2 => u32::from(reader.u16().ok()?) << 16 | u32::from(reader.u16().ok()?),
            };
            let extension_type = reader.u16().ok()?.into();
            entries.push(Entry { places, extension_type, data: reader.vec16().ok()?.to_vec() });
        }
        (!entries.is_empty()).then_some(Self(entries))
    }
}

impl Config {
    /// Uses a list with the current certificate.
    pub fn use_server_info(&mut self, info: ServerInfo) -> bool {
        self.raising(|config| {
            let customs: Vec<_> = info.0.iter().map(custom_of).collect();
            config.update_credentials(|credentials| {
                credentials.current_mut().server_info = Some(Arc::new(info));
            });
            for custom in customs {
                let extension_type = custom.rules.extension_type.0;
                let is_taken = is_handled_by_openssl(extension_type.into())
                    && extension_type != SIGNED_CERTIFICATE_TIMESTAMP;
                if is_taken || !config.add_custom_extension(custom) {
                    return Err(Reason::INVALID_SERVERINFO_DATA);
                }
            }
            Ok(())
        })
    }

    /// Uses the lists of a PEM file with the current certificate.
    pub fn use_server_info_file(&mut self, path: &CStr) -> bool {
        let mut lists = None;
        self.raising(|_| {
            lists = Some(read_file(path)?);
            Ok(())
        }) && self.use_server_info(lists.unwrap_or_default())
    }
}

fn custom_of(entry: &Entry) -> CustomExtension {
    let side = (entry.places == PLACES_OF_V1).then_some(Side::Server);
    CustomExtension::new(entry.extension_type, entry.places, side, Handler::ServerInfo)
}

fn read_file(path: &CStr) -> Result<ServerInfo, Reason> {
    /// What the names of sections begin with.
    const V1: &[u8] = b"SERVERINFO FOR ";
    const V2: &[u8] = b"SERVERINFOV2 FOR ";

    let file = PemFile::open(path).ok_or(Reason::ERR_SYS_LIB)?;
    let mut all = ServerInfo::default();
    while let Some((name, list)) = file.next_section() {
        let version = if name.len() < V1.len() {
            return Err(Reason::PEM_NAME_TOO_SHORT);
        } else if name.starts_with(V1) {
            Version::V1
        } else if name.len() < V2.len() {
            return Err(Reason::PEM_NAME_TOO_SHORT);
        } else if name.starts_with(V2) {
            Version::V2
        } else {
            return Err(Reason::PEM_NAME_BAD_PREFIX);
        };
        // A section is one extension.
        let info = ServerInfo::read(version, &list).filter(|info| info.0.len() == 1);
        all.0.extend(info.ok_or(Reason::BAD_DATA)?.0);
    }
    if all.0.is_empty() { Err(Reason::NO_PEM_EXTENSIONS) } else { Ok(all) }
}

/// The data of this extension that goes with the certificate in use; in a Certificate it belongs to the first entry.
pub(super) fn extension(
    ssl: &Ssl,
    message: u32,
    extension_type: ExtensionType,
    index: usize,
) -> Option<Vec<u8>> {
    if index > 0 {
        return None;
    }
    let info = ssl.with_config(|config| config.credentials.current().server_info.clone())?;
    let entry = info.0.iter().find(|entry| entry.extension_type == extension_type)?;
    (entry.places & message != 0).then(|| entry.data.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_each_version_is_read() {
        let v1 = ServerInfo::read(Version::V1, b"\x03\xea\x00\x02ab\x03\xeb\x00\x00").unwrap();
        let types: Vec<_> = v1.0.iter().map(|entry| (entry.extension_type.0, entry.data.len())).collect();
        assert_eq!(types, [(1002, 2), (1003, 0)]);
        assert!(v1.0.iter().all(|entry| entry.places == PLACES_OF_V1));
        let v2 = ServerInfo::read(Version::V2, b"\x00\x00\x14\x80\x03\xea\x00\x01a").unwrap();
        assert_eq!(
            v2.0,
            [Entry { places: 0x1480, extension_type: ExtensionType(1002), data: b"a".to_vec() }]
        );
    }

    #[test]
    fn truncated_and_empty_lists_are_refused() {
        let (v1, v2) = (b"\x03\xea\x00\x02ab", b"\x00\x00\x14\x80\x03\xea\x00\x01a");
        for length in 0..v1.len() {
            assert!(ServerInfo::read(Version::V1, &v1[..length]).is_none());
        }
        for length in 0..v2.len() {
            assert!(ServerInfo::read(Version::V2, &v2[..length]).is_none());
        }
    }
}
