//! Instructions as lines with their children below.

use super::Printer;
use crate::{Arg, Inst, InstId, Panic};
use kiln_types::ParamMode;

impl Printer<'_> {
    /// An instruction and everything in it.
    pub(super) fn node(&mut self, id: InstId) {
        if self.body.insts.get(id).is_none() {
            return self.line(&format!("{{{id}}}"));
        }
        let ty = self.ty(self.body.types[id]);
        if let Some(text) = self.inline(id) {
            return self.line(&format!("{text}: {ty}"));
        }
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.tree(id, &ty));
    }

    fn tree(&mut self, id: InstId, ty: &str) {
        let body = self.body;
        match &body.insts[id] {
            Inst::Unary(op, value) => self.op(op.name(), ty, &[*value]),
            Inst::Binary(op, left, right) => self.op(op.name(), ty, &[*left, *right]),
            Inst::Cast(kind, value) => self.op(kind.name(), ty, &[*value]),
            Inst::Builtin(builtin, args) => self.op(builtin.name(), ty, args),
            Inst::Call { func, args } => {
                let name = (self.cx.funcs)(*func);
                self.line(&format!("call {name}: {ty}"));
                self.args(args);
            }
            Inst::CallPtr { callee, args } => {
                self.op("call_ptr", ty, &[*callee]);
                self.args(args);
            }
            Inst::Struct { fields, base } => {
                self.line(&format!("struct: {ty}"));
                for (field, value) in fields {
                    let name = self.field_name(body.types[id], *field);
                    self.part(&name, *value);
                }
                if let Some((base, kind)) = base {
                    self.part(&format!("..{}", format!("{kind:?}").to_lowercase()), *base);
                }
            }
            Inst::Variant { variant, fields } => {
                let name = self.variant_name(body.types[id], *variant);
                self.line(&format!("variant {name}: {ty}"));
                fields.iter().for_each(|(field, value)| self.part(&field.to_string(), *value));
            }
            Inst::Tuple(parts) => self.op("tuple", ty, parts),
            Inst::Array(parts) => self.op("array", ty, parts),
            Inst::Repeat { value, len } => self.op(&format!("repeat {len}"), ty, &[*value]),
            Inst::MakeType { decl, captures } => self.op(&format!("make_type {decl}"), ty, captures),
            Inst::Block { stmts, result } => {
                self.op("block", ty, stmts);
                self.depth += 1;
                if let Some(result) = result {
                    self.role("value", &[*result]);
                }
                self.depth -= 1;
            }
            Inst::Let { pat, init, or_else } => {
                self.line(&format!("let {}", self.pat(*pat)));
                self.children(&[*init]);
                if let Some(or_else) = or_else {
                    self.role("else", &[*or_else]);
                }
            }
            Inst::Assign { place, value } => {
                self.line("assign");
                self.children(&[*place, *value]);
            }
            Inst::AssignOp { op, place, value } => {
                self.line(&format!("assign {}", op.name()));
                self.children(&[*place, *value]);
            }
            Inst::If { cond, then, else_ } => {
                self.op("if", ty, &[*cond]);
                self.role("then", &[*then]);
                if let Some(else_) = else_ {
                    self.role("else", &[*else_]);
                }
            }
            Inst::Match { scrutinee, arms } => {
                self.op("match", ty, &[*scrutinee]);
                for arm in arms {
                    self.line(&format!("arm {}", self.pat(arm.pat)));
                    if let Some(guard) = arm.guard {
                        self.role("guard", &[guard]);
                    }
                    self.children(&[arm.body]);
                }
            }
            Inst::Loop { id, body } => self.op(&format!("loop {id}"), ty, &[*body]),
            Inst::Labeled { id, body } => self.op(&format!("labeled {id}"), ty, &[*body]),
            Inst::ForRange { id, pat, from, to, inclusive, body } => {
                let dots = if *inclusive { "..=" } else { ".." };
                self.line(&format!("for {id} {} in {dots}", self.pat(*pat)));
                self.children(&[*from, *to]);
                self.role("do", &[*body]);
            }
            Inst::ForEach { id, pat, elems, body } => {
                self.line(&format!("for {id} {} in", self.pat(*pat)));
                self.children(&[*elems]);
                self.role("do", &[*body]);
            }
            Inst::Break { id, value } => self.op(&format!("break {id}"), ty, value.as_slice()),
            Inst::Return(value) => self.op("return", ty, value.as_slice()),
            Inst::Panic(Panic::User, text) => self.op("panic", ty, text.as_slice()),
            Inst::Panic(reason, _) => self.op(&format!("panic {:?}", reason.reason()), ty, &[]),
            inst => self.place_tree(inst, ty),
        }
    }

    /// A place, or the use of one, that does not fit in a line.
    fn place_tree(&mut self, inst: &Inst, ty: &str) {
        let name = match inst {
            Inst::Field { base, index } => format!("field {}", self.field_name(self.body.types[*base], *index)),
            Inst::Index { .. } => "index".to_owned(),
            Inst::Slice { from, inclusive, .. } => {
                let dots = if *inclusive { "..=" } else { ".." };
                format!("slice {}{dots}", if from.is_some() { "from" } else { "" })
            }
            Inst::Deref(_) => "deref".to_owned(),
            Inst::Use { kind, .. } => format!("{kind:?}").to_lowercase(),
            Inst::AddressOf { .. } => "address_of".to_owned(),
            Inst::Len(_) => "len".to_owned(),
            Inst::Tag(_) => "tag".to_owned(),
            other => format!("{other:?}"),
        };
        let mut children = Vec::new();
        inst.for_each_child(|child| children.push(child));
        self.op(&name, ty, &children);
    }

    fn op(&mut self, name: &str, ty: &str, children: &[InstId]) {
        self.line(&format!("{name}: {ty}"));
        self.children(children);
    }

    /// A named part of a construction.
    fn part(&mut self, name: &str, value: InstId) {
        self.depth += 1;
        match self.inline(value) {
            Some(text) => {
                let ty = self.ty(self.body.types[value]);
                self.line(&format!("{name} = {text}: {ty}"));
            }
            None => self.role(&format!("{name} ="), &[value]),
        }
        self.depth -= 1;
    }

    fn args(&mut self, args: &[Arg]) {
        for arg in args {
            match arg.mode {
                ParamMode::Own => self.children(&[arg.value]),
                mode => self.part(mode.prefix().trim_end(), arg.value),
            }
        }
    }
}
