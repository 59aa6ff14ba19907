//! Reads what cbindgen writes: functions with their comments, and the types of callbacks.

use std::collections::{HashMap, HashSet};

/// How wide a line of a header may be.
const WIDTH: usize = 120;

/// The types of callbacks that have no name in OpenSSL's headers begin so in cbindgen.toml.
const NAMELESS: &str = "ferrossl_";

/// A function as a header shows it.
pub struct Function {
    pub name: String,
    /// Nothing, or a C comment and the end of its line.
    pub comment: String,
    pub declaration: String,
}

/// The declarations of the exported functions, in the order of the source.
pub struct Prototypes {
    pub functions: Vec<Function>,
    /// The types of callbacks that OpenSSL's headers name.
    callbacks: Vec<String>,
}

impl Prototypes {
    /// Reads a header that cbindgen wrote.
    pub fn read(header: &str) -> Self {
        let items = items(&without_options(header));
        let mut nameless = HashMap::new();
        let mut callbacks = Vec::new();
        for item in &items {
            if let Some((result, name, parameters)) = callback(&item.declaration) {
                if name.starts_with(NAMELESS) {
                    nameless.insert(name, (result, parameters));
                } else {
                    callbacks.push(item.declaration.clone());
                }
            }
        }
        let functions = items
            .into_iter()
            .filter(|item| !item.declaration.starts_with("typedef"))
            .filter_map(|item| item.into_function(&nameless))
            .collect();
        Self { functions, callbacks }
    }

    /// The `methods!` of a source file, which cbindgen does not expand: a line each, with its docstring above it.
    pub fn add_methods(&mut self, source: &str) {
        let Some((_, list)) = source.split_once("\nmethods! {\n") else { return };
        let (list, _) = list.split_once("\n}\n").expect("the list ends");
        let mut comment = String::new();
        for line in list.lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("///") {
                comment.push_str(text.trim());
                comment.push('\n');
            } else if let Some((name, _)) = line.split_once('(') {
                self.functions.push(Function {
                    name: name.to_owned(),
                    comment: c_comment(&std::mem::take(&mut comment)),
                    declaration: format!("const SSL_METHOD *{name}(void);"),
                });
            }
        }
    }

    /// Forgets what is not exported, and what cbindgen read twice because it looks for a module beside the file that
    /// names it.
    pub fn retain(&mut self, exported: &[(String, bool)]) {
        let mut seen = HashSet::new();
        self.functions.retain(|function| {
            exported.iter().any(|(name, _)| *name == function.name) && seen.insert(function.name.clone())
        });
    }

    /// The types of callbacks as the source has them, for the compiler to compare with the header's.
    pub fn callback_types(&self) -> String {
        let mut text =
            "/* The types of callbacks as the Rust source has them. Written by `make headers`; the C \
                        compiler\n * compares them with those of the headers. */\n"
                .to_owned();
        for callback in &self.callbacks {
            text.push_str(callback);
            text.push('\n');
        }
        text
    }
}

/// A declaration on one line, and what its comment says.
struct Item {
    comment: String,
    declaration: String,
}

impl Item {
    fn into_function(self, nameless: &HashMap<String, (String, String)>) -> Option<Function> {
        let (head, parameters) = last_brackets(self.declaration.strip_suffix(");")?)?;
        let (result, name) = head.split_at(head.rfind([' ', '*'])? + 1);
        let parameters: Vec<_> =
            split(parameters).iter().map(|parameter| named(parameter, nameless)).collect();
        let (start, end) = match nameless.get(result.trim()) {
            Some((result, types)) => (format!("{}(*{name}(", spaced(result)), format!("))({types});")),
            None => (format!("{result}{name}("), ");".to_owned()),
        };
        Some(Function {
            name: name.to_owned(),
            comment: c_comment(&self.comment),
            declaration: wrapped(&start, &parameters, &end),
        })
    }
}

/// What stands before and behind the bracket that the end of this text leaves open: a result may be `STACK_OF(TYPE) *`.
fn last_brackets(text: &str) -> Option<(&str, &str)> {
    let mut closed = 0;
    let open = text.rfind(|character| match character {
        ')' => {
            closed += 1;
            false
        }
        '(' if closed > 0 => {
            closed -= 1;
            false
        }
        character => character == '(',
    })?;
    Some((&text[..open], &text[open + 1..]))
}

/// A result's type and a space, unless it is a pointer.
fn spaced(result: &str) -> String {
    if result.ends_with('*') { result.to_owned() } else { format!("{result} ") }
}

/// A parameter whose type is a callback without a name, written out.
fn named(parameter: &str, nameless: &HashMap<String, (String, String)>) -> String {
    match parameter.split_once(' ').and_then(|(kind, name)| Some((nameless.get(kind)?, name))) {
        Some(((result, types), name)) => format!("{}(*{name})({types})", spaced(result)),
        // An unused parameter's underscore means something in Rust only.
        None => parameter.replace(" _", " ").replace("*_", "*"),
    }
}

/// The declaration on one line if it has room, else on several.
fn wrapped(start: &str, parameters: &[String], end: &str) -> String {
    let mut text = start.to_owned();
    let mut line = start.len();
    for (index, parameter) in parameters.iter().enumerate() {
        let last = index + 1 == parameters.len();
        let behind = if last { end.len() } else { 1 };
        if index > 0 && line + 1 + parameter.len() + behind > WIDTH {
            text.push_str("\n    ");
            line = 4;
        } else if index > 0 {
            text.push(' ');
            line += 1;
        }
        text.push_str(parameter);
        text.push_str(if last { end } else { "," });
        line += parameter.len() + behind;
    }
    text
}

/// The parts between the commas that stand in no brackets.
fn split(parameters: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for character in parameters.chars() {
        depth += i32::from(character == '(') - i32::from(character == ')');
        if character == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().expect("there is one").push(character);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

/// `typedef RESULT (*NAME)(PARAMETERS);` taken apart.
fn callback(declaration: &str) -> Option<(String, String, String)> {
    let (result, rest) = declaration.strip_prefix("typedef ")?.split_once("(*")?;
    let (name, rest) = rest.split_once(")(")?;
    Some((result.trim().to_owned(), name.to_owned(), rest.strip_suffix(");")?.to_owned()))
}

/// The declarations of a header, without its directives.
fn items(header: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut comment = String::new();
    let mut declaration = String::new();
    let mut in_comment = false;
    for line in header.lines() {
        let line = line.trim();
        if in_comment {
            in_comment = !line.ends_with("*/");
            comment.push_str(line.trim_start_matches("* ").trim_end_matches("*/").trim_end());
            comment.push('\n');
        } else if let Some(text) = line.strip_prefix("/*") {
            in_comment = !text.ends_with("*/");
            comment = format!("{}\n", text.trim_end_matches("*/").trim());
        } else if declaration.is_empty()
            && (line.starts_with('#') || line.starts_with("extern") || line.starts_with('}'))
        {
            comment.clear();
        } else if !line.is_empty() {
            if !declaration.is_empty() && !declaration.ends_with('(') {
                declaration.push(' ');
            }
            declaration.push_str(line);
            if line.ends_with(';') {
                items.push(Item {
                    comment: std::mem::take(&mut comment),
                    declaration: std::mem::take(&mut declaration),
                });
            }
        }
    }
    items
}

/// A docstring as a C comment, without the marks of Markdown.
fn c_comment(text: &str) -> String {
    let text = text.replace('`', "").replace("**", "");
    let lines: Vec<_> = text.trim().lines().map(str::trim_end).collect();
    match lines[..] {
        [] => String::new(),
        [line] => format!("/* {line} */\n"),
        _ => format!("/* {} */\n", lines.join("\n * ").replace(" * \n", " *\n")),
    }
}

/// `Option<Callback>` is `Callback` in C, where every function pointer may be null; cbindgen sees that only where the
/// alias is in the same file.
fn without_options(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    let mut rest = header;
    while let Some((before, after)) = rest.split_once("Option<") {
        let (name, behind) = after.split_once('>').expect("cbindgen closes what it opens");
        out.push_str(before);
        out.push_str(name);
        rest = behind;
    }
    out + rest
}
