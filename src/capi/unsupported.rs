//! The exported functions that are not implemented yet: each raises `ERR_R_UNSUPPORTED` and returns its failure
//! value. `make coverage` counts the lines of this list; a function that is implemented leaves it.

use core::ffi::{c_int, c_void};

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
unsupported!(DTLS_client_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLS_get_data_mtu -> usize = 0);
unsupported!(DTLS_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLS_server_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLS_set_timer_cb);
unsupported!(DTLSv1_2_client_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLSv1_2_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLSv1_2_server_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLSv1_client_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLSv1_listen -> c_int = -1);
unsupported!(DTLSv1_method -> *mut c_void = core::ptr::null_mut());
unsupported!(DTLSv1_server_method -> *mut c_void = core::ptr::null_mut());
unsupported!(SSL_CTX_set_tlsext_use_srtp -> c_int = 1);
unsupported!(SSL_set_tlsext_use_srtp -> c_int = 1);
