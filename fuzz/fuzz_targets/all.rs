//! All targets in one program, for linking one takes long: FUZZ_TARGET names the one to run.
#![no_main]

use std::{env, path::Path, process, sync::OnceLock};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let name = env::var("FUZZ_TARGET").unwrap_or_default();
        if name == "corpus" {
            ssl::fuzzing::corpus::write_all(Path::new("fuzz/corpus")).expect("the corpora can be written");
            return |_| ();
        }
        ssl::fuzzing::find(&name).unwrap_or_else(|| {
            let known: Vec<_> = ssl::fuzzing::TARGETS.iter().map(|(known, _)| *known).collect();
            eprintln!("FUZZ_TARGET is one of {}", known.join(", "));
            process::exit(2)
        })
    });
    target(data);
});
