//! The text form of a function. [`crate::parse()`] reads it back.
//!
//! ```text
//! fn gcd(_1: u32, _2: u32) -> u32 {            // gcd.kiln:1:1
//!     debug _1 a, _2 b
//! bb0:
//!     _3: bool = eq _2, 0_u32
//!     branch _3, bb1, bb2
//! bb1:
//!     _0 = _1
//!     return
//! bb2:
//!     _4: u32 = rem.checked _1, _2             // panics: division by zero
//!     _0 = call gcd(_2, _4)
//!     return
//! }
//! ```
//! A local is declared where it is first assigned as a whole, if nothing mentions it before, else on a line of its own
//! before the first block: `_4: u32` is a temporary, `let _4: u32` (`let mut`) a variable, `alias _4: T` (`alias mut`) an
//! alias. The names of the program stand in the `debug` line. Everything behind `//` is a comment.
//!
//! | places | |
//! | --- | --- |
//! | `_1`, `s0` | a local, static data |
//! | `_1.x`, `_1.0`, `_1[_2]` | a field, an element |
//! | `_1::Circle.0` | a field of a variant's payload |
//! | `(*_1)` | what the pointer in `_1` points to |
//!
//! Operands are locals, copied (`_1`) or moved (`move _1`), and constants with their types: `7_u32`, `-1_i8`, `1.5_f64`,
//! `true`, `'a'`, `()`, `Color::Red`, `Point {1_i32, 2_i32}`, `Shape::Circle {5_i32}`, `[u8; 2] b"ab"`,
//! `fn gcd as fn(u32, u32) -> u32`, `&s0+0[5] as ptr const str` (address in static data, with a length), `type i32`.
//!
//! | instructions | |
//! | --- | --- |
//! | `_1 = _2`, `_1 = use _2.x`, `_1 = use move _2.x` | values of operands and places |
//! | `add.checked _1, _2`, `not _1`, `wrap _1`, `sqrt(_1)` | operators, conversions, built-in operations |
//! | `address_of _1.x`, `slice _1, _2.._3`, `len _1`, `tag _1`, `repeat _1` | of places; an array of one value |
//! | `_0 = call f(_1, &_2.x)`, `call_ptr _1()` | calls: values, and places for `borrow` and `inout` |
//! | `check _1 < _2`, `check _1 <= _2 <= _3` | an index, the bounds of a view |
//! | `set_variant _1, Circle`, `_4 = &_1.x` | an enum's tag; what an alias names |
//! | `drop _1`, `storage_live _1`, `storage_dead _1` | ends and begins |
//! | `jump bb1`, `branch _1, bb1, bb2`, `switch _1: u8 [0: bb1, else: bb2]` | to other blocks |
//! | `return`, `panic "integer overflow"`, `panic _1`, `unreachable` | out of the function |

mod constant;
mod line;

use crate::{Func, Local, LocalDecl, LocalKind, Stmt, TypeNames};
use kiln_source::{Idx, Interner, SourceMap, Span};
use kiln_types::{FuncId, Pool, Statics, TypeId};
use std::fmt::Write;

/// Column at which comments stand.
const COMMENT_COLUMN: usize = 45;

/// What printing needs to know.
#[derive(Clone, Copy)]
pub struct PrintCx<'a> {
    /// Types and values.
    pub pool: &'a Pool,
    /// Names.
    pub names: &'a Interner,
    /// Names of types.
    pub types: &'a TypeNames,
    /// Static data, for the types of places.
    pub statics: &'a Statics,
    /// Names of functions.
    pub funcs: &'a dyn Fn(FuncId) -> Box<str>,
    /// Files, for the comment that says where the function is written.
    pub sources: Option<&'a SourceMap>,
}

/// The text form of a function, with a line break at the end.
pub fn print(func: &Func, cx: &PrintCx<'_>) -> String {
    let mut printer = Printer { func, cx: *cx, text: String::new(), declared: vec![false; func.locals.len()] };
    printer.function();
    printer.text
}

struct Printer<'a> {
    func: &'a Func,
    cx: PrintCx<'a>,
    text: String,
    /// Locals whose declaration was printed.
    declared: Vec<bool>,
}

impl Printer<'_> {
    fn function(&mut self) {
        let func = self.func;
        let mut line = format!("fn {}(", func.name);
        self.declared[0] = true;
        for param in func.params() {
            let decl = &func.locals[param];
            self.declared[param.index()] = true;
            let LocalKind::Param(mode) = decl.kind else { unreachable!("parameters come first") };
            let comma = if param.0 > 1 { ", " } else { "" };
            let _ = write!(line, "{comma}{}{param}: {}", mode.prefix(), self.type_name(decl.ty));
        }
        line.push(')');
        if func.ret() != TypeId::UNIT {
            let _ = write!(line, " -> {}", self.type_name(func.ret()));
        }
        line.push_str(" {");
        let comment = self.cx.sources.map(|sources| sources.location(Span { file: func.file, range: func.range }));
        self.line(&line, comment.as_deref());
        self.debug_line();
        self.header();
        for (id, block) in func.blocks.iter_enumerated() {
            self.line(&format!("{id}:"), None);
            for stmt in &block.stmts {
                let (text, comment) = self.stmt(stmt);
                self.line(&format!("    {text}"), comment.as_deref());
            }
            let text = self.terminator(&block.term);
            let comment = block.term.operand().and_then(|operand| self.shown(operand));
            self.line(&format!("    {text}"), comment.as_deref());
        }
        self.text.push_str("}\n");
    }

    fn line(&mut self, line: &str, comment: Option<&str>) {
        match comment {
            Some(comment) => {
                let blanks = COMMENT_COLUMN.saturating_sub(line.chars().count()).max(1);
                let _ = writeln!(self.text, "{line}{:blanks$}// {comment}", "");
            }
            None => {
                let _ = writeln!(self.text, "{line}");
            }
        }
    }

    fn type_name(&self, ty: TypeId) -> String {
        self.cx.types.name(self.cx.pool, self.cx.names, ty)
    }

    fn debug_line(&mut self) {
        let names: Vec<String> = self
            .func
            .locals
            .iter_enumerated()
            .filter_map(|(local, decl)| Some(format!("{local} {}", self.cx.names.name(decl.name?))))
            .collect();
        if !names.is_empty() {
            self.line(&format!("    debug {}", names.join(", ")), None);
        }
    }

    /// Declares the locals that can't be declared where they are first assigned.
    fn header(&mut self) {
        let func = self.func;
        let mut seen = self.declared.clone();
        let mut inline = vec![false; func.locals.len()];
        for block in func.blocks.iter() {
            for stmt in &block.stmts {
                let first = whole(stmt).filter(|local| !seen[local.index()]);
                let mut mentions = 0;
                stmt.for_each_local(|local| {
                    seen[local.index()] = true;
                    mentions += usize::from(Some(local) == first);
                });
                if let Some(local) = first {
                    let is_alias = matches!(func.locals[local].kind, LocalKind::Alias { .. });
                    inline[local.index()] = mentions == 1 && is_alias == matches!(stmt, Stmt::Bind { .. });
                }
            }
            if let Some(local) = block.term.operand().and_then(crate::Operand::local) {
                seen[local.index()] = true;
            }
        }
        for (local, decl) in func.locals.iter_enumerated() {
            if !self.declared[local.index()] && !inline[local.index()] {
                let line = format!("    {}", self.declaration(local, decl));
                self.line(&line, None);
                self.declared[local.index()] = true;
            }
        }
    }

    /// `let mut _3: u32`
    fn declaration(&self, local: Local, decl: &LocalDecl) -> String {
        let kind = match decl.kind {
            LocalKind::User if decl.mutable => "let mut ",
            LocalKind::User => "let ",
            LocalKind::Alias { mutable: true } => "alias mut ",
            LocalKind::Alias { mutable: false } => "alias ",
            LocalKind::Temp | LocalKind::Return | LocalKind::Param(_) => "",
        };
        format!("{kind}{local}: {}", self.type_name(decl.ty))
    }

    /// The local at its first assignment, with its declaration; later without.
    fn defined(&mut self, local: Local) -> String {
        if std::mem::replace(&mut self.declared[local.index()], true) {
            return local.to_string();
        }
        self.declaration(local, &self.func.locals[local])
    }
}

/// The local that the instruction assigns as a whole, or binds.
fn whole(stmt: &Stmt) -> Option<Local> {
    match stmt {
        Stmt::Assign(place, _) => place.as_local(),
        Stmt::Call(call) => call.dst.as_ref()?.as_local(),
        Stmt::Bind { local, .. } => Some(*local),
        _ => None,
    }
}
