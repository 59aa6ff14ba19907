//! Writes `include/openssl/*.h`: `make headers`.
//!
//! The prototypes and their comments come from the exported functions and their docstrings, through cbindgen; constants,
//! macros and types from the folder `headers/`, whose `README.md` says how they are written there.

mod prototypes;
mod table;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use prototypes::{Function, Prototypes};
use table::{Condition, Constant, read_constants, read_placements};

/// The headers, each with the guard that OpenSSL 1.1 gave it, if any.
const HEADERS: [(&str, Option<&str>); 9] = [
    ("ssl.h", Some("HEADER_SSL_H")),
    ("ssl2.h", Some("HEADER_SSL2_H")),
    ("ssl3.h", Some("HEADER_SSL3_H")),
    ("tls1.h", Some("HEADER_TLS1_H")),
    ("dtls1.h", Some("HEADER_DTLS1_H")),
    ("srtp.h", Some("HEADER_D1_SRTP_H")),
    ("sslerr.h", None),
    ("sslerr_legacy.h", None),
    ("prov_ssl.h", None),
];

/// A program that finds our headers by -I gets the warnings that it gets from the system's: none of those about what a macro
/// expands to.
const SYSTEM_HEADER: &str = "#ifdef __GNUC__\n#pragma GCC system_header\n#endif\n\n";

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("headers");
    let mut prototypes = from_source(root);
    let exported = exported(root);
    prototypes.retain(&exported);
    for (name, _) in &exported {
        assert!(prototypes.functions.iter().any(|function| function.name == *name), "{name}: no prototype");
    }

    let placements = read_placements(&read(&folder.join("functions.tsv")));
    let constants = read_constants(&read(&folder.join("constants.tsv")));
    let stack = read(&folder.join("stack.h.in"));
    for (header, old_guard) in HEADERS {
        let functions: Vec<_> = prototypes
            .functions
            .iter()
            .filter_map(|function| {
                let placement = placements.get(&function.name);
                let mut condition =
                    placement.map_or_else(Condition::default, |placed| placed.condition.clone());
                if exported.iter().any(|(name, later)| *later && *name == function.name) {
                    condition.require_later();
                }
                (placement.map_or("ssl.h", |placed| &placed.header) == header)
                    .then_some((function, condition))
            })
            .collect();
        let constants: Vec<_> = constants.iter().filter(|constant| constant.header == header).collect();
        let template = read(&folder.join(format!("{header}.in")));
        let text = assemble(header, old_guard, &template, &stack, &constants, &functions);
        fs::write(root.join("include/openssl").join(header), text).expect("include/openssl is writable");
    }
    let callbacks = root.join("ctests/callback_types.h");
    fs::write(callbacks, prototypes.callback_types()).expect("ctests is writable");
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the source exports, as C declarations.
fn from_source(root: &Path) -> Prototypes {
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let mut builder = cbindgen::Builder::new().with_config(config);
    let sources = sources(&root.join("src/capi"));
    for source in &sources {
        builder = builder.with_src(source);
    }
    for source in ["src/object/callbacks.rs", "src/object/security.rs"] {
        builder = builder.with_src(root.join(source));
    }
    let mut written = Vec::new();
    builder.generate().expect("the exported functions have C types").write(&mut written);
    let mut prototypes = Prototypes::read(&String::from_utf8(written).expect("cbindgen writes UTF-8"));
    for source in sources {
        prototypes.add_methods(&read(&source));
    }
    prototypes
}

/// The files in this folder and below it that export functions, in the order of their names.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs")
            && read(&entry).contains("#[unsafe(no_mangle)]")
        {
            found.push(entry);
        }
    }
    found
}

/// The exported names, and whether a version of OpenSSL after 3.0 brought them.
fn exported(root: &Path) -> Vec<(String, bool)> {
    let mut names = Vec::new();
    for (list, later) in [("exports-3.0.tsv", false), ("exports-later.tsv", true)] {
        let list = read(&root.join("packaging").join(list));
        let is_in = |line: &&str| line.split('\t').nth(2) != Some("out");
        let lines = list.lines().filter(|line| !line.starts_with('#')).filter(is_in);
        names.extend(lines.filter_map(|line| Some((line.split_whitespace().next()?.to_owned(), later))));
    }
    names
}

/// One header.
fn assemble(
    header: &str,
    old_guard: Option<&str>,
    template: &str,
    stack: &str,
    constants: &[&Constant],
    functions: &[(&Function, Condition)],
) -> String {
    let guard = format!("OPENSSL_{}_H", header.trim_end_matches(".h").to_uppercase());
    let mut text = format!(
        "/* <openssl/{header}> of FerroSSL. Written by `make headers`: change headers/{header}.in or the Rust source. */\n\
         #ifndef {guard}\n#define {guard}\n\n{SYSTEM_HEADER}"
    );
    for line in template.lines() {
        let (directive, argument) = line.split_once(' ').unwrap_or((line, ""));
        match directive {
            "@constants" => text.push_str(&constant_lines(constants)),
            "@functions" => text.push_str(&function_lines(functions)),
            "@stack" => {
                let kind = argument.trim_start_matches("const ");
                text.push_str(&stack.replace("@ELEMENT@", argument).replace("@TYPE@", kind));
            }
            "@declarations" => text.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n"),
            "@end" => text.push_str("#ifdef __cplusplus\n}\n#endif\n"),
            _ => {
                assert!(!line.starts_with('@'), "{header}.in: {line}: no such directive");
                writeln!(text, "{line}").expect("a string takes everything");
            }
        }
        if line == "#include <openssl/macros.h>"
            && let Some(old_guard) = old_guard
        {
            writeln!(text, "#ifndef OPENSSL_NO_DEPRECATED_3_0\n#define {old_guard}\n#endif")
                .expect("a string takes everything");
        }
    }
    text.push_str("\n#endif\n");
    text
}

fn constant_lines(constants: &[&Constant]) -> String {
    let mut text = String::new();
    let mut open = Condition::default();
    for (index, constant) in constants.iter().enumerate() {
        open.change(&constant.condition, constant.gap && index > 0, &mut text);
        writeln!(text, "#define {} {}", constant.name, constant.value).expect("a string takes everything");
    }
    open.change(&Condition::default(), false, &mut text);
    text
}

fn function_lines(functions: &[(&Function, Condition)]) -> String {
    let mut text = String::new();
    let mut open = Condition::default();
    for (index, (function, condition)) in functions.iter().enumerate() {
        open.change(condition, index > 0, &mut text);
        text.push_str(&function.comment);
        if let Some(attribute) = condition.deprecation() {
            writeln!(text, "{attribute}").expect("a string takes everything");
        }
        writeln!(text, "{}", function.declaration).expect("a string takes everything");
    }
    open.change(&Condition::default(), false, &mut text);
    text
}
