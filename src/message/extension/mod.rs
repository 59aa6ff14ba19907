//! Extensions: the list as it stands in a message, and one file an extension.
//!
//! The list keeps each extension's bytes; a handshake step reads those that it understands with the
//! typed readers of the files here. So unknown extensions survive, and the program's ClientHello
//! callback can look at any of them.

pub mod alpn;
pub mod certificate_authorities;
pub mod certificate_format;
pub mod compress_certificate;
pub mod cookie;
pub mod early_data;
pub mod ec_point_formats;
pub mod key_share;
pub mod max_fragment_length;
pub mod next_protocol_negotiation;
pub mod pre_shared_key;
pub mod psk_key_exchange_modes;
pub mod record_size_limit;
pub mod renegotiation_info;
pub mod server_name;
pub mod signature_algorithms;
pub mod srp;
pub mod status_request;
pub mod supported_groups;
pub mod supported_versions;
pub mod use_srtp;

use super::parse;
use crate::{
    error::{Error, Reason, Result},
    wire::{ExtensionType, Reader, Writer},
};

/// What most blocks that we write fit in, and how many extensions are in them.
const USUAL_LENGTH: usize = 512;
const USUAL_COUNT: usize = 16;

/// The extensions of a message, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// The block as it stands on the wire, without its length.
    block: Vec<u8>,
    /// Each type and where its extension begins in the block; sorted by type.
    index: Vec<(ExtensionType, usize)>,
    /// A vector in one of them is longer than its length can say.
    oversized: bool,
}

impl Extensions {
    /// No extensions.
    #[must_use]
    pub const fn new() -> Self {
        Self { block: Vec::new(), index: Vec::new(), oversized: false }
    }

    /// Reads the block with its two-byte length. The same type twice is `illegal_parameter` with
    /// `SSL_R_BAD_EXTENSION` (RFC 8446 §4.2); an extension longer than the block is `decode_error` with the
    /// same reason, a block longer than the message `SSL_R_LENGTH_MISMATCH`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let block = reader.vec16()?;
        let mut index = Vec::new();
        let mut rest = Reader::new(block);
        while !rest.is_empty() {
            let start = block.len().saturating_sub(rest.remaining());
            let (extension_type, _) = read_one(&mut rest).map_err(|_| malformed())?;
            index.push((extension_type, start));
        }
        index.sort_unstable();
        // RFC 8446 §4.2: there must not be more than one extension of the same type.
        if index.array_windows().any(|[(one, _), (next, _)]| one == next) {
            return Err(Error::illegal(Reason::BAD_EXTENSION));
        }
        Ok(Self { block: block.to_vec(), index, oversized: false })
    }

    /// As [`Self::read`], of a block that ends its message: `SSL_R_BAD_LENGTH` if it does not.
    pub fn read_last(reader: &mut Reader<'_>) -> Result<Self> {
        let mut whole = reader.clone();
        if whole.vec16().is_err() || !whole.is_empty() {
            return Err(Error::decode(Reason::BAD_LENGTH));
        }
        Self::read(reader)
    }

    /// Writes the block with its two-byte length.
    pub fn write(&self, writer: &mut Writer) {
        writer.vec16(|block| block.bytes(&self.block));
        writer.note_oversized(self.oversized);
    }

    /// The data of the extension of this type; quick, whatever number of extensions there is.
    #[must_use]
    pub fn get(&self, extension_type: ExtensionType) -> Option<&[u8]> {
        let position = self.index.binary_search_by_key(&extension_type, |(indexed, _)| *indexed).ok()?;
        let (_, start) = self.index.get(position)?;
        let (_, data) = read_one(&mut Reader::new(self.block.get(*start..)?)).ok()?;
        Some(data)
    }

    /// Whether there is one of this type.
    #[must_use]
    pub fn contains(&self, extension_type: ExtensionType) -> bool {
        self.get(extension_type).is_some()
    }

    /// Adds an extension whose data `write` writes. Each type may be added once.
    pub fn add(&mut self, extension_type: ExtensionType, write: impl FnOnce(&mut Writer)) {
        let position = self.index.partition_point(|(indexed, _)| *indexed < extension_type);
        debug_assert!(!self.contains(extension_type), "{extension_type:?} is there already");
        self.index.insert(position, (extension_type, self.block.len()));
        if self.block.capacity() == 0 {
            self.block.reserve(USUAL_LENGTH);
            self.index.reserve(USUAL_COUNT);
        }
        let mut writer = Writer::behind(core::mem::take(&mut self.block));
        writer.u16(extension_type);
        writer.vec16(write);
        self.oversized |= writer.is_oversized();
        self.block = writer.into_bytes();
    }

    /// All of them in their order.
    pub fn iter(&self) -> impl Iterator<Item = (ExtensionType, &[u8])> {
        let mut rest = Reader::new(&self.block);
        core::iter::from_fn(move || read_one(&mut rest).ok())
    }

    /// The type of the last one.
    #[must_use]
    pub fn last(&self) -> Option<ExtensionType> {
        self.index.iter().max_by_key(|(_, start)| *start).map(|(extension_type, _)| *extension_type)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }
}

/// One extension: its type and its data.
fn read_one<'a>(reader: &mut Reader<'a>) -> Result<(ExtensionType, &'a [u8])> {
    Ok((reader.u16()?.into(), reader.vec16()?))
}

/// What a list of extensions, or the data of most of them, is refused with when it cannot be parsed.
const fn malformed() -> Error {
    Error::decode(Reason::BAD_EXTENSION)
}

/// Parses all of an extension's data. Too short or too long is `decode_error` with
/// `SSL_R_BAD_EXTENSION`; other errors of `read` stay as they are.
fn parse_data<'a, T>(data: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
    parse(data, read)
        .map_err(|error| if error == Error::decode(Reason::LENGTH_MISMATCH) { malformed() } else { error })
}

/// The list, which must hold something, as the RFCs ask of nearly every list.
fn non_empty<L: AsRef<[T]>, T>(list: L) -> Result<L> {
    if list.as_ref().is_empty() { Err(malformed()) } else { Ok(list) }
}

/// Checks a typed reader: it takes `data`, and refuses it cut at every length and with a byte more.
#[cfg(test)]
fn assert_strict<'a, T>(data: &'a [u8], read: impl Fn(&'a [u8]) -> Result<T>) {
    super::assert_strict(data, &[], read);
}

/// The data that `write` writes.
#[cfg(test)]
fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Extensions> {
        parse(bytes, Extensions::read)
    }

    fn sample() -> Extensions {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType(0xff01), |data| data.u8(0));
        extensions.add(ExtensionType::SERVER_NAME, |_| ());
        extensions.add(ExtensionType(0x1a1a), |data| data.bytes(b"grease"));
        extensions
    }

    #[test]
    fn list_survives_a_round_trip_in_its_order() {
        let bytes = written(|writer| sample().write(writer));
        let extensions = read(&bytes).unwrap();
        assert_eq!(extensions, sample());
        let items: Vec<_> = extensions.iter().collect();
        assert_eq!(
            items,
            [
                (ExtensionType::RENEGOTIATION_INFO, &[0][..]),
                (ExtensionType::SERVER_NAME, &[]),
                (ExtensionType(0x1a1a), b"grease"),
            ]
        );
        assert_eq!(extensions.last(), Some(ExtensionType(0x1a1a)));
        assert_eq!(extensions.len(), 3);
        assert_strict(&bytes, read);
    }

    #[test]
    fn get_finds_what_is_there_and_nothing_else() {
        let extensions = sample();
        assert_eq!(extensions.get(ExtensionType(0x1a1a)), Some(&b"grease"[..]));
        assert_eq!(extensions.get(ExtensionType::SERVER_NAME), Some(&[][..]));
        assert_eq!(extensions.get(ExtensionType::ALPN), None);
        assert!(!extensions.contains(ExtensionType::ALPN));
        assert!(!extensions.is_empty());
        assert!(Extensions::new().is_empty());
    }

    #[test]
    fn same_type_twice_is_illegal_parameter() {
        let twice = [0, 12, 0, 23, 0, 0, 0, 16, 0, 0, 0, 23, 0, 0];
        assert_eq!(read(&twice), Err(Error::illegal(Reason::BAD_EXTENSION)));
    }

    #[test]
    fn extension_longer_than_the_block_is_bad_extension() {
        assert_eq!(read(&[0, 4, 0, 23, 0, 1]), Err(Error::decode(Reason::BAD_EXTENSION)));
        assert_eq!(read(&[0, 2, 0, 23]), Err(Error::decode(Reason::BAD_EXTENSION)));
        assert_eq!(read(&[0, 4, 0, 23]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }

    #[test]
    fn block_full_of_extensions_is_indexed() {
        let mut extensions = Extensions::new();
        for number in (0..16_000u16).rev() {
            extensions.block.extend_from_slice(&number.to_be_bytes());
            extensions.block.extend_from_slice(&[0, 0]);
        }
        let read = read(&written(|writer| extensions.write(writer))).unwrap();
        assert_eq!(read.len(), 16_000);
        assert_eq!(read.last(), Some(ExtensionType(0)));
        assert!(read.contains(ExtensionType(15_999)) && !read.contains(ExtensionType(16_000)));
    }
}
