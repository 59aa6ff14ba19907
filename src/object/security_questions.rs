//! What the program's security callback is asked in a handshake, in which order and how often: as OpenSSL asks it, which looks at some things
//! several times on the way. What it allows the core gets with the settings, and chooses from that alone.

use core::{ffi::c_void, ptr};
use std::sync::Arc;

use super::{
    Ssl,
    security::{Asker, operation},
};
use crate::{
    crypto::{
        dhe,
        hash::HashAlgorithm,
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
        security::Permissions,
    },
    record::Side,
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// What a server signs with in TLS 1.2 if the client does not say what it takes (RFC 5246 §7.4.1.4.1), and before.
const UNNAMED: [SignatureScheme; 3] =
    [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::DSA_SHA1, SignatureScheme::ECDSA_SHA1];
const BEFORE_TLS12: [SignatureScheme; 3] =
    [signature_scheme::RSA_PKCS1_MD5_SHA1, SignatureScheme::DSA_SHA1, SignatureScheme::ECDSA_SHA1];

impl Ssl {
    /// Asks the security callback, and notes what it allows.
    pub(super) fn ask_security(&self, inquiry: &Inquiry) -> Answer {
        let generation = self.generation.get();
        let mut questions = self.security_questions();
        let may_begin = questions.ask(inquiry);
        // The callback may have made the connection another one, about which it said nothing.
        if self.generation.get() == generation {
            self.parts().permissions.replace(Arc::new(questions.permissions));
        }
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
            Some(Answer::Refuse(error)) => {
                let environment = self.environment();
                Err(self.with_connection(|connection| connection.fail(&environment, error)))
            }
            _ => Ok(()),
        }
    }

    fn security_questions(&self) -> Questions<'_> {
        let environment = self.environment();
        let permissions = self.parts().permissions.borrow().clone();
        Questions {
            ssl: self,
            side: self.side(),
            hooks: environment.hooks,
            settings: environment.settings,
            permissions: Permissions::clone(&permissions),
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

    /// Whether a certificate may be on this curve: by the security callback, or without one by our level.
    pub(super) fn allows_curve(&self, settings: &Settings, curve: NamedGroup) -> bool {
        match self.has_security_callback().then(|| self.security_questions()) {
            Some(questions) => questions.group(operation::CURVE_CHECK, curve),
            None => settings.allows_group(curve),
        }
    }

    /// Of these groups that both sides have, those that the security callback leaves, if there is one.
    pub(super) fn judge_shared_groups<'a>(
        &self,
        groups: &'a [NamedGroup],
    ) -> impl Iterator<Item = &'a NamedGroup> {
        let questions = self.has_security_callback().then(|| self.security_questions());
        let allows = move |group: &&NamedGroup| {
            questions.as_ref().is_none_or(|questions| questions.group(operation::CURVE_SHARED, **group))
        };
        groups.iter().filter(allows)
    }
}

/// The questions of one moment.
struct Questions<'a> {
    ssl: &'a Ssl,
    side: Side,
    hooks: Hooks,
    /// As they were before.
    settings: Arc<Settings>,
    permissions: Permissions,
}

impl Questions<'_> {
    /// Whether a handshake may begin at all; what else is answered is noted.
    fn ask(&mut self, inquiry: &Inquiry) -> bool {
        match inquiry {
            Inquiry::Start { version, is_open } => {
                self.permissions = Permissions::default();
                // Where nothing is to be signed yet nothing is asked: what comes later is not allowed by the level.
                self.permissions.own_schemes.begin();
                if !self.judge_version(*version) {
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
                    self.permissions.suites.refuse(suite.id);
                    return true;
                }
                if *ticket {
                    self.ticket();
                }
                if let Some(group) = retry_group {
                    self.check_group(operation::CURVE_SUPPORTED, *group);
                }
            }
            Inquiry::Versions { offered, may_be_tls13, is_fallback } => {
                self.choose_version(offered, *may_be_tls13, *is_fallback);
            }
            Inquiry::Ticket => self.ticket(),
            Inquiry::Suite13 { offered, preferred_hash } => self.choose_suite13(offered, *preferred_hash),
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
                let is_allowed = self.scheme(operation::SIGALG_SUPPORTED, *scheme);
                self.permissions.own_schemes.note(*scheme, is_allowed);
            }
            Inquiry::SharedGroup { suite, offered } => {
                let offered = Some(offered).filter(|offered| !offered.is_empty()).map(Vec::as_slice);
                self.permissions.groups.begin();
                self.shared_group(suite, &self.settings.listed_shared_groups(offered));
            }
            Inquiry::DiffieHellman(parameters) => self.diffie_hellman(parameters),
            Inquiry::EncryptedExtensions(chosen) => self.encrypted_extensions(*chosen),
            Inquiry::CertificateRequest(version) => self.certificate_request(*version),
            Inquiry::PeerGroup(group) => self.check_group(operation::CURVE_CHECK, *group),
            Inquiry::PeerScheme { version, curve, scheme } => self.peer_scheme(*version, *curve, *scheme),
        }
        true
    }

    /// The settings with what was allowed so far.
    fn judged(&self) -> Settings {
        Settings { permissions: Some(Arc::new(self.permissions.clone())), ..Settings::clone(&self.settings) }
    }

    /// Asks the callback that there is now: it may change itself, and what it is given.
    fn allows(&self, operation: i32, bits: i32, nid: i32, other: *mut c_void) -> bool {
        Asker::of_connection(self.ssl).allows(operation, bits, nid, other)
    }

    fn version(&self, version: ProtocolVersion) -> bool {
        self.allows(operation::VERSION, 0, version.0.into(), ptr::null_mut())
    }

    fn suite(&self, operation: i32, suite: &'static Suite) -> bool {
        let other = ptr::from_ref(suite).cast_mut().cast();
        self.allows(operation, suite.strength_bits().into(), 0, other)
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
        self.allows(operation, bits.into(), nid, other.as_mut_ptr().cast::<c_void>())
    }

    fn judge_version(&mut self, version: ProtocolVersion) -> bool {
        let is_allowed = self.version(version);
        self.permissions.versions.note(version, is_allowed)
    }

    fn judge_suite(&mut self, operation: i32, suite: &'static Suite) -> bool {
        let is_allowed = self.suite(operation, suite);
        self.permissions.suites.note(suite.id, is_allowed)
    }

    fn judge_group(&mut self, operation: i32, group: NamedGroup) -> bool {
        let is_allowed = self.group(operation, group);
        self.permissions.groups.note(group, is_allowed)
    }

    /// A group that was allowed before, and now comes up.
    fn check_group(&mut self, operation: i32, group: NamedGroup) {
        if !self.group(operation, group) {
            self.permissions.groups.refuse(group);
        }
    }

    fn lowest_version(&self) -> ProtocolVersion {
        self.settings.min_version.unwrap_or(self.settings.method_versions.0)
    }

    /// The versions down to the lowest of the program.
    fn versions(&mut self) {
        let lowest = self.lowest_version();
        self.permissions.versions.begin();
        for version in self.settings.known_versions().filter(|version| *version >= lowest) {
            self.judge_version(version);
        }
        let min = self.settings.min_version;
        if self.settings.is_datagram() && min.is_none_or(|min| min <= ProtocolVersion::DTLS1_BAD_VER) {
            // A version from before DTLS 1.0, which nobody offers.
            self.version(ProtocolVersion::DTLS1_BAD_VER);
        }
    }

    /// The first scheme of each kind tells whether certificates of that kind are taken.
    fn mask(&mut self, is_first: bool) {
        let mut taken = TakenSignatures::default();
        self.permissions.mask.begin();
        let versions: &[_] = if !is_first && self.is_for_tls13_alone() {
            &[ProtocolVersion::TLS1_3]
        } else {
            &[ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3]
        };
        let listed: Vec<_> = self.settings.listed_schemes(versions, self.side == Side::Server).collect();
        for scheme in listed {
            if taken.has(scheme) {
                continue;
            }
            let is_allowed = self.scheme(operation::SIGALG_MASK, scheme.id);
            if self.permissions.mask.note(scheme.id, is_allowed) {
                taken.add(scheme);
            }
        }
    }

    /// A client of TLS 1.3 alone has no use for what only TLS 1.2 signs with.
    fn is_for_tls13_alone(&self) -> bool {
        self.side == Side::Client && self.judged().offered_versions() == [ProtocolVersion::TLS1_3]
    }

    /// The suites that we may offer; in the versions that were allowed, unless others are given.
    fn suites(&mut self, versions: Option<Vec<ProtocolVersion>>) {
        let judged = self.judged();
        let versions = versions.unwrap_or_else(|| judged.offered_versions());
        let taken = judged.taken_signatures(self.side);
        let usable = |suite: &&Suite| self.hooks.client_can_use(suite) && taken.suit(suite);
        let suites: Vec<_> = self.settings.listed_suites(&versions).filter(usable).collect();
        self.permissions.suites.begin();
        for suite in suites {
            self.judge_suite(operation::CIPHER_SUPPORTED, suite);
        }
    }

    fn ticket(&mut self) {
        self.permissions.tickets = Some(self.allows(operation::TICKET, 0, 0, ptr::null_mut()));
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
        self.permissions.groups.begin();
        self.first_group(&offered, &groups);
        self.open_versions(kept, 1);
        self.client_suites(kept, false);
        let has_group = self.first_group(&offered, &groups);
        let tls13 = offered.contains(&ProtocolVersion::TLS1_3);
        self.permissions.groups.begin();
        if has_group || tls13 && self.has_group_suite(&offered) {
            for group in groups {
                self.judge_group(operation::CURVE_SUPPORTED, group);
            }
            if self.permissions.groups.is_empty() {
                return;
            }
        }
        if !self.settings.has_option(option::NO_TICKET) {
            self.ticket();
        }
        if offered.iter().any(|version| version.has_signature_schemes()) {
            let listed: Vec<_> = self.settings.listed_schemes(&offered, false).collect();
            self.peer_schemes(&listed);
            if self.permissions.schemes.is_empty() {
                return;
            }
        }
        if self.settings.is_datagram() {
            return;
        }
        self.open_versions(kept, 1);
        if tls13 && !is_second {
            let groups = self.settings.listed_groups(&[ProtocolVersion::TLS1_3]);
            groups.into_iter().any(|group| self.judge_group(operation::CURVE_SUPPORTED, group));
        }
    }

    /// What the peer may sign with.
    fn peer_schemes(&mut self, listed: &[&'static Scheme]) {
        self.permissions.schemes.begin();
        for scheme in listed {
            let is_allowed = self.scheme(operation::SIGALG_SUPPORTED, scheme.id);
            self.permissions.schemes.note(scheme.id, is_allowed);
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
    fn first_group(&mut self, versions: &[ProtocolVersion], groups: &[NamedGroup]) -> bool {
        self.has_group_suite(versions)
            && groups.iter().any(|group| self.judge_group(operation::CURVE_SUPPORTED, *group))
    }

    /// A server's version, the first that is allowed; then whether it could have been a higher one (RFC 8446 §4.1.3).
    fn choose_version(&mut self, offered: &[ProtocolVersion], may_be_tls13: bool, is_fallback: bool) {
        self.permissions.versions.begin();
        let chosen = self.choose_offered_version(offered, may_be_tls13);
        let higher = match chosen {
            Some(ProtocolVersion::TLS1_2) => Some(ProtocolVersion::TLS1_3),
            Some(ProtocolVersion::TLS1_1 | ProtocolVersion::TLS1_0) => Some(ProtocolVersion::TLS1_2),
            _ => None,
        };
        if let Some(higher) = higher {
            self.judge_version(higher);
        }
        // RFC 7507: whether we have a higher one.
        if is_fallback {
            let mut known = self.settings.known_versions();
            known.any(|version| self.judge_version(version) && self.judged().allows_version(version));
        }
    }

    fn choose_offered_version(
        &mut self,
        offered: &[ProtocolVersion],
        may_be_tls13: bool,
    ) -> Option<ProtocolVersion> {
        let lowest = self.lowest_version();
        let mut known = self.settings.known_versions();
        known.find(|version| {
            *version >= lowest
                && offered.contains(version)
                && self.judge_version(*version)
                && self.judged().allows_version(*version)
                && (may_be_tls13 || *version != ProtocolVersion::TLS1_3)
        })
    }

    fn choose_suite13(&mut self, offered: &[CipherSuite], preferred_hash: Option<HashAlgorithm>) {
        self.permissions.suites.begin();
        let settings = Arc::clone(&self.settings);
        settings.judge_tls13_suites(offered, preferred_hash, |suite| {
            self.judge_suite(operation::CIPHER_SHARED, suite)
        });
    }

    /// The first group that there is a share of, else the first that the client has too.
    fn choose_group13(&mut self, groups: &[NamedGroup], shares: &[NamedGroup], is_second: bool) {
        self.permissions.groups.begin();
        let ours = self.settings.listed_groups(&[ProtocolVersion::TLS1_3]);
        let shared = shares.iter().filter(|group| ours.contains(group));
        let without_share = ours.iter().filter(|group| !is_second && groups.contains(group));
        // What was refused as a share may still be asked for.
        for group in shared.chain(without_share) {
            let is_allowed =
                self.group(operation::CURVE_CHECK, *group) && self.group(operation::CURVE_SUPPORTED, *group);
            if self.permissions.groups.note(*group, is_allowed) {
                return;
            }
        }
    }

    /// What the peer takes of what we may sign with: counted first, then listed.
    fn shared_schemes(&mut self, version: ProtocolVersion, peers: Option<&[SignatureScheme]>) {
        self.permissions.own_schemes.begin();
        let peers = match peers {
            Some(peers) if version.has_signature_schemes() => peers,
            _ => {
                let unnamed = if version.has_signature_schemes() { UNNAMED } else { BEFORE_TLS12 };
                for scheme in unnamed {
                    let is_allowed = self.scheme(operation::SIGALG_SUPPORTED, scheme);
                    self.permissions.own_schemes.note(scheme, is_allowed);
                }
                return;
            }
        };
        let request = self.side == Side::Client;
        let ours: Vec<_> =
            self.settings.listed_schemes(&[version], request).map(|scheme| scheme.id).collect();
        let order = if self.settings.prefers_ours() { &ours[..] } else { peers };
        let known = self.known_schemes(order, version);
        let mut has_any = false;
        for id in &known {
            has_any |= self.scheme(operation::SIGALG_SHARED, *id) && ours.contains(id) && peers.contains(id);
        }
        for id in known.into_iter().filter(|_| has_any) {
            let is_allowed = self.scheme(operation::SIGALG_SHARED, id);
            self.permissions.own_schemes.note(id, is_allowed);
        }
    }

    /// Those of these schemes that we know, each once: a peer may repeat itself thousands of times.
    fn known_schemes(&self, ids: &[SignatureScheme], version: ProtocolVersion) -> Vec<SignatureScheme> {
        let for_tls13_alone = self.is_for_tls13_alone();
        let fits = |scheme: &Scheme| {
            (scheme.signature != SignatureAlgorithm::Dsa || version != ProtocolVersion::TLS1_3)
                && (!for_tls13_alone || offer::is_of_tls13(scheme))
        };
        let mut known = Vec::new();
        for id in ids {
            let is_known = signature_scheme::find(*id).is_some_and(fits)
                && !self.settings.library.missing_schemes.contains(id);
            if is_known && !known.contains(id) {
                known.push(*id);
            }
        }
        known
    }

    /// A server's suite: the first that goes with a certificate and a group.
    fn choose12(&mut self, offer: &choose::Offer<'_>) {
        self.permissions.suites.begin();
        self.permissions.groups.begin();
        self.permissions.curves.begin();
        let certified =
            self.settings.certificates.get(Slot::Ecdsa).filter(|certified| certified.key.is_some());
        if let Some(curve) = certified.and_then(CertifiedKey::curve) {
            let is_allowed = self.group(operation::CURVE_CHECK, curve);
            self.permissions.curves.note(curve, is_allowed);
        }
        let judged = self.judged();
        let schemes = judged.schemes_to_sign_with(offer);
        let groups = judged.listed_shared_groups(offer.groups);
        for (suite, is_shared) in judged.suites_in_order(offer.version, offer.cipher_suites) {
            if !self.hooks.server_can_use(suite) || !judged.can_authenticate(suite, offer, &schemes) {
                continue;
            }
            if suite.key_exchange == KeyExchangeAlgorithm::Ecdhe && !self.shared_group(suite, &groups) {
                continue;
            }
            if is_shared && self.judge_suite(operation::CIPHER_SHARED, suite) {
                return;
            }
        }
    }

    /// Whether there is a group for this suite among those that both sides have.
    fn shared_group(&mut self, suite: &Suite, shared: &[NamedGroup]) -> bool {
        shared.iter().any(|group| {
            self.settings.suite_b_allows_curve(suite, *group)
                && self.judge_group(operation::CURVE_SHARED, *group)
        })
    }

    fn diffie_hellman(&mut self, parameters: &dhe::Parameters) {
        let other = parameters.key.as_ptr().cast();
        self.permissions.diffie_hellman =
            Some(self.allows(operation::TMP_DH, parameters.security_bits.into(), 0, other));
    }

    /// Our groups are told only if there is one that we like better.
    fn encrypted_extensions(&mut self, chosen: NamedGroup) {
        self.permissions.groups.begin();
        let mut is_first = true;
        for group in self.settings.listed_groups(&[ProtocolVersion::TLS1_3]) {
            if !self.judge_group(operation::CURVE_SUPPORTED, group) {
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
                self.settings.listed_request_schemes().collect()
            } else {
                self.settings.listed_schemes(&[ProtocolVersion::TLS1_2], true).collect()
            };
            self.peer_schemes(&listed);
        }
    }

    fn peer_scheme(&mut self, version: ProtocolVersion, curve: Option<NamedGroup>, scheme: SignatureScheme) {
        let has_curve = version.of_tls() == ProtocolVersion::TLS1_2
            && signature_scheme::find(scheme)
                .is_some_and(|scheme| scheme.signature == SignatureAlgorithm::Ecdsa);
        if let Some(curve) = curve.filter(|_| has_curve) {
            let is_allowed = self.group(operation::CURVE_CHECK, curve);
            if !self.permissions.curves.note(curve, is_allowed) {
                self.permissions.schemes.refuse(scheme);
                return;
            }
        }
        let operation = match version.has_signature_schemes() {
            true => operation::SIGALG_CHECK,
            false => operation::SIGALG_SUPPORTED,
        };
        let is_allowed = self.scheme(operation, scheme);
        self.permissions.schemes.note(scheme, is_allowed);
    }
}
