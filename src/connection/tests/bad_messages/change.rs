//! What is done to one message.

use super::*;

/// A change of one handshake message, or of a ChangeCipherSpec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its body ends after so many bytes, and its header says so.
    Cut(usize),
    /// A byte behind its body, which its header counts.
    Trailing,
    /// Its header counts a byte that does not come.
    LengthMore,
    /// Its header does not count the last byte.
    LengthLess,
    /// Its header announces 16 MiB.
    LengthHuge,
    /// It comes twice.
    Twice,
    /// It does not come.
    Left,
    /// It comes behind the next one.
    BehindNext,
    /// It says to be of another type.
    Type(u8),
    /// An empty message of this type comes before it.
    Before(u8),
    /// A ChangeCipherSpec comes before it.
    CipherSpecBefore,
    /// Application data comes before it, protected as it is.
    DataBefore,
    /// This byte of its body has this value exclusive-or'ed into it.
    Flip(usize, u8),
    /// An extension of this type is added to the block that begins at this place of its body.
    Extension(usize, u16, &'static [u8]),
    /// The first extension of the block that begins at this place comes twice.
    ExtensionTwice(usize),
    /// Its content is this.
    Content(&'static [u8]),
}

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;

/// A whole message.
pub fn message(handshake_type: u8, body: &[u8]) -> Vec<u8> {
    let [_, high, middle, low] = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[handshake_type, high, middle, low], body].concat()
}

/// The body with `more` behind the vector of extensions that begins at `place`, and its length corrected.
fn with_more_extensions(body: &[u8], place: usize, more: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    let length = usize::from(u16::from_be_bytes([body[place], body[place + 1]]));
    let end = place + 2 + length;
    body.splice(end..end, more.iter().copied());
    let length = u16::try_from(length + more.len()).unwrap().to_be_bytes();
    body[place..place + 2].copy_from_slice(&length);
    body
}

impl Change {
    /// What goes out instead of an item; what is `held` goes out behind the next one.
    pub fn apply(
        &self,
        content_type: ContentType,
        content: &[u8],
        held: &mut Option<(ContentType, Vec<u8>)>,
    ) -> Flight {
        let item = (content_type, content.to_vec());
        let (kind, body) = (content[0], content.get(4..).unwrap_or_default());
        let one = |bytes| vec![(HANDSHAKE, bytes)];
        let with_header_length = |length: usize| {
            let mut bytes = content.to_vec();
            bytes[1..4].copy_from_slice(&u32::try_from(length).unwrap().to_be_bytes()[1..]);
            bytes
        };
        match self {
            // A signature may be shorter than in the honest run.
            Self::Cut(length) => one(message(kind, &body[..(*length).min(body.len().saturating_sub(1))])),
            Self::Trailing => one(message(kind, &[body, &[0]].concat())),
            Self::LengthMore => one(with_header_length(body.len() + 1)),
            Self::LengthLess => one(with_header_length(body.len() - 1)),
            Self::LengthHuge => one(with_header_length(0xff_ffff)),
            Self::Twice => vec![item.clone(), item],
            Self::Left => Vec::new(),
            Self::BehindNext => {
                *held = Some(item);
                Vec::new()
            }
            Self::Type(kind) => one(message(*kind, body)),
            Self::Before(kind) => vec![(HANDSHAKE, message(*kind, &[])), item],
            Self::CipherSpecBefore => vec![(ContentType::CHANGE_CIPHER_SPEC, vec![1]), item],
            Self::DataBefore => vec![(ContentType::APPLICATION_DATA, b"data".to_vec()), item],
            Self::Flip(place, value) => {
                let mut bytes = content.to_vec();
                let place = (4 + place).min(bytes.len() - 1);
                bytes[place] ^= value;
                one(bytes)
            }
            Self::Extension(place, extension, data) => {
                let length = u16::try_from(data.len()).unwrap();
                let more = [&extension.to_be_bytes(), &length.to_be_bytes(), *data].concat();
                one(message(kind, &with_more_extensions(body, *place, &more)))
            }
            Self::ExtensionTwice(place) => {
                let first = &body[place + 2..];
                let length = usize::from(u16::from_be_bytes([first[2], first[3]]));
                one(message(kind, &with_more_extensions(body, *place, &first[..4 + length])))
            }
            Self::Content(content) => vec![(content_type, content.to_vec())],
        }
    }
}

/// Every type of handshake message (RFC 8446 §4, RFC 5246 §7.4, RFC 6066 §8), and two that are none.
const TYPES: [u8; 19] = [0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 25, 67, 99];

/// Where the extensions of a message begin in its body, if it has any.
pub fn extensions_of(bytes: &[u8]) -> Option<usize> {
    let body = &bytes[4..];
    let vector8 = |place: usize| place + 1 + usize::from(body[place]);
    let vector16 = |place: usize| place + 2 + usize::from(u16::from_be_bytes([body[place], body[place + 1]]));
    let place = match bytes[0] {
        1 => vector8(vector16(vector8(34))),
        2 => vector8(34) + 3,
        8 => 0,
        _ => return None,
    };
    (place + 2 <= body.len()).then_some(place)
}

/// Every change of this item; if it is not `thorough`, those of a message that other scenarios have changed thoroughly.
pub fn changes(content_type: ContentType, bytes: &[u8], thorough: bool) -> Vec<Change> {
    let mut changes = vec![Change::Twice, Change::Left, Change::BehindNext, Change::CipherSpecBefore];
    if content_type == ContentType::CHANGE_CIPHER_SPEC {
        changes.extend([b"\x02", &b"\x01\x01"[..], b"\0"].map(Change::Content));
        changes.extend([0, 1, 2, 11, 20].map(Change::Before));
        return changes;
    }
    let length = bytes.len() - 4;
    changes.extend([Change::Trailing, Change::LengthMore, Change::LengthHuge, Change::DataBefore]);
    changes.extend((length > 0).then_some(Change::LengthLess));
    let step = if thorough { 1 + length / 40 } else { 1 + length / 12 };
    let cuts = (0..length).filter(|cut| *cut < 6 || *cut + 3 > length || cut % step == 0);
    changes.extend(cuts.map(Change::Cut));
    let types = TYPES.into_iter().filter(|kind| *kind != bytes[0] && (thorough || kind % 8 == 0));
    changes.extend(types.clone().map(Change::Type));
    changes.extend(types.map(Change::Before));
    if !thorough {
        return changes;
    }
    let flips = (0..length).filter(|place| *place < 8 || place % (1 + length / 40) == 0);
    changes.extend(flips.clone().map(|place| Change::Flip(place, 1)));
    changes.extend(flips.map(|place| Change::Flip(place, 0x80)));
    if let Some(place) = extensions_of(bytes) {
        changes.extend((length > place + 2).then_some(Change::ExtensionTwice(place)));
        // Every extension of RFCs that OpenSSL knows, empty and with a byte, and one that nobody knows.
        let known = [0, 1, 5, 10, 11, 13, 14, 15, 16, 18, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 49, 50, 51];
        for extension in known.into_iter().chain([0x3374, 0xff01, 0xfafa]) {
            changes.push(Change::Extension(place, extension, b""));
            changes.push(Change::Extension(place, extension, b"\0"));
        }
    }
    changes
}
