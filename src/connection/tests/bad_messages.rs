//! Every handshake message of every version, cut, lengthened, repeated, left out, out of its order and with what does not
//! belong into it: an honest handshake is run in memory, and one message of it is changed before it is protected. What the
//! other side makes of it is compared with what the system's libssl makes of it, loaded beside ours.

mod change;
mod differences;
mod scenario;
mod signature_schemes;

use change::{Change, changes};
use differences::is_deliberate;
use scenario::{After, SCENARIOS, Scenario, Start};

use super::*;
use crate::{
    connection::EarlyRead,
    handshake::{Renegotiation, early_data::Stage},
    libcrypto::system_libssl,
};

/// How it ended for the side that gets the changed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It took everything.
    Content,
    /// It waits for more.
    Waits,
    /// It gave up: the alert that it sent, and the reason.
    Failed(Option<u8>, i32),
}

/// What one side sends in a handshake: the type of each item and its bytes.
type Flight = Vec<(ContentType, Vec<u8>)>;

/// The side that gets the changed message.
enum Target {
    Ours(Box<End>),
    System(system_libssl::Connection),
}

impl Target {
    fn turn(&mut self, incoming: &mut Vec<u8>, outgoing: &mut Vec<u8>) -> Outcome {
        match self {
            Self::Ours(end) => match end.turn_early(incoming, outgoing) {
                Ok(()) if end.connection.is_established() => Outcome::Content,
                Ok(()) => Outcome::Waits,
                Err(error) => Outcome::Failed(error.alert().map(|alert| alert.0), error.reason().0),
            },
            Self::System(connection) => match connection.turn(incoming, outgoing) {
                system_libssl::Progress::Established => Outcome::Content,
                system_libssl::Progress::Waiting | system_libssl::Progress::Closed => Outcome::Waits,
                system_libssl::Progress::Failed(alert, reason) => Outcome::Failed(alert, reason),
            },
        }
    }

    fn request_certificate(&mut self, outgoing: &mut Vec<u8>) {
        match self {
            Self::Ours(end) => {
                end.settings().verify_mode = VerifyMode(VerifyMode::PEER);
                end.connection.check_certificate_request(&end.environment).unwrap();
                end.connection.request_certificate(&end.environment).unwrap();
                end.write_out(outgoing);
            }
            Self::System(connection) => connection.request_certificate(),
        }
    }
}

impl End {
    /// [`End::turn`] of a server that reads early data first, if it takes any.
    fn turn_early(&mut self, incoming: &mut Vec<u8>, outgoing: &mut Vec<u8>) -> Result<()> {
        if self.connection.side() == Side::Server && self.environment.settings.max_early_data > 0 {
            if self.connection.early_data().stage == Stage::Unused {
                self.connection.set_early_data_stage(Stage::Accepting);
            }
            if self.connection.early_data().stage == Stage::Accepting {
                while !self.handshake(outgoing)? {
                    if !self.feed(incoming)? {
                        return Ok(());
                    }
                }
                let accepted = self.connection.accepts_early_data();
                self.connection.set_early_data_stage(if accepted { Stage::Reading } else { Stage::Finished });
            }
            let mut buffer = [0; 100];
            while self.connection.early_data().stage == Stage::Reading {
                match self.connection.read_early(&self.environment, &mut buffer, false)? {
                    EarlyRead::Data(_) => {}
                    EarlyRead::End => self.connection.set_early_data_stage(Stage::Finished),
                    EarlyRead::Want(Want::Read) if self.feed(incoming)? => {}
                    EarlyRead::Want(_) => return Ok(()),
                }
            }
        }
        self.turn(incoming, outgoing).map(drop)
    }
}

/// Both sides of a scenario, set up for a connection.
struct Ends {
    attacker: End,
    target: Target,
}

/// Runs one connection of the scenario, the attacker's items going through `tamper`.
fn run(scenario: &Scenario, set: &scenario::Set, tamper: Option<crate::handshake::Tamper>) -> Outcome {
    let Ends { mut attacker, mut target } = set.connect(scenario);
    attacker.connection.records.tamper = tamper;
    let (mut to_target, mut to_attacker) = (Vec::new(), Vec::new());
    let mut gave_up = false;
    let mut begun = false;
    if scenario.start == Start::EarlyData && attacker.connection.side() == Side::Client {
        attacker.send_early(b"early", &mut to_target).unwrap();
        attacker.connection.give_up_early_data();
    }
    for _ in 0..60 {
        if !gave_up {
            gave_up = attacker.turn(&mut to_attacker, &mut to_target).is_err();
            // The alert, if there is one.
            attacker.write_out(&mut to_target);
        }
        let outcome = target.turn(&mut to_target, &mut to_attacker);
        if let Outcome::Failed(..) = outcome {
            return outcome;
        }
        if to_attacker.is_empty() || gave_up {
            let established = outcome == Outcome::Content && attacker.connection.is_established();
            if begun || gave_up || !established || scenario.after == After::Nothing {
                return outcome;
            }
            begun = true;
            match (scenario.after, attacker.connection.side()) {
                (After::KeyUpdate, _) => {
                    attacker.connection.key_update(&attacker.environment, true).unwrap();
                    attacker.handshake(&mut to_target).unwrap();
                }
                (After::Authentication, Side::Client) => target.request_certificate(&mut to_attacker),
                (After::Authentication, Side::Server) => {
                    attacker.settings().verify_mode = VerifyMode(VerifyMode::PEER);
                    attacker.connection.request_certificate(&attacker.environment).unwrap();
                    attacker.write_out(&mut to_target);
                }
                _ => {
                    attacker.connection.renegotiate(&attacker.environment, Renegotiation::Full).unwrap();
                }
            }
        }
    }
    panic!("{}: it never ends", scenario.name);
}

/// What the attacker sends if it is honest.
fn honest(scenario: &Scenario, set: &scenario::Set) -> Flight {
    let sent = Arc::new(std::sync::Mutex::new(Flight::new()));
    let record = Arc::clone(&sent);
    let tamper = move |content_type: ContentType, content: &[u8]| {
        record.lock().unwrap().push((content_type, content.to_vec()));
        vec![(content_type, content.to_vec())]
    };
    let outcome = run(scenario, set, Some(Box::new(tamper)));
    assert_eq!(outcome, Outcome::Content, "{}: the honest run", scenario.name);
    let sent = sent.lock().unwrap().clone();
    assert!(!sent.is_empty());
    sent
}

/// The outcome with the item at `index` changed.
fn changed(scenario: &Scenario, set: &scenario::Set, index: usize, change: &Change) -> Outcome {
    let change = change.clone();
    let (mut at, mut held) = (0, None);
    let tamper = move |content_type: ContentType, content: &[u8]| {
        let mut items = if at == index {
            change.apply(content_type, content, &mut held)
        } else {
            vec![(content_type, content.to_vec())]
        };
        if at > index {
            items.extend(held.take());
        }
        at += 1;
        items
    };
    run(scenario, set, Some(Box::new(tamper)))
}

fn types(flight: &Flight) -> Vec<(ContentType, u8)> {
    flight.iter().map(|(content_type, bytes)| (*content_type, bytes[0])).collect()
}

fn compare(attacker: Side, only: impl Fn(&Scenario) -> bool) {
    let (mut count, mut different) = (0, Vec::new());
    for scenario in SCENARIOS.iter().filter(|scenario| only(scenario)) {
        let ours = scenario.set(attacker, true);
        let mut system = scenario.set(attacker, false);
        let flight = honest(scenario, &ours);
        assert_eq!(types(&flight), types(&honest(scenario, &system)), "{}", scenario.name);
        for (index, (content_type, bytes)) in flight.iter().enumerate() {
            for change in changes(*content_type, bytes, scenario.is_thorough) {
                let mut outcomes = || {
                    let mine = changed(scenario, &ours, index, &change);
                    if scenario.is_consumed() {
                        system = scenario.set(attacker, false);
                    }
                    (mine, changed(scenario, &system, index, &change))
                };
                let item = (*content_type, bytes[0]);
                let differ = |mine: Outcome, theirs: Outcome| {
                    mine != theirs && !is_deliberate(scenario, attacker, item, &change, mine, theirs)
                };
                let (mut mine, mut theirs) = outcomes();
                // Signatures and tickets have random lengths: a change may have hit another part of the message there.
                for _ in 0..4 {
                    if differ(mine, theirs) {
                        (mine, theirs) = outcomes();
                    }
                }
                count += 1;
                if differ(mine, theirs) {
                    different.push(format!(
                        "{}: {attacker:?}'s {:?} of {} bytes, {change:?}: {mine:?}, not {theirs:?}",
                        scenario.name,
                        (item.0.0, item.1),
                        bytes.len()
                    ));
                }
            }
        }
    }
    println!("{count} changes");
    assert!(count > 0);
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn changed_messages_of_servers_fail_as_in_openssl_tls12() {
    compare(Side::Server, |scenario| scenario.version == ProtocolVersion::TLS1_2);
}

#[test]
fn changed_messages_of_servers_fail_as_in_openssl_tls13() {
    compare(Side::Server, |scenario| scenario.version == ProtocolVersion::TLS1_3);
}

#[test]
fn changed_messages_of_servers_fail_as_in_openssl_old_versions() {
    compare(Side::Server, |scenario| scenario.version < ProtocolVersion::TLS1_2);
}

#[test]
fn changed_messages_of_clients_fail_as_in_openssl_tls12() {
    compare(Side::Client, |scenario| scenario.version == ProtocolVersion::TLS1_2);
}

#[test]
fn changed_messages_of_clients_fail_as_in_openssl_tls13() {
    compare(Side::Client, |scenario| scenario.version == ProtocolVersion::TLS1_3);
}

#[test]
fn changed_messages_of_clients_fail_as_in_openssl_old_versions() {
    compare(Side::Client, |scenario| scenario.version < ProtocolVersion::TLS1_2);
}
