//! Expressions of any type. Each is written for a type; `context` says whether the place where it stands asks for that
//! type, so that literals and casts can be without one.

use crate::Pick;
use crate::body::{Body, Expr};
use crate::literal::literal;
use crate::scope::Path;
use crate::ty::{Decl, Int, Ty, USIZE};

impl Body<'_> {
    /// An expression of this type.
    pub fn expr(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        self.charge(1);
        if pick.is_leaf() {
            return self.leaf(pick, ty, context);
        }
        match pick.take(16) {
            0..=6 => self.operation(pick, ty, context),
            7 => self.conditional(pick, ty, context),
            8 => self.matching(pick, ty, context),
            // The compiler looks into a block of nothing but a value.
            9 => {
                let known = pick.parts(1).next().is_none();
                Expr { text: self.value_block(pick, ty, context), known }
            }
            10 => self.counted_loop(pick, ty, context),
            11 => self.place(pick, ty).unwrap_or_else(|| self.leaf(pick, ty, context)),
            12 if !self.comptime => self.comptime_block(pick, ty),
            _ => self.call(pick, ty).unwrap_or_else(|| self.operation(pick, ty, context)),
        }
    }

    /// What is neither known to the compiler nor in need of a context.
    pub fn hidden(&mut self, pick: &Pick<'_>, ty: &Ty) -> String {
        let expr = self.expr(pick, ty, false);
        if expr.known { self.opaque(&expr.text, ty) } else { expr.text }
    }

    /// Something without parts: a place or a literal.
    fn leaf(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        if pick.take(3) < 2
            && let Some(place) = self.place(pick, ty)
        {
            return place;
        }
        if ty.is_scalar() {
            let text = literal(pick, ty);
            return if context { Expr { text, known: true } } else { self.opaque(&text, ty).into() };
        }
        self.construct(pick, ty, context)
    }

    /// A place or const of this type.
    fn place(&mut self, pick: &Pick<'_>, ty: &Ty) -> Option<Expr> {
        let paths = self.readable(ty);
        if paths.is_empty() {
            return None;
        }
        let path = pick.of(&paths);
        let known = path.var.is_none();
        Some(Expr { text: self.fill(pick, &path, 0), known })
    }

    /// The words of a place: its indices are built from the parts of the seed.
    pub fn fill(&mut self, pick: &Pick<'_>, path: &Path, part: usize) -> String {
        let mut text = path.text.clone();
        for (at, len) in path.lens.iter().enumerate() {
            let index = self.frozen(|body| body.index(&pick.part(part + at), *len));
            text = text.replacen('#', &index, 1);
        }
        text
    }

    /// An index into an array of this length, mostly one that is in bounds.
    fn index(&mut self, pick: &Pick<'_>, len: usize) -> String {
        let bounded = self.indices(len);
        match pick.take(8) {
            0..=3 if !bounded.is_empty() => pick.of(&bounded),
            7 if !self.safe && pick.once_in(4) => self.hidden(&pick.part(0), &USIZE),
            4..=7 => {
                let int = pick.of(&[(64, true), (8, false), (32, false), (64, false), (128, false), (16, false)]);
                let int = if int.1 { Int::Size { signed: false } } else { Int::Fixed { bits: int.0, signed: false } };
                format!("{} % {len}", self.hidden(&pick.part(0), &Ty::Int(int)))
            }
            _ => pick.take(len).to_string(),
        }
    }

    /// An operation that gives this type.
    fn operation(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        match ty {
            Ty::Int(int) => self.integer(pick, *int, context),
            Ty::Float(bits) => self.float(pick, *bits, context),
            Ty::Bool => self.truth(pick, context),
            Ty::Char => self.character(pick, context),
            _ => self.construct(pick, ty, context),
        }
    }

    /// An aggregate made of its parts, or the name of a function.
    fn construct(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> Expr {
        match ty {
            Ty::Tuple(parts) => format!(
                "({})",
                self.each(pick, parts, context).iter().map(|part| format!("{part}, ")).collect::<String>()
            )
            .into(),
            Ty::Array(elem, len) => self.array(pick, elem, *len, context),
            Ty::Struct(number) => self.structure(pick, *number),
            Ty::Enum(number) => self.variant(pick, *number),
            Ty::Fn(..) => self.function_name(pick, ty),
            _ => literal(pick, ty).into(),
        }
    }

    /// A value for each type.
    fn each(&mut self, pick: &Pick<'_>, types: &[Ty], context: bool) -> Vec<String> {
        let leaf = pick.is_leaf();
        let part = |at| {
            if leaf {
                pick.take(2);
                return pick.clone();
            }
            pick.part(at)
        };
        types.iter().enumerate().map(|(at, ty)| self.expr(&part(at), ty, context).text).collect()
    }

    fn array(&mut self, pick: &Pick<'_>, elem: &Ty, len: usize, context: bool) -> Expr {
        let text = if len == 0 || len > 5 || pick.once_in(4) {
            let text = format!("[{}; {len}]", self.expr(&pick.part(0), elem, context).text);
            if context { text } else { format!("({{ let r: [{elem}; {len}] = {text}; r }})") }
        } else {
            format!("[{}]", self.each(pick, &vec![elem.clone(); len], context).join(", "))
        };
        text.into()
    }

    fn structure(&mut self, pick: &Pick<'_>, number: usize) -> Expr {
        let Decl::Struct(fields) = self.items.types[number].clone() else { unreachable!("the type is a struct") };
        let mut base = None;
        if !fields.is_empty() && pick.once_in(4) {
            base = self.readable(&Ty::Struct(number)).first().cloned();
        }
        let count = if base.is_some() { pick.take(fields.len()) } else { fields.len() };
        let values = self.each(pick, &fields[..count], true);
        let mut list: Vec<String> = values.iter().enumerate().map(|(at, value)| format!("x{at}: {value}")).collect();
        if pick.once_in(2) {
            list.reverse();
        }
        if let Some(base) = base {
            list.push(format!("..{}", self.fill(pick, &base, count)));
        }
        format!("(S{number} {{ {} }})", list.join(", ")).into()
    }

    fn variant(&mut self, pick: &Pick<'_>, number: usize) -> Expr {
        let Decl::Enum(variants) = self.items.types[number].clone() else { unreachable!("the type is an enum") };
        let at = pick.take(variants.len());
        let payload = self.each(pick, variants[at].payload(), true);
        let text = variants[at].show(number, at, &payload);
        Expr { known: payload.is_empty(), text: format!("({text})") }
    }

    /// `comptime { … }`
    fn comptime_block(&mut self, pick: &Pick<'_>, ty: &Ty) -> Expr {
        if matches!(ty, Ty::Fn(..)) {
            return self.function_name(pick, ty);
        }
        let inner = self.at_comptime(|body| body.expr(&pick.part(0), ty, false));
        Expr { text: format!("(comptime {{ {} }})", inner.text), known: true }
    }
}
