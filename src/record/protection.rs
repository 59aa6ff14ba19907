//! The keys of one direction: which form a protected record has, its nonce and its sequence number
//! (RFC 8446 §5.2, §5.3; RFC 5288 §3; RFC 6655 §3; RFC 7905 §2). Used by [`super::Inbound`] and [`super::Outbound`].

use core::ops::Range;

use super::{
    HEADER_LENGTH, MAX_PLAINTEXT, SecurityParameters, WriteKeys,
    mac_protection::{MacProtection, RecordId},
    parameters::SALT_LENGTH,
};
use crate::{
    crypto::{
        aead::{AeadAlgorithm, AeadKey, NONCE_LENGTH},
        cbc::Direction,
        suite::BulkCipher,
    },
    error::{Error, Reason, Result},
    wire::{AlertDescription, ContentType},
};

/// The explicit part of a GCM nonce in TLS 1.2 (RFC 5288 §3).
const EXPLICIT_NONCE_LENGTH: usize = 8;
/// `2^24.5` full-size records may be sealed under one AES-GCM key (RFC 8446 §5.5).
const GCM_RECORD_LIMIT: u64 = 23_726_566;
/// `2^23` records under one AES-CCM key (RFC 9147 §4.5.3; RFC 8446 has no number).
const CCM_RECORD_LIMIT: u64 = 1 << 23;

/// The keys of one direction with their sequence number.
pub struct RecordKeys {
    form: Form,
    sequence_number: u64,
    record_limit: u64,
}

/// How a record is built around its cipher.
enum Form {
    /// TLS 1.3: the content type is inside, the header is authenticated.
    Tls13 { key: AeadKey, iv: [u8; NONCE_LENGTH] },
    /// TLS 1.2 with GCM or CCM: half of the nonce travels in front of the ciphertext.
    Tls12Explicit { key: AeadKey, salt: [u8; SALT_LENGTH] },
    /// TLS 1.2 with ChaCha20-Poly1305: the nonce is made as in TLS 1.3.
    Tls12Implicit { key: AeadKey, iv: [u8; NONCE_LENGTH] },
    /// A MAC, and perhaps a block cipher.
    Mac(Box<MacProtection>),
}

/// What a protected record turned out to be.
pub(super) struct Unprotected {
    /// Its content type. TLS 1.3 tells it only now.
    pub content_type: ContentType,
    /// Where the content is: in the body that was opened in place, or in the buffer it was opened into.
    pub content: Range<usize>,
    /// Where all ends that was decrypted: the content, its type and its padding.
    pub decrypted_end: usize,
}

impl RecordKeys {
    /// TLS 1.3: inner content type, the sequence number mixed into `iv` (12 bytes).
    /// A key of another length than `algorithm` has is `internal_error`.
    pub fn tls13(algorithm: AeadAlgorithm, key: &[u8], iv: [u8; 12]) -> Result<Self> {
        let record_limit = match algorithm {
            AeadAlgorithm::ChaCha20Poly1305 => u64::MAX,
            AeadAlgorithm::Aes128Ccm
            | AeadAlgorithm::Aes256Ccm
            | AeadAlgorithm::Aes128Ccm8
            | AeadAlgorithm::Aes256Ccm8 => CCM_RECORD_LIMIT,
            AeadAlgorithm::Aes128Gcm
            | AeadAlgorithm::Aes256Gcm
            | AeadAlgorithm::Aria128Gcm
            | AeadAlgorithm::Aria256Gcm => GCM_RECORD_LIMIT,
        };
        let form = Form::Tls13 { key: AeadKey::new(algorithm, key)?, iv };
        Ok(Self { form, sequence_number: 0, record_limit })
    }

    /// TLS 1.2 and below: GCM and CCM have a 4-byte implicit and an 8-byte explicit nonce, ChaCha20-Poly1305 a 12-byte
    /// IV mixed with the sequence number; the rest has a MAC. Lengths that `parameters` do not have are `internal_error`.
    pub fn tls12(parameters: &SecurityParameters, keys: &WriteKeys, direction: Direction) -> Result<Self> {
        let iv = keys.iv.as_ref();
        let form = match parameters.bulk {
            BulkCipher::Aead(algorithm) => {
                let key = AeadKey::new(algorithm, keys.key.as_ref())?;
                if algorithm == AeadAlgorithm::ChaCha20Poly1305 {
                    Form::Tls12Implicit { key, iv: iv.try_into().map_err(|_| Error::internal())? }
                } else {
                    Form::Tls12Explicit { key, salt: iv.try_into().map_err(|_| Error::internal())? }
                }
            }
            BulkCipher::Cbc(_) | BulkCipher::Null => {
                Form::Mac(Box::new(MacProtection::new(parameters, keys, direction)?))
            }
        };
        Ok(Self { form, sequence_number: 0, record_limit: u64::MAX })
    }

    /// Whether the content type is inside (RFC 8446 §5.2).
    pub(super) fn is_tls13(&self) -> bool {
        matches!(self.form, Form::Tls13 { .. })
    }

    /// Whether an empty record goes before application data.
    pub(super) fn needs_empty_fragment(&self) -> bool {
        matches!(&self.form, Form::Mac(mac) if mac.needs_empty_fragment())
    }

    /// How many records may still be sealed before the keys should be updated.
    pub(super) fn records_left(&self) -> u64 {
        self.record_limit.saturating_sub(self.sequence_number)
    }

    /// The length of the body of a record with this much content and padding.
    pub(super) fn body_length(&self, content_length: usize, padding: usize) -> usize {
        match &self.form {
            Form::Tls13 { key, .. } => content_length + 1 + padding + key.tag_length(),
            Form::Tls12Explicit { key, .. } => EXPLICIT_NONCE_LENGTH + content_length + key.tag_length(),
            Form::Tls12Implicit { key, .. } => content_length + key.tag_length(),
            Form::Mac(mac) => mac.body_length(content_length),
        }
    }

    /// Seals `content` into `body`, which has [`Self::body_length`] bytes. `header` is the record's header: its
    /// type is the inner one for TLS 1.2. `padding` zeros are added in TLS 1.3 alone.
    pub(super) fn seal(
        &mut self,
        header: [u8; HEADER_LENGTH],
        content_type: ContentType,
        content: &[u8],
        padding: usize,
        body: &mut [u8],
    ) -> Result<()> {
        // RFC 8446 §5.3: sequence numbers MUST NOT wrap.
        let next = self.sequence_number.checked_add(1).ok_or(Error::internal())?;
        let sequence = self.sequence_number.to_be_bytes();
        self.seal_as(sequence, header, content_type, content, padding, body)?;
        self.sequence_number = next;
        Ok(())
    }

    /// As [`Self::seal`], under a number that the caller counts: the epoch and the sequence number of DTLS (RFC 6347 §4.1.2.1).
    pub(super) fn seal_as(
        &mut self,
        sequence: [u8; 8],
        header: [u8; HEADER_LENGTH],
        content_type: ContentType,
        content: &[u8],
        padding: usize,
        body: &mut [u8],
    ) -> Result<()> {
        match &mut self.form {
            Form::Tls13 { key, iv } => {
                let nonce = mixed_nonce(*iv, sequence);
                if padding == 0 {
                    key.seal(nonce, &header, content, &[content_type.0], body)?;
                } else {
                    let mut inner_end = vec![0; padding + 1];
                    if let Some(first) = inner_end.first_mut() {
                        *first = content_type.0;
                    }
                    key.seal(nonce, &header, content, &inner_end, body)?;
                }
            }
            Form::Tls12Explicit { key, salt } => {
                let (explicit, rest) = body.split_first_chunk_mut().ok_or(Error::internal())?;
                // RFC 5288 §3: the explicit part MAY be the sequence number, which never repeats.
                *explicit = sequence;
                let associated = associated_data(header, sequence, content.len());
                key.seal(explicit_nonce(*salt, sequence), &associated, content, &[], rest)?;
            }
            Form::Tls12Implicit { key, iv } => {
                let associated = associated_data(header, sequence, content.len());
                key.seal(mixed_nonce(*iv, sequence), &associated, content, &[], body)?;
            }
            Form::Mac(mac) => mac.seal(RecordId { header, sequence }, content, body)?,
        }
        Ok(())
    }

    /// Opens a record's body in place. The sequence number moves on success alone.
    pub(super) fn open_in_place(
        &mut self,
        header: [u8; HEADER_LENGTH],
        body: &mut [u8],
    ) -> Result<Unprotected> {
        let sequence = self.opening_sequence()?;
        let opened = self.open_in_place_as(sequence, header, body);
        self.sequence_number += u64::from(opened.is_ok());
        opened
    }

    /// As [`Self::open_in_place`], under the number that a record of DTLS brings.
    pub(super) fn open_in_place_as(
        &mut self,
        sequence: [u8; 8],
        header: [u8; HEADER_LENGTH],
        body: &mut [u8],
    ) -> Result<Unprotected> {
        let content = match &mut self.form {
            Form::Mac(mac) => mac.open_in_place(RecordId { header, sequence }, body)?,
            form => {
                let (key, opening, start) = form.opening(header, sequence, body)?;
                let ciphertext = body.get_mut(start..).ok_or(Error::internal())?;
                let length = key.open_in_place(opening.nonce, opening.associated.as_ref(), ciphertext)?;
                start..start + length
            }
        };
        self.finish(header, body.get(content.clone()).unwrap_or_default(), content.start)
    }

    /// Opens a record's body into the front of `out`. `None` if it may not fit, or the form needs more room than its
    /// content; nothing happened then.
    pub(super) fn open_into(
        &mut self,
        header: [u8; HEADER_LENGTH],
        body: &[u8],
        out: &mut [u8],
    ) -> Result<Option<Unprotected>> {
        let sequence = self.opening_sequence()?;
        let opened = self.open_into_as(sequence, header, body, out);
        self.sequence_number += u64::from(matches!(opened, Ok(Some(_))));
        opened
    }

    /// As [`Self::open_into`], under the number that a record of DTLS brings.
    pub(super) fn open_into_as(
        &mut self,
        sequence: [u8; 8],
        header: [u8; HEADER_LENGTH],
        body: &[u8],
        out: &mut [u8],
    ) -> Result<Option<Unprotected>> {
        if matches!(self.form, Form::Mac(_)) {
            return Ok(None);
        }
        let is_tls13 = self.is_tls13();
        let (key, opening, start) = self.form.opening(header, sequence, body)?;
        let ciphertext_and_tag = body.get(start..).unwrap_or_default();
        let length = ciphertext_and_tag.len().checked_sub(key.tag_length()).ok_or_else(bad_record_mac)?;
        let (ciphertext, tag) = ciphertext_and_tag.split_at_checked(length).ok_or(Error::internal())?;
        if is_tls13 && length == out.len() + 1 {
            // A full record of TLS 1.3, and room for its content alone, as most programs have it.
            let opened = key.open_apart(opening.nonce, opening.associated.as_ref(), ciphertext, tag, out);
            return match opened {
                None => Ok(None),
                Some(last) => self.finish_apart(header, out, last?).map(Some),
            };
        }
        let Some(out) = out.get_mut(..length) else { return Ok(None) };
        key.open_into(opening.nonce, opening.associated.as_ref(), ciphertext, tag, out)?;
        let finished = self.finish(header, out, 0);
        if finished.is_err() {
            out.fill(0);
        }
        finished.map(Some)
    }

    /// As [`Self::finish`], where the last byte was decrypted to a place of its own.
    fn finish_apart(
        &self,
        header: [u8; HEADER_LENGTH],
        decrypted: &mut [u8],
        last: u8,
    ) -> Result<Unprotected> {
        let length = decrypted.len();
        let finished = match last {
            _ if length > MAX_PLAINTEXT => Err(data_too_long()),
            // It is padding: the type is further in front.
            0 => self.finish(header, decrypted, 0),
            content_type => Ok(Unprotected {
                content_type: ContentType(content_type),
                content: 0..length,
                decrypted_end: length,
            }),
        };
        if finished.is_err() {
            decrypted.fill(0);
        }
        finished
    }

    /// RFC 8446 §5.3: sequence numbers MUST NOT wrap.
    fn opening_sequence(&self) -> Result<[u8; 8]> {
        self.sequence_number.checked_add(1).ok_or(Error::internal())?;
        Ok(self.sequence_number.to_be_bytes())
    }

    /// Finds content and content type in what was decrypted, which starts at `start`.
    fn finish(&self, header: [u8; HEADER_LENGTH], decrypted: &[u8], start: usize) -> Result<Unprotected> {
        let [outer_type, ..] = header;
        let (content_type, length) = if self.is_tls13() {
            // RFC 8446 §5.2: the full inner plaintext MUST NOT exceed 2^14 + 1 bytes.
            if decrypted.len() > MAX_PLAINTEXT + 1 {
                return Err(data_too_long());
            }
            // RFC 8446 §5.4: the last non-zero byte is the type; if there is none, unexpected_message.
            let end = decrypted.iter().rposition(|byte| *byte != 0);
            let inner = end.and_then(|end| decrypted.get(end).map(|byte| (ContentType(*byte), end)));
            inner.ok_or(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE))?
        } else {
            (ContentType(outer_type), decrypted.len())
        };
        if length > MAX_PLAINTEXT {
            return Err(data_too_long());
        }
        let decrypted_end = start + decrypted.len();
        Ok(Unprotected { content_type, content: start..start + length, decrypted_end })
    }
}

impl Form {
    /// The key of an AEAD, what it is used with, and where the ciphertext starts in `body`.
    fn opening(
        &mut self,
        header: [u8; HEADER_LENGTH],
        sequence: [u8; 8],
        body: &[u8],
    ) -> Result<(&mut AeadKey, Opening, usize)> {
        match self {
            Self::Tls13 { key, iv } => {
                let nonce = mixed_nonce(*iv, sequence);
                Ok((key, Opening { nonce, associated: AssociatedData::Header(header) }, 0))
            }
            Self::Tls12Explicit { key, salt } => {
                let explicit = *body.first_chunk().ok_or_else(bad_record_mac)?;
                let content_length = body.len().saturating_sub(EXPLICIT_NONCE_LENGTH + key.tag_length());
                let associated = associated_data(header, sequence, content_length);
                let nonce = explicit_nonce(*salt, explicit);
                let opening = Opening { nonce, associated: AssociatedData::Pseudo(associated) };
                Ok((key, opening, EXPLICIT_NONCE_LENGTH))
            }
            Self::Tls12Implicit { key, iv } => {
                let content_length = body.len().saturating_sub(key.tag_length());
                let associated = associated_data(header, sequence, content_length);
                let nonce = mixed_nonce(*iv, sequence);
                Ok((key, Opening { nonce, associated: AssociatedData::Pseudo(associated) }, 0))
            }
            Self::Mac(_) => Err(Error::internal()),
        }
    }
}

/// What the key of an AEAD is used with.
struct Opening {
    nonce: [u8; NONCE_LENGTH],
    associated: AssociatedData,
}

/// What is authenticated besides the ciphertext.
enum AssociatedData {
    /// TLS 1.3: the record header (RFC 8446 §5.2).
    Header([u8; HEADER_LENGTH]),
    /// TLS 1.2: sequence number, type, version, length of the content (RFC 5246 §6.2.3.3).
    Pseudo([u8; 13]),
}

impl AsRef<[u8]> for AssociatedData {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Header(header) => header,
            Self::Pseudo(pseudo) => pseudo,
        }
    }
}

/// RFC 5246 §6.2.3.3.
pub(super) fn associated_data(
    header: [u8; HEADER_LENGTH],
    sequence: [u8; 8],
    content_length: usize,
) -> [u8; 13] {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = sequence;
    let [content_type, major, minor, ..] = header;
    // Lossless: a record's body has at most 2^16 - 1 bytes.
    let [high, low] = (content_length as u16).to_be_bytes();
    [s0, s1, s2, s3, s4, s5, s6, s7, content_type, major, minor, high, low]
}

/// RFC 8446 §5.3, RFC 7905 §2.
fn mixed_nonce(iv: [u8; NONCE_LENGTH], sequence: [u8; 8]) -> [u8; NONCE_LENGTH] {
    let mut nonce = iv;
    for (byte, mask) in nonce.iter_mut().rev().zip(sequence.iter().rev()) {
        *byte ^= mask;
    }
    nonce
}

/// RFC 5288 §3.
fn explicit_nonce(salt: [u8; SALT_LENGTH], explicit: [u8; 8]) -> [u8; NONCE_LENGTH] {
    let mut nonce = [0; NONCE_LENGTH];
    for (byte, source) in nonce.iter_mut().zip(salt.iter().chain(&explicit)) {
        *byte = *source;
    }
    nonce
}

pub(super) fn bad_record_mac() -> Error {
    Error::fatal(AlertDescription::BAD_RECORD_MAC, Reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC)
}

fn data_too_long() -> Error {
    Error::fatal(AlertDescription::RECORD_OVERFLOW, Reason::DATA_LENGTH_TOO_LONG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ProtocolVersion;

    const HEADER: [u8; HEADER_LENGTH] = [23, 3, 3, 0, 99];

    fn tls12(algorithm: AeadAlgorithm, iv_length: usize) -> Result<RecordKeys> {
        let parameters = SecurityParameters {
            bulk: BulkCipher::Aead(algorithm),
            mac: None,
            version: ProtocolVersion::TLS1_2,
            encrypt_then_mac: false,
            empty_fragments: false,
        };
        RecordKeys::tls12(&parameters, &WriteKeys::filled(0, 32, iv_length), Direction::Encrypt)
    }

    fn keys(form: usize) -> RecordKeys {
        match form {
            0 => RecordKeys::tls13(AeadAlgorithm::Aes256Gcm, &[1; 32], [2; 12]),
            1 => tls12(AeadAlgorithm::Aes256Gcm, 4),
            _ => tls12(AeadAlgorithm::ChaCha20Poly1305, 12),
        }
        .unwrap()
    }

    #[test]
    fn fixed_iv_of_wrong_length_is_internal_error() {
        for (algorithm, length) in [(AeadAlgorithm::Aes256Gcm, 12), (AeadAlgorithm::ChaCha20Poly1305, 4)] {
            assert_eq!(tls12(algorithm, length).err(), Some(Error::internal()));
        }
    }

    #[test]
    fn last_sequence_number_is_never_used() {
        for form in 0..3 {
            let mut keys = keys(form);
            keys.sequence_number = u64::MAX - 1;
            let mut body = vec![0; keys.body_length(3, 0)];
            assert_eq!(keys.seal(HEADER, ContentType(23), b"abc", 0, &mut body), Ok(()));
            let sealed = body.clone();
            assert_eq!(
                keys.seal(HEADER, ContentType(23), b"abc", 0, &mut body),
                Err(Error::internal()),
                "form {form}"
            );
            let opened = keys.open_in_place(HEADER, &mut sealed.clone());
            assert_eq!(opened.err(), Some(Error::internal()));
            keys.sequence_number = u64::MAX - 1;
            assert!(keys.open_in_place(HEADER, &mut sealed.clone()).is_ok());
        }
    }

    #[test]
    fn failed_opening_keeps_the_sequence_number() {
        for form in 0..3 {
            let mut sealing = keys(form);
            let mut opening = keys(form);
            let mut body = vec![0; sealing.body_length(3, 0)];
            sealing.seal(HEADER, ContentType(23), b"abc", 0, &mut body).unwrap();
            assert_eq!(opening.open_in_place(HEADER, &mut vec![0; body.len()]).err(), Some(bad_record_mac()));
            assert_eq!(opening.sequence_number, 0);
            assert!(opening.open_in_place(HEADER, &mut body).is_ok());
            assert_eq!(opening.sequence_number, 1);
        }
    }

    #[test]
    fn body_of_any_shorter_length_is_bad_record_mac() {
        for form in 0..3 {
            for length in 0..keys(form).body_length(0, 0) {
                let mut out = [0; 100];
                assert_eq!(
                    keys(form).open_in_place(HEADER, &mut vec![0; length]).err(),
                    Some(bad_record_mac())
                );
                assert_eq!(
                    keys(form).open_into(HEADER, &vec![0; length], &mut out).err(),
                    Some(bad_record_mac())
                );
            }
        }
    }

    #[test]
    fn inner_plaintext_of_zeros_is_unexpected_message() {
        let mut sealing = keys(0);
        let mut body = vec![0; sealing.body_length(9, 0)];
        sealing.seal(HEADER, ContentType(0), &[0; 9], 0, &mut body).unwrap();
        let expected = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE);
        assert_eq!(keys(0).open_in_place(HEADER, &mut body.clone()).err(), Some(expected));
        assert_eq!(keys(0).open_into(HEADER, &body, &mut [7; 99]).err(), Some(expected));
    }

    #[test]
    fn too_much_content_is_record_overflow() {
        for form in 0..3 {
            for (length, fits) in [(MAX_PLAINTEXT, true), (MAX_PLAINTEXT + 1, false)] {
                let mut sealing = keys(form);
                let mut body = vec![0; sealing.body_length(length, 0)];
                sealing.seal(HEADER, ContentType(23), &vec![1; length], 0, &mut body).unwrap();
                let mut out = vec![0; length + 1];
                let into = keys(form).open_into(HEADER, &body, &mut out).map(|opened| opened.is_some());
                let in_place = keys(form).open_in_place(HEADER, &mut body).map(|opened| opened.content.len());
                if fits {
                    assert_eq!((into, in_place), (Ok(true), Ok(length)));
                } else {
                    assert_eq!((into, in_place), (Err(data_too_long()), Err(data_too_long())));
                    assert!(out.iter().all(|byte| *byte == 0));
                }
            }
        }
    }

    #[test]
    fn padding_beyond_the_limit_is_record_overflow() {
        let mut sealing = keys(0);
        let mut body = vec![0; sealing.body_length(1, MAX_PLAINTEXT)];
        sealing.seal(HEADER, ContentType(23), &[1], MAX_PLAINTEXT, &mut body).unwrap();
        assert_eq!(keys(0).open_in_place(HEADER, &mut body).err(), Some(data_too_long()));
    }

    #[test]
    fn gcm_limit_counts_down() {
        let mut keys = keys(0);
        let before = keys.records_left();
        let mut body = vec![0; keys.body_length(0, 0)];
        keys.seal(HEADER, ContentType(23), b"", 0, &mut body).unwrap();
        assert_eq!((before, keys.records_left()), (GCM_RECORD_LIMIT, GCM_RECORD_LIMIT - 1));
    }
}
