//! Gives the shared object OpenSSL's soname and its version nodes.
//!
//! The nodes are empty: each export carries its own version in a `.symver` directive beside the
//! function (`capi::support::export`), so this script holds no list of names.

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let script = out.join("versions.map");
    fs::write(&script, "OPENSSL_3.0.0 { };\nOPENSSL_3.2.0 { } OPENSSL_3.0.0;\n")
        .expect("OUT_DIR is writable");
    println!("cargo::rustc-cdylib-link-arg=-Wl,--soname=libssl.so.3");
    println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={}", script.display());
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete,-z,now");
    println!("cargo::rerun-if-changed=build.rs");
}
