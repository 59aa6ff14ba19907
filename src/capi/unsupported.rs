//! The exported functions that are not implemented yet: each raises `ERR_R_UNSUPPORTED` and returns its failure
//! value. `make coverage` counts the lines of this list; a function that is implemented leaves it.

use core::ffi::c_int;

use super::support::export;
use crate::{error::Reason, libcrypto::error_queue};

macro_rules! unsupported {
    ($name:ident) => {
        unsupported!($name -> () = ());
    };
    ($name:ident -> $type:ty = $failure:expr) => {
        export!($name);

        #[doc = concat!("`", stringify!($name), "`: not supported yet.")]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() -> $type {
            error_queue::raise_ssl(Reason::ERR_UNSUPPORTED);
            $failure
        }
    };
}
unsupported!(SSL_CTX_set_tlsext_use_srtp -> c_int = 1);
unsupported!(SSL_set_tlsext_use_srtp -> c_int = 1);
