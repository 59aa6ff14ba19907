//! Compression of records, which is never negotiated (RFC 8446 §4.1.2): `SSL_COMP_add_compression_method(3)`.

use core::{
    ffi::{c_char, c_int},
    sync::atomic::{AtomicPtr, Ordering},
};
use std::sync::OnceLock;

use super::support::{export, guard};
use crate::{
    crypto::suite::Suite,
    libcrypto::{pointer_stack::PointerStack, sys::stack_st_SSL_COMP},
    object::SSL,
};

/// An implementation of a compression method. There is none.
#[repr(C)]
pub struct COMP_METHOD {
    private: [u8; 0],
}

/// A compression method with its number. There is none.
#[repr(C)]
pub struct SSL_COMP {
    private: [u8; 0],
}

export! {
    SSL_COMP_get_compression_methods SSL_COMP_set0_compression_methods SSL_COMP_add_compression_method
    SSL_COMP_get_name SSL_COMP_get0_name SSL_COMP_get_id SSL_get_current_compression SSL_get_current_expansion
}

/// The compression methods, which nobody looks at: at first an empty stack.
fn methods() -> &'static AtomicPtr<stack_st_SSL_COMP> {
    static METHODS: OnceLock<AtomicPtr<stack_st_SSL_COMP>> = OnceLock::new();
    METHODS.get_or_init(|| {
        let empty = PointerStack::of::<Suite>([].into_iter());
        AtomicPtr::new(empty.map_or(core::ptr::null_mut(), PointerStack::into_ptr))
    })
}

/// The compression methods; they stay the library's.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_COMP_get_compression_methods() -> *mut stack_st_SSL_COMP {
    guard(core::ptr::null_mut(), || methods().load(Ordering::Acquire))
}

/// Replaces the compression methods, and gives the old ones to the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_COMP_set0_compression_methods(
    new: *mut stack_st_SSL_COMP,
) -> *mut stack_st_SSL_COMP {
    guard(core::ptr::null_mut(), || methods().swap(new, Ordering::AcqRel))
}

/// Adds a compression method, which is not possible, as libcrypto has none: 1, the failure value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_COMP_add_compression_method(_id: c_int, _method: *mut COMP_METHOD) -> c_int {
    1
}

/// The name of a compression method: null, as there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_COMP_get_name(_method: *const COMP_METHOD) -> *const c_char {
    core::ptr::null()
}

/// The name of a compression method: null, as there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_COMP_get0_name(_method: *const SSL_COMP) -> *const c_char {
    core::ptr::null()
}

/// The number of a compression method: -1, as there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_COMP_get_id(_method: *const SSL_COMP) -> c_int {
    -1
}

/// How a connection compresses: null, it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_current_compression(_ssl: *const SSL) -> *const COMP_METHOD {
    core::ptr::null()
}

/// How a connection expands: null, it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_current_expansion(_ssl: *const SSL) -> *const COMP_METHOD {
    core::ptr::null()
}
