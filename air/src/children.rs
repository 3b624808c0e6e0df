//! The children of an instruction, in the order they are evaluated.

use crate::{Inst, InstId};

impl Inst {
    /// Calls `f` with every child, in the order of evaluation.
    #[inline]
    pub fn for_each_child(&self, mut f: impl FnMut(InstId)) {
        match self {
            Inst::Const(_) | Inst::Local(_) | Inst::Static(_) | Inst::Continue { .. } => {}
            Inst::Field { base: child, .. }
            | Inst::Deref(child)
            | Inst::Use { place: child, .. }
            | Inst::AddressOf { place: child }
            | Inst::Len(child)
            | Inst::Tag(child)
            | Inst::Unary(_, child)
            | Inst::Cast(_, child)
            | Inst::Repeat { value: child, .. }
            | Inst::Loop { body: child, .. }
            | Inst::Labeled { body: child, .. } => f(*child),
            Inst::Binary(_, left, right) => {
                f(*left);
                f(*right);
            }
            Inst::Index { base, index } => {
                f(*base);
                f(*index);
            }
            Inst::Slice { base, from, to, .. } => {
                f(*base);
                from.iter().chain(to).copied().for_each(f);
            }
            Inst::Call { args, .. } => args.iter().for_each(|arg| f(arg.value)),
            Inst::CallPtr { callee, args } => {
                f(*callee);
                args.iter().for_each(|arg| f(arg.value));
            }
            Inst::Builtin(_, items) | Inst::Tuple(items) | Inst::Array(items) => items.iter().copied().for_each(f),
            Inst::MakeType { captures, .. } => captures.iter().copied().for_each(f),
            Inst::Struct { fields, base } => {
                fields.iter().for_each(|field| f(field.1));
                base.iter().for_each(|base| f(base.0));
            }
            Inst::Variant { fields, .. } => fields.iter().for_each(|field| f(field.1)),
            Inst::Block { stmts, result } => stmts.iter().chain(result).copied().for_each(f),
            Inst::Let { init, or_else, .. } => {
                f(*init);
                or_else.iter().copied().for_each(f);
            }
            Inst::Assign { place, value } | Inst::AssignOp { place, value, .. } => {
                f(*place);
                f(*value);
            }
            Inst::If { cond, then, else_ } => {
                f(*cond);
                f(*then);
                else_.iter().copied().for_each(f);
            }
            Inst::Match { scrutinee, arms } => {
                f(*scrutinee);
                for arm in arms {
                    arm.guard.iter().copied().for_each(&mut f);
                    f(arm.body);
                }
            }
            Inst::ForRange { from, to, body, .. } => {
                f(*from);
                f(*to);
                f(*body);
            }
            Inst::ForEach { elems, body, .. } => {
                f(*elems);
                f(*body);
            }
            Inst::Break { value: child, .. } | Inst::Return(child) | Inst::Panic(_, child) => {
                child.iter().copied().for_each(f);
            }
        }
    }
}
