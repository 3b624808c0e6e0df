//! Programs as the text form of the CFG, and evaluations of their functions.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]
#![allow(dead_code)]

use kiln_cfg::{Func, FuncInfo, FuncKind, FuncSig, LocalKind, ParseCx, TypeNames, parse};
use kiln_interp::{Env, FunctionTables, Limits, Machine, Mode, Need, Notes, Outcome, Trap, TrapKind, Vm};
use kiln_source::{IdxVec, Interner, Span, TextRange};
use kiln_types::{FnTypeParam, FuncId, Layouts, ParamMode, Pool, Statics, Target, TypeId, ValueId};
use std::rc::Rc;

/// A program and everything an evaluation of it needs.
pub struct World {
    pub pool: Pool,
    pub names: Interner,
    pub layouts: Layouts,
    pub statics: Statics,
    pub infos: IdxVec<FuncId, Option<FuncInfo>>,
    pub bodies: IdxVec<FuncId, Option<Rc<Func>>>,
    pub notes: Notes,
    pub vm: Vm,
    pub limits: Limits,
}

impl World {
    /// A world without functions, for a target.
    pub fn empty(target: &str) -> World {
        World {
            pool: Pool::new(),
            names: Interner::new(),
            layouts: Layouts::new(Target::from_triple(target).unwrap()),
            statics: Statics::default(),
            infos: IdxVec::new(),
            bodies: IdxVec::new(),
            notes: Notes::default(),
            vm: Vm::new(Mode::Comptime),
            limits: Limits::default(),
        }
    }

    /// The functions of a text, for x86-64.
    pub fn new(text: &str) -> World {
        let mut world = World::empty("x86_64-unknown-linux-gnu");
        world.add(text);
        world
    }

    /// Adds the functions of a text. A line `extern fn name(types) -> type` declares a foreign one.
    pub fn add(&mut self, text: &str) {
        let first = self.infos.len();
        let mut found: Vec<String> = (0..first).map(|index| self.name(index)).collect();
        let (externs, text): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.trim().starts_with("extern fn "));
        let text = text.join("\n");
        let headers = text.lines().filter_map(|line| line.trim().strip_prefix("fn "));
        found.extend(headers.filter_map(|line| Some(line.split_once('(')?.0.to_owned())));
        let stubs: String = externs.iter().map(|line| stub(line, &mut found)).collect();
        let text = text + "\n" + &stubs;
        let types = TypeNames::new(&self.pool, &self.names);
        let mut funcs = |name: &str| found.iter().position(|known| known == name).map(|index| FuncId(index as u32));
        let mut cx = ParseCx {
            pool: &mut self.pool,
            names: &mut self.names,
            types: &types,
            statics: &self.statics,
            funcs: &mut funcs,
        };
        let funcs = parse(&text, &mut cx).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let kept = funcs.len() - externs.len();
        for (index, mut func) in funcs.into_iter().enumerate() {
            let is_extern = index >= kept;
            give_ranges(&mut func);
            self.infos.push(Some(info(&func, is_extern)));
            self.bodies.push((!is_extern).then(|| Rc::new(func)));
        }
    }

    fn name(&self, index: usize) -> String {
        self.infos[FuncId(index as u32)].as_ref().unwrap().name.to_string()
    }

    /// The function with a name.
    pub fn func(&self, name: &str) -> FuncId {
        let found = self.infos.iter().position(|info| info.as_ref().is_some_and(|info| &*info.name == name));
        FuncId(found.unwrap_or_else(|| panic!("no function {name}")) as u32)
    }

    /// Runs `f` with what evaluations get.
    pub fn with<T>(&mut self, f: impl FnOnce(&mut Vm, &mut Env<'_>) -> T) -> T {
        let functions = FunctionTables { infos: &self.infos, bodies: &self.bodies };
        let mut env = Env {
            pool: &mut self.pool,
            layouts: &mut self.layouts,
            statics: &mut self.statics,
            functions: &functions,
            host: &mut self.notes,
        };
        f(&mut self.vm, &mut env)
    }

    /// Evaluates a function to its end.
    pub fn run(&mut self, name: &str, args: &[ValueId]) -> Result<Machine, Box<Trap>> {
        let func = self.func(name);
        let mut machine = Machine::new(self.layouts.target(), self.limits);
        machine.start(func, args);
        self.with(|vm, env| match machine.resume(vm, env) {
            Outcome::Done => Ok(machine),
            Outcome::Trap(trap) => Err(trap),
            Outcome::Need(need) => panic!("needs {need:?}"),
            Outcome::Exit(status) => panic!("exits with {status}"),
        })
    }

    /// The value a function gives.
    pub fn value(&mut self, name: &str, args: &[ValueId]) -> ValueId {
        let mut machine = self.run(name, args).unwrap_or_else(|trap| panic!("{name}: {trap:?}"));
        self.with(|_, env| machine.result_value(env).unwrap())
    }

    /// The integer a function gives, for arguments of its parameters' types.
    pub fn int(&mut self, name: &str, args: &[i128]) -> i128 {
        let args = self.args(name, args);
        let value = self.value(name, &args);
        self.pool.scalar_bits(value).unwrap_or_else(|| panic!("{name} gives no scalar")) as i128
    }

    /// How a function fails.
    pub fn trap(&mut self, name: &str, args: &[i128]) -> TrapKind {
        let args = self.args(name, args);
        match self.run(name, &args) {
            Err(trap) => trap.kind,
            Ok(_) => panic!("{name} does not fail"),
        }
    }

    /// Scalars of the types of a function's parameters.
    pub fn args(&mut self, name: &str, args: &[i128]) -> Vec<ValueId> {
        let func = self.func(name);
        let params = self.infos[func].as_ref().unwrap().sig.params.clone();
        args.iter().zip(&params).map(|(bits, param)| self.pool.scalar(param.ty, *bits as u128)).collect()
    }

    /// The bytecode of a function that ran.
    pub fn listing(&self, name: &str) -> String {
        self.vm.listing(self.func(name)).unwrap()
    }
}

/// Source ranges by which instructions are known in tests: `block * 1000 + index`, 999 for terminators; locals are at a million.
fn give_ranges(func: &mut Func) {
    let at = |number: usize| TextRange::new(number as u32, number as u32 + 1);
    for (block, body) in func.blocks.iter_mut().enumerate() {
        body.ranges = (0..body.stmts.len()).map(|index| at(block * 1000 + index)).collect();
        body.term_range = at(block * 1000 + 999);
    }
    for (local, decl) in func.locals.iter_mut().enumerate() {
        decl.range = at(1_000_000 + local);
    }
}

/// A function without body, in the place of a foreign one.
fn stub(line: &str, found: &mut Vec<String>) -> String {
    let rest = line.trim().strip_prefix("extern fn ").unwrap();
    let (name, rest) = rest.split_once('(').unwrap();
    let (params, ret) = rest.split_once(')').unwrap();
    found.push(name.to_owned());
    let params = params.split(',').map(str::trim).filter(|ty| !ty.is_empty());
    let params: Vec<String> = params.enumerate().map(|(index, ty)| format!("_{}: {ty}", index + 1)).collect();
    format!("fn {name}({}){ret} {{\nbb0:\n    unreachable\n}}\n", params.join(", "))
}

fn info(func: &Func, is_extern: bool) -> FuncInfo {
    let params = func.params().map(|local| {
        let decl = &func.locals[local];
        let mode = match decl.kind {
            LocalKind::Param(mode) => mode,
            _ => ParamMode::Own,
        };
        FnTypeParam { mode, ty: decl.ty }
    });
    let kind = match is_extern {
        true => FuncKind::Extern { symbol: func.name.clone(), variadic: false },
        false => FuncKind::Kiln,
    };
    FuncInfo {
        name: func.name.clone(),
        symbol: func.name.clone(),
        sig: FuncSig { params: params.collect(), ret: func.ret() },
        kind,
        span: Span::default(),
        cold: false,
    }
}

/// What an evaluation needs is not given here.
pub fn no_need(need: Need) -> ! {
    panic!("{need:?}")
}

/// The type `usize`, by its short name.
pub const USIZE: TypeId = TypeId::USIZE;

/// Settings of a property, without files of past failures: what they found is in the tests.
pub fn cases(count: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases: count, failure_persistence: None, ..Default::default() }
}
