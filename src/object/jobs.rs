//! Operations as asynchronous jobs (`SSL_MODE_ASYNC`): handshake, read, write and shutdown run on a stack of their own, and
//! return to the program when an engine or a callback pauses the job (`SSL_get_all_async_fds(3)`, `ASYNC_start_job(3)`).
//!
//! Whatever is called next goes on with the paused job, as in OpenSSL. The core never pauses, for it calls nobody who
//! could; what little of it is libcrypto's is told not to. So no borrow is alive during a pause.

use core::{
    cell::{Cell, RefCell},
    ffi::{c_int, c_void},
};
use std::sync::{Mutex, PoisonError};

use super::{
    Ssl,
    callbacks::{AsyncCallback, Callback},
    driver::Pause,
    ssl::Waiting,
};
use crate::{
    connection::Connection,
    error::Reason,
    libcrypto::{
        async_job::{self, Jobs, PausedJob, Progress},
        error_queue,
        side_stack::SideStack,
    },
    policy::options::mode,
};

/// What is done in a job. Buffers are the program's, which keeps them until the job is finished (`SSL_read(3)`).
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Handshake,
    /// The handshake as far as early data can be written or read.
    EarlyHandshake,
    Read {
        out: *mut u8,
        length: usize,
        peek: bool,
    },
    Write {
        data: *const u8,
        length: usize,
    },
    Close,
}

/// What a job's function is called with.
#[derive(Clone, Copy)]
struct Argument {
    connection: *const Ssl,
    operation: Operation,
}

/// The jobs of a connection.
#[derive(Default)]
pub struct JobState {
    /// Made with the first job.
    jobs: RefCell<Option<Jobs>>,
    /// What the finished job came to.
    result: Cell<Option<Result<usize, Pause>>>,
    /// What the paused job waited for, besides to be gone on with.
    waiting: Cell<Option<Waiting>>,
    /// Whom an engine's word that a job can go on is passed on to. It comes on any thread.
    done: Mutex<Callback<AsyncCallback>>,
    /// Where the core works meanwhile.
    side_stack: RefCell<Option<SideStack>>,
}

impl JobState {
    /// Does a piece of the core's work: on a stack that is large enough, which that of a job is not, ours or the program's
    /// own, and without a pause.
    pub(super) fn work<R>(&self, work: impl FnOnce() -> R) -> R {
        if !async_job::is_running() {
            return work();
        }
        let stack = self.side_stack.take().or_else(SideStack::new);
        async_job::without_pause(|| match stack {
            Some(mut stack) => {
                let result = stack.run(work);
                self.side_stack.replace(Some(stack));
                result
            }
            None => work(),
        })
    }
}

impl Ssl {
    /// Looks at the jobs; `None` if there was none yet.
    pub fn look_at_jobs<R>(&self, look: impl FnOnce(&Jobs) -> R) -> Option<R> {
        let _parts = self.parts();
        self.job_state.jobs.borrow().as_ref().map(look)
    }

    /// Does an operation as a job, or goes on with the one that is paused. `None`: the program does not want that, or the
    /// caller is in a job already.
    pub(super) fn as_job(&self, operation: Operation) -> Option<Result<usize, Pause>> {
        let is_wanted = self.with_config(|config| config.settings.mode & mode::ASYNC != 0);
        (is_wanted && !async_job::is_running()).then(|| self.run_job(operation))
    }

    /// Does an operation as a job where the program wants that, else here.
    pub(super) fn do_or_pause(&self, operation: Operation) -> Result<(), Pause> {
        self.as_job(operation).unwrap_or_else(|| self.operate(operation)).map(drop)
    }

    /// Changes whom an engine's word is passed on to (`SSL_set_async_callback(3)`).
    pub fn change_async_callback(&self, change: impl Fn(&mut Callback<AsyncCallback>)) {
        self.update_config(|config| change(&mut config.callbacks.async_done));
        self.publish_async_callback();
    }

    fn publish_async_callback(&self) {
        let callback = self.with_config(|config| config.callbacks.async_done);
        *self.job_state.done.lock().unwrap_or_else(PoisonError::into_inner) = callback;
    }

    fn run_job(&self, operation: Operation) -> Result<usize, Pause> {
        let state = &self.job_state;
        let Some((mut job, wait)) = self.take_job() else {
            error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE);
            return Err(Pause::Failed);
        };
        self.waiting.set(state.waiting.take().unwrap_or(Waiting::Nothing));
        // SAFETY: the argument is of the function's type. The connection is there as long as the job can be gone on with,
        // for it holds the job; the wait context goes with it.
        let progress = unsafe { job.run(wait, run, Argument { connection: self, operation }) };
        match progress {
            Progress::Finished => {
                drop(state.side_stack.take());
                state.result.take().unwrap_or(Err(Pause::Failed))
            }
            Progress::Paused => {
                let parts = self.parts();
                if let Some(jobs) = &mut *state.jobs.borrow_mut() {
                    jobs.keep(job);
                }
                drop(parts);
                state.waiting.set(Some(self.waiting.replace(Waiting::AsyncPaused)));
                Err(Pause::Waiting)
            }
            Progress::NoneLeft => {
                self.waiting.set(Waiting::AsyncNoJobs);
                Err(Pause::Waiting)
            }
            Progress::Failed => {
                self.waiting.set(Waiting::Nothing);
                error_queue::raise_ssl(Reason::FAILED_TO_INIT_ASYNC);
                Err(Pause::Failed)
            }
        }
    }

    /// The job to go on with, and its wait context; `None` when memory is out.
    fn take_job(&self) -> Option<(PausedJob, core::ptr::NonNull<crate::libcrypto::sys::ASYNC_WAIT_CTX>)> {
        let _parts = self.parts();
        let mut jobs = self.job_state.jobs.borrow_mut();
        if jobs.is_none() {
            let mut new = Jobs::new()?;
            self.publish_async_callback();
            if self.with_config(|config| config.callbacks.async_done.function.is_some()) {
                // SAFETY: the function takes this connection, which outlives its jobs.
                unsafe { new.set_callback(tell_done, self.as_handle().cast()) };
            }
            *jobs = Some(new);
        }
        let jobs = jobs.as_mut()?;
        Some((jobs.take_paused(), jobs.wait_context()))
    }

    fn operate(&self, operation: Operation) -> Result<usize, Pause> {
        match operation {
            Operation::Handshake => self.complete_handshake().map(|()| 1),
            Operation::EarlyHandshake => self.handshake_with(Connection::handshake).map(|()| 1),
            // SAFETY: the program keeps its buffer for this call and those that go on with it.
            Operation::Read { out, length, peek } => unsafe {
                self.read_now(core::slice::from_raw_parts_mut(out, length), peek)
            },
            // SAFETY: as above.
            Operation::Write { data, length } => unsafe {
                self.write_now(core::slice::from_raw_parts(data, length))
            },
            Operation::Close => usize::try_from(self.close_now()).map_err(|_| Pause::Failed),
        }
    }
}

/// The function of the jobs. No panic leaves it.
///
/// # Safety
///
/// `argument` points to an [`Argument`] whose connection is valid.
unsafe extern "C" fn run(argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise. The copy may be aligned for less.
    let Argument { connection, operation } = unsafe { argument.cast::<Argument>().read_unaligned() };
    // SAFETY: the caller's promise.
    let ssl = unsafe { &*connection };
    let result = ssl.poison.contain(|| ssl.operate(operation)).unwrap_or(Err(Pause::Failed));
    ssl.job_state.result.set(Some(result));
    1
}

/// Passes on an engine's word that a job can go on, on the thread that it comes on: of the connection only what is shared
/// may be looked at.
///
/// # Safety
///
/// `connection` is a valid [`Ssl`].
unsafe extern "C" fn tell_done(connection: *mut c_void) -> c_int {
    let handle = connection.cast::<Ssl>();
    // SAFETY: the caller's promise. Only the field is borrowed, which may be shared by threads.
    let done = unsafe { &(*handle).job_state.done };
    let callback = *done.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the program registered `function` for exactly these arguments, and nothing is borrowed.
    callback.function.map_or(0, |function| unsafe { function(handle, callback.argument) })
}
