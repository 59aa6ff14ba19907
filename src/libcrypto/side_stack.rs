//! A stack to work on beside the one that the caller is on. The stacks of libcrypto's asynchronous jobs have 32 kB and no
//! guard behind them: hybrid key exchange alone may take as much. Used by `object::jobs`.

use core::{
    ffi::{c_int, c_uint, c_void},
    mem::MaybeUninit,
    ptr::NonNull,
};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Memory for a stack, with a page at its end that must not be touched.
pub struct SideStack(NonNull<c_void>);

/// Touched pages alone take memory.
const SIZE: usize = 1 << 20;
/// No smaller than a page of any machine we run on.
const GUARD: usize = 1 << 16;

/// What is carried over: work to do, and what came of it.
struct Task<F, R> {
    work: Option<F>,
    outcome: Option<std::thread::Result<R>>,
}

impl SideStack {
    /// A new one; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE;
        // SAFETY: it maps new memory, of which the lowest part is then closed.
        unsafe {
            let memory = libc::mmap(core::ptr::null_mut(), SIZE, access, kind, -1, 0);
            if memory == libc::MAP_FAILED {
                return None;
            }
            let stack = Self(NonNull::new(memory)?);
            (libc::mprotect(memory, GUARD, libc::PROT_NONE) == 0).then_some(stack)
        }
    }

    /// Does `work` on this stack. A panic comes out as if it had been done on the caller's.
    pub fn run<F: FnOnce() -> R, R>(&mut self, work: F) -> R {
        let mut task = Task { work: Some(work), outcome: None };
        let address = (&raw mut task).expose_provenance() as u64;
        let entry: unsafe extern "C" fn(c_uint, c_uint) = enter::<F, R>;
        let mut here = MaybeUninit::<libc::ucontext_t>::zeroed();
        let mut there = MaybeUninit::<libc::ucontext_t>::zeroed();
        // SAFETY: both contexts are valid until the work is done, for the switch comes back here; the stack is nobody
        // else's, as this borrow of it says. The function is called with the two numbers that it takes.
        let switched = unsafe {
            if libc::getcontext(there.as_mut_ptr()) != 0 {
                return task.work.take().map_or_else(|| unreachable!(), |work| work());
            }
            let context = &mut *there.as_mut_ptr();
            context.uc_stack.ss_sp = self.0.as_ptr();
            context.uc_stack.ss_size = SIZE;
            context.uc_link = here.as_mut_ptr();
            let entry = core::mem::transmute::<unsafe extern "C" fn(c_uint, c_uint), extern "C" fn()>(entry);
            libc::makecontext(context, entry, 2 as c_int, (address >> 32) as c_uint, address as c_uint);
            libc::swapcontext(here.as_mut_ptr(), context)
        };
        match (task.outcome, task.work) {
            (Some(outcome), _) => outcome.unwrap_or_else(|panic| resume_unwind(panic)),
            (None, Some(work)) if switched != 0 => work(),
            (None, _) => unreachable!("the work was begun and has no outcome"),
        }
    }
}

/// The first function on the other stack. The address of the task comes in two halves, because only numbers of this size
/// can be handed over.
///
/// # Safety
///
/// The address is that of a task of these types, which nobody else looks at meanwhile.
unsafe extern "C" fn enter<F: FnOnce() -> R, R>(high: c_uint, low: c_uint) {
    let address = (u64::from(high) << 32 | u64::from(low)) as usize;
    // SAFETY: the caller's promise.
    let task = unsafe { &mut *core::ptr::with_exposed_provenance_mut::<Task<F, R>>(address) };
    if let Some(work) = task.work.take() {
        task.outcome = Some(catch_unwind(AssertUnwindSafe(work)));
    }
}

impl Drop for SideStack {
    fn drop(&mut self) {
        // SAFETY: the memory is ours, and nothing runs on it.
        unsafe { libc::munmap(self.0.as_ptr(), SIZE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_much_stack_is_done_aside() {
        let mut stack = SideStack::new().unwrap();
        let here = core::hint::black_box(0u8);
        let mut other = 0;
        let sum = stack.run(|| {
            let much = core::hint::black_box([1u8; 256 * 1024]);
            other = much.as_ptr().addr();
            much.iter().map(|byte| usize::from(*byte)).sum::<usize>()
        });
        assert_eq!(sum, 256 * 1024);
        assert!(other.abs_diff((&raw const here).addr()) > 256 * 1024);
        assert_eq!(stack.run(|| 7), 7);
    }

    #[test]
    fn panic_comes_out_where_the_work_was_asked_for() {
        let mut stack = SideStack::new().unwrap();
        let result = catch_unwind(AssertUnwindSafe(|| stack.run(|| panic!("aside"))));
        assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "aside");
        assert_eq!(stack.run(|| 7), 7);
    }
}
