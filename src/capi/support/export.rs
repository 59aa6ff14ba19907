//! Symbol versions: each exported function gets OpenSSL's in the object file where it is defined.

/// Gives functions of the same module their symbol version, `NAME@@OPENSSL_3.0.0`, or that
/// of OpenSSL 3.2 for what came with it. Unit tests are linked
/// without version nodes, and so without this.
macro_rules! export {
    (OPENSSL_3.2.0: $($name:ident)*) => {
        $(
            #[cfg(not(test))]
            core::arch::global_asm!(concat!(
                ".symver ", stringify!($name), ",", stringify!($name), "@@@OPENSSL_3.2.0"
            ));
        )*
    };
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
