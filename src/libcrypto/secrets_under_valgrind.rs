//! For tests under valgrind alone (`make secrets`): memory that is marked as secret is undefined to memcheck, which complains where a
//! branch or an address depends on it, also in libcrypto. Elsewhere nothing happens.

/// Requests of valgrind.h and memcheck.h.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

#[cfg(target_arch = "x86_64")]
fn request(number: usize, first: usize, second: usize) -> usize {
    let arguments = [number, first, second, 0, 0, 0];
    let mut answer = 0usize;
    // SAFETY: valgrind takes this sequence for a request that reads `arguments`; to the processor it changes nothing, for the
    // rotations come to 128 bits.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
        );
    }
    answer
}

#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: usize, _: usize) -> usize {
    0
}

/// Whether valgrind runs the program; it has to where `MUST_RUN_ON_VALGRIND` is set, as by `make secrets`.
pub fn is_there() -> bool {
    let is_there = request(RUNNING_ON_VALGRIND, 0, 0) != 0;
    assert!(is_there || std::env::var_os("MUST_RUN_ON_VALGRIND").is_none(), "valgrind does not run this");
    is_there
}

/// How often it has complained.
pub fn complaints() -> usize {
    request(COUNT_ERRORS, 0, 0)
}

/// How often it complains about `work`.
pub fn complaints_about<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = complaints();
    let result = core::hint::black_box(work());
    (result, complaints() - before)
}

/// From here on nothing may depend on these bytes.
pub fn hide<T: ?Sized>(secret: &T) {
    request(MAKE_MEM_UNDEFINED, core::ptr::from_ref(secret).addr(), size_of_val(secret));
}

/// Everybody may know them.
pub fn show<T: ?Sized>(public: &T) {
    request(MAKE_MEM_DEFINED, core::ptr::from_ref(public).addr(), size_of_val(public));
}
