//! Runs the compiler where deep programs have room and a bug ends in a message.

use crate::errors::InternalError;
use kiln_source::Diagnostic;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

/// Stack of the compiler's thread. Only what is used is paid for; nesting has its own limit long before this one.
const STACK_BYTES: usize = 512 << 20;
/// What is tried where the system refuses [`STACK_BYTES`].
const SMALL_STACK_BYTES: usize = 64 << 20;

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Starting) };
    static PANIC_PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What the compiler is doing, for the message of an internal error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    Starting,
    Loading,
    Analysing,
    Printing,
    Generating,
    Linking,
    Interpreting,
}

impl Phase {
    /// Notes that this thread has come to this phase.
    pub(crate) fn enter(self) {
        PHASE.set(self);
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Loading => "reading and parsing files",
            Phase::Analysing => "analysing the program",
            Phase::Printing => "printing a stage",
            Phase::Generating => "generating code",
            Phase::Linking => "linking",
            Phase::Interpreting => "interpreting the program",
        }
    }
}

/// Runs `work` on a thread with a big stack. A panic in it becomes the internal error E0901.
///
/// # Errors
/// The diagnostic that says what broke, and in which phase.
pub fn guarded<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Box<Diagnostic>> {
    let caught = || {
        Phase::Starting.enter();
        catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
            let message = panic_message(&*payload);
            let place = PANIC_PLACE.take();
            let error = InternalError { phase: PHASE.get().name(), message: &message, place: place.as_deref() };
            Box::new(error.diagnostic())
        })
    };
    // Taken by the thread that can be started: one that can't would swallow it.
    let caught = Mutex::new(Some(caught));
    let run = || caught.lock().expect("nothing panics while it is locked").take().expect("one thread runs it")();
    thread::scope(|scope| {
        let start = |bytes| thread::Builder::new().name("kiln".to_owned()).stack_size(bytes).spawn_scoped(scope, run);
        match start(STACK_BYTES).or_else(|_| start(SMALL_STACK_BYTES)) {
            Ok(thread) => thread.join().expect("panics are caught inside of the thread"),
            Err(error) => {
                let message = error.to_string();
                let error = InternalError { phase: Phase::Starting.name(), message: &message, place: None };
                Err(Box::new(error.diagnostic()))
            }
        }
    })
}

/// Lets panics be silent until [`guarded`] words them: only where they happened is kept. For programs, not for libraries, as
/// the hook is the process's.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", crate_path(place.file()), place.line()));
        PANIC_PLACE.set(place);
    }));
}

/// A source path from its crate's folder on: where the compiler was built is nobody's business.
fn crate_path(path: &str) -> &str {
    let src = path.rfind("/src/").unwrap_or(0);
    let folder = path[..src].rfind('/').map_or(0, |slash| slash + 1);
    &path[folder..]
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no reason given").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_diagnostic() {
        let error = guarded(|| {
            Phase::Generating.enter();
            assert!(std::hint::black_box(1) == 2, "one is not two");
        });
        let message = error.expect_err("the work panicked").message;
        assert_eq!(message, "the compiler failed while generating code: one is not two");
    }

    #[test]
    fn deep_recursion_has_room() {
        fn depth(n: u64) -> u64 {
            let pad = std::hint::black_box([n; 64]);
            if n == 0 { 0 } else { 1 + depth(pad[7] - 1) }
        }
        assert_eq!(guarded(|| depth(100_000)).map_err(|error| error.message), Ok(100_000));
    }

    #[test]
    fn places_do_not_tell_where_the_compiler_was_built() {
        assert_eq!(crate_path("/somewhere/kiln/sema/src/expr/call.rs"), "sema/src/expr/call.rs");
        assert_eq!(crate_path("sema/src/expr/call.rs"), "sema/src/expr/call.rs");
        assert_eq!(crate_path("build.rs"), "build.rs");
    }
}
