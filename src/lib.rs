//! FerroSSL: `libssl.so.3` written anew in Rust.
