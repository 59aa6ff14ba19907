//! Gives the shared object OpenSSL's soname, its version nodes and an unwinder of its own.
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
    // What the standard library asks for by this name becomes a part of the library: no program has to load libgcc_s for a
    // panic that does not come.
    fs::write(out.join("libgcc_s.so"), "INPUT(-lgcc_eh -lgcc)").expect("OUT_DIR is writable");
    println!("cargo::rustc-cdylib-link-arg=-L{}", out.display());
    println!("cargo::rustc-cdylib-link-arg=-Wl,--soname=libssl.so.3");
    println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={}", script.display());
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete,-z,now");
    println!("cargo::rerun-if-changed=build.rs");
}
