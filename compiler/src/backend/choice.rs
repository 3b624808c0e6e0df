//! Which backend does a task.

use super::{Backend, BackendName, Interpreter, has_llvm};
use crate::errors::BackendUnavailable;
use crate::{Mode, OptLevel, Options, Stage};
use kiln_source::Diagnostic;

/// The backends that a program has inside.
#[derive(Clone, Copy)]
pub struct Backends {
    llvm: Option<&'static dyn Backend>,
    jit: Option<&'static dyn Backend>,
}

/// Who does a task.
#[derive(Clone, Copy)]
pub enum Choice {
    /// This backend.
    Here(&'static dyn Backend),
    /// LLVM, which is in the program beside this one.
    Beside,
}

impl Backends {
    /// All that this build has.
    pub fn all() -> Backends {
        #[cfg(kiln_llvm)]
        return Backends {
            llvm: Some(&super::llvm::Llvm { in_memory: false }),
            jit: Some(&super::llvm::Llvm { in_memory: true }),
        };
        #[cfg(not(kiln_llvm))]
        Backends::without_llvm()
    }

    /// Those that start at once: LLVM takes longer to load than most programs take to check.
    pub fn without_llvm() -> Backends {
        Backends { llvm: None, jit: None }
    }

    /// The backends in here, by the names `--backend` knows them by.
    pub fn list(self) -> Vec<(&'static str, &'static dyn Backend)> {
        let mut list: Vec<(&'static str, &'static dyn Backend)> = vec![("interp", &Interpreter)];
        list.extend(self.cranelift().map(|backend| ("cranelift", backend)));
        list.extend(self.llvm.map(|backend| ("llvm", backend)));
        list.extend(self.jit.map(|backend| ("jit", backend)));
        list
    }

    fn cranelift(self) -> Option<&'static dyn Backend> {
        #[cfg(feature = "cranelift")]
        return Some(&super::cranelift::Cranelift);
        #[cfg(not(feature = "cranelift"))]
        None
    }

    /// The backend for a task. Of itself: Cranelift for `-O0` on targets it has, LLVM for everything else; without LLVM
    /// Cranelift, and without both the interpreter.
    ///
    /// # Errors
    /// E0806: the one that was asked for, or the only one that could do it, is not there or can't do it.
    pub fn choose(self, options: &Options) -> Result<Choice, Box<Diagnostic>> {
        let choice = match options.backend {
            _ if options.interpret => Choice::Here(&Interpreter),
            BackendName::Interp => Choice::Here(&Interpreter),
            BackendName::Llvm => self.llvm(self.llvm, options)?,
            BackendName::Jit => self.llvm(self.jit, options)?,
            BackendName::Cranelift => self.cranelift_or_error()?,
            BackendName::Auto => self.fitting(options)?,
        };
        if let Choice::Here(backend) = choice {
            check(backend, options)?;
        }
        Ok(choice)
    }

    fn llvm(self, inside: Option<&'static dyn Backend>, options: &Options) -> Result<Choice, Box<Diagnostic>> {
        match inside {
            Some(backend) => Ok(Choice::Here(backend)),
            None if has_llvm() => Ok(Choice::Beside),
            None => Err(Box::new(BackendUnavailable::NoLlvm { wanted: purpose(options) }.diagnostic())),
        }
    }

    fn cranelift_or_error(self) -> Result<Choice, Box<Diagnostic>> {
        let found = self.cranelift().map(Choice::Here);
        found.ok_or_else(|| Box::new(BackendUnavailable::NoCranelift.diagnostic()))
    }

    fn fitting(self, options: &Options) -> Result<Choice, Box<Diagnostic>> {
        let cranelift = self.cranelift().filter(|backend| backend.targets().contains(&&*options.target.triple));
        let wants = |stage| options.emits(stage);
        if wants(Stage::Clif) {
            return self.cranelift_or_error();
        }
        let needs_llvm = [Stage::LlvmIr, Stage::NativeAsm, Stage::Bitcode].into_iter().any(wants);
        let prefers_llvm = options.opt != OptLevel::None || options.tuning.is_for_llvm();
        match cranelift {
            Some(backend) if !needs_llvm && (!prefers_llvm || !has_llvm()) => Ok(Choice::Here(backend)),
            _ => {
                // What is made in memory starts sooner than what is linked.
                let inside = if options.runs_in_memory() { self.jit } else { self.llvm };
                self.llvm(inside, options)
            }
        }
    }
}

/// That a backend can do what is asked of it.
fn check(backend: &dyn Backend, options: &Options) -> Result<(), Box<Diagnostic>> {
    let can = backend.capabilities();
    let name = backend.name();
    let stages = options.emits.iter().map(|emit| emit.stage).filter(|stage| stage.is_made_by_backend());
    if let Some(stage) = stages.into_iter().find(|stage| !can.stages.contains(stage)) {
        return Err(Box::new(BackendUnavailable::NoStage { backend: name, stage }.diagnostic()));
    }
    if (options.tuning.lto || !options.tuning.bitcode.is_empty()) && !can.stages.contains(&Stage::Bitcode) {
        return Err(Box::new(BackendUnavailable::NoBitcode { backend: name }.diagnostic()));
    }
    if options.wants_executable() && !can.links && !(can.executes && matches!(options.mode, Mode::Run | Mode::Test)) {
        return Err(Box::new(BackendUnavailable::NoExecutables { backend: name }.diagnostic()));
    }
    if options.needs_backend() && !backend.targets().contains(&&*options.target.triple) {
        let triple = options.target.triple.to_string();
        let targets = backend.targets();
        return Err(Box::new(BackendUnavailable::NoTarget { backend: name, triple, targets }.diagnostic()));
    }
    Ok(())
}

/// What a backend is wanted for.
fn purpose(options: &Options) -> String {
    let stage = options.emits.iter().find(|emit| emit.stage.is_made_by_backend());
    match stage {
        Some(emit) => format!("`--emit {}`", emit.stage.name()),
        None if options.opt != OptLevel::None => "optimised native code".to_owned(),
        None => format!("native code for `{}`", options.target.triple),
    }
}
