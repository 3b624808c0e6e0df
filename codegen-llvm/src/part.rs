//! The parts a program is compiled in: usually one. A large program is split by functions, if it is not optimised or if that is asked
//! for; while the modules are built one after the other, threads already optimise and emit those that are complete.
//!
//! What parts share is visible inside of the program only: functions, and static data, which the first part holds.

use crate::debug::{Debug, Described};
use crate::errors::{Result, broken};
use crate::output::{self, Complaints};
use crate::unit::{Input, Unit};
use crate::{Artifacts, Options, Wanted, bitcode, body, machine, shared};
use inkwell::GlobalVisibility;
use inkwell::context::Context;

use inkwell::module::{FlagBehavior, Linkage, Module};
use inkwell::targets::TargetMachine;
use kiln_cfg::{Func, FuncKind, Program};
use kiln_source::Idx;
use kiln_types::{FuncId, Pool, Target};
use std::ops::Range;
use std::rc::Rc;
use std::thread;

/// A part: which of the program's functions it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// Its functions.
    funcs: Range<usize>,
    /// Whether it holds what there is once: static data and C's `main`.
    pub is_first: bool,
    /// Whether it is the only one.
    pub is_whole: bool,
    /// For each function whether another part than its own uses it.
    shared: Rc<[bool]>,
}

impl Part {
    /// Whether a function's body belongs here.
    pub fn holds(&self, func: FuncId) -> bool {
        self.funcs.contains(&func.index())
    }

    /// Whether a function is visible to other parts.
    pub fn shares(&self, func: FuncId) -> bool {
        !self.is_whole && self.shared[func.index()]
    }
}

/// Instructions that are worth a thread and a module.
const WORTH_A_PART: usize = 20_000;
/// The same where passes take most of the time.
const WORTH_A_PART_WITH_PASSES: usize = 2_000;

/// Splits a program as its options allow.
pub(crate) fn split(program: &Program, pool: &Pool, options: &Options) -> Vec<Part> {
    let only_objects = options.wanted == Wanted { object: true, ..Wanted::default() };
    let may_split = only_objects && options.joined.is_empty() && options.units > 1;
    let worth = if options.level.optimises() { WORTH_A_PART_WITH_PASSES } else { WORTH_A_PART };
    let weight = |func: &Func| func.blocks.iter().map(|block| block.stmts.len() + 1).sum::<usize>();
    let total: usize = if may_split { program.funcs().map(|(_, func)| weight(func)).sum() } else { 0 };
    let count = (total / worth).clamp(1, options.units.max(1));
    let (mut ends, mut sum) = (Vec::with_capacity(count), 0);
    for (id, func) in program.funcs().filter(|_| count > 1) {
        sum += weight(func);
        if ends.len() + 1 < count && sum >= total * (ends.len() + 1) / count {
            ends.push(id.index() + 1);
        }
    }
    ends.push(program.bodies.len());
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let ranges: Vec<Range<usize>> = starts.zip(&ends).map(|(start, end)| start..*end).collect();
    let is_whole = ranges.len() == 1;
    let shared: Rc<[bool]> = if is_whole { Rc::default() } else { shared::shared(program, pool, &ranges).into() };
    let part = |funcs: Range<usize>| Part { is_first: funcs.start == 0, funcs, is_whole, shared: Rc::clone(&shared) };
    ranges.into_iter().map(part).collect()
}

/// A module that is complete, with all that is needed to emit it.
struct Job<'ctx> {
    module: Module<'ctx>,
    machine: TargetMachine,
    complaints: Box<Complaints>,
}

// SAFETY: a module belongs to one context, which belongs to one part. It is built before the job is made and moved; from then on
// only the thread that has the job touches the module, its context, the machine made for it, and the complaints of that context.
unsafe impl Send for Job<'_> {}

impl Job<'_> {
    fn emit(self, options: &Options) -> Result<Artifacts> {
        output::emit(&self.module, &self.machine, options, &self.complaints)
    }
}

/// Compiles the parts, each in a context of its own.
pub(crate) fn compile(mut input: Input<'_>, parts: &[Part], contexts: &[Context]) -> Result<Artifacts> {
    let options = input.options;
    let [rest @ .., last] = parts else { return broken("a program has at least one part") };
    thread::scope(|scope| {
        let mut running = Vec::with_capacity(rest.len());
        for (part, context) in rest.iter().zip(contexts) {
            let job = build(context, &mut input, part)?;
            running.push(scope.spawn(move || job.emit(options)));
        }
        let job = build(&contexts[rest.len()], &mut input, last)?;
        let last = job.emit(options)?;
        let mut objects = Vec::with_capacity(parts.len());
        for thread in running {
            let Ok(made) = thread.join() else { return broken("a thread of the code generator panicked") };
            objects.append(&mut made?.objects);
        }
        objects.extend(last.objects);
        Ok(Artifacts { objects, ..last })
    })
}

fn build<'ctx>(context: &'ctx Context, input: &mut Input<'_>, part: &Part) -> Result<Job<'ctx>> {
    let options = input.options;
    let machine = machine::target_machine(input.layouts.target(), options)?;
    let complaints = Box::<Complaints>::default();
    complaints.collect_from(context);
    let module = context.create_module(&input.options.module_name);
    machine::check_layouts(context, &machine.get_target_data(), input.pool, input.layouts)?;
    prepare(context, &module, &machine, input.layouts.target());
    let module = build_module(context, module, input, part)?;
    if !options.joined.is_empty() {
        bitcode::join(context, &module, &machine, &complaints, &options.joined)?;
    }
    if options.hidden {
        hide(&module);
    }
    Ok(Job { module, machine, complaints })
}

/// Lets the objects that a module is linked with see what it defines, and nobody else.
fn hide(module: &Module<'_>) {
    let defined = module.get_functions().filter(|function| function.count_basic_blocks() > 0);
    for function in defined.filter(|function| function.get_linkage() == Linkage::External) {
        function.as_global_value().set_visibility(GlobalVisibility::Hidden);
    }
}

/// What LLVM has to know before anything is built: the target and how it lays data out.
fn prepare<'ctx>(context: &'ctx Context, module: &Module<'ctx>, machine: &TargetMachine, target: &Target) {
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    let level = |number: u64| context.i32_type().const_int(number, false);
    module.add_basic_value_flag("PIC Level", FlagBehavior::Warning, level(2));
    let abi = machine::abi_name(target);
    if !abi.is_empty() {
        module.add_metadata_flag("target-abi", FlagBehavior::Error, context.metadata_string(abi));
    }
}

fn build_module<'ctx>(
    context: &'ctx Context,
    module: Module<'ctx>,
    input: &mut Input<'_>,
    part: &Part,
) -> Result<Module<'ctx>> {
    let program = input.program;
    let Input { pool, sources, names, options, .. } = *input;
    let described = Described { program, pool, layouts: &mut *input.layouts, sources, names };
    let debug = Debug::new(context, &module, options, described, |id| part.holds(id))?;
    let mut unit = Unit::new(context, module, input, part.clone());
    unit.debug = debug;
    for (id, func) in program.funcs().filter(|(id, _)| part.holds(*id)) {
        body::build(&mut unit, id, func).map_err(|error| error.in_function(&func.name))?;
        if matches!(program.info(id).kind, FuncKind::Export { .. } | FuncKind::Callback) {
            unit.build_for_c(id)?;
        }
    }
    if let Some(entry) = program.entry.filter(|_| part.is_first) {
        unit.build_main(entry)?;
    }
    unit.build_panic_functions()?;
    unit.build_statics()?;
    if let Some(debug) = unit.debug {
        debug.finish();
    }
    Ok(unit.module)
}
