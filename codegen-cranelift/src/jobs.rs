//! Functions on their way to machine code: compiled by threads while others are still being built.

use crate::debug::{CodeDebug, Keep};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::{Context, ir};
use cranelift_module::{FuncId as CodeId, ModuleReloc};
use kiln_codegen::{CodegenError, Result};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// A compiled function.
pub(crate) struct Code {
    pub id: CodeId,
    pub align: u64,
    pub bytes: Vec<u8>,
    pub relocs: Vec<ModuleReloc>,
    pub debug: Option<CodeDebug>,
}

type Batch = (usize, Vec<(CodeId, ir::Function)>);
type Done = (usize, std::result::Result<Vec<Code>, String>);

/// Functions a thread takes at once.
const BATCH: usize = 32;

/// The functions of a module. With no threads everything is compiled at the end.
pub(crate) struct Jobs {
    isa: OwnedTargetIsa,
    keep: Keep,
    threads: usize,
    /// Functions that no batch holds yet.
    open: Vec<(CodeId, ir::Function)>,
    batches: usize,
    pool: Option<Pool>,
    /// Textual IR of all functions, where someone reads it.
    text: Option<String>,
}

struct Pool {
    todo: SyncSender<Batch>,
    queue: Arc<Mutex<Receiver<Batch>>>,
    results: Sender<Done>,
    done: Receiver<Done>,
    workers: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// For a machine; `threads` beside this one. `readable`: the textual IR is wanted, too.
    pub fn new(isa: OwnedTargetIsa, threads: usize, readable: bool, keep: Keep) -> Jobs {
        Jobs { isa, keep, threads, open: Vec::new(), batches: 0, pool: None, text: readable.then(String::new) }
    }

    /// Adds a function.
    pub fn push(&mut self, id: CodeId, func: ir::Function) {
        if let Some(text) = &mut self.text {
            text.push_str(&format!("{}\n", func.display()));
        }
        self.open.push((id, func));
        if self.threads > 0 && self.open.len() == BATCH {
            self.send();
        }
    }

    /// The textual IR of what was added.
    pub fn text(&mut self) -> Option<String> {
        self.text.take()
    }

    fn send(&mut self) {
        let batch = (self.batches, std::mem::take(&mut self.open));
        self.batches += 1;
        let pool = self.pool.get_or_insert_with(|| Pool::start(&self.isa, self.keep, self.threads));
        // Where the threads have enough to do, this one helps, so that few functions wait in memory.
        if let Err(TrySendError::Full((number, functions)) | TrySendError::Disconnected((number, functions))) =
            pool.todo.try_send(batch)
        {
            // The results are read at the end, by this thread.
            let _ = pool.results.send((number, compile(&self.isa, self.keep, functions)));
        }
    }

    /// Compiles what is left, waits for the threads, and gives all in the order it was added.
    pub fn finish(&mut self) -> Result<Vec<Code>> {
        let Some(pool) = self.pool.take() else {
            return compile(&self.isa, self.keep, std::mem::take(&mut self.open)).map_err(failed);
        };
        let Pool { todo, queue, results, done, workers } = pool;
        let _ = results.send((self.batches, compile(&self.isa, self.keep, std::mem::take(&mut self.open))));
        drop(todo);
        work(&self.isa, self.keep, &queue, &results);
        drop(results);
        let mut parts: Vec<Done> = done.iter().collect();
        let all_came = workers.into_iter().all(|worker| worker.join().is_ok());
        parts.sort_by_key(|part| part.0);
        let mut codes = Vec::new();
        for (_, part) in parts {
            codes.append(&mut part.map_err(failed)?);
        }
        if all_came { Ok(codes) } else { kiln_codegen::broken("a thread of the code generator panicked") }
    }
}

fn failed(reason: String) -> Box<CodegenError> {
    Box::new(CodegenError::EmissionFailed { reason: format!("Cranelift failed: {reason}") })
}

impl Pool {
    fn start(isa: &OwnedTargetIsa, keep: Keep, threads: usize) -> Pool {
        let (todo, queue) = sync_channel(threads * 2);
        let queue = Arc::new(Mutex::new(queue));
        let (results, done) = channel();
        let workers = (0..threads).map(|_| {
            let (isa, queue, results) = (isa.clone(), Arc::clone(&queue), results.clone());
            thread::spawn(move || work(&isa, keep, &queue, &results))
        });
        let workers = workers.collect();
        Pool { todo, queue, results, done, workers }
    }
}

/// Compiles batches until there are none, and there will be none.
fn work(isa: &OwnedTargetIsa, keep: Keep, queue: &Mutex<Receiver<Batch>>, results: &Sender<Done>) {
    loop {
        let batch = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, functions)) = batch else { return };
        if results.send((number, compile(isa, keep, functions))).is_err() {
            return;
        }
    }
}

fn compile(
    isa: &OwnedTargetIsa,
    keep: Keep,
    functions: Vec<(CodeId, ir::Function)>,
) -> std::result::Result<Vec<Code>, String> {
    let mut context = Context::new();
    let mut plane = ControlPlane::default();
    let mut codes = Vec::with_capacity(functions.len());
    for (id, func) in functions {
        context.clear();
        context.func = func;
        let compiled = context.compile(&**isa, &mut plane).map_err(|error| {
            let name = format!("{:?}", error.inner);
            format!("{name} in {}", error.func.name)
        })?;
        let debug = match keep == Keep::default() {
            true => None,
            false => Some(CodeDebug::of(compiled, &**isa, keep).map_err(|error| error.to_string())?),
        };
        let relocs = compiled.buffer.relocs().to_vec();
        let (bytes, align) = (compiled.code_buffer().to_vec(), u64::from(compiled.buffer.alignment));
        let relocs = relocs.iter().map(|reloc| ModuleReloc::from_mach_reloc(reloc, &context.func, id)).collect();
        codes.push(Code { id, align, bytes, relocs, debug });
    }
    Ok(codes)
}
