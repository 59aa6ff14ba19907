//! The cipher-string language of `openssl-ciphers(1)`, for the suites of TLS 1.2 and below
//! (`SSL_CTX_set_cipher_list(3)`); those of TLS 1.3 have their own list, in `list`. Used by `object`.
//!
//! A string is a row of commands that work on two lists: the suites chosen so far, in order, and those
//! that could still be chosen. The order of the result is OpenSSL's, restricted to the suites that we
//! have; what a word stands for is in `cipher_words`. A word that stands only for suites that we do not have (`3DES`) matches
//! nothing, which is what an unknown word does in OpenSSL: neither is an error in itself, but a string that
//! leaves no suite is.

use std::{cmp::Reverse, sync::Arc};

use super::{
    cipher_words::{exclude_each_other, is_default, is_known, matches},
    options::{CERT_FLAG_SUITEB_128, CERT_FLAG_SUITEB_128_ONLY, CERT_FLAG_SUITEB_192},
};
use crate::{
    crypto::suite::{SUITES, Suite},
    error::Reason,
};

/// What may stand between two commands; any number of them.
const SEPARATORS: [char; 4] = [':', ' ', ';', ','];

/// What a cipher string says.
#[derive(Debug)]
pub struct CipherList {
    /// Suites of TLS 1.2 and below, in order; `None` for a string that is not of the language.
    pub suites: Option<Arc<[&'static Suite]>>,
    /// `@SECLEVEL=n`, if it was there. It counts even where the rest of the string is wrong.
    pub security_level: Option<u8>,
    /// The mode of Suite B (RFC 6460) that the string stands for.
    pub suite_b: Option<u32>,
    /// How many of its commands are none.
    pub invalid_commands: usize,
}

impl CipherList {
    /// OpenSSL's reasons to refuse the string: `SSL_R_INVALID_COMMAND` for each part that is not of the language,
    /// `SSL_R_NO_CIPHER_MATCH` for a string that leaves no suite.
    pub fn refusals(&self) -> impl Iterator<Item = Reason> {
        let no_match = self.suites.as_ref().is_some_and(|suites| suites.is_empty());
        let invalid = core::iter::repeat_n(Reason::INVALID_COMMAND, self.invalid_commands);
        invalid.chain(no_match.then_some(Reason::NO_CIPHER_MATCH))
    }
}

/// The modes of Suite B (RFC 6460), each a string that begins with its name: `SSL_CERT_FLAG_SUITEB_…` and its suites.
const SUITE_B: [(&str, u32, &str); 4] = [
    ("SUITEB128ONLY", CERT_FLAG_SUITEB_128_ONLY, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("SUITEB128C2", CERT_FLAG_SUITEB_128, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("SUITEB128", CERT_FLAG_SUITEB_128, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("SUITEB192", CERT_FLAG_SUITEB_192, "ECDHE-ECDSA-AES256-GCM-SHA384"),
];

/// The string that a mode of Suite B leaves in place of any other.
#[must_use]
pub fn suite_b(flags: u32) -> Option<&'static str> {
    let mode = SUITE_B.iter().rev().find(|(_, own, _)| *own == flags);
    mode.map(|(_, _, suites)| *suites)
}

/// Parses a cipher string.
#[must_use]
pub fn parse(text: &str) -> CipherList {
    let mode = SUITE_B.iter().find(|(name, ..)| text.starts_with(name));
    let mut selection = Selection::new();
    let mut list = CipherList {
        suites: None,
        security_level: None,
        suite_b: mode.map(|(_, flags, _)| *flags),
        invalid_commands: 0,
    };
    // Nothing after the name of a mode counts.
    let text = mode.map_or(text, |(.., suites)| suites);
    if run_commands(text, &mut selection, &mut list).is_err() {
        list.invalid_commands += 1;
    }
    if list.invalid_commands == 0 {
        list.suites = Some(selection.chosen.into());
    }
    list
}

/// What is between two separators is no command: what follows is not looked at.
struct NoCommand;

/// Runs the commands of a string. A word behind `@` that is not known only counts as wrong.
fn run_commands(text: &str, selection: &mut Selection, list: &mut CipherList) -> Result<(), NoCommand> {
    let mut rest = text;
    // `DEFAULT` is a word only at the very start; what follows needs no separator.
    if let Some(after) = rest.strip_prefix("DEFAULT") {
        selection.run(Command::Add, &["ALL"]);
        selection.run(Command::Kill, &["COMPLEMENTOFDEFAULT"]);
        selection.run(Command::Kill, &["eNULL"]);
        rest = after;
    }
    loop {
        rest = rest.trim_start_matches(SEPARATORS);
        let Some(first) = rest.chars().next() else { break };
        if let Some(after) = rest.strip_prefix('@') {
            let (word, after) = split_word(after)?;
            match word.strip_prefix("SECLEVEL=").map(str::as_bytes) {
                Some([digit @ b'0'..=b'5']) => list.security_level = Some(digit.saturating_sub(b'0')),
                None if word == "STRENGTH" => selection.sort_by_strength(),
                _ => list.invalid_commands += 1,
            }
            // What stands between it and the next separator is skipped.
            rest = after.trim_start_matches(|character| !SEPARATORS.contains(&character));
        } else {
            let command = match first {
                '!' => Command::Kill,
                '-' => Command::Delete,
                '+' => Command::MoveToEnd,
                _ => Command::Add,
            };
            let (words, after) = split_conjunction(rest.strip_prefix(['!', '-', '+']).unwrap_or(rest))?;
            selection.run(command, &words);
            rest = after;
        }
    }
    Ok(())
}

/// The default list (`SSL_CTX_new`).
#[must_use]
pub fn default_suites() -> Arc<[&'static Suite]> {
    listed().filter(|suite| is_default(suite)).collect()
}

/// Every suite that can be listed, in the default order.
fn listed() -> impl Iterator<Item = &'static Suite> {
    SUITES.iter().filter(|suite| !suite.is_tls13())
}

/// A word and what follows it.
fn split_word(text: &str) -> Result<(&str, &str), NoCommand> {
    let is_of_word = |character: char| character.is_ascii_alphanumeric() || "-.=".contains(character);
    let end = text.find(|character| !is_of_word(character)).unwrap_or(text.len());
    match text.split_at_checked(end) {
        Some((word, after)) if !word.is_empty() => Ok((word, after)),
        _ => Err(NoCommand),
    }
}

/// Words with `+` between them, and what follows them: nothing up to a separator if one of them is not known, or excludes
/// those before it.
fn split_conjunction(text: &str) -> Result<(Vec<&str>, &str), NoCommand> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let (word, after) = split_word(rest)?;
        words.push(word);
        let is_last = after.is_empty() || after.starts_with(SEPARATORS);
        if !is_known(word) || (!is_last && exclude_each_other(&words)) {
            return Ok((words, after.trim_start_matches(|character| !SEPARATORS.contains(&character))));
        }
        match after.strip_prefix('+') {
            Some(after) => rest = after,
            None => return Ok((words, after)),
        }
    }
}

/// The words of a conjunction that count. `HIGH` and `FIPS` are two classes of strength, of which a suite is in one only,
/// and overrule a `COMPLEMENTOFDEFAULT` that stands before them.
fn without_overruled<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let is_class = |word: &&str| matches!(*word, "HIGH" | "FIPS");
    let last_class = words.iter().position(is_class).unwrap_or(0);
    let mut counting = words.to_vec();
    let mut index = 0;
    counting.retain(|word| {
        let is_overruled = index < last_class && *word == "COMPLEMENTOFDEFAULT";
        index += 1;
        !is_overruled
    });
    if words.contains(&"HIGH") && words.contains(&"FIPS") {
        counting.push("LOW");
    }
    counting
}

/// What is done with the suites that match.
#[derive(Clone, Copy)]
enum Command {
    /// Chosen, unless they are already.
    Add,
    /// `+`: those that are chosen go to the end.
    MoveToEnd,
    /// `-`: no longer chosen, but may be again.
    Delete,
    /// `!`: never chosen again.
    Kill,
}

/// The two lists that a string works on.
struct Selection {
    chosen: Vec<&'static Suite>,
    available: Vec<&'static Suite>,
}

impl Selection {
    /// Nothing chosen, everything available in the default order.
    fn new() -> Self {
        Self { chosen: Vec::new(), available: listed().collect() }
    }

    /// Runs a command on the suites that match all of `words`.
    fn run(&mut self, command: Command, words: &[&str]) {
        let words = without_overruled(words);
        let matching = |suite: &mut &'static Suite| words.iter().all(|word| matches(suite, word));
        match command {
            Command::Add => self.chosen.extend(self.available.extract_if(.., matching)),
            Command::MoveToEnd => {
                let moved: Vec<_> = self.chosen.extract_if(.., matching).collect();
                self.chosen.extend(moved);
            }
            Command::Delete => {
                self.available.splice(0..0, self.chosen.extract_if(.., matching));
            }
            Command::Kill => {
                self.chosen.retain_mut(|suite| !matching(suite));
                self.available.retain_mut(|suite| !matching(suite));
            }
        }
    }

    /// `@STRENGTH`: the strongest first, else as they were.
    fn sort_by_strength(&mut self) {
        self.chosen.sort_by_key(|suite| Reverse(suite.strength_bits()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{
        aead::AeadAlgorithm,
        suite::{Authentication, KeyExchangeAlgorithm},
    };

    /// The suites by one letter each: E and R for the authentication, then 2 (AES-256), C or 1 (AES-128).
    fn code(suite: &Suite) -> String {
        let authentication = if suite.authentication == Authentication::Ecdsa { 'E' } else { 'R' };
        let cipher = match suite.aead() {
            Some(AeadAlgorithm::Aes256Gcm) => '2',
            Some(AeadAlgorithm::ChaCha20Poly1305) => 'C',
            _ => '1',
        };
        [authentication, cipher].iter().collect()
    }

    /// The suites that the record is of.
    fn is_recorded(suite: &Suite) -> bool {
        suite.key_exchange == KeyExchangeAlgorithm::Ecdhe
            && matches!(suite.authentication, Authentication::Rsa | Authentication::Ecdsa)
            && matches!(
                suite.aead(),
                Some(AeadAlgorithm::Aes128Gcm | AeadAlgorithm::Aes256Gcm | AeadAlgorithm::ChaCha20Poly1305)
            )
    }

    fn order(text: &str) -> Result<String, Reason> {
        let list = parse(text);
        if let Some(reason) = list.refusals().next() {
            return Err(reason);
        }
        let codes: Vec<_> = list
            .suites
            .iter()
            .flat_map(|suites| suites.iter())
            .filter(|suite| is_recorded(suite))
            .map(|suite| code(suite))
            .collect();
        Ok(codes.join(" "))
    }

    /// What OpenSSL 3.0 answers, restricted to our suites.
    const RECORDED: &[(&str, &str)] = &[
        ("DEFAULT", "E2 R2 EC RC E1 R1"),
        ("ALL", "E2 R2 EC RC E1 R1"),
        ("HIGH", "E2 R2 EC RC E1 R1"),
        ("ECDHE", "E2 R2 EC RC E1 R1"),
        ("EECDH", "E2 R2 EC RC E1 R1"),
        ("kEECDH", "E2 R2 EC RC E1 R1"),
        ("TLSv1.2", "E2 R2 EC RC E1 R1"),
        ("aRSA", "R2 RC R1"),
        ("aECDSA", "E2 EC E1"),
        ("ECDSA", "E2 EC E1"),
        ("AES", "E2 R2 E1 R1"),
        ("AESGCM", "E2 R2 E1 R1"),
        ("FIPS", "E2 R2 E1 R1"),
        ("AES128", "E1 R1"),
        ("AES256", "E2 R2"),
        ("CHACHA20", "EC RC"),
        ("EECDH+AESGCM", "E2 R2 E1 R1"),
        ("ECDHE+AESGCM+aRSA", "R2 R1"),
        ("TLSv1.2+ECDSA", "E2 EC E1"),
        ("FOO:AES128+ECDHE", "E1 R1"),
        ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384", "R1 E2"),
        ("ECDHE-RSA-AES128-GCM-SHA256+AES", "R1"),
        ("AES+ECDHE-RSA-AES128-GCM-SHA256", "R1"),
        ("TLS_AES_128_GCM_SHA256:ECDHE", "E2 R2 EC RC E1 R1"),
        ("::ECDHE::", "E2 R2 EC RC E1 R1"),
        (" ECDHE AES", "E2 R2 EC RC E1 R1"),
        ("ALL;!AES", "EC RC"),
        ("ALL::!AES,!ECDSA", "RC"),
        ("ALL!AES", "EC RC"),
        ("ALL+AES", "E2 R2 E1 R1"),
        ("DEFAULT!AES", "EC RC"),
        ("DEFAULT-AES", "EC RC"),
        ("DEFAULT+AES", "EC RC E2 R2 E1 R1"),
        ("DEFAULT:!AES256", "EC RC E1 R1"),
        ("AES128:DEFAULT", "E1 R1"),
        ("ALL:!DEFAULT", "E2 R2 EC RC E1 R1"),
        ("ALL:-AES256:AES256", "EC RC E1 R1 E2 R2"),
        ("ALL:+AES256", "EC RC E1 R1 E2 R2"),
        ("ALL:+ECDSA", "R2 RC R1 E2 EC E1"),
        ("ALL:!ECDSA:ECDSA", "R2 RC R1"),
        ("ALL:-AES:ALL", "EC RC E2 R2 E1 R1"),
        ("ALL:-ALL:AES256:ALL", "E2 R2 EC RC E1 R1"),
        ("+AES:ECDHE", "E2 R2 EC RC E1 R1"),
        ("ALL:!AES256@STRENGTH", "EC RC E1 R1"),
        ("AES128:CHACHA20:AES256:@STRENGTH", "EC RC E2 R2 E1 R1"),
        ("AES128:@STRENGTH!AES:CHACHA20", "E1 R1 EC RC"),
        ("HIGH:!aNULL:!kRSA:!PSK:!SRP:!MD5:!RC4", "E2 R2 EC RC E1 R1"),
        ("kEECDH+ECDSA:kEECDH:HIGH:+SHA:+RC4:RC4:!aNULL", "E2 EC E1 R2 RC R1"),
        ("EECDH+CHACHA20:EECDH+AES128:RSA+AES128:EECDH+AES256", "EC RC E1 R1 E2 R2"),
        ("ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!MD5:!DSS", "E2 R2 E1 R1 EC RC"),
    ];

    #[test]
    fn strings_give_the_order_that_openssl_gives() {
        for (text, expected) in RECORDED {
            assert_eq!(order(text).as_deref(), Ok(*expected), "{text}");
        }
    }

    #[test]
    fn string_that_leaves_no_suite_is_no_cipher_match() {
        for text in [
            "",
            ":",
            "FOO",
            "FOO+$",
            "NULL+ARIAGCM+$",
            "AES128-SHA+SHA256+$",
            "high",
            "ecdhe-rsa-aes128-gcm-sha256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_AES_128_GCM_SHA256",
            "ECDHE+FOO",
            "ECDHE-RSA-AES128-GCM-SHA256+AES256",
            "ALL-AES",
            "!ALL",
            "+ALL",
            "@STRENGTH",
            "PROFILE=SYSTEM",
        ] {
            assert_eq!(order(text), Err(Reason::NO_CIPHER_MATCH), "{text}");
        }
    }

    #[test]
    fn string_outside_the_language_is_invalid_command() {
        for text in [
            "$",
            "ALL:!",
            "kRSA+CHACHA20+$",
            "ALL:+",
            "ALL:-",
            "ALL:!:!AES",
            "ECDHE+",
            "ECDHE++AES",
            "ALL $AES",
            "ALL:@",
            "ALL:@FOO",
            "!@STRENGTH:ALL",
            "ALL:@SECLEVEL",
            "ALL:@SECLEVEL=",
            "ALL:@SECLEVEL=6",
            "ALL:@SECLEVEL=11",
            "ALL:@SECLEVEL=1x",
        ] {
            assert_eq!(order(text), Err(Reason::INVALID_COMMAND), "{text}");
        }
    }

    #[test]
    fn last_security_level_counts() {
        let level = |text| parse(text).security_level;
        assert_eq!(level("ALL"), None);
        assert_eq!(level("ALL@SECLEVEL=0"), Some(0));
        assert_eq!(level("DEFAULT@SECLEVEL=5"), Some(5));
        assert_eq!(level("ALL:@SECLEVEL=1:@SECLEVEL=2"), Some(2));
        assert_eq!(level("@FOO:@SECLEVEL=3"), Some(3));
        assert_eq!(level("@SECLEVEL=1:$:@SECLEVEL=3"), Some(1));
    }

    #[test]
    fn suite_b_leaves_nothing_else() {
        let names =
            |text| -> Vec<_> { parse(text).suites.unwrap().iter().map(|suite| suite.openssl_name).collect() };
        assert_eq!(names("SUITEB128ONLY"), ["ECDHE-ECDSA-AES128-GCM-SHA256"]);
        assert_eq!(names("SUITEB192:ALL:@SECLEVEL=9"), ["ECDHE-ECDSA-AES256-GCM-SHA384"]);
        assert_eq!(names("SUITEB128").len(), 2);
        assert_eq!(parse("SUITEB192").suite_b, Some(CERT_FLAG_SUITEB_192));
        assert!(names("ALL:SUITEB128").len() > 100 && parse("ALL:SUITEB128").suite_b.is_none());
    }

    #[test]
    fn classes_of_strength_exclude_each_other_and_overrule() {
        assert_eq!(order("FIPS+HIGH"), Err(Reason::NO_CIPHER_MATCH));
        let count = |text| parse(text).suites.unwrap().len();
        assert_eq!(count("COMPLEMENTOFDEFAULT+HIGH"), count("HIGH"));
        assert_eq!(count("HIGH+COMPLEMENTOFDEFAULT"), count("COMPLEMENTOFDEFAULT"));
        assert_eq!((count("FIPS+COMPLEMENTOFDEFAULT"), count("COMPLEMENTOFDEFAULT+FIPS")), (14, 60));
    }

    #[test]
    fn default_list_has_no_suite_of_tls13() {
        assert_eq!(parse("DEFAULT").suites.unwrap().len(), default_suites().len());
        assert!(default_suites().iter().all(|suite| !suite.is_tls13()));
    }
}
