//! Records that a MAC authenticates: encrypted by a block cipher in CBC mode, or not at all (RFC 5246 §6.2.3.1,
//! §6.2.3.2; RFC 2246 §6.2.3.2 for TLS 1.0; RFC 7366 for encrypt-then-MAC). Used by [`super::RecordKeys`].
//!
//! With MAC-then-encrypt the MAC is found only by trusting the padding, which anybody may have changed. Who can tell
//! wrong padding from a wrong MAC, by the answer or by the time it takes, can decrypt (RFC 5246 §6.2.3.2, "Lucky
//! Thirteen"). So both are always checked, over the longest data that there may be, and the two failures are one.

use core::ops::Range;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{
    HEADER_LENGTH, SecurityParameters, WriteKeys,
    protection::{associated_data, bad_record_mac},
};
use crate::{
    crypto::{
        cbc::{BLOCK_LENGTH, CbcKey, Direction},
        hmac::HmacKey,
        rand,
        suite::BulkCipher,
    },
    error::{Error, Result},
    libcrypto::mac::{MAX_MAC_LENGTH, SecretLengthHmac},
    wire::ProtocolVersion,
};

/// The most bytes of padding, its length byte included (RFC 5246 §6.2.3.2).
const MAX_PADDING: usize = 256;

/// The keys of one direction.
pub(super) struct MacProtection {
    mac: HmacKey,
    mac_length: usize,
    cipher: Cipher,
    empty_fragments: bool,
}

enum Cipher {
    /// `GenericStreamCipher` with the null cipher.
    Null,
    /// `GenericBlockCipher`.
    Cbc { key: CbcKey, has_explicit_iv: bool, order: Order },
}

/// Whether the MAC is over plaintext or ciphertext.
enum Order {
    /// RFC 5246 §6.2.3.2. Who opens has the MAC in the form that takes a secret length.
    MacThenEncrypt(Option<SecretLengthHmac>),
    /// RFC 7366.
    EncryptThenMac,
}

/// A record's header and its sequence number.
#[derive(Clone, Copy)]
pub(super) struct RecordId {
    pub header: [u8; HEADER_LENGTH],
    pub sequence: [u8; 8],
}

impl RecordId {
    /// What the MAC covers in front of the data (RFC 5246 §6.2.3.1).
    fn pseudo_header(self, length: usize) -> [u8; 13] {
        associated_data(self.header, self.sequence, length)
    }
}

impl MacProtection {
    /// Lengths that `parameters` do not have are `internal_error`.
    pub fn new(parameters: &SecurityParameters, keys: &WriteKeys, direction: Direction) -> Result<Self> {
        let algorithm = parameters.mac.ok_or(Error::internal())?;
        let mac_key = keys.mac_key.as_ref();
        if mac_key.len() != algorithm.length() {
            return Err(Error::internal());
        }
        let cipher = match parameters.bulk {
            BulkCipher::Null => Cipher::Null,
            BulkCipher::Cbc(cbc) => {
                let has_explicit_iv = parameters.version > ProtocolVersion::TLS1_0;
                // With explicit ones the first vector is chained to, and otherwise of no account.
                let iv = if has_explicit_iv { &[0; BLOCK_LENGTH] } else { keys.iv.as_ref() };
                let key = CbcKey::new(cbc, keys.key.as_ref(), iv, direction)?;
                let order = match direction {
                    _ if parameters.encrypt_then_mac => Order::EncryptThenMac,
                    Direction::Encrypt => Order::MacThenEncrypt(None),
                    Direction::Decrypt => {
                        let mac = SecretLengthHmac::new(algorithm.digest_name(), mac_key);
                        Order::MacThenEncrypt(Some(mac.ok_or(Error::internal())?))
                    }
                };
                Cipher::Cbc { key, has_explicit_iv, order }
            }
            BulkCipher::Aead(_) => return Err(Error::internal()),
        };
        Ok(Self {
            mac: HmacKey::new(algorithm.hash(), mac_key),
            mac_length: algorithm.length(),
            empty_fragments: parameters.empty_fragments
                && matches!(cipher, Cipher::Cbc { has_explicit_iv: false, .. }),
            cipher,
        })
    }

    /// Whether an empty record goes before application data. In TLS 1.0 the vector of a record is the last block of the
    /// one before: who can choose what is said next could try guesses ("BEAST"). The MAC of an empty record is a vector that
    /// nobody can foretell.
    pub const fn needs_empty_fragment(&self) -> bool {
        self.empty_fragments
    }

    /// The length of the body of a record with this much content.
    pub fn body_length(&self, content_length: usize) -> usize {
        match &self.cipher {
            Cipher::Null => content_length + self.mac_length,
            Cipher::Cbc { has_explicit_iv, order, .. } => {
                let iv_length = iv_length(*has_explicit_iv);
                match order {
                    Order::MacThenEncrypt(_) => iv_length + padded(content_length + self.mac_length),
                    Order::EncryptThenMac => iv_length + padded(content_length) + self.mac_length,
                }
            }
        }
    }

    /// Seals `content` into `body`, which has [`Self::body_length`] bytes.
    pub fn seal(&mut self, record: RecordId, content: &[u8], body: &mut [u8]) -> Result<()> {
        let Self { mac, mac_length, cipher, .. } = self;
        let too_short = Error::internal();
        match cipher {
            Cipher::Null => {
                let (out, out_mac) = body.split_at_mut_checked(content.len()).ok_or(too_short)?;
                out.copy_from_slice(content);
                write_mac(mac, &record.pseudo_header(content.len()), content, out_mac);
            }
            Cipher::Cbc { key, has_explicit_iv, order: Order::MacThenEncrypt(_) } => {
                let rest = write_iv(body, *has_explicit_iv)?;
                let (out, rest) = rest.split_at_mut_checked(content.len()).ok_or(too_short)?;
                let (out_mac, padding) = rest.split_at_mut_checked(*mac_length).ok_or(too_short)?;
                out.copy_from_slice(content);
                write_mac(mac, &record.pseudo_header(content.len()), content, out_mac);
                write_padding(padding);
                key.run_in_place(body)?;
            }
            Cipher::Cbc { key, has_explicit_iv, order: Order::EncryptThenMac } => {
                let length = body.len().checked_sub(*mac_length).ok_or(too_short)?;
                let (encrypted, out_mac) = body.split_at_mut_checked(length).ok_or(too_short)?;
                let rest = write_iv(encrypted, *has_explicit_iv)?;
                let (out, padding) = rest.split_at_mut_checked(content.len()).ok_or(too_short)?;
                out.copy_from_slice(content);
                write_padding(padding);
                key.run_in_place(encrypted)?;
                // RFC 7366 §3: over the ciphertext and its initialization vector, with their length.
                write_mac(mac, &record.pseudo_header(length), encrypted, out_mac);
            }
        }
        Ok(())
    }

    /// Opens a body in place: where its content is. All that is wrong with it is `bad_record_mac`, and then nothing of
    /// the plaintext is left to see.
    pub fn open_in_place(&mut self, record: RecordId, body: &mut [u8]) -> Result<Range<usize>> {
        let opened = self.open(record, body);
        if opened.is_err() {
            body.fill(0);
        }
        opened
    }

    fn open(&mut self, record: RecordId, body: &mut [u8]) -> Result<Range<usize>> {
        let Self { mac, mac_length, cipher, .. } = self;
        match cipher {
            Cipher::Null => {
                let length = body.len().checked_sub(*mac_length).ok_or_else(bad_record_mac)?;
                check_mac(mac, &record.pseudo_header(length), body, length)?;
                Ok(0..length)
            }
            Cipher::Cbc { key, has_explicit_iv, order: Order::MacThenEncrypt(secret_length_mac) } => {
                let start = iv_length(*has_explicit_iv);
                // RFC 5246 §6.2.3.2: whole blocks, with room for the MAC and one byte of padding.
                if !body.len().is_multiple_of(BLOCK_LENGTH) || body.len() <= start + *mac_length {
                    return Err(bad_record_mac());
                }
                key.run_in_place(body)?;
                let mac = secret_length_mac.as_ref().ok_or(Error::internal())?;
                let decrypted = body.get(start..).unwrap_or_default();
                let length = check_padding_and_mac(record, mac, *mac_length, decrypted)?;
                Ok(start..start + length)
            }
            Cipher::Cbc { key, has_explicit_iv, order: Order::EncryptThenMac } => {
                let start = iv_length(*has_explicit_iv);
                let length = body.len().checked_sub(*mac_length).ok_or_else(bad_record_mac)?;
                if !length.is_multiple_of(BLOCK_LENGTH) || length <= start {
                    return Err(bad_record_mac());
                }
                check_mac(mac, &record.pseudo_header(length), body, length)?;
                let encrypted = body.get_mut(..length).ok_or(Error::internal())?;
                key.run_in_place(encrypted)?;
                let decrypted = encrypted.get(start..).unwrap_or_default();
                let (is_good, length) = without_padding(decrypted, 0);
                // The peer's own doing: the MAC was right.
                if !bool::from(is_good) {
                    return Err(bad_record_mac());
                }
                Ok(start..start + length)
            }
        }
    }
}

const fn iv_length(has_explicit_iv: bool) -> usize {
    if has_explicit_iv { BLOCK_LENGTH } else { 0 }
}

/// With the least padding, which is one byte at least (RFC 5246 §6.2.3.2).
const fn padded(length: usize) -> usize {
    (length + 1).next_multiple_of(BLOCK_LENGTH)
}

/// Puts an explicit vector in front; what follows it. RFC 4346 §6.2.3.2: a random block that is encrypted as the first
/// one of the record makes a vector that nobody can foretell.
fn write_iv(body: &mut [u8], has_explicit_iv: bool) -> Result<&mut [u8]> {
    let (iv, rest) = body.split_at_mut_checked(iv_length(has_explicit_iv)).ok_or(Error::internal())?;
    if has_explicit_iv {
        rand::fill(iv)?;
    }
    Ok(rest)
}

/// RFC 5246 §6.2.3.2: each byte is the length of the padding without its length byte.
fn write_padding(padding: &mut [u8]) {
    // Lossless: it is no longer than a block.
    padding.fill((padding.len() as u8).wrapping_sub(1));
}

fn write_mac(key: &HmacKey, pseudo_header: &[u8], data: &[u8], out: &mut [u8]) {
    let mac = key.sign([pseudo_header, data]);
    out.iter_mut().zip(mac.as_ref()).for_each(|(to, from)| *to = *from);
}

/// Checks the MAC that stands in `body` behind `length` bytes of data.
fn check_mac(key: &HmacKey, pseudo_header: &[u8], body: &[u8], length: usize) -> Result<()> {
    let (data, received) = body.split_at_checked(length).ok_or(Error::internal())?;
    let expected = key.sign([pseudo_header, data]);
    if bool::from(expected.as_ref().ct_eq(received)) { Ok(()) } else { Err(bad_record_mac()) }
}

/// Whether `small` is less than `large`; both are far below 2^31.
fn is_less(small: usize, large: usize) -> Choice {
    Choice::from(((small as u32).wrapping_sub(large as u32) >> 31) as u8)
}

/// Whether the padding at the end of `decrypted` is right, and how many bytes are in front of it and of a MAC of
/// `mac_length` bytes before it. With wrong padding nothing counts as padding (RFC 5246 §6.2.3.2). `decrypted` is
/// longer than `mac_length`. The time depends on the lengths of the arguments alone.
fn without_padding(decrypted: &[u8], mac_length: usize) -> (Choice, usize) {
    let last = decrypted.last().copied().unwrap_or_default();
    let padding = usize::from(last) + 1;
    // A check for overflow would be a branch.
    let has_room = !is_less(decrypted.len(), padding.wrapping_add(mac_length));
    let mut differences = 0;
    for (distance, byte) in decrypted.iter().rev().take(MAX_PADDING).enumerate() {
        differences |= u8::conditional_select(&0, &(byte ^ last), is_less(distance, padding));
    }
    let is_good = has_room & differences.ct_eq(&0);
    let removed = u32::conditional_select(&0, &(padding as u32), is_good);
    (is_good, decrypted.len().wrapping_sub(mac_length).wrapping_sub(removed as usize))
}

/// Checks padding and MAC at once: the length of the content. The time depends on the lengths of the arguments alone
/// until all is known to be right.
fn check_padding_and_mac(
    record: RecordId,
    mac: &SecretLengthHmac,
    mac_length: usize,
    decrypted: &[u8],
) -> Result<usize> {
    let (is_good, length) = without_padding(decrypted, mac_length);
    let mut expected = [0; MAX_MAC_LENGTH];
    mac.compute(&record.pseudo_header(length), decrypted, length, &mut expected).ok_or(Error::internal())?;
    let expected = expected.get_mut(..mac_length).ok_or(Error::internal())?;
    if bool::from(is_good & has_mac_at(decrypted, length, expected)) {
        Ok(length)
    } else {
        Err(bad_record_mac())
    }
}

/// Whether `expected` stands at `position` of `decrypted`, a position that nobody may learn: it is within the last
/// bytes, as many as the MAC and the longest padding have. All of these are looked at, each against the byte of the
/// MAC that would stand there. `expected` is scrambled.
fn has_mac_at(decrypted: &[u8], position: usize, expected: &mut [u8]) -> Choice {
    let length = expected.len();
    let start = decrypted.len().saturating_sub(length + MAX_PADDING);
    let window = decrypted.get(start..).unwrap_or_default();
    let position = position.wrapping_sub(start);
    rotate(expected, remainder(position, length));
    let mut differences = 0;
    for (index, (byte, expected)) in window.iter().zip(expected.iter().cycle()).enumerate() {
        let is_mac = !is_less(index, position) & is_less(index, position.wrapping_add(length));
        differences |= u8::conditional_select(&0, &(byte ^ expected), is_mac);
    }
    differences.ct_eq(&0)
}

/// `number % divisor` for a secret number of at most [`MAX_PADDING`], without a division, whose time would tell.
fn remainder(number: usize, divisor: usize) -> usize {
    let mut rest = number as u32;
    for shift in (0..=4).rev() {
        let multiple = (divisor as u32) << shift;
        let fits = !is_less(rest as usize, multiple as usize);
        rest = rest.wrapping_sub(u32::conditional_select(&0, &multiple, fits));
    }
    rest as usize
}

/// Rotates `bytes` to the right by a secret count, less than their number.
fn rotate(bytes: &mut [u8], count: usize) {
    let mut rotated = [0; MAX_MAC_LENGTH];
    for bit in 0..6 {
        let by = (1 << bit) % bytes.len().max(1);
        let is_set = Choice::from((count >> bit & 1) as u8);
        let (front, back) = bytes.split_at(bytes.len() - by);
        let source = back.iter().chain(front);
        rotated.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
        for (byte, other) in bytes.iter_mut().zip(&rotated) {
            byte.conditional_assign(other, is_set);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::suite, libcrypto::secrets_under_valgrind as valgrind};

    const RECORD: RecordId = RecordId { header: [23, 3, 3, 0, 0], sequence: [0, 0, 0, 0, 0, 0, 0, 7] };

    const SUITES: [&str; 6] = [
        "AES128-SHA",
        "AES128-SHA256",
        "ECDHE-RSA-AES256-SHA384",
        "CAMELLIA256-SHA",
        "CAMELLIA128-SHA256",
        "ECDHE-RSA-CAMELLIA256-SHA384",
    ];

    fn protection(name: &str, encrypt_then_mac: bool, direction: Direction) -> MacProtection {
        let suite = suite::find_by_name(name).unwrap();
        let parameters = SecurityParameters::new(suite, ProtocolVersion::TLS1_2, encrypt_then_mac);
        let keys = WriteKeys::filled(parameters.mac_key_length(), suite.bulk.key_length(), 0);
        MacProtection::new(&parameters, &keys, direction).unwrap()
    }

    fn opened(name: &str, encrypt_then_mac: bool, body: &[u8]) -> Result<Vec<u8>> {
        let mut body = body.to_vec();
        let content =
            protection(name, encrypt_then_mac, Direction::Decrypt).open_in_place(RECORD, &mut body)?;
        Ok(body[content].to_vec())
    }

    /// A record of MAC-then-encrypt whose plaintext is right but for what `change` does to it; the content is `length`
    /// bytes, and `padding` bytes are added in all.
    fn sealed(name: &str, length: usize, padding: usize, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let mut protection = protection(name, false, Direction::Encrypt);
        let content: Vec<u8> = (0..length).map(|index| index as u8).collect();
        let mac = protection.mac.sign([&RECORD.pseudo_header(length)[..], &content]);
        let mut body = [&[9; BLOCK_LENGTH][..], &content, mac.as_ref()].concat();
        body.extend(vec![(padding - 1) as u8; padding]);
        change(&mut body[BLOCK_LENGTH..]);
        let Cipher::Cbc { key, .. } = &mut protection.cipher else { panic!() };
        key.run_in_place(&mut body).unwrap();
        body
    }

    fn mac_length(name: &str) -> usize {
        suite::find_by_name(name).unwrap().mac.unwrap().length()
    }

    /// How much padding makes whole blocks.
    fn paddings(name: &str, length: usize) -> impl Iterator<Item = usize> {
        let unpadded = length + mac_length(name);
        (1..=MAX_PADDING).filter(move |padding| (unpadded + padding).is_multiple_of(BLOCK_LENGTH))
    }

    /// `make secrets`: under valgrind, where plaintext is hidden from branches and addresses. What comes out is shown at the end.
    #[test]
    fn padding_and_mac_are_checked_without_a_look_at_plaintext() {
        if !valgrind::is_there() {
            return;
        }
        for name in SUITES {
            let protection = protection(name, false, Direction::Decrypt);
            let Cipher::Cbc { order: Order::MacThenEncrypt(Some(mac)), .. } = &protection.cipher else {
                panic!()
            };
            for (length, padding) in [(64, 256), (300, 16), (0, 1)] {
                let mac_length = mac_length(name);
                let whole = (length + mac_length + padding).next_multiple_of(BLOCK_LENGTH);
                let mut plaintext = vec![1; whole];
                plaintext[length + mac_length..].fill((whole - length - mac_length - 1) as u8);
                valgrind::hide(&plaintext[..]);
                let before = valgrind::complaints();
                let (is_good, content) = without_padding(&plaintext, mac_length);
                assert_eq!(valgrind::complaints(), before, "{name}: padding");
                let mut expected = [0; MAX_MAC_LENGTH];
                mac.compute(&RECORD.pseudo_header(content), &plaintext, content, &mut expected).unwrap();
                // We and libcrypto both ask whether there are as many bytes as are to be authenticated: always.
                assert_eq!(valgrind::complaints(), before + 2, "{name}: computation of the MAC");
                let before = valgrind::complaints();
                let is_good = is_good & has_mac_at(&plaintext, content, &mut expected[..mac_length]);
                assert_eq!(valgrind::complaints(), before, "{name}: comparison of the MAC");
                valgrind::show(&is_good);
                assert!(!bool::from(is_good));
            }
        }
        // It would complain.
        let secret = [1u8];
        valgrind::hide(&secret);
        let before = valgrind::complaints();
        assert!(core::hint::black_box(secret[0]) < 2);
        assert!(valgrind::complaints() > before);
    }

    #[test]
    fn every_right_padding_is_taken() {
        for name in SUITES {
            for length in [0, 1, 15, 16, 40, 63, 64, 65, 200, 255, 256, 300, 1000] {
                for padding in paddings(name, length) {
                    let content = opened(name, false, &sealed(name, length, padding, |_| ()));
                    assert_eq!(content.map(|content| content.len()), Ok(length), "{name} {length} {padding}");
                }
            }
        }
    }

    #[test]
    fn every_wrong_byte_of_padding_is_bad_record_mac() {
        for length in [0, 5, 300] {
            for padding in paddings("AES128-SHA", length) {
                for index in 1..=padding {
                    let record = sealed("AES128-SHA", length, padding, |plaintext| {
                        let position = plaintext.len() - index;
                        plaintext[position] ^= 0x10;
                    });
                    let result = opened("AES128-SHA", false, &record);
                    assert_eq!(result, Err(bad_record_mac()), "{length} {padding} {index}");
                }
            }
        }
    }

    #[test]
    fn every_padding_length_that_is_not_the_right_one_is_bad_record_mac() {
        for last in 0..=255_u8 {
            // All bytes say `last`: padding that is right in itself, with no MAC where it would stand.
            let record =
                sealed("AES128-SHA256", BLOCK_LENGTH, BLOCK_LENGTH, |plaintext| plaintext.fill(last));
            assert_eq!(opened("AES128-SHA256", false, &record), Err(bad_record_mac()), "{last}");
        }
    }

    #[test]
    fn every_wrong_byte_of_content_or_mac_is_bad_record_mac() {
        for name in SUITES {
            let length = 40;
            for padding in paddings(name, length).step_by(5) {
                for index in 0..length + mac_length(name) {
                    let record = sealed(name, length, padding, |plaintext| plaintext[index] ^= 1);
                    assert_eq!(opened(name, false, &record), Err(bad_record_mac()), "{name} {index}");
                }
            }
        }
    }

    #[test]
    fn every_wrong_length_is_bad_record_mac_and_shows_nothing() {
        for name in SUITES {
            for encrypt_then_mac in [false, true] {
                let mut sealing = protection(name, encrypt_then_mac, Direction::Encrypt);
                let mut record = vec![0; sealing.body_length(30)];
                sealing.seal(RECORD, &[5; 30], &mut record).unwrap();
                assert_eq!(opened(name, encrypt_then_mac, &record), Ok(vec![5; 30]));
                for length in 0..record.len() {
                    let mut short = record[..length].to_vec();
                    let mut opening = protection(name, encrypt_then_mac, Direction::Decrypt);
                    let result = opening.open_in_place(RECORD, &mut short);
                    assert_eq!(result, Err(bad_record_mac()), "{name} {length}");
                    assert!(short.iter().all(|byte| *byte == 0));
                }
                for extra in [1, 15, 16, 32, 256] {
                    let long = [&record[..], &vec![0; extra]].concat();
                    assert_eq!(opened(name, encrypt_then_mac, &long), Err(bad_record_mac()));
                }
            }
        }
    }

    #[test]
    fn encrypt_then_mac_covers_every_byte() {
        for name in SUITES {
            let mut sealing = protection(name, true, Direction::Encrypt);
            let mut record = vec![0; sealing.body_length(20)];
            sealing.seal(RECORD, &[5; 20], &mut record).unwrap();
            for index in 0..record.len() {
                let mut tampered = record.clone();
                tampered[index] ^= 1;
                assert_eq!(opened(name, true, &tampered), Err(bad_record_mac()), "{name} {index}");
            }
            assert!(opened(name, false, &record).is_err());
        }
    }

    #[test]
    fn explicit_vectors_never_repeat() {
        let mut sealing = protection("AES128-SHA", false, Direction::Encrypt);
        let mut vectors = Vec::new();
        for _ in 0..100 {
            let mut record = vec![0; sealing.body_length(1)];
            sealing.seal(RECORD, &[1], &mut record).unwrap();
            let vector = record[..BLOCK_LENGTH].to_vec();
            assert!(!vectors.contains(&vector));
            vectors.push(vector);
        }
    }

    #[test]
    fn mac_is_found_at_its_place_alone() {
        for length in [16, 20, 32, 48] {
            let mac: Vec<u8> = (100..).take(length).collect();
            for position in 0..=MAX_PADDING {
                let mut data = vec![1; length + MAX_PADDING];
                data[position..position + length].copy_from_slice(&mac);
                for asked in [position, position.wrapping_sub(1), position + 1, 0, MAX_PADDING] {
                    if asked <= MAX_PADDING {
                        let found = bool::from(has_mac_at(&data, asked, &mut mac.clone()));
                        assert_eq!(found, asked == position, "{length} at {position}, asked {asked}");
                    }
                }
            }
        }
    }

    #[test]
    fn remainder_is_that_of_division() {
        for divisor in [16, 20, 32, 48] {
            for number in 0..=MAX_PADDING {
                assert_eq!(remainder(number, divisor), number % divisor);
            }
        }
    }
}
