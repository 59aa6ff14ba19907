//! TLSA records (RFC 6698 §2) in the form in which libcrypto's verification of chains wants them, and what it finds
//! with them (RFC 7671). Used by `object::dane` and `object::verify`.
//!
//! OpenSSL's `X509_verify_cert` reads and writes a structure that no public header describes. Its layout here was found
//! by looking at what OpenSSL 3.0 keeps in memory; the tests find the same in 3.5, and others are not tried: see [`is_supported`].

use core::{cell::UnsafeCell, ffi::c_int, ffi::c_ulong, ptr::NonNull};

use super::{evp_pkey::PKey, sys, x509::X509};
use crate::error::Reason;

/// A matching type with its digest: `dane_ctx_st`.
#[repr(C)]
struct TypesLayout {
    digests: *const *const sys::EVP_MD,
    strengths: *const u8,
    highest: u8,
    flags: c_ulong,
}

/// A TLSA record: `danetls_record_st`.
#[repr(C)]
struct RecordLayout {
    usage: u8,
    selector: u8,
    matching_type: u8,
    data: *mut u8,
    length: usize,
    key: *mut sys::EVP_PKEY,
}

/// The records of a connection, and which of them matched: `ssl_dane_st`.
#[repr(C)]
struct DaneLayout {
    types: *const TypesLayout,
    records: *mut sys::OPENSSL_STACK,
    anchors: *mut sys::stack_st_X509,
    matched_record: *const RecordLayout,
    matched_certificate: *mut sys::X509,
    usages: u32,
    match_depth: c_int,
    pkix_depth: c_int,
    flags: c_ulong,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<RecordLayout>() == 32 && core::mem::offset_of!(RecordLayout, data) == 8);
    assert!(size_of::<TypesLayout>() == 32 && core::mem::offset_of!(TypesLayout, flags) == 24);
    assert!(size_of::<DaneLayout>() == 64 && core::mem::offset_of!(DaneLayout, usages) == 40);
    assert!(core::mem::offset_of!(DaneLayout, flags) == 56);
};

/// Whether the libcrypto in this process is one whose layout is known: OpenSSL 3.0 or 3.5.
#[must_use]
pub fn is_supported() -> bool {
    // SAFETY: it takes no argument.
    unsafe { matches!(sys::OpenSSL_version_num() >> 20, 0x300 | 0x305) }
}

/// The matching types that a context knows, with their digests and how strong those are held to be.
#[derive(Clone, Default)]
pub struct MatchingTypes {
    /// A digest for each number; null for none.
    digests: Vec<*const sys::EVP_MD>,
    strengths: Vec<u8>,
}

// SAFETY: digests are static, or kept alive by the program that set them; they are only read.
unsafe impl Send for MatchingTypes {}
// SAFETY: as above.
unsafe impl Sync for MatchingTypes {}

/// Full(0): the data itself, not its digest.
const FULL: u8 = 0;
/// `EVP_MAX_MD_SIZE`: what every digest has room in.
const MAX_DIGEST_LENGTH: usize = 64;

impl MatchingTypes {
    /// SHA2-256(1) and SHA2-512(2) (RFC 7218 §2.3).
    #[must_use]
    pub fn standard() -> Self {
        // SAFETY: these take no argument.
        let (sha256, sha512) = unsafe { (sys::EVP_sha256(), sys::EVP_sha512()) };
        Self { digests: vec![core::ptr::null(), sha256, sha512], strengths: vec![0, 1, 2] }
    }

    /// Whether none is known, not even Full(0): DANE is not in use.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Sets the digest of a matching type; null takes it away. It has to outlive what uses these types.
    pub fn set(&mut self, matching_type: u8, digest: *const sys::EVP_MD, strength: u8) {
        let count = self.digests.len().max(usize::from(matching_type) + 1);
        self.digests.resize(count, core::ptr::null());
        self.strengths.resize(count, 0);
        self.digests[usize::from(matching_type)] = digest;
        self.strengths[usize::from(matching_type)] = if digest.is_null() { 0 } else { strength };
    }

    fn strength(&self, matching_type: u8) -> u8 {
        self.strengths.get(usize::from(matching_type)).copied().unwrap_or_default()
    }

    /// The digest of `data` that a matching type has; `None` for a type that is not known.
    fn digest(&self, matching_type: u8, data: &[u8]) -> Option<Vec<u8>> {
        let length = self.digest_length(matching_type)?;
        let method = *self.digests.get(usize::from(matching_type))?;
        let mut out = vec![0; length.max(MAX_DIGEST_LENGTH)];
        // SAFETY: the method is a valid digest, for whose output there is room; a null length is not asked for.
        let made = unsafe {
            sys::EVP_Digest(
                data.as_ptr().cast(),
                data.len(),
                out.as_mut_ptr(),
                core::ptr::null_mut(),
                method,
                core::ptr::null_mut(),
            )
        };
        out.truncate(length);
        (made == 1).then_some(out)
    }

    /// How long the data of a matching type is; `None` for a type that is not known.
    fn digest_length(&self, matching_type: u8) -> Option<usize> {
        let digest = *self.digests.get(usize::from(matching_type))?;
        // SAFETY: it is a valid digest, or null.
        unsafe { (!digest.is_null()).then(|| sys::EVP_MD_get_size(digest)) }?.try_into().ok()
    }
}

/// Certificate usages (RFC 6698 §2.1.1 under the names of RFC 7218 §2.1).
mod usage {
    pub const PKIX_TA: u8 = 0;
    pub const DANE_TA: u8 = 2;
    pub const DANE_EE: u8 = 3;
}

/// Selectors (RFC 7218 §2.2).
mod selector {
    pub const CERT: u8 = 0;
    pub const SPKI: u8 = 1;
}

/// Why a record is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of no use, as RFC 7671 §4 means it.
    Unusable(Reason),
    /// It could not be processed.
    Failed(Reason),
}

/// A TLSA record, and what its data holds.
struct Record {
    layout: NonNull<RecordLayout>,
    /// The trust anchor that a record with a whole certificate names.
    anchor: Option<X509>,
}

impl Record {
    /// Checks the fields in OpenSSL's order.
    fn new(
        types: &MatchingTypes,
        (usage, selector, matching_type): (u8, u8, u8),
        data: Option<&[u8]>,
        length: usize,
    ) -> Result<Self, Refusal> {
        let unusable = |reason| Err(Refusal::Unusable(reason));
        if i32::try_from(length).is_err() {
            return unusable(Reason::DANE_TLSA_BAD_DATA_LENGTH);
        }
        if usage > usage::DANE_EE {
            return unusable(Reason::DANE_TLSA_BAD_CERTIFICATE_USAGE);
        }
        if selector > selector::SPKI {
            return unusable(Reason::DANE_TLSA_BAD_SELECTOR);
        }
        if matching_type != FULL {
            match types.digest_length(matching_type) {
                None => return unusable(Reason::DANE_TLSA_BAD_MATCHING_TYPE),
                Some(expected) if expected != length => {
                    return unusable(Reason::DANE_TLSA_BAD_DIGEST_LENGTH);
                }
                Some(_) => {}
            }
        }
        let Some(data) = data else { return unusable(Reason::DANE_TLSA_NULL_DATA) };
        if data.is_empty() {
            return Err(Refusal::Failed(Reason::ERR_MALLOC_FAILURE));
        }
        let (mut anchor, mut key) = (None, None);
        if matching_type == FULL && selector == selector::CERT {
            let Some(certificate) =
                X509::from_der(data).filter(|certificate| certificate.public_key().is_some())
            else {
                return unusable(Reason::DANE_TLSA_BAD_CERTIFICATE);
            };
            // The server need not send an anchor that is known already (RFC 7671 §5.2.1).
            anchor = Some(certificate).filter(|_| usage == usage::PKIX_TA || usage == usage::DANE_TA);
        } else if matching_type == FULL {
            let Some(public) = PKey::public_from_der(data) else {
                return unusable(Reason::DANE_TLSA_BAD_PUBLIC_KEY);
            };
            key = Some(public).filter(|_| usage == usage::DANE_TA);
        }
        let layout = Box::new(RecordLayout {
            usage,
            selector,
            matching_type,
            data: Box::into_raw(Box::<[u8]>::from(data)).cast(),
            length,
            key: key.map_or(core::ptr::null_mut(), PKey::into_raw),
        });
        Ok(Self { layout: NonNull::from(Box::leak(layout)), anchor })
    }

    /// Takes a record back from a stack that held it.
    const fn from_stack(layout: NonNull<RecordLayout>) -> Self {
        Self { layout, anchor: None }
    }

    /// Gives it to a stack.
    fn into_stack(self) -> *mut RecordLayout {
        let layout = self.layout.as_ptr();
        core::mem::forget(self);
        layout
    }

    const fn layout(&self) -> &RecordLayout {
        // SAFETY: the record is whole until it is dropped, and nobody writes to it.
        unsafe { self.layout.as_ref() }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        // SAFETY: record, data and key are ours, and were made as they are taken apart here.
        unsafe {
            let layout = Box::from_raw(self.layout.as_ptr());
            drop(Box::from_raw(core::ptr::slice_from_raw_parts_mut(layout.data, layout.length)));
            drop(PKey::from_owned(layout.key));
        }
    }
}

/// The record that matched, and where.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The depth in the chain.
    pub depth: c_int,
    /// The fields of the record: usage, selector, matching type; `None` if only the depth is known.
    pub fields: Option<(u8, u8, u8)>,
    /// The data of the record; it stays the connection's.
    pub data: (*const u8, usize),
    /// The certificate that matched; null if it was a key. It stays the connection's.
    pub certificate: *mut sys::X509,
    /// The key that signed the top of the chain; null if a certificate matched. It stays the connection's.
    pub key: *mut sys::EVP_PKEY,
}

/// What came of looking for a raw public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawKeyMatch {
    /// There are no records.
    NoRecords,
    /// No record is of this key.
    None,
    /// A record is.
    Matched,
}

/// The records of a connection. Its address does not change once a pointer to it was given out.
pub struct Dane {
    layout: UnsafeCell<DaneLayout>,
    types: UnsafeCell<TypesLayout>,
    /// What `types` points into.
    held: UnsafeCell<MatchingTypes>,
}

impl Dane {
    /// Not enabled.
    #[must_use]
    pub const fn new(flags: c_ulong) -> Self {
        Self {
            layout: UnsafeCell::new(DaneLayout {
                types: core::ptr::null(),
                records: core::ptr::null_mut(),
                anchors: core::ptr::null_mut(),
                matched_record: core::ptr::null(),
                matched_certificate: core::ptr::null_mut(),
                usages: 0,
                match_depth: -1,
                pkix_depth: -1,
                flags,
            }),
            types: UnsafeCell::new(TypesLayout {
                digests: core::ptr::null(),
                strengths: core::ptr::null(),
                highest: 0,
                flags: 0,
            }),
            held: UnsafeCell::new(MatchingTypes { digests: Vec::new(), strengths: Vec::new() }),
        }
    }

    /// The pointer for `X509_STORE_CTX_set0_dane(3)`.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::SSL_DANE {
        self.layout.get().cast()
    }

    /// Gets ready to take records; `false` when memory is out.
    pub fn enable(&self) -> bool {
        // SAFETY: the layout is ours, and nothing refers to its fields meanwhile.
        unsafe {
            let layout = self.layout.get();
            (*layout).records = sys::OPENSSL_sk_new_null();
            (*layout).types = self.types.get();
            !(*layout).records.is_null()
        }
    }

    /// Whether it takes records.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        // SAFETY: the layout is ours.
        unsafe { !(*self.layout.get()).records.is_null() }
    }

    /// How many records there are.
    fn count(&self) -> c_int {
        // SAFETY: the stack is valid, or null, which has -1.
        unsafe { sys::OPENSSL_sk_num((*self.layout.get()).records) }
    }

    /// Whether there are records to verify with.
    #[must_use]
    pub fn has_records(&self) -> bool {
        self.count() > 0
    }

    /// Looks for the record of a raw public key, given as SubjectPublicKeyInfo: one for DANE-EE(3) and SPKI(1) (RFC 7671 §4.4).
    pub fn match_raw_key(&self, info: &[u8]) -> RawKeyMatch {
        self.forget_match();
        if !self.has_records() {
            return RawKeyMatch::NoRecords;
        }
        for index in 0..self.count() {
            // SAFETY: the index is below the count, and records stay as they are.
            let Some(record) = (unsafe { self.record_at(index).as_ref() }) else { continue };
            if (record.usage, record.selector) != (usage::DANE_EE, selector::SPKI) {
                continue;
            }
            // SAFETY: the record's data is as long as it says.
            let data = unsafe { core::slice::from_raw_parts(record.data, record.length) };
            // SAFETY: the cell is ours, and nothing writes to it meanwhile.
            let types = unsafe { &*self.held.get() };
            let is_match = match record.matching_type {
                FULL => data == info,
                other => types.digest(other, info).is_some_and(|digest| digest == data),
            };
            if is_match {
                // SAFETY: the layout is ours, and nothing refers to its fields meanwhile.
                unsafe {
                    (*self.layout.get()).matched_record = record;
                    (*self.layout.get()).match_depth = 0;
                }
                return RawKeyMatch::Matched;
            }
        }
        RawKeyMatch::None
    }

    /// Sets the matching types that verifications know.
    pub fn set_types(&self, types: &MatchingTypes) {
        // SAFETY: these cells are ours, and libcrypto reads them during a verification alone, which does not come here.
        unsafe {
            *self.held.get() = types.clone();
            let held = &*self.held.get();
            *self.types.get() = TypesLayout {
                digests: held.digests.as_ptr(),
                strengths: held.strengths.as_ptr(),
                highest: u8::try_from(held.digests.len().saturating_sub(1)).unwrap_or(u8::MAX),
                flags: 0,
            };
        }
    }

    /// Adds a record of the matching types that are set. They stand in the order in which they are tried: by usage
    /// and selector from the highest number down, then by the strength of the digest (RFC 7671 §9), the latest first.
    pub fn add(&self, fields: (u8, u8, u8), data: Option<&[u8]>, length: usize) -> Result<(), Refusal> {
        // SAFETY: nobody else refers to the types meanwhile.
        let types = unsafe { &*self.held.get() };
        let mut record = Record::new(types, fields, data, length)?;
        let rank =
            |layout: &RecordLayout| (layout.usage, layout.selector, types.strength(layout.matching_type));
        let place = (0..self.count())
            .find(|index| {
                // SAFETY: the index is below the count, and the stack holds records.
                let other = unsafe { &*self.record_at(*index) };
                rank(other) <= rank(record.layout())
            })
            .unwrap_or_else(|| self.count());
        let out_of_memory = Refusal::Failed(Reason::ERR_MALLOC_FAILURE);
        if let Some(anchor) = record.anchor.take() {
            self.add_anchor(anchor).ok_or(out_of_memory)?;
        }
        // SAFETY: the stack is valid; it takes over the record if it takes the pointer.
        unsafe {
            let layout = self.layout.get();
            if sys::OPENSSL_sk_insert((*layout).records, record.layout.as_ptr().cast(), place) <= 0 {
                return Err(out_of_memory);
            }
            (*layout).usages |= 1 << record.layout().usage;
        }
        let _ = record.into_stack();
        Ok(())
    }

    /// # Safety
    ///
    /// The index is below the count.
    unsafe fn record_at(&self, index: c_int) -> *mut RecordLayout {
        // SAFETY: the stack is valid.
        unsafe { sys::OPENSSL_sk_value((*self.layout.get()).records, index).cast() }
    }

    fn add_anchor(&self, anchor: X509) -> Option<()> {
        // SAFETY: the stack is ours; it takes over the reference if it takes the pointer.
        unsafe {
            let layout = self.layout.get();
            if (*layout).anchors.is_null() {
                (*layout).anchors = sys::OPENSSL_sk_new_null();
            }
            if sys::OPENSSL_sk_push((*layout).anchors, anchor.as_ptr().cast()) <= 0 {
                return None;
            }
        }
        let _ = anchor.into_raw();
        Some(())
    }

    /// Takes over the flags and the records of another connection; the matching types are set.
    pub fn copy_from(&self, other: &Self) -> Result<(), Refusal> {
        self.set_flags(other.flags());
        if !self.enable() {
            return Err(Refusal::Failed(Reason::ERR_MALLOC_FAILURE));
        }
        // From the last, because of records of the same rank the latest is first.
        for index in (0..other.count()).rev() {
            // SAFETY: the index is below the count; record and data are whole as long as `other` is.
            let (record, data) = unsafe {
                let record = &*other.record_at(index);
                (record, core::slice::from_raw_parts(record.data.cast_const(), record.length))
            };
            self.add((record.usage, record.selector, record.matching_type), Some(data), data.len())?;
        }
        Ok(())
    }

    /// `DANE_FLAG_…`.
    #[must_use]
    pub fn flags(&self) -> c_ulong {
        // SAFETY: the layout is ours.
        unsafe { (*self.layout.get()).flags }
    }

    /// Replaces them.
    pub fn set_flags(&self, flags: c_ulong) {
        // SAFETY: as above.
        unsafe { (*self.layout.get()).flags = flags };
    }

    /// Forgets what matched.
    pub fn forget_match(&self) {
        // SAFETY: the layout is ours, and so is the reference to the certificate.
        unsafe {
            let layout = self.layout.get();
            drop(X509::from_owned((*layout).matched_certificate));
            (*layout).matched_certificate = core::ptr::null_mut();
            (*layout).matched_record = core::ptr::null();
            (*layout).match_depth = -1;
            (*layout).pkix_depth = -1;
        }
    }

    /// What the last verification matched.
    #[must_use]
    pub fn matched(&self) -> Match {
        // SAFETY: the layout is ours, and the record that it points to is one of its own.
        unsafe {
            let layout = &*self.layout.get();
            let record = layout.matched_record.as_ref();
            let signer = record.filter(|_| layout.matched_certificate.is_null());
            Match {
                depth: layout.match_depth,
                fields: record.map(|record| (record.usage, record.selector, record.matching_type)),
                data: record
                    .map_or((core::ptr::null(), 0), |record| (record.data.cast_const(), record.length)),
                certificate: layout.matched_certificate,
                key: signer.map_or(core::ptr::null_mut(), |record| record.key),
            }
        }
    }
}

impl Drop for Dane {
    fn drop(&mut self) {
        self.forget_match();
        for index in 0..self.count() {
            // SAFETY: the index is below the count, and the record is not used again.
            drop(NonNull::new(unsafe { self.record_at(index) }).map(Record::from_stack));
        }
        let layout = self.layout.get_mut();
        // SAFETY: both stacks are ours, or null.
        unsafe {
            sys::OPENSSL_sk_free(layout.records);
            drop(super::stack::X509Stack::from_owned(layout.anchors));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enabled() -> Dane {
        let dane = Dane::new(0);
        assert!(dane.enable());
        dane.set_types(&MatchingTypes::standard());
        dane
    }

    fn order(dane: &Dane) -> Vec<(u8, u8, u8, u8)> {
        (0..dane.count())
            .map(|index| {
                // SAFETY: the index is below the count, and no record is empty.
                unsafe {
                    let record = &*dane.record_at(index);
                    (record.usage, record.selector, record.matching_type, *record.data)
                }
            })
            .collect()
    }

    #[test]
    fn records_are_tried_from_the_most_specific_to_the_least() {
        let dane = enabled();
        for (count, fields) in [(2, 0, 1), (3, 1, 1), (3, 0, 2), (3, 1, 2), (3, 1, 1)].into_iter().enumerate()
        {
            let length = if fields.2 == 1 { 32 } else { 64 };
            dane.add(fields, Some(&vec![u8::try_from(count).unwrap(); length]), length).unwrap();
        }
        assert_eq!(order(&dane), [(3, 1, 2, 3), (3, 1, 1, 4), (3, 1, 1, 1), (3, 0, 2, 2), (2, 0, 1, 0)]);
        let copy = Dane::new(0);
        copy.set_types(&MatchingTypes::standard());
        copy.copy_from(&dane).unwrap();
        assert_eq!(order(&copy), order(&dane));
    }

    #[test]
    fn record_with_a_bad_field_is_unusable() {
        let dane = enabled();
        let add = |fields, data: &[u8]| dane.add(fields, Some(data), data.len());
        let unusable = |reason| Err(Refusal::Unusable(reason));
        assert_eq!(add((4, 0, 1), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_CERTIFICATE_USAGE));
        assert_eq!(add((3, 2, 1), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_SELECTOR));
        assert_eq!(add((3, 1, 3), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_MATCHING_TYPE));
        assert_eq!(add((3, 1, 2), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_DIGEST_LENGTH));
        assert_eq!(add((3, 0, 0), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_CERTIFICATE));
        assert_eq!(add((3, 1, 0), &[0; 32]), unusable(Reason::DANE_TLSA_BAD_PUBLIC_KEY));
        assert!(!dane.has_records());
    }

    #[test]
    fn matching_type_without_a_digest_is_not_known() {
        let mut types = MatchingTypes::standard();
        types.set(1, core::ptr::null(), 9);
        assert_eq!(types.digest_length(1), None);
        assert_eq!(types.digest_length(2), Some(64));
        assert_eq!(types.strength(1), 0);
    }
}
