//! Symbol versions: each exported function gets OpenSSL's in the object file where it is defined.

/// Gives functions of the same module their symbol version, `NAME@@OPENSSL_3.0.0`. Unit tests are linked
/// without version nodes, and so without this.
macro_rules! export {
    ($($name:ident)*) => {
        $(
            #[cfg(not(test))]
            core::arch::global_asm!(concat!(
                ".symver ", stringify!($name), ",", stringify!($name), "@@@OPENSSL_3.0.0"
            ));
        )*
    };
}

pub(crate) use export;
