//! libcrypto's asynchronous jobs (`ASYNC_start_job(3)`): code that runs on a stack of its own, which an engine or a callback
//! may leave in the middle and which is gone on with later. Used by `object::jobs`.

use core::{
    ffi::{c_int, c_void},
    ptr::NonNull,
};

use super::{sys, thread_stack};

/// Whether the caller runs inside a job.
#[must_use]
pub fn is_running() -> bool {
    // Jobs have stacks of their own; where we are is known sooner than what libcrypto remembers.
    if thread_stack::is_current() {
        return false;
    }
    // SAFETY: it takes no argument.
    unsafe { !sys::ASYNC_get_current_job().is_null() }
}

/// Runs `work` so that nothing in it pauses the job that it runs in, if it does in one.
pub fn without_pause<R>(work: impl FnOnce() -> R) -> R {
    /// Ends the block also when `work` panics.
    struct Blocked;
    impl Drop for Blocked {
        fn drop(&mut self) {
            // SAFETY: it takes no argument.
            unsafe { sys::ASYNC_unblock_pause() };
        }
    }
    // SAFETY: it takes no argument.
    unsafe { sys::ASYNC_block_pause() };
    let _blocked = Blocked;
    work()
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is done.
    Finished,
    /// It paused.
    Paused,
    /// There are too many of them.
    NoneLeft,
    /// libcrypto could not start it.
    Failed,
}

/// The jobs of one connection, of which one at most is paused (`ASYNC_WAIT_CTX_new(3)`).
pub struct Jobs {
    wait: NonNull<sys::ASYNC_WAIT_CTX>,
    paused: *mut sys::ASYNC_JOB,
}

impl Jobs {
    /// None yet; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        let wait = NonNull::new(unsafe { sys::ASYNC_WAIT_CTX_new() })?;
        Some(Self { wait, paused: core::ptr::null_mut() })
    }

    /// What an engine calls when the job can go on.
    ///
    /// # Safety
    ///
    /// `function` takes `argument`, which outlives these jobs.
    pub unsafe fn set_callback(&mut self, function: sys::ASYNC_callback_fn, argument: *mut c_void) {
        // SAFETY: the context is valid; the rest is the caller's promise.
        unsafe { sys::ASYNC_WAIT_CTX_set_callback(self.wait.as_ptr(), Some(function), argument) };
    }

    /// Whether a job is paused.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        !self.paused.is_null()
    }

    /// Takes the job that is paused, to go on with it.
    pub const fn take_paused(&mut self) -> PausedJob {
        PausedJob(core::mem::replace(&mut self.paused, core::ptr::null_mut()))
    }

    /// Keeps a job that paused.
    pub const fn keep(&mut self, job: PausedJob) {
        self.paused = job.0;
    }

    /// The pointer for [`PausedJob::run`].
    #[must_use]
    pub const fn wait_context(&self) -> NonNull<sys::ASYNC_WAIT_CTX> {
        self.wait
    }

    /// The descriptors that are waited for (`ASYNC_WAIT_CTX_get_all_fds(3)`).
    ///
    /// # Safety
    ///
    /// `count` is valid for writing; `descriptors` is null or has room for as many as a call with null counts.
    pub unsafe fn descriptors(&self, descriptors: *mut c_int, count: *mut usize) -> bool {
        // SAFETY: the context is valid; the rest is the caller's promise.
        unsafe { sys::ASYNC_WAIT_CTX_get_all_fds(self.wait.as_ptr(), descriptors, count) == 1 }
    }

    /// The descriptors that came and went with the last pause (`ASYNC_WAIT_CTX_get_changed_fds(3)`).
    ///
    /// # Safety
    ///
    /// As [`Self::descriptors`], for both pairs.
    pub unsafe fn changed_descriptors(
        &self,
        added: (*mut c_int, *mut usize),
        removed: (*mut c_int, *mut usize),
    ) -> bool {
        let wait = self.wait.as_ptr();
        // SAFETY: the context is valid; the rest is the caller's promise.
        unsafe { sys::ASYNC_WAIT_CTX_get_changed_fds(wait, added.0, added.1, removed.0, removed.1) == 1 }
    }

    /// What an engine said last: `ASYNC_STATUS_…`.
    #[must_use]
    pub fn status(&self) -> c_int {
        // SAFETY: the context is valid.
        unsafe { sys::ASYNC_WAIT_CTX_get_status(self.wait.as_ptr()) }
    }
}

impl Drop for Jobs {
    /// A job that is paused is lost, with what is on its stack: nobody can go on with it.
    fn drop(&mut self) {
        // SAFETY: the context is ours.
        unsafe { sys::ASYNC_WAIT_CTX_free(self.wait.as_ptr()) };
    }
}

/// A job that is paused, or none.
pub struct PausedJob(*mut sys::ASYNC_JOB);

impl PausedJob {
    /// Goes on with the job, or without one starts `function` with a copy of `argument`. If it pauses (again), this is the
    /// job to go on with.
    ///
    /// # Safety
    ///
    /// `function` takes a pointer to a `T`, and what that points to outlives the job; the wait context outlives it too.
    /// It is gone on with in the thread that it was started in.
    pub unsafe fn run<T: Copy>(
        &mut self,
        wait: NonNull<sys::ASYNC_WAIT_CTX>,
        function: unsafe extern "C" fn(*mut c_void) -> c_int,
        mut argument: T,
    ) -> Progress {
        let mut result = 0;
        // SAFETY: the caller's promise; libcrypto copies the argument.
        let progress = unsafe {
            sys::ASYNC_start_job(
                &raw mut self.0,
                wait.as_ptr(),
                &raw mut result,
                Some(function),
                (&raw mut argument).cast(),
                size_of::<T>(),
            )
        };
        match progress {
            sys::ASYNC_FINISH => {
                self.0 = core::ptr::null_mut();
                Progress::Finished
            }
            sys::ASYNC_PAUSE => Progress::Paused,
            sys::ASYNC_NO_JOBS => Progress::NoneLeft,
            _ => Progress::Failed,
        }
    }
}
