//! Symbol versions: each exported function gets OpenSSL's in the object file where it is defined.

/// Gives functions of the same module their symbol version, `NAME@@OPENSSL_3.0.0`, or the later one that stands before them
/// (`OPENSSL_3.2.0: …`). Unit tests and the static library are linked without version nodes, and so without this.
macro_rules! export {
    (OPENSSL_3.2.0: $($name:ident)*) => { $(export!(@ $name, "OPENSSL_3.2.0");)* };
    (OPENSSL_3.3.0: $($name:ident)*) => { $(export!(@ $name, "OPENSSL_3.3.0");)* };
    (OPENSSL_3.4.0: $($name:ident)*) => { $(export!(@ $name, "OPENSSL_3.4.0");)* };
    (OPENSSL_3.5.0: $($name:ident)*) => { $(export!(@ $name, "OPENSSL_3.5.0");)* };
    (@ $name:ident, $version:literal) => {
        #[cfg(not(any(test, feature = "static")))]
        core::arch::global_asm!(concat!(
            ".symver ", stringify!($name), ",", stringify!($name), "@@@", $version
        ));
    };
    ($($name:ident)*) => { $(export!(@ $name, "OPENSSL_3.0.0");)* };
}

pub(crate) use export;
