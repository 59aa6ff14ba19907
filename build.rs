//! Gives the shared object OpenSSL's soname and its version nodes.
//!
//! The nodes are empty: each export carries its own version in a `.symver` directive beside the
//! function (`capi::support::export`), so this script holds no list of names.

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let script = out.join("versions.map");
    let mut nodes = String::from("OPENSSL_3.0.0 { };\n");
    for (version, before) in [("3.2", "3.0"), ("3.3", "3.2"), ("3.4", "3.3"), ("3.5", "3.4")] {
        nodes += &format!("OPENSSL_{version}.0 {{ }} OPENSSL_{before}.0;\n");
    }
    fs::write(&script, nodes).expect("OUT_DIR is writable");
    println!("cargo::rustc-cdylib-link-arg=-Wl,--soname=libssl.so.3");
    println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={}", script.display());
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete,-z,now");
    println!("cargo::rerun-if-changed=build.rs");
}
