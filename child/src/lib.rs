//! Runs code that is in memory as a process of its own, so that what breaks there does not break this process.
//!
//! The child is a copy of this process with one thread. It starts as a program does: signals do what they do by default, the stack is
//! as large as the system gives programs, and its status is what the code gives. Where there is no `fork`, the code runs here.
//!
//! Contract: other threads of this process hold no locks that the code needs, such as the allocator's: they wait, or there are none.

/// How a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl Ended {
    /// The status a shell gives it: 128 + n for signal n.
    pub fn exit_status(self) -> i32 {
        match self {
            Ended::Status(status) => status,
            Ended::Signal(signal) => 128 + signal,
        }
    }
}

/// Runs `program` in a child process and waits for its end.
///
/// # Errors
/// The system makes no process.
#[cfg(not(unix))]
pub fn run(program: impl FnOnce() -> i32 + Send) -> std::io::Result<Ended> {
    Ok(Ended::Status(program()))
}

/// Runs `program` in a child process whose standard errors go to a file, and waits for its end.
///
/// # Errors
/// The system makes no process.
#[cfg(not(unix))]
pub fn run_with_errors(_errors: &std::fs::File, program: impl FnOnce() -> i32 + Send) -> std::io::Result<Ended> {
    run(program)
}

#[cfg(unix)]
pub use unix::{run, run_captured, run_with_errors};

#[cfg(unix)]
mod unix {
    use super::Ended;
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::AsRawFd;
    use std::thread;

    /// The stack of a program where the system sets no limit.
    const USUAL_STACK: usize = 8 << 20;
    /// More than this is as good as no limit.
    const LARGEST_STACK: u64 = 1 << 30;
    /// The status of a child that could not even start.
    const NOT_STARTED: i32 = 127;

    /// Runs `program` in a child process and waits for its end.
    ///
    /// # Errors
    /// The system makes no process.
    pub fn run(program: impl FnOnce() -> i32 + Send) -> io::Result<Ended> {
        start(|| be_the_program(program))
    }

    /// Runs `program` in a child process whose standard errors go to a file, and waits for its end.
    ///
    /// # Errors
    /// The system makes no process.
    pub fn run_with_errors(errors: &File, program: impl FnOnce() -> i32 + Send) -> io::Result<Ended> {
        start(|| {
            redirect(errors, 2);
            be_the_program(program);
        })
    }

    /// Runs `program` in a child process that reads nothing, writes to these files, and is ended by a signal after `seconds`.
    ///
    /// # Errors
    /// The system makes no process.
    pub fn run_captured(
        output: &File,
        errors: &File,
        seconds: u32,
        program: impl FnOnce() -> i32 + Send,
    ) -> io::Result<Ended> {
        let input = File::open("/dev/null")?;
        start(|| {
            for (file, stream) in [(&input, 0), (output, 1), (errors, 2)] {
                redirect(file, stream);
            }
            // SAFETY: sets a clock of this process.
            unsafe { libc::alarm(seconds) };
            be_the_program(program)
        })
    }

    fn redirect(file: &File, stream: i32) {
        // SAFETY: the file is open, and the child has streams of its own.
        unsafe { libc::dup2(file.as_raw_fd(), stream) };
    }

    fn start(child: impl FnOnce()) -> io::Result<Ended> {
        // What this process has not written yet would be written twice.
        let _ = io::stdout().flush();
        // SAFETY: the child goes on with a copy of this thread alone. By the contract of this crate no other thread holds a lock that
        // it may want.
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                child();
                // SAFETY: ends the process, which must not go on as this one does.
                unsafe { libc::_exit(NOT_STARTED) }
            }
            child => wait_for(child),
        }
    }

    fn wait_for(child: libc::pid_t) -> io::Result<Ended> {
        loop {
            let mut status = 0;
            // SAFETY: `status` outlives the call.
            if unsafe { libc::waitpid(child, &raw mut status, 0) } == child {
                let ended = if libc::WIFSIGNALED(status) {
                    Ended::Signal(libc::WTERMSIG(status))
                } else {
                    Ended::Status(libc::WEXITSTATUS(status))
                };
                return Ok(ended);
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }

    fn be_the_program(program: impl FnOnce() -> i32 + Send) {
        for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGPIPE] {
            // SAFETY: the default action replaces those of this process's run-time library.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(stack_bytes()).spawn_scoped(scope, || {
                let status = program();
                // SAFETY: ends the process as the return of C's `main` does, from the thread that the program ran on.
                unsafe { libc::exit(status) }
            });
            // The thread ends the process: it is here again only if it never began.
            let _ = thread.map(thread::ScopedJoinHandle::join);
        });
    }

    /// As much as a program's first thread has.
    fn stack_bytes() -> usize {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `limit` outlives the call.
        let known = unsafe { libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) } == 0;
        if known && limit.rlim_cur <= LARGEST_STACK { limit.rlim_cur as usize } else { USUAL_STACK }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_child_ends_with_its_status() {
            assert_eq!(run(|| 7).expect("there are processes"), Ended::Status(7));
        }

        #[test]
        fn a_child_that_breaks_is_ended_by_a_signal() {
            fn abort() -> i32 {
                std::process::abort()
            }
            assert_eq!(run(abort).expect("there are processes"), Ended::Signal(libc::SIGABRT));
        }
    }
}
