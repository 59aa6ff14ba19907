//! What libcrypto read from its configuration file for TLS: the module `ssl_conf` (`config(5)`), which libcrypto keeps
//! for libssl. Used by `object::conf`.

use core::ffi::CStr;

use super::sys;

/// The commands that stand under `name`, in their order; `None` if there is no such name.
#[must_use]
pub fn tls_commands(name: &CStr) -> Option<Vec<(&'static CStr, Option<&'static CStr>)>> {
    let mut index = 0;
    // SAFETY: both pointers are valid.
    if unsafe { sys::conf_ssl_name_find(name.as_ptr(), &raw mut index) } == 0 {
        return None;
    }
    let (mut found_name, mut count) = (core::ptr::null(), 0);
    // SAFETY: the index is libcrypto's own, and the other pointers are valid.
    let commands = unsafe { sys::conf_ssl_get(index, &raw mut found_name, &raw mut count) };
    let command = |index| {
        let (mut name, mut value) = (core::ptr::null_mut(), core::ptr::null_mut());
        // SAFETY: the index is below the count, and the pointers are valid.
        unsafe { sys::conf_ssl_get_cmd(commands, index, &raw mut name, &raw mut value) };
        // SAFETY: libcrypto keeps both strings until it is unloaded.
        unsafe { Some((c_string(name)?, c_string(value))) }
    };
    Some((0..count).filter_map(command).collect())
}

/// # Safety
///
/// `pointer` is null or a C string that lives as long as libcrypto.
unsafe fn c_string(pointer: *const core::ffi::c_char) -> Option<&'static CStr> {
    // SAFETY: the caller's promise.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) })
}
