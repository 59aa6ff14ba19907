use std::sync::Arc;

use super::{
    super::{library::LibraryOffer, list},
    *,
};
use crate::{
    crypto::signature::KeyType,
    policy::certificate::{Certificates, SigningKey},
};

type Key = (KeyType, u32);

const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;
const RSA: Key = (KeyType::Rsa, 2048);
const RSA_1024: Key = (KeyType::Rsa, 1024);
const PSS: Key = (KeyType::RsaPss, 2048);
const P256: Key = (KeyType::EcdsaP256, 256);
const P384: Key = (KeyType::EcdsaP384, 384);
const ED25519: Key = (KeyType::Ed25519, 256);
const PREFER_OURS: u64 = option::CIPHER_SERVER_PREFERENCE;

fn server(keys: &[Key]) -> Settings {
    let mut certificates = Certificates::default();
    for (key_type, key_bits) in keys.iter().copied() {
        let slot = Slot::of(key_type).unwrap();
        *certificates.get_mut(slot) = Some(CertifiedKey {
            is_raw: false,
            certificate: Arc::default(),
            key_type,
            key_bits,
            strength: u16::MAX,
            signature: (672, 6),
            key: Some(SigningKey::External),
            chain: None,
            compressed: Arc::default(),
            suite_b: Vec::new(),
        });
        certificates.current = Some(slot);
    }
    let settings = Settings::new((TLS1_2, TLS1_3));
    Settings { certificates: Arc::new(certificates), security_level: 0, ..settings }
}

fn groups(text: &str) -> Arc<[NamedGroup]> {
    list::groups(text, &LibraryOffer::default()).unwrap()
}

fn schemes(text: &str) -> Vec<SignatureScheme> {
    if text.is_empty() {
        return server(&[]).offered_signature_schemes(&[TLS1_3, TLS1_2], false);
    }
    list::signature_schemes(text).unwrap().to_vec()
}

fn suites(text: &str) -> Arc<[&'static Suite]> {
    text.split(':').map(|name| suite::find_by_name(name).unwrap()).collect()
}

fn ids(text: &str) -> Vec<CipherSuite> {
    suites(text).iter().map(|suite| suite.id).collect()
}

fn choose12(
    settings: &Settings,
    offered: &str,
    groups_text: &str,
    schemes_text: &str,
) -> Result<(&'static str, NamedGroup, Slot, SignatureScheme)> {
    let choice = settings.choose_tls12(&Offer {
        version: TLS1_2,
        cipher_suites: &ids(offered),
        groups: Some(&groups(groups_text)),
        signature_schemes: Some(&schemes(schemes_text)),
        certificate_schemes: None,
    })?;
    let (group, slot, scheme) = (choice.group.unwrap(), choice.slot.unwrap(), choice.scheme.unwrap());
    Ok((choice.suite.openssl_name, group, slot, scheme))
}

const E128: &str = "ECDHE-ECDSA-AES128-GCM-SHA256";
const R128: &str = "ECDHE-RSA-AES128-GCM-SHA256";
const R256: &str = "ECDHE-RSA-AES256-GCM-SHA384";
const E128_R256: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
const USUAL_GROUPS: &str = "X25519:P-256:P-521:P-384";

#[test]
fn group_of_tls13_is_the_first_share_that_we_have() {
    let settings = Settings { groups: groups("P-256:X25519"), ..server(&[]) };
    let choose = |offered: &str, shares: &str| {
        let shares = if shares.is_empty() { Arc::default() } else { groups(shares) };
        settings.choose_group(&groups(offered), &shares)
    };
    assert_eq!(choose("X25519:P-256", "X25519"), Ok((NamedGroup::X25519, true)));
    assert_eq!(choose("X25519:P-256", "P-521:X25519:P-256"), Ok((NamedGroup::X25519, true)));
    // A retry goes by our order.
    assert_eq!(choose("P-521:X25519:P-256", "P-521"), Ok((NamedGroup::SECP256R1, false)));
    assert_eq!(choose("X25519:P-256", ""), Ok((NamedGroup::SECP256R1, false)));
    let nothing = Error::handshake_failure(Reason::NO_SUITABLE_KEY_SHARE);
    assert_eq!(choose("P-521", "P-521"), Err(nothing));
    // A share for a group that is not in supported_groups does not count.
    assert_eq!(choose("P-521", "X25519"), Err(nothing));
}

#[test]
fn group_of_tls12_goes_by_the_order_that_decides() {
    let theirs = Settings { groups: groups("P-256:X25519"), ..server(&[RSA]) };
    let ours = Settings { options: PREFER_OURS, ..theirs.clone() };
    assert_eq!(choose12(&theirs, R128, "X25519:P-256", "").unwrap().1, NamedGroup::X25519);
    assert_eq!(choose12(&ours, R128, "X25519:P-256", "").unwrap().1, NamedGroup::SECP256R1);
    let nothing = Error::handshake_failure(Reason::NO_SHARED_CIPHER);
    assert_eq!(choose12(&theirs, R128, "P-521", ""), Err(nothing));
}

#[test]
fn suite_of_tls13_goes_by_the_order_that_decides() {
    let (aes128, aes256, chacha) =
        ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    let choose = |options: u64, ours: &[&str], theirs: &[&str]| {
        let tls13_cipher_suites = suites(&ours.join(":"));
        Settings { options, tls13_cipher_suites, ..server(&[]) }
            .choose_tls13_suite(&ids(&theirs.join(":")), None)
            .map(|suite| suite.openssl_name)
    };
    let prioritize = option::PRIORITIZE_CHACHA;
    assert_eq!(choose(0, &[aes256, aes128], &[aes128, aes256]), Ok(aes128));
    assert_eq!(choose(PREFER_OURS, &[aes256, aes128], &[aes128, aes256]), Ok(aes256));
    assert_eq!(choose(PREFER_OURS, &[aes256, chacha], &[chacha, aes256]), Ok(aes256));
    assert_eq!(choose(PREFER_OURS | prioritize, &[aes256, chacha], &[chacha, aes256]), Ok(chacha));
    assert_eq!(choose(PREFER_OURS | prioritize, &[aes256, chacha], &[aes128, chacha, aes256]), Ok(aes256));
    assert_eq!(choose(prioritize, &[chacha, aes256], &[aes256, chacha]), Ok(aes256));
    let nothing = Error::handshake_failure(Reason::NO_SHARED_CIPHER);
    assert_eq!(choose(0, &[aes256], &[aes128]), Err(nothing));
}

#[test]
fn suite_of_tls13_has_the_preferred_hash_if_it_can() {
    let offered = ids("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    let choose = |offered: &[CipherSuite], preferred| {
        server(&[]).choose_tls13_suite(offered, preferred).unwrap().openssl_name
    };
    assert_eq!(choose(&offered, None), "TLS_AES_256_GCM_SHA384");
    assert_eq!(choose(&offered, Some(HashAlgorithm::Sha256)), "TLS_AES_128_GCM_SHA256");
    assert_eq!(choose(&offered[..1], Some(HashAlgorithm::Sha256)), "TLS_AES_256_GCM_SHA384");
}

#[test]
fn unknown_and_weak_suites_are_passed_over() {
    let offered = [CipherSuite(0x1a1a), CipherSuite::TLS_AES_128_GCM_SHA256];
    assert!(server(&[]).choose_tls13_suite(&offered, None).is_ok());
    let strict = Settings { security_level: 4, ..server(&[]) };
    assert!(strict.choose_tls13_suite(&offered, None).is_err());
    assert!(strict.offered_suites(&[TLS1_2]).iter().all(|suite| suite.strength_bits() == 256));
}

#[test]
fn repetitions_of_the_peer_count_once() {
    let settings = Settings::new((ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3));
    let repeated = [CipherSuite(0xc02b), CipherSuite(0xc02f)].repeat(1000);
    assert_eq!(settings.shared_suites(ProtocolVersion::TLS1_2, &repeated).len(), 2);
}

#[test]
fn suite_of_tls12_goes_by_the_order_that_decides() {
    let chacha = "ECDHE-RSA-CHACHA20-POLY1305";
    let choose = |options: u64, ours: &[&str], theirs: &[&str]| {
        let settings = Settings { options, cipher_suites: suites(&ours.join(":")), ..server(&[RSA]) };
        choose12(&settings, &theirs.join(":"), USUAL_GROUPS, "").unwrap().0
    };
    assert_eq!(choose(0, &[R256, R128], &[R128, R256]), R128);
    assert_eq!(choose(PREFER_OURS, &[R256, R128], &[R128, R256]), R256);
    let prioritize = PREFER_OURS | option::PRIORITIZE_CHACHA;
    assert_eq!(choose(prioritize, &[R256, chacha], &[chacha, R256]), chacha);
    let first_is_another = ["ECDHE-ECDSA-CHACHA20-POLY1305", R256, chacha];
    assert_eq!(choose(prioritize, &[R256, chacha], &first_is_another), chacha);
}

#[test]
fn certificate_of_tls12_is_what_openssl_chooses() {
    use Slot::{Ecdsa, Ed25519, Rsa, RsaPss};
    let both = "rsa_pss_rsae_sha256:rsa_pss_pss_sha256";
    let both_reversed = "rsa_pss_pss_sha256:rsa_pss_rsae_sha256";
    /// Our keys; the suites, schemes and groups offered; the suite and the slot chosen.
    type Recorded = (&'static [Key], &'static str, &'static str, &'static str, &'static str, Slot);

    let recorded: &[Recorded] = &[
        (&[RSA], E128_R256, "", USUAL_GROUPS, R256, Rsa),
        (&[RSA, P256], E128_R256, "", USUAL_GROUPS, E128, Ecdsa),
        (&[RSA, ED25519], E128_R256, "", USUAL_GROUPS, E128, Ed25519),
        (&[ED25519, P256], E128, "", USUAL_GROUPS, E128, Ecdsa),
        (&[ED25519, P256], E128, "ed25519:ECDSA+SHA256", USUAL_GROUPS, E128, Ed25519),
        (&[ED25519, P256], E128, "ECDSA+SHA256:ed25519", USUAL_GROUPS, E128, Ecdsa),
        (&[RSA, P256], E128_R256, "RSA+SHA256", USUAL_GROUPS, R256, Rsa),
        (&[PSS], R256, "", USUAL_GROUPS, R256, RsaPss),
        (&[RSA, PSS], R256, "", USUAL_GROUPS, R256, RsaPss),
        (&[RSA, PSS], R256, both, USUAL_GROUPS, R256, Rsa),
        (&[RSA, PSS], R256, both_reversed, USUAL_GROUPS, R256, RsaPss),
        (&[P384, RSA], E128_R256, "", "X25519:P-256", R256, Rsa),
        (&[P384], E128, "ECDSA+SHA256", USUAL_GROUPS, E128, Ecdsa),
    ];
    for (keys, offered, schemes, groups, suite, slot) in recorded {
        let (chosen_suite, _, chosen_slot, _) = choose12(&server(keys), offered, groups, schemes).unwrap();
        assert_eq!((chosen_suite, chosen_slot), (*suite, *slot), "{keys:?} {offered} {schemes}");
    }
}

#[test]
fn scheme_of_tls12_goes_by_the_order_that_decides() {
    let ours = Some(list::signature_schemes("RSA+SHA256:RSA+SHA512").unwrap());
    let settings = Settings { signature_schemes: ours, ..server(&[RSA]) };
    let choose = |settings: &Settings, offered| choose12(settings, R256, USUAL_GROUPS, offered);
    let theirs = choose(&settings, "RSA+SHA512:RSA+SHA256").unwrap().3;
    assert_eq!(theirs, SignatureScheme::RSA_PKCS1_SHA512);
    let prefer = Settings { options: PREFER_OURS, ..settings.clone() };
    let ours = choose(&prefer, "RSA+SHA512:RSA+SHA256").unwrap().3;
    assert_eq!(ours, SignatureScheme::RSA_PKCS1_SHA256);
    let nothing = Error::handshake_failure(Reason::NO_SHARED_SIGNATURE_ALGORITHMS);
    assert_eq!(choose(&settings, "RSA+SHA384"), Err(nothing));
    let other_key = choose(&server(&[RSA]), "ECDSA+SHA256");
    assert_eq!(other_key, Err(Error::handshake_failure(Reason::NO_SHARED_CIPHER)));
    let no_certificate = choose(&server(&[]), "");
    assert_eq!(no_certificate, Err(Error::handshake_failure(Reason::NO_SHARED_CIPHER)));
}

#[test]
fn client_without_extensions_gets_sha1_where_the_level_allows_it() {
    let offer = Offer {
        version: TLS1_2,
        cipher_suites: &ids(R256),
        groups: None,
        signature_schemes: None,
        certificate_schemes: None,
    };
    let choice = server(&[RSA]).choose_tls12(&offer).unwrap();
    assert_eq!(choice.scheme, Some(SignatureScheme::RSA_PKCS1_SHA1));
    assert_eq!(choice.group, Some(NamedGroup::SECP256R1));
    let usual = Settings { security_level: 2, ..server(&[RSA]) };
    let nothing = Error::handshake_failure(Reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
    assert_eq!(usual.choose_tls12(&offer).unwrap_err(), nothing);
}

#[test]
fn certificate_of_tls13_is_what_openssl_chooses() {
    use Slot::{Ecdsa, Rsa, RsaPss};
    /// Our keys; the schemes offered; what is chosen.
    type Recorded = (&'static [Key], &'static str, Option<(Slot, SignatureScheme)>);

    let long_salt_first = "rsa_pss_rsae_sha512:rsa_pss_rsae_sha256";
    let recorded: &[Recorded] = &[
        (&[RSA, P256], "", Some((Ecdsa, SignatureScheme::ECDSA_SECP256R1_SHA256))),
        (&[RSA, P256], "rsa_pss_rsae_sha256:ECDSA+SHA256", Some((Rsa, SignatureScheme::RSA_PSS_RSAE_SHA256))),
        (&[RSA], "RSA+SHA256", None),
        (&[P384], "ECDSA+SHA256", None),
        (&[P384], "ECDSA+SHA256:ECDSA+SHA384", Some((Ecdsa, SignatureScheme::ECDSA_SECP384R1_SHA384))),
        (&[RSA, PSS], "", Some((RsaPss, SignatureScheme::RSA_PSS_PSS_SHA256))),
        (&[RSA], long_salt_first, Some((Rsa, SignatureScheme::RSA_PSS_RSAE_SHA512))),
        (&[RSA_1024], long_salt_first, Some((Rsa, SignatureScheme::RSA_PSS_RSAE_SHA256))),
        (&[RSA_1024], "rsa_pss_rsae_sha512", None),
        (&[], "", None),
    ];
    for (keys, offered, chosen) in recorded {
        let found = server(keys).choose_certificate(TLS1_3, &schemes(offered), None);
        assert_eq!(found, *chosen, "{keys:?} {offered}");
    }
}

#[test]
fn weak_key_is_chosen_all_the_same() {
    let settings = Settings { security_level: 3, ..server(&[RSA]) };
    let chosen = settings.choose_certificate(TLS1_3, &schemes(""), None);
    assert_eq!(chosen.map(|(slot, _)| slot), Some(Slot::Rsa));
}

#[test]
fn client_of_tls12_uses_the_certificate_set_last() {
    let client = server(&[RSA, P256]);
    let offered = schemes("rsa_pss_rsae_sha256:ECDSA+SHA256");
    let slot = |version| client.choose_client_certificate(version, &offered, None).map(|(slot, _)| slot);
    assert_eq!(slot(TLS1_2), Some(Slot::Ecdsa));
    assert_eq!(slot(TLS1_3), Some(Slot::Rsa));
}
