//! Distinguished names (`X509_NAME`) and stacks of them.

use core::{
    ffi::{c_int, c_void},
    ptr::NonNull,
};

use super::sys;

/// A name that we own.
pub struct X509Name(NonNull<sys::X509_NAME>);

impl X509Name {
    /// A copy; `None` for a null pointer, or when memory is out.
    ///
    /// # Safety
    ///
    /// `name` is null or valid.
    #[must_use]
    pub unsafe fn copy_of(name: *const sys::X509_NAME) -> Option<Self> {
        if name.is_null() {
            return None;
        }
        // SAFETY: the caller's promise.
        NonNull::new(unsafe { sys::X509_NAME_dup(name) }).map(Self)
    }

    /// Parses DER; the queue is left as it was.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let mark = super::error_queue::set_mark();
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes, and the result is ours.
        let name = unsafe { sys::d2i_X509_NAME(core::ptr::null_mut(), &raw mut input, length) };
        mark.pop();
        NonNull::new(name).map(Self)
    }

    /// Its DER; nothing when memory is out.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        // SAFETY: the name is valid.
        unsafe { name_to_der(self.0.as_ptr()) }.unwrap_or_default()
    }
}

impl Drop for X509Name {
    fn drop(&mut self) {
        // SAFETY: the name is ours.
        unsafe { sys::X509_NAME_free(self.0.as_ptr()) };
    }
}

/// A stack that owns its names (`STACK_OF(X509_NAME)`). The program may look at it, and add to it, through its
/// pointer.
pub struct NameStack(NonNull<sys::OPENSSL_STACK>);

// SAFETY: libcrypto leaves it to the program not to change a list in one thread while another uses it.
unsafe impl Send for NameStack {}
// SAFETY: as above.
unsafe impl Sync for NameStack {}

impl NameStack {
    /// An empty stack; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::OPENSSL_sk_new_null() }).map(Self)
    }

    /// Takes over the caller's stack; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `stack` is null or a valid stack of valid names, which is given away with all that it holds.
    #[must_use]
    pub unsafe fn from_owned(stack: *mut sys::OPENSSL_STACK) -> Option<Self> {
        NonNull::new(stack).map(Self)
    }

    /// Gives the stack away.
    #[must_use]
    pub fn into_raw(self) -> *mut sys::OPENSSL_STACK {
        let stack = self.as_ptr();
        core::mem::forget(self);
        stack
    }

    /// The pointer that the program may use.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }

    /// Whether `name` is in it.
    #[must_use]
    pub fn contains(&self, name: &X509Name) -> bool {
        // SAFETY: the stack holds valid names.
        unsafe { names_of(self.as_ptr()).any(|other| sys::X509_NAME_cmp(other, name.0.as_ptr()) == 0) }
    }

    /// Appends a name.
    pub fn push(&self, name: X509Name) -> bool {
        // SAFETY: the stack is ours.
        unsafe { push(self.as_ptr(), name) }
    }

    /// The DER form of each name.
    #[must_use]
    pub fn to_der(&self) -> Vec<Vec<u8>> {
        // SAFETY: the stack holds valid names.
        unsafe { names_of(self.as_ptr()).filter_map(|name| name_to_der(name)).collect() }
    }

    /// A copy of somebody else's stack and of each of its names; `None` when memory is out.
    ///
    /// # Safety
    ///
    /// `stack` is null, which stands for an empty one, or a valid stack of valid names.
    #[must_use]
    pub unsafe fn copy_of(stack: *const sys::OPENSSL_STACK) -> Option<Self> {
        let copy = Self::new()?;
        // SAFETY: the caller's promise.
        for name in unsafe { names_of(stack) } {
            // SAFETY: the caller's promise.
            let name = unsafe { X509Name::copy_of(name) }?;
            if !copy.push(name) {
                return None;
            }
        }
        Some(copy)
    }
}

impl NameStack {
    /// A copy of it and of each of its names; `None` when memory is out.
    #[must_use]
    pub fn duplicate(&self) -> Option<Self> {
        // SAFETY: the stack holds valid names.
        unsafe { Self::copy_of(self.as_ptr()) }
    }
}

impl Drop for NameStack {
    fn drop(&mut self) {
        /// `X509_NAME_free(3)` as stacks want it.
        unsafe extern "C" fn free(name: *mut c_void) {
            // SAFETY: the stack owned this name.
            unsafe { sys::X509_NAME_free(name.cast()) };
        }
        // SAFETY: the stack and what it holds are ours.
        unsafe { sys::OPENSSL_sk_pop_free(self.as_ptr(), Some(free)) };
    }
}

/// Appends `name` to the program's stack, unless it is there; `false` when memory is out. What was there is sorted.
///
/// # Safety
///
/// `stack` is a valid stack of valid names.
pub unsafe fn push_new(stack: *mut sys::OPENSSL_STACK, name: X509Name) -> bool {
    /// `X509_NAME_cmp(3)` as stacks want it.
    unsafe extern "C" fn compare(a: *const c_void, b: *const c_void) -> c_int {
        // SAFETY: stacks compare by pointers to their elements, and these are valid names.
        unsafe { sys::X509_NAME_cmp(*a.cast(), *b.cast()) }
    }
    // SAFETY: the caller's promise.
    unsafe {
        let order = sys::OPENSSL_sk_set_cmp_func(stack, Some(compare));
        let is_there = sys::OPENSSL_sk_find(stack, name.0.as_ptr().cast()) >= 0;
        sys::OPENSSL_sk_set_cmp_func(stack, order);
        is_there || push(stack, name)
    }
}

/// Appends `name`.
///
/// # Safety
///
/// `stack` is a valid stack of names.
unsafe fn push(stack: *mut sys::OPENSSL_STACK, name: X509Name) -> bool {
    // SAFETY: the stack is valid; it takes over the name if it takes the pointer.
    let pushed = unsafe { sys::OPENSSL_sk_push(stack, name.0.as_ptr().cast()) } > 0;
    if pushed {
        core::mem::forget(name);
    }
    pushed
}

/// The names of a stack; none of a null one.
///
/// # Safety
///
/// `stack` is null or a valid stack of valid names, as long as the iterator lives.
unsafe fn names_of(stack: *const sys::OPENSSL_STACK) -> impl Iterator<Item = *const sys::X509_NAME> {
    // SAFETY: the caller's promise; libcrypto counts -1 names in a null stack.
    let count = unsafe { sys::OPENSSL_sk_num(stack) };
    // SAFETY: the caller's promise, and the index is in range.
    (0..count).map(move |index| unsafe { sys::OPENSSL_sk_value(stack, index).cast_const().cast() })
}

/// # Safety
///
/// `name` is valid.
unsafe fn name_to_der(name: *const sys::X509_NAME) -> Option<Vec<u8>> {
    // SAFETY: the name is valid; with a null pointer only the length is computed.
    let length = unsafe { sys::i2d_X509_NAME(name, core::ptr::null_mut()) };
    let mut der = vec![0; usize::try_from(length).ok()?];
    let mut output = der.as_mut_ptr();
    // SAFETY: `output` has room for `length` bytes.
    let written = unsafe { sys::i2d_X509_NAME(name, &raw mut output) };
    (written == length).then_some(der)
}
