//! Writes `include/openssl/ssl_functions.h` from the exported functions and their docstrings: `make headers`.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for folder in ["src/capi", "src/capi/ctrl", "src/capi/bio_ssl"] {
        for source in sources(&root.join(folder)) {
            builder = builder.with_src(source);
        }
    }
    for source in ["src/object/callbacks.rs", "src/object/security.rs"] {
        builder = builder.with_src(root.join(source));
    }
    let bindings = builder.generate().expect("the exported functions have C types");
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = without_options(&String::from_utf8(header).expect("cbindgen writes UTF-8"));
    fs::write(root.join("include/openssl/ssl_functions.h"), header).expect("include/openssl is writable");
}

/// The files of this folder that export functions, in the order of their names.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut sources: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("mod.rs")
        })
        .collect();
    sources.sort();
    sources
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
