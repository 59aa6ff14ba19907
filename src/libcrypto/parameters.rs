//! Parameters of libcrypto's operations (`OSSL_PARAM(3)`). Used by `agreement` and `plain_key`.

use core::ffi::{CStr, c_uint, c_void};

use zeroize::Zeroizing;

use super::sys;

/// `OSSL_PARAM_UNSIGNED_INTEGER`.
const UNSIGNED_INTEGER: c_uint = 2;
/// `OSSL_PARAM_UTF8_STRING`.
const UTF8_STRING: c_uint = 4;
/// `OSSL_PARAM_OCTET_STRING`.
const OCTET_STRING: c_uint = 5;

/// One parameter, which libcrypto only reads.
pub struct Parameter<'a> {
    name: &'static CStr,
    kind: c_uint,
    value: Value<'a>,
}

enum Value<'a> {
    Borrowed(&'a [u8]),
    Owned(Zeroizing<Vec<u8>>),
    Unsigned(&'a c_uint),
}

impl<'a> Parameter<'a> {
    /// A number of any size, big-endian.
    #[must_use]
    pub fn number(name: &'static CStr, big_endian: &[u8]) -> Self {
        let mut native = Zeroizing::new(big_endian.to_vec());
        if cfg!(target_endian = "little") {
            native.reverse();
        }
        Self { name, kind: UNSIGNED_INTEGER, value: Value::Owned(native) }
    }

    /// A small number.
    #[must_use]
    pub const fn unsigned(name: &'static CStr, number: &'a c_uint) -> Self {
        Self { name, kind: UNSIGNED_INTEGER, value: Value::Unsigned(number) }
    }

    /// Bytes.
    #[must_use]
    pub const fn bytes(name: &'static CStr, bytes: &'a [u8]) -> Self {
        Self { name, kind: OCTET_STRING, value: Value::Borrowed(bytes) }
    }

    /// A text.
    #[must_use]
    pub const fn text(name: &'static CStr, text: &'a CStr) -> Self {
        Self { name, kind: UTF8_STRING, value: Value::Borrowed(text.to_bytes()) }
    }

    fn place(&self) -> (*const c_void, usize) {
        match &self.value {
            Value::Borrowed(bytes) => (bytes.as_ptr().cast(), bytes.len()),
            Value::Owned(bytes) => (bytes.as_ptr().cast(), bytes.len()),
            Value::Unsigned(number) => (core::ptr::from_ref(*number).cast(), size_of::<c_uint>()),
        }
    }
}

/// Several parameters, as libcrypto wants them: with a mark at the end.
pub struct Parameters<'a> {
    list: Vec<sys::OSSL_PARAM>,
    /// What the list points to.
    _values: Vec<Parameter<'a>>,
}

impl<'a> Parameters<'a> {
    /// All of these.
    pub fn new(values: impl IntoIterator<Item = Parameter<'a>>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        let entry = |parameter: &Parameter<'_>| {
            let (data, data_size) = parameter.place();
            sys::OSSL_PARAM {
                key: parameter.name.as_ptr(),
                data_type: parameter.kind,
                data: data.cast_mut(),
                data_size,
                return_size: 0,
            }
        };
        let end = sys::OSSL_PARAM {
            key: core::ptr::null(),
            data_type: 0,
            data: core::ptr::null_mut(),
            data_size: 0,
            return_size: 0,
        };
        let list = values.iter().map(entry).chain([end]).collect();
        Self { list, _values: values }
    }

    /// For libcrypto, as long as `self` lives.
    pub const fn as_mut_ptr(&mut self) -> *mut sys::OSSL_PARAM {
        self.list.as_mut_ptr()
    }
}
