//! What the program's security callback is asked in a handshake, in which order and how often: as OpenSSL asks it, which looks at some things
//! several times on the way. What it refuses is left out by the core, which gets it with the settings.

use core::{ffi::c_void, ptr};
use std::sync::Arc;

use super::{
    Ssl,
    security::{Asker, operation},
};
use crate::{
    crypto::{
        dhe,
        signature_scheme::{self, Scheme, SignatureAlgorithm},
        suite::{KeyExchangeAlgorithm, Suite},
    },
    error::{Error, Reason},
    handshake::{
        security::Inquiry,
        want::{Answer, Hooks},
    },
    policy::{
        Settings,
        certificate::{CertifiedKey, Slot},
        choose,
        offer::{self, TakenSignatures},
        options::option,
        security::Refusals,
    },
    record::Side,
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// What a server signs with in TLS 1.2 if the client does not say what it takes (RFC 5246 §7.4.1.4.1), and before.
const UNNAMED: [SignatureScheme; 3] =
    [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::DSA_SHA1, SignatureScheme::ECDSA_SHA1];
const BEFORE_TLS12: [SignatureScheme; 3] =
    [signature_scheme::RSA_PKCS1_MD5_SHA1, SignatureScheme::DSA_SHA1, SignatureScheme::ECDSA_SHA1];

/// What some implementations called a draft of DTLS.
const DTLS1_BAD_VER: u16 = 0x0100;

impl Ssl {
    /// Asks the security callback, and notes what it refuses.
    pub(super) fn ask_security(&self, inquiry: &Inquiry) -> Answer {
        let mut questions = self.security_questions();
        let may_begin = questions.ask(inquiry);
        self.parts().refusals.replace(Arc::new(questions.refusals));
        if may_begin { Answer::Proceed } else { Answer::Refuse(Error::Silent(Reason::ERR_INTERNAL_ERROR)) }
    }

    /// Asks what is asked before we send a message after the handshake, if there is a security callback.
    pub(super) fn judge_again(&self) -> Result<(), Error> {
        let version = self.with_connection(|connection| connection.negotiated().version);
        self.judge_before_sending(version.map(Inquiry::again))
    }

    /// As [`Self::judge_again`], of a CertificateRequest.
    pub(super) fn judge_certificate_request(&self) -> Result<(), Error> {
        self.judge_again()?;
        self.judge_before_sending(Some(Inquiry::CertificateRequest(ProtocolVersion::TLS1_3)))
    }

    fn judge_before_sending(&self, inquiry: Option<Inquiry>) -> Result<(), Error> {
        match inquiry.filter(|_| self.has_security_callback()).map(|inquiry| self.ask_security(&inquiry)) {
            Some(Answer::Refuse(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn security_questions(&self) -> Questions {
        let environment = self.environment();
        let refusals = self.parts().refusals.borrow().clone();
        Questions {
            asker: Asker::of_connection(self),
            side: self.side(),
            hooks: environment.hooks,
            settings: Settings { refusals: None, ..Settings::clone(&environment.settings) },
            refusals: Refusals::clone(&refusals),
        }
    }

    /// The suites that the security callback, if there is one, leaves in one of these versions.
    pub(super) fn judge_suites(&self, versions: Option<Vec<ProtocolVersion>>) -> Option<Arc<Settings>> {
        let mut questions = self.has_security_callback().then(|| self.security_questions())?;
        questions.mask(true);
        if versions.is_none() {
            questions.versions();
        }
        questions.suites(versions);
        Some(Arc::new(questions.judged()))
    }

    pub(super) fn has_security_callback(&self) -> bool {
        self.with_config(|config| config.callbacks.security.function.is_some())
    }

    /// Of these groups that both sides have, those that the security callback leaves, if there is one.
    pub(super) fn judge_shared_groups<'a>(
        &self,
        groups: &'a [NamedGroup],
    ) -> impl Iterator<Item = &'a NamedGroup> + use<'a> {
        let questions = self.has_security_callback().then(|| self.security_questions());
        let allows = move |group: &&NamedGroup| {
            questions.as_ref().is_none_or(|questions| questions.group(operation::CURVE_SHARED, **group))
        };
        groups.iter().filter(allows)
    }
}

/// The questions of one moment.
struct Questions {
    asker: Asker,
    side: Side,
    hooks: Hooks,
    /// Without what was refused.
    settings: Settings,
    refusals: Refusals,
}

impl Questions {
    /// Whether a handshake may begin at all; what else is refused is noted.
    fn ask(&mut self, inquiry: &Inquiry) -> bool {
        match inquiry {
            Inquiry::Start { version, is_open } => {
                self.refusals = Refusals::default();
                if !self.version(*version) {
                    return false;
                }
                if *is_open {
                    self.versions();
                }
            }
            Inquiry::ClientHello { kept, session, is_second } => {
                self.client_hello(*kept, *session, *is_second);
            }
            Inquiry::ClientHelloExtensions { kept, is_second } => {
                self.client_hello_extensions(*kept, *is_second);
            }
            Inquiry::ServerHello { is_open, suite, ticket, retry_group } => {
                if *is_open {
                    self.versions();
                }
                if !self.suite(operation::CIPHER_CHECK, suite) {
                    self.refusals.suites.push(suite.id);
                    return true;
                }
                if *ticket {
                    self.ticket();
                }
                if let Some(group) = retry_group {
                    self.refuse_groups([*group], operation::CURVE_SUPPORTED);
                }
            }
            Inquiry::Versions { offered, is_fallback } => self.choose_version(offered, *is_fallback),
            Inquiry::Ticket => self.ticket(),
            Inquiry::Suite13(offered) => self.choose_suite13(offered),
            Inquiry::Group13 { groups, shares, is_second } => {
                self.choose_group13(groups, shares, *is_second);
            }
            Inquiry::SharedSchemes(version, schemes) => self.shared_schemes(*version, schemes.as_deref()),
            Inquiry::Choice12 { version, cipher_suites, groups, schemes } => {
                let offer = choose::Offer {
                    version: *version,
                    cipher_suites,
                    groups: groups.as_deref(),
                    signature_schemes: schemes.as_deref(),
                    certificate_schemes: None,
                };
                self.choose12(&offer);
            }
            Inquiry::OwnScheme(scheme) => {
                if !self.scheme(operation::SIGALG_SUPPORTED, *scheme) {
                    self.refusals.own_schemes.push(*scheme);
                }
            }
            Inquiry::SharedGroup(offered) => {
                self.refusals.groups.clear();
                self.shared_group(Some(offered).filter(|offered| !offered.is_empty()).map(Vec::as_slice));
            }
            Inquiry::DiffieHellman(parameters) => self.diffie_hellman(parameters),
            Inquiry::EncryptedExtensions(chosen) => self.encrypted_extensions(*chosen),
            Inquiry::CertificateRequest(version) => self.certificate_request(*version),
            Inquiry::PeerGroup(group) => self.refuse_groups([*group], operation::CURVE_CHECK),
            Inquiry::PeerScheme { version, curve, scheme } => self.peer_scheme(*version, *curve, *scheme),
        }
        true
    }

    /// The settings with what was refused so far.
    fn judged(&self) -> Settings {
        Settings { refusals: Some(Arc::new(self.refusals.clone())), ..self.settings.clone() }
    }

    fn version(&self, version: ProtocolVersion) -> bool {
        self.asker.allows(operation::VERSION, 0, version.0.into(), ptr::null_mut())
    }

    fn suite(&self, operation: i32, suite: &'static Suite) -> bool {
        let other = ptr::from_ref(suite).cast_mut().cast();
        self.asker.allows(operation, suite.strength_bits().into(), 0, other)
    }

    fn group(&self, operation: i32, id: NamedGroup) -> bool {
        let Some(group) = self.settings.group(id) else { return false };
        self.by_number(operation, id.0, group.security_bits(), group.nid())
    }

    fn scheme(&self, operation: i32, id: SignatureScheme) -> bool {
        let Some(scheme) = signature_scheme::find(id) else { return false };
        self.by_number(
            operation,
            signature_scheme::number_to_show(id),
            scheme.security_bits,
            scheme.hash_nid(),
        )
    }

    fn by_number(&self, operation: i32, number: u16, bits: u16, nid: i32) -> bool {
        let mut other = number.to_be_bytes();
        self.asker.allows(operation, bits.into(), nid, other.as_mut_ptr().cast::<c_void>())
    }

    fn lowest_version(&self) -> ProtocolVersion {
        self.settings.min_version.unwrap_or(self.settings.method_versions.0)
    }

    /// The versions down to the lowest of the program.
    fn versions(&mut self) {
        let lowest = self.lowest_version();
        let known = self.settings.known_versions().filter(|version| *version >= lowest);
        self.refusals.versions = known.filter(|version| !self.version(*version)).collect();
        if self.settings.is_datagram() && self.settings.min_version.is_none() {
            // A version from before DTLS 1.0, which nobody offers.
            self.version(ProtocolVersion(DTLS1_BAD_VER));
        }
    }

    /// The first scheme of each kind tells whether certificates of that kind are taken.
    fn mask(&mut self, is_first: bool) {
        let mut taken = TakenSignatures::default();
        self.refusals.unmasked.clear();
        let versions: &[_] = if !is_first && self.is_for_tls13_alone() {
            &[ProtocolVersion::TLS1_3]
        } else {
            &[ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3]
        };
        for scheme in self.settings.listed_schemes(versions, self.side == Side::Server) {
            if taken.has(scheme) {
                continue;
            }
            if self.scheme(operation::SIGALG_MASK, scheme.id) {
                taken.add(scheme);
            } else {
                self.refusals.unmasked.push(scheme.id);
            }
        }
    }

    /// A client of TLS 1.3 alone has no use for what only TLS 1.2 signs with.
    fn is_for_tls13_alone(&self) -> bool {
        self.side == Side::Client && self.judged().offered_versions() == [ProtocolVersion::TLS1_3]
    }

    /// The suites that we may offer; in the versions that were allowed, unless others are given.
    fn suites(&mut self, versions: Option<Vec<ProtocolVersion>>) {
        self.refusals.suites.clear();
        let judged = self.judged();
        let versions = versions.unwrap_or_else(|| judged.offered_versions());
        let taken = judged.taken_signatures(self.side);
        let usable = |suite: &&Suite| self.hooks.client_can_use(suite) && taken.suit(suite);
        let suites: Vec<_> = judged.offered_suites(&versions).into_iter().filter(usable).collect();
        self.refuse_suites(suites, operation::CIPHER_SUPPORTED);
    }

    fn refuse_suites(&mut self, suites: impl IntoIterator<Item = &'static Suite>, operation: i32) {
        let refused = suites.into_iter().filter(|suite| !self.suite(operation, suite)).map(|suite| suite.id);
        let refused: Vec<_> = refused.collect();
        self.refusals.suites.extend(refused);
    }

    fn refuse_groups(&mut self, groups: impl IntoIterator<Item = NamedGroup>, operation: i32) {
        let refused: Vec<_> = groups.into_iter().filter(|group| !self.group(operation, *group)).collect();
        self.refusals.groups.extend(refused);
    }

    fn ticket(&mut self) {
        self.refusals.tickets = !self.asker.allows(operation::TICKET, 0, 0, ptr::null_mut());
    }

    fn client_hello(
        &mut self,
        kept: Option<ProtocolVersion>,
        session: Option<ProtocolVersion>,
        is_second: bool,
    ) {
        self.open_versions(kept, if is_second { 2 } else { 1 });
        if let Some(session) = session {
            self.version(session);
        }
        // The suites that the hello lists are known before the versions of its extensions.
        self.client_suites(kept, !is_second);
        let offered = kept.map_or_else(|| self.judged().offered_versions(), |version| vec![version]);
        if self.has_suite(&offered, |_| true) {
            self.open_versions(kept, 1);
        }
    }

    /// So many times, if the version is not settled.
    fn open_versions(&mut self, kept: Option<ProtocolVersion>, times: usize) {
        if kept.is_none() {
            (0..times).for_each(|_| self.versions());
        }
    }

    fn client_suites(&mut self, kept: Option<ProtocolVersion>, is_first: bool) {
        self.mask(is_first);
        self.open_versions(kept, 1);
        self.suites(kept.map(|version| vec![version]));
    }

    fn client_hello_extensions(&mut self, kept: Option<ProtocolVersion>, is_second: bool) {
        let offered = kept.map_or_else(|| self.judged().offered_versions(), |version| vec![version]);
        // The point formats go with suites that run on a group, if there is a group.
        self.open_versions(kept, 1);
        self.client_suites(kept, false);
        let groups = self.settings.listed_groups(&offered);
        self.first_group(&offered, &groups);
        self.open_versions(kept, 1);
        self.client_suites(kept, false);
        let has_group = self.first_group(&offered, &groups);
        let tls13 = offered.contains(&ProtocolVersion::TLS1_3);
        if has_group || tls13 && self.has_group_suite(&offered) {
            self.refusals.groups.clear();
            self.refuse_groups(groups.iter().copied(), operation::CURVE_SUPPORTED);
            if self.refusals.groups.len() == groups.len() {
                return;
            }
        }
        if !self.settings.has_option(option::NO_TICKET) {
            self.ticket();
        }
        if offered.iter().any(|version| version.has_signature_schemes()) {
            let listed = self.settings.listed_schemes(&offered, false).map(|scheme| scheme.id);
            let listed: Vec<_> = listed.collect();
            let refused = |scheme: &SignatureScheme| !self.scheme(operation::SIGALG_SUPPORTED, *scheme);
            self.refusals.schemes = listed.iter().copied().filter(refused).collect();
            if self.refusals.schemes.len() == listed.len() {
                return;
            }
        }
        if self.settings.is_datagram() {
            return;
        }
        self.open_versions(kept, 1);
        if tls13 && !is_second {
            let groups = self.settings.listed_groups(&[ProtocolVersion::TLS1_3]);
            let refused = groups.iter().take_while(|group| !self.group(operation::CURVE_SUPPORTED, **group));
            let refused: Vec<_> = refused.copied().collect();
            self.refusals.groups.extend(refused);
        }
    }

    fn has_group_suite(&self, versions: &[ProtocolVersion]) -> bool {
        self.has_suite(versions, |suite| suite.is_tls13() || suite.has_group())
    }

    /// Whether a suite like this is left to a client.
    fn has_suite(&self, versions: &[ProtocolVersion], is_like: impl Fn(&Suite) -> bool) -> bool {
        let judged = self.judged();
        let taken = judged.taken_signatures(Side::Client);
        let is_left =
            |suite: &'static Suite| self.hooks.client_can_use(suite) && taken.suit(suite) && is_like(suite);
        judged.offered_suites(versions).into_iter().any(is_left)
    }

    /// Whether a suite that runs on a group has one.
    fn first_group(&self, versions: &[ProtocolVersion], groups: &[NamedGroup]) -> bool {
        self.has_group_suite(versions)
            && groups.iter().any(|group| self.group(operation::CURVE_SUPPORTED, *group))
    }

    /// A server's version, the first that is allowed; then whether it could have been a higher one (RFC 8446 §4.1.3).
    fn choose_version(&mut self, offered: &[ProtocolVersion], is_fallback: bool) {
        self.choose_offered_version(offered);
        // RFC 7507: whether we have a higher one.
        if is_fallback {
            let known: Vec<_> = self.settings.known_versions().collect();
            known
                .into_iter()
                .find(|version| self.version(*version) && self.settings.allows_version(*version));
        }
    }

    fn choose_offered_version(&mut self, offered: &[ProtocolVersion]) {
        self.refusals.versions.clear();
        let lowest = self.lowest_version();
        for version in self.settings.known_versions().filter(|version| *version >= lowest) {
            if !offered.contains(&version) {
                continue;
            }
            if !self.version(version) {
                self.refusals.versions.push(version);
                continue;
            }
            if self.settings.allows_version(version) {
                let higher = match version {
                    ProtocolVersion::TLS1_2 => ProtocolVersion::TLS1_3,
                    ProtocolVersion::TLS1_1 | ProtocolVersion::TLS1_0 => ProtocolVersion::TLS1_2,
                    _ => return,
                };
                if !self.version(higher) {
                    self.refusals.versions.push(higher);
                }
                return;
            }
        }
    }

    fn choose_suite13(&mut self, offered: &[CipherSuite]) {
        self.refusals.suites.clear();
        for suite in self.settings.shared_suites(ProtocolVersion::TLS1_3, offered) {
            if self.suite(operation::CIPHER_SHARED, suite) {
                return;
            }
            self.refusals.suites.push(suite.id);
        }
    }

    /// The first group that there is a share of, else the first that the client has too.
    fn choose_group13(&mut self, groups: &[NamedGroup], shares: &[NamedGroup], is_second: bool) {
        self.refusals.groups.clear();
        let ours = self.settings.listed_groups(&[ProtocolVersion::TLS1_3]);
        let shared = shares.iter().filter(|group| ours.contains(group));
        let without_share = ours.iter().filter(|group| !is_second && groups.contains(group));
        for group in shared.chain(without_share) {
            if self.group(operation::CURVE_CHECK, *group) && self.group(operation::CURVE_SUPPORTED, *group) {
                // What was refused as a share may still be asked for.
                self.refusals.groups.retain(|refused| refused != group);
                return;
            }
            self.refusals.groups.push(*group);
        }
    }

    /// What the peer takes of what we may sign with: counted first, then listed.
    fn shared_schemes(&mut self, version: ProtocolVersion, peers: Option<&[SignatureScheme]>) {
        self.refusals.own_schemes.clear();
        if !version.has_signature_schemes() || peers.is_none() {
            let unnamed = if version.has_signature_schemes() { UNNAMED } else { BEFORE_TLS12 };
            unnamed.iter().for_each(|scheme| {
                self.scheme(operation::SIGALG_SUPPORTED, *scheme);
            });
            return;
        }
        let request = self.side == Side::Client;
        let ours: Vec<_> =
            self.settings.listed_schemes(&[version], request).map(|scheme| scheme.id).collect();
        let peers = peers.unwrap_or_default();
        let order = if self.settings.prefers_ours() { &ours[..] } else { peers };
        let known: Vec<_> = order.iter().copied().filter(|id| self.is_known(*id, version)).collect();
        let mut has_any = false;
        for id in &known {
            has_any |= self.scheme(operation::SIGALG_SHARED, *id) && ours.contains(id) && peers.contains(id);
        }
        let refused = |id: &SignatureScheme| !has_any || !self.scheme(operation::SIGALG_SHARED, *id);
        self.refusals.own_schemes = known.iter().copied().filter(refused).collect();
    }

    fn is_known(&self, id: SignatureScheme, version: ProtocolVersion) -> bool {
        let for_tls13_alone = self.is_for_tls13_alone();
        let fits = |scheme: &Scheme| {
            (scheme.signature != SignatureAlgorithm::Dsa || version != ProtocolVersion::TLS1_3)
                && (!for_tls13_alone || offer::is_of_tls13(scheme))
        };
        signature_scheme::find(id).is_some_and(fits) && !self.settings.library.missing_schemes.contains(&id)
    }

    /// A server's suite: the first that goes with a certificate and a group.
    fn choose12(&mut self, offer: &choose::Offer<'_>) {
        self.refusals.suites.clear();
        self.refusals.groups.clear();
        self.refusals.curves.clear();
        let certified =
            self.settings.certificates.get(Slot::Ecdsa).filter(|certified| certified.key.is_some());
        if let Some(curve) = certified.and_then(CertifiedKey::curve)
            && !self.group(operation::CURVE_CHECK, curve)
        {
            self.refusals.curves.push(curve);
        }
        let judged = self.judged();
        for (suite, is_shared) in judged.suites_in_order(offer.version, offer.cipher_suites) {
            if !self.hooks.server_can_use(suite) || !judged.can_authenticate(suite, offer) {
                continue;
            }
            if suite.key_exchange == KeyExchangeAlgorithm::Ecdhe && !self.shared_group(offer.groups) {
                continue;
            }
            if !is_shared {
                continue;
            }
            if self.suite(operation::CIPHER_SHARED, suite) {
                return;
            }
            self.refusals.suites.push(suite.id);
        }
    }

    /// Whether there is a group that both sides have.
    fn shared_group(&mut self, offered: Option<&[NamedGroup]>) -> bool {
        for group in self.settings.listed_shared_groups(offered) {
            if self.group(operation::CURVE_SHARED, group) {
                self.refusals.groups.retain(|refused| *refused != group);
                return true;
            }
            self.refusals.groups.push(group);
        }
        false
    }

    fn diffie_hellman(&mut self, parameters: &dhe::Parameters) {
        let other = parameters.key.as_ptr().cast();
        self.refusals.diffie_hellman =
            !self.asker.allows(operation::TMP_DH, parameters.security_bits.into(), 0, other);
    }

    /// Our groups are told only if there is one that we like better.
    fn encrypted_extensions(&mut self, chosen: NamedGroup) {
        self.refusals.groups.clear();
        let mut is_first = true;
        for group in self.settings.listed_groups(&[ProtocolVersion::TLS1_3]) {
            if !self.group(operation::CURVE_SUPPORTED, group) {
                self.refusals.groups.push(group);
                continue;
            }
            if is_first && group == chosen {
                return;
            }
            is_first = false;
        }
    }

    fn certificate_request(&mut self, version: ProtocolVersion) {
        let tls13 = version == ProtocolVersion::TLS1_3;
        if !tls13 {
            self.mask(true);
        }
        if version.has_signature_schemes() {
            let listed: Vec<_> = if tls13 {
                self.settings.requested_signature_schemes()
            } else {
                let listed = self.settings.listed_schemes(&[ProtocolVersion::TLS1_2], true);
                listed.map(|scheme| scheme.id).collect()
            };
            let refused = |scheme: &SignatureScheme| !self.scheme(operation::SIGALG_SUPPORTED, *scheme);
            self.refusals.schemes = listed.into_iter().filter(refused).collect();
        }
    }

    fn peer_scheme(&mut self, version: ProtocolVersion, curve: Option<NamedGroup>, scheme: SignatureScheme) {
        let has_curve = version.of_tls() == ProtocolVersion::TLS1_2
            && signature_scheme::find(scheme)
                .is_some_and(|scheme| scheme.signature == SignatureAlgorithm::Ecdsa);
        self.refusals.curves.clear();
        if let Some(curve) = curve.filter(|_| has_curve)
            && !self.group(operation::CURVE_CHECK, curve)
        {
            self.refusals.curves.push(curve);
            return;
        }
        let operation = match version.has_signature_schemes() {
            true => operation::SIGALG_CHECK,
            false => operation::SIGALG_SUPPORTED,
        };
        self.refusals.schemes.retain(|refused| *refused != scheme);
        if !self.scheme(operation, scheme) {
            self.refusals.schemes.push(scheme);
        }
    }
}
