//! Whether a certificate, its key and its chain suit the peer (`SSL_check_chain(3)`): by its signature schemes and groups, and
//! for a client by the types and names that the server asks for (RFC 8446 §4.4.2.2, §4.4.2.3, RFC 5246 §7.4.2, §7.4.6).

use std::sync::Arc;

use super::Ssl;
use crate::{
    crypto::{
        signature::{KeyType, PublicKey},
        signature_scheme::{self, Scheme, SignatureAlgorithm},
    },
    libcrypto::{evp_pkey::PKey, stack::X509Stack, x509::X509},
    policy::{Settings, certificate::Slot, choose::pss_fits, suite_b::SuiteB},
    record::Side,
    wire::{CertificateType, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// `CERT_PKEY_…`.
mod flag {
    pub const VALID: i32 = 0x1;
    pub const SIGN: i32 = 0x2;
    pub const EE_SIGNATURE: i32 = 0x10;
    pub const CA_SIGNATURE: i32 = 0x20;
    pub const EE_PARAM: i32 = 0x40;
    pub const CA_PARAM: i32 = 0x80;
    pub const EXPLICIT_SIGN: i32 = 0x100;
    pub const ISSUER_NAME: i32 = 0x200;
    pub const CERT_TYPE: i32 = 0x400;
    pub const SUITE_B: i32 = 0x800;
    /// What a valid certificate needs.
    pub const NEEDED: i32 = EE_SIGNATURE | EE_PARAM;
    /// What it needs with `SSL_CERT_FLAG_TLS_STRICT`.
    pub const NEEDED_IF_STRICT: i32 = NEEDED | CA_SIGNATURE | CA_PARAM | ISSUER_NAME | CERT_TYPE;
}

/// All that the answer depends on.
struct Check<'a> {
    ssl: &'a Ssl,
    settings: Arc<Settings>,
    side: Side,
    version: ProtocolVersion,
    /// What both sides have; empty if the peer said nothing.
    shared: Vec<SignatureScheme>,
    /// What the peer takes in certificates, if it said so apart.
    for_certificates: Option<Vec<SignatureScheme>>,
    /// Whether the peer said what it takes.
    peer_spoke: bool,
    peer_groups: Vec<NamedGroup>,
    certificate_types: Vec<CertificateType>,
    authorities: Vec<Vec<u8>>,
    slot: Slot,
    certificate: &'a X509,
    chain: Vec<X509>,
}

/// The `CERT_PKEY_…` flags of these; 0 if one is missing, or for a kind of key that TLS has no use for.
#[must_use]
pub fn check(ssl: &Ssl, certificate: Option<&X509>, key: Option<&PKey>, chain: Option<&X509Stack>) -> i32 {
    let (Some(certificate), Some(key)) = (certificate, key) else { return 0 };
    let Some(slot) = Slot::of(key.key_type()) else { return 0 };
    let settings = ssl.with_config(|config| Arc::clone(&config.settings));
    let highest = ssl.method().versions.1;
    let shared = ssl.shared_signature_schemes();
    let check = ssl.with_connection(|connection| {
        let negotiated = connection.negotiated();
        Check {
            ssl,
            side: ssl.side(),
            version: negotiated.version.unwrap_or(highest),
            shared,
            for_certificates: negotiated.peer_certificate_schemes.clone(),
            peer_spoke: negotiated.peer_certificate_schemes.is_some() || !negotiated.peer_schemes.is_empty(),
            peer_groups: negotiated.peer_groups.clone(),
            certificate_types: negotiated.certificate_types.clone(),
            authorities: negotiated.peer_ca_names.clone(),
            settings,
            slot,
            certificate,
            chain: chain.into_iter().flat_map(X509Stack::iter).collect(),
        }
    });
    check.flags()
}

impl Check<'_> {
    fn flags(&self) -> i32 {
        let mut flags = self.signatures() | self.parameters();
        if self.side == Side::Server || self.has_wanted_type() {
            flags |= flag::CERT_TYPE;
        }
        if self.side == Side::Server || self.has_wanted_issuer() {
            flags |= flag::ISSUER_NAME;
        }
        let mode = self.settings.suite_b();
        let is_of_mode = mode.is_none_or(|mode| self.is_fit_for(mode));
        if mode.is_some() && is_of_mode {
            flags |= flag::SUITE_B;
        }
        let needed = if self.settings.is_strict() { flag::NEEDED_IF_STRICT } else { flag::NEEDED };
        if flags & needed == needed && is_of_mode {
            flags |= flag::VALID;
        }
        if !self.version.has_signature_schemes() || self.shared.iter().any(|scheme| self.signs(*scheme)) {
            flags |= flag::SIGN | flag::EXPLICIT_SIGN;
        }
        flags
    }

    /// Whether keys of this slot sign with a scheme.
    fn signs(&self, scheme: SignatureScheme) -> bool {
        signature_scheme::find(scheme).is_some_and(|scheme| {
            slot_of(scheme.signature) == self.slot
                && (self.version != ProtocolVersion::TLS1_3
                    || scheme.signature != SignatureAlgorithm::RsaPkcs1)
        })
    }

    fn signatures(&self) -> i32 {
        let mut flags = 0;
        if !self.version.has_signature_schemes() {
            return flag::EE_SIGNATURE | flag::CA_SIGNATURE;
        }
        let default = if self.peer_spoke { None } else { default_signature(self.slot) };
        if let (Some(default), Some(configured)) = (default, &self.settings.signature_schemes)
            && !configured.iter().any(|id| find_nid(*id) == Some(default))
        {
            // We would not sign with what such a peer is to be sent.
            return 0;
        }
        let own_is_good = if self.peer_spoke && self.version == ProtocolVersion::TLS1_3 {
            self.shared.iter().any(|scheme| self.fits_tls13(*scheme))
        } else {
            self.is_signed_well(self.certificate, default)
        };
        if own_is_good {
            flags |= flag::EE_SIGNATURE;
        }
        if self.chain.iter().all(|authority| self.is_signed_well(authority, default)) {
            flags |= flag::CA_SIGNATURE;
        }
        flags
    }

    /// Whether the certificate's signature is one of those that the peer takes.
    fn is_signed_well(&self, certificate: &X509, default: Option<i32>) -> bool {
        let nid = certificate.signature_nid();
        match default {
            Some(0) => true,
            Some(default) => nid == default,
            None if !self.peer_spoke => true,
            None => {
                let tls13 = self.version == ProtocolVersion::TLS1_3;
                let accepted = self.for_certificates.as_ref().filter(|_| tls13).unwrap_or(&self.shared);
                accepted.iter().any(|id| find_nid(*id).is_some_and(|known| known != 0 && known == nid))
            }
        }
    }

    /// Whether the certificate's key can sign with this scheme in TLS 1.3, and is signed as the peer wants.
    fn fits_tls13(&self, id: SignatureScheme) -> bool {
        let Ok(key) = PublicKey::from_certificate(&self.certificate.to_der()) else { return false };
        let fits = |scheme: &Scheme| {
            scheme.fits(key.key_type(), ProtocolVersion::TLS1_3)
                && pss_fits(scheme, self.certificate.key_bits())
        };
        let takes = |schemes: &Vec<SignatureScheme>| {
            let nids = self.certificate.signature_nids();
            schemes
                .iter()
                .filter_map(|id| signature_scheme::find(*id))
                .any(|scheme| (scheme.hash_nid(), scheme.signature.nid()) == nids)
        };
        signature_scheme::find(id).is_some_and(fits)
            && key.permits(id)
            && self.for_certificates.as_ref().is_none_or(takes)
    }

    fn parameters(&self) -> i32 {
        let mut flags = 0;
        if self.has_allowed_curve(self.certificate) {
            flags |= flag::EE_PARAM;
        }
        if self.side == Side::Client || self.chain.iter().all(|authority| self.has_allowed_curve(authority)) {
            flags |= flag::CA_PARAM;
        }
        flags
    }

    /// RFC 8422 §5.1.1: a server's certificates are on curves that the client offers; a client's on ones that it offered.
    fn has_allowed_curve(&self, certificate: &X509) -> bool {
        let Ok(key) = PublicKey::from_certificate(&certificate.to_der()) else { return false };
        let is_ec = matches!(
            key.key_type(),
            KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::EcdsaOther
        );
        if !is_ec {
            return true;
        }
        key.curve().is_some_and(|curve| {
            self.ssl.allows_curve(&self.settings, curve)
                && match self.side {
                    Side::Client => self.settings.groups.contains(&curve),
                    Side::Server => self.peer_groups.is_empty() || self.peer_groups.contains(&curve),
                }
        })
    }

    fn is_fit_for(&self, mode: SuiteB) -> bool {
        X509Stack::of(self.chain.iter().cloned())
            .is_some_and(|chain| self.certificate.is_fit_for_suite_b(Some(&chain), mode.flags()))
    }

    /// RFC 5246 §7.4.4: RSA, DSA and ECDSA have a type of their own.
    fn has_wanted_type(&self) -> bool {
        let wanted = match self.slot {
            Slot::Rsa => CertificateType::RSA_SIGN,
            Slot::Dsa => CertificateType::DSS_SIGN,
            Slot::Ecdsa => CertificateType::ECDSA_SIGN,
            Slot::RsaPss | Slot::Ed25519 | Slot::Ed448 | Slot::MlDsa44 | Slot::MlDsa65 | Slot::MlDsa87 => {
                return true;
            }
        };
        self.certificate_types.contains(&wanted)
    }

    fn has_wanted_issuer(&self) -> bool {
        self.authorities.is_empty()
            || core::iter::once(self.certificate).chain(&self.chain).any(|certificate| {
                certificate.issuer_der().is_some_and(|issuer| self.authorities.contains(&issuer))
            })
    }
}

const fn slot_of(signature: SignatureAlgorithm) -> Slot {
    match signature {
        SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::RsaPssRsae => Slot::Rsa,
        SignatureAlgorithm::RsaPssPss => Slot::RsaPss,
        SignatureAlgorithm::Ecdsa => Slot::Ecdsa,
        SignatureAlgorithm::Ed25519 => Slot::Ed25519,
        SignatureAlgorithm::Ed448 => Slot::Ed448,
        SignatureAlgorithm::MlDsa44 => Slot::MlDsa44,
        SignatureAlgorithm::MlDsa65 => Slot::MlDsa65,
        SignatureAlgorithm::MlDsa87 => Slot::MlDsa87,
        SignatureAlgorithm::Dsa => Slot::Dsa,
    }
}

/// libcrypto's number of the signature that a peer which says nothing takes with a kind of key (RFC 5246 §7.4.1.4.1): that
/// with SHA-1; 0: any.
const fn default_signature(slot: Slot) -> Option<i32> {
    match slot {
        Slot::Rsa => Some(65),
        Slot::Dsa => Some(113),
        Slot::Ecdsa => Some(416),
        Slot::RsaPss | Slot::Ed25519 | Slot::Ed448 | Slot::MlDsa44 | Slot::MlDsa65 | Slot::MlDsa87 => Some(0),
    }
}

/// libcrypto's number of a scheme's pair of signature and hash.
fn find_nid(id: SignatureScheme) -> Option<i32> {
    signature_scheme::find(id).map(|scheme| scheme.signature_and_hash_nid)
}
