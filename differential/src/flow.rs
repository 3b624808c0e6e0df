//! Expressions with control flow: branches, matches, blocks, loops with a value.

use crate::Pick;
use crate::body::{Body, Expr};
use crate::scope::Loop;
use crate::ty::{Decl, Ty};

impl Body<'_> {
    /// `{ statements value }`
    pub fn value_block(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> String {
        let inner = self.inner_block(pick, ty, context);
        format!("({inner})")
    }

    /// The same where a block has to stand. The first part is the value, the others are statements before it.
    pub fn inner_block(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> String {
        self.block(|body| {
            let mut text = String::from("{");
            for part in pick.parts(1) {
                text.push_str(&body.statement(&part));
            }
            let value = body.expr(&pick.part(0), ty, context).text;
            if text.len() == 1 {
                return format!("{{ {value} }}");
            }
            text.push_str(&body.line());
            text.push_str(&value);
            body.indent -= 1;
            text.push_str(&body.line());
            body.indent += 1;
            text.push('}');
            text
        })
    }

    /// `if c { a } else { b }`
    pub fn conditional(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        let condition = self.expr(&pick.part(0), &Ty::Bool, true).text;
        let then = self.inner_block(&pick.part(1), ty, context);
        let or = self.inner_block(&pick.part(2), ty, context);
        format!("(if {condition} {then} else {or})").into()
    }

    /// `match value { … }`
    pub fn matching(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        let (scrutinee, of) = self.scrutinee(pick);
        let mut text = format!("(match {scrutinee} {{");
        self.indent += 1;
        let complete = match &of {
            Ty::Enum(number) if pick.take(2) == 1 => Some(*number),
            _ => None,
        };
        if let Some(number) = complete {
            let Decl::Enum(variants) = self.items.types[number].clone() else { unreachable!("the type is an enum") };
            for (at, variant) in variants.iter().enumerate() {
                self.block(|body| {
                    let part = pick.part(1 + at);
                    let parts: Vec<String> = variant.payload().iter().map(|ty| body.binding(&part, ty)).collect();
                    let pattern = variant.show(number, at, &parts);
                    let value = body.arm_value(&part, ty, context);
                    text.push_str(&format!("{}{pattern} => {value}", body.line()));
                });
            }
        } else {
            for part in pick.parts(2) {
                let arm = self.arm(&part, &of, ty, context);
                text.push_str(&arm);
            }
            let value = self.arm_value(&pick.part(1), ty, context);
            text.push_str(&format!("{}_ => {value}", self.line()));
        }
        self.indent -= 1;
        text.push_str(&self.line());
        text.push_str("})");
        text.into()
    }

    /// What is matched, and its type.
    pub fn scrutinee(&mut self, pick: &Pick<'_>) -> (String, Ty) {
        let mut of = self.ty(pick, 2);
        if !self.items.types.is_empty() && !self.generic && pick.take(2) == 1 {
            let enums: Vec<usize> =
                (0..self.items.types.len()).filter(|at| matches!(self.items.types[*at], Decl::Enum(_))).collect();
            if !enums.is_empty() {
                of = Ty::Enum(pick.of(&enums));
                if pick.take(3) == 2 {
                    of = Ty::Tuple(vec![of.clone(), of]);
                }
            }
        }
        let value = self.hidden(&pick.part(0), &of);
        (value, of)
    }

    /// `pattern if guard => value,`
    fn arm(&mut self, pick: &Pick<'_>, of: &Ty, ty: &Ty, context: bool) -> String {
        self.block(|body| {
            let pattern = body.pattern(pick, of, 3);
            let guard = if pick.once_in(4) {
                let part = pick.part(pick.parts(0).count().saturating_sub(1));
                format!(" if {}", body.frozen(|body| body.expr(&part, &Ty::Bool, true).text))
            } else {
                String::new()
            };
            let value = body.arm_value(pick, ty, context);
            body.indent -= 1;
            let line = body.line();
            body.indent += 1;
            format!("{line}{pattern}{guard} => {value}")
        })
    }

    fn arm_value(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> String {
        if pick.is_leaf() {
            return format!("{},", self.expr(&pick.part(0), ty, context).text);
        }
        format!("{},", self.inner_block(pick, ty, context))
    }

    /// `loop { if … { break value; } … }`
    pub fn counted_loop(&mut self, pick: &Pick<'_>, ty: &Ty, _context: bool) -> Expr {
        let count = 1 + pick.take(4);
        let (label, counter) = (self.items.fresh("'l"), self.items.fresh("n"));
        let text = self.block(|body| {
            let inner = body.block(|body| {
                body.repeated(count as u64 + 1, |body| {
                    // It can't start another turn, because there would be no end of them.
                    let value = body.expr(&pick.part(0), ty, false).text;
                    body.loops.push(Loop { label: label.clone(), value: Some(ty.clone()) });
                    let line = body.line();
                    let mut text =
                        format!("{line}if {counter} >= {count} {{ break {label} {value}; }}{line}{counter} += 1;");
                    for part in pick.parts(1) {
                        text.push_str(&body.statement(&part));
                    }
                    body.loops.pop();
                    text
                })
            });
            let line = body.line();
            format!("({{{line}let mut {counter}: u32 = 0;{line}{label}: loop {{{inner}{line}}}")
        });
        format!("{text}{}}})", self.line()).into()
    }
}
