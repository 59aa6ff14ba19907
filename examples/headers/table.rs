//! The tables of the folder `headers/`, and the conditions in them.

use std::{collections::HashMap, fmt::Write as _};

/// A line of `constants.tsv`.
pub struct Constant {
    pub header: String,
    pub name: String,
    pub value: String,
    pub condition: Condition,
    /// Whether an empty line stands above it.
    pub gap: bool,
}

/// A line of `functions.tsv`: where a prototype stands, and under which condition.
pub struct Placement {
    pub header: String,
    pub condition: Condition,
}

/// What has to be defined (`NAME`) or not defined (`!NAME`), all of it.
#[derive(Clone, Default, PartialEq)]
pub struct Condition(Vec<String>);

/// The condition of what OpenSSL 3.0 does not have: libcrypto's headers are of a version that has it, or the program
/// asks for it.
const LATER: &str = "later";

impl Condition {
    fn read(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_owned).collect())
    }

    pub fn require_later(&mut self) {
        if !self.0.iter().any(|term| term == LATER) {
            self.0.push(LATER.to_owned());
        }
    }

    /// The attribute that a prototype has under this condition.
    pub fn deprecation(&self) -> Option<&'static str> {
        self.0.iter().find_map(|term| match term.as_str() {
            "!OPENSSL_NO_DEPRECATED_3_0" => Some("OSSL_DEPRECATEDIN_3_0"),
            "!OPENSSL_NO_DEPRECATED_1_1_0" => Some("OSSL_DEPRECATEDIN_1_1_0"),
            _ => None,
        })
    }

    /// Closes this condition and opens the next one, if it is another; an empty line between them, or for a gap.
    pub fn change(&mut self, next: &Self, gap: bool, text: &mut String) {
        let other = self != next;
        if other && !self.0.is_empty() {
            text.push_str("#endif\n");
        }
        if gap {
            text.push('\n');
        }
        if other && !next.0.is_empty() {
            writeln!(text, "{}", next.directive()).expect("a string takes everything");
        }
        self.clone_from(next);
    }

    fn directive(&self) -> String {
        let terms = self.0.iter().map(|term| match term.strip_prefix('!') {
            Some(name) => format!("!defined({name})"),
            None if term == LATER => {
                "(defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)".to_owned()
            }
            None => format!("defined({term})"),
        });
        format!("#if {}", terms.collect::<Vec<_>>().join(" && "))
    }
}

/// The columns of a table's lines, without the lines that are comments.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

pub fn read_constants(table: &str) -> Vec<Constant> {
    let mut constants = Vec::new();
    let mut gap = false;
    for columns in rows(table) {
        let [header, name, value, condition] = columns[..] else {
            assert_eq!(columns, [""], "constants.tsv: four columns");
            gap = true;
            continue;
        };
        constants.push(Constant {
            header: header.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            condition: Condition::read(condition),
            gap: std::mem::take(&mut gap),
        });
    }
    constants
}

pub fn read_placements(table: &str) -> HashMap<String, Placement> {
    rows(table)
        .map(|columns| {
            let [name, header, condition] = columns[..] else { panic!("functions.tsv: {columns:?}") };
            (name.to_owned(), Placement { header: header.to_owned(), condition: Condition::read(condition) })
        })
        .collect()
}
