//! Expressions of numbers, truth values and characters.

use crate::Pick;
use crate::body::{Body, Expr};
use crate::ty::{Decl, INTS, Int, Ty, U32, Variant};

const METHODS: [&str; 16] = [
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "saturating_add",
    "saturating_sub",
    "min",
    "max",
    "wrapping_div",
    "wrapping_rem",
    "div_euclid",
    "rem_euclid",
    "abs_diff",
    "pow",
    "clamp",
    "wrapping_pow",
    "abs",
];
/// Those of them that panic for some operands.
const UNSAFE: [&str; 8] =
    ["wrapping_div", "wrapping_rem", "div_euclid", "rem_euclid", "abs_diff", "pow", "clamp", "abs"];

impl Body<'_> {
    /// Two operands, of which the compiler knows one at most.
    fn operands(&mut self, pick: &Pick<'_>, ty: &Ty, context: bool) -> (String, Expr) {
        let left = self.expr(&pick.part(0), ty, context);
        let right = self.expr(&pick.part(1), ty, true);
        let left = if left.known { self.opaque(&left.text, ty) } else { left.text };
        (left, right)
    }

    /// An integer from an operation.
    pub fn integer(&mut self, pick: &Pick<'_>, int: Int, context: bool) -> Expr {
        let ty = Ty::Int(int);
        match pick.take(13) {
            0..=3 => self.arithmetic(pick, int, context),
            4 => self.shift(pick, &ty, int, context),
            5 => self.int_method(pick, int),
            6 => self.bit_method(pick, int, context),
            7..=9 => self.conversion(pick, int, context),
            10 => self.negation(pick, int, context),
            _ => self.update(pick, &ty).unwrap_or_else(|| self.arithmetic(pick, int, context)),
        }
    }

    fn arithmetic(&mut self, pick: &Pick<'_>, int: Int, context: bool) -> Expr {
        let ty = Ty::Int(int);
        let op = pick.of(&["+", "-", "&", "|", "^", "*", "/", "%"]);
        let method = match op {
            "+" => "wrapping_add",
            "-" => "wrapping_sub",
            "*" => "wrapping_mul",
            "/" => "wrapping_div",
            "%" => "wrapping_rem",
            _ => "",
        };
        let wraps = !method.is_empty() && (self.safe || pick.take(2) == 0);
        // A receiver is not asked for a type.
        let (left, right) = self.operands(pick, &ty, context && !wraps);
        let divides = matches!(op, "/" | "%");
        let right = if divides { self.divisor(right, &ty) } else { right.text };
        match (wraps, divides) {
            (true, true) => format!("{left}.{method}({right} | 1)").into(),
            (true, false) => format!("{left}.{method}({right})").into(),
            _ => format!("({left} {op} {right})").into(),
        }
    }

    fn divisor(&mut self, right: Expr, ty: &Ty) -> String {
        if right.known { self.opaque(&right.text, ty) } else { right.text }
    }

    fn shift(&mut self, pick: &Pick<'_>, ty: &Ty, int: Int, context: bool) -> Expr {
        let form = pick.take(4);
        // A receiver is not asked for a type.
        let left = self.expr(&pick.part(0), ty, context && form != 2);
        let left = if left.known { self.opaque(&left.text, ty) } else { left.text };
        let op = pick.of(&["<<", ">>"]);
        let amount_ty = Ty::Int(pick.of(&INTS));
        match form {
            0 => format!("({left} {op} {})", pick.take(int.bits() as usize)).into(),
            3 if !self.safe => format!("({left} {op} {})", self.hidden(&pick.part(1), &amount_ty)).into(),
            2 => {
                let method = if op == "<<" { "wrapping_shl" } else { "wrapping_shr" };
                let amount = self.expr(&pick.part(1), &U32, true);
                format!("{left}.{method}({})", amount.text).into()
            }
            _ => {
                let amount = self.hidden(&pick.part(1), &amount_ty);
                format!("({left} {op} ({amount} & {}))", int.bits() - 1).into()
            }
        }
    }

    fn int_method(&mut self, pick: &Pick<'_>, int: Int) -> Expr {
        let ty = Ty::Int(int);
        let method = pick.of(&METHODS);
        let method = if self.safe && UNSAFE.contains(&method) { "wrapping_mul" } else { method };
        let left = self.hidden(&pick.part(0), &ty);
        let args = match method {
            "abs" if !int.is_signed() => return format!("{left}.wrapping_neg()").into(),
            "abs" => String::new(),
            "pow" | "wrapping_pow" => {
                self.charge(60);
                format!("{} % 9", self.hidden(&pick.part(1), &U32))
            }
            "clamp" => "3, 100".to_owned(),
            "wrapping_div" | "wrapping_rem" => self.hidden(&pick.part(1), &ty),
            _ => self.expr(&pick.part(1), &ty, true).text,
        };
        format!("{left}.{method}({args})").into()
    }

    fn bit_method(&mut self, pick: &Pick<'_>, int: Int, context: bool) -> Expr {
        let ty = Ty::Int(int);
        match pick.take(7) {
            0 => format!("{}.wrapping_neg()", self.hidden(&pick.part(0), &ty)).into(),
            1 => format!("{}.reverse_bits()", self.hidden(&pick.part(0), &ty)).into(),
            2 => format!("{}.swap_bytes()", self.hidden(&pick.part(0), &ty)).into(),
            3 => {
                let method = pick.of(&["rotate_left", "rotate_right"]);
                let left = self.hidden(&pick.part(0), &ty);
                format!("{left}.{method}({})", self.expr(&pick.part(1), &U32, true).text).into()
            }
            4 if int.is_signed() => format!("{}.signum()", self.hidden(&pick.part(0), &ty)).into(),
            _ => {
                let names =
                    ["leading_zeros", "trailing_zeros", "count_ones", "count_zeros", "leading_ones", "trailing_ones"];
                let of = Ty::Int(pick.of(&INTS));
                let text = format!("{}.{}()", self.hidden(&pick.part(0), &of), pick.of(&names));
                if ty == U32 { text.into() } else { self.converted("wrap", &text, &ty, context) }
            }
        }
    }

    fn negation(&mut self, pick: &Pick<'_>, int: Int, context: bool) -> Expr {
        let ty = Ty::Int(int);
        let value = self.expr(&pick.part(0), &ty, context);
        let value = if value.known { self.opaque(&value.text, &ty) } else { value.text };
        if int.is_signed() && !self.safe && pick.take(2) == 0 {
            format!("(-{value})").into()
        } else {
            format!("(~{value})").into()
        }
    }

    /// `@cast(text)` where a type is asked for, and elsewhere with one.
    fn converted(&mut self, how: &str, text: &str, ty: &Ty, context: bool) -> Expr {
        if context {
            format!("@{how}({text})").into()
        } else {
            format!("({{ let c: {ty} = @{how}({text}); c }})").into()
        }
    }

    fn conversion(&mut self, pick: &Pick<'_>, int: Int, context: bool) -> Expr {
        let ty = Ty::Int(int);
        let part = pick.part(0);
        match pick.take(8) {
            0..=2 => {
                let from = pick.of(&INTS);
                let value = self.hidden(&part, &Ty::Int(from));
                let casts = int.holds(from) || !self.safe && pick.take(3) == 0;
                self.converted(if casts { "cast" } else { "wrap" }, &value, &ty, context)
            }
            3 if int != Int::Param => {
                let from = Ty::Int(Int::Fixed { bits: int.bits(), signed: !int.is_signed() });
                let value = self.hidden(&part, &from);
                self.converted("bit_cast", &value, &ty, context)
            }
            4 if !self.safe => {
                let from = Ty::Float(pick.of(&[64, 32]));
                let value = self.hidden(&part, &from);
                self.converted("cast", &value, &ty, context)
            }
            5 if matches!(int.bits(), 32 | 64) => {
                let bits = int.bits();
                let value = self.hidden(&part, &Ty::Float(bits));
                self.converted("bit_cast", &format!("bits_f{bits}({value})"), &ty, context)
            }
            6 if int.bits() >= 32 || !self.safe => {
                let value = self.hidden(&part, &Ty::Char);
                self.converted("cast", &value, &ty, context)
            }
            7 if self.plain_enum().is_some() => {
                let number = self.plain_enum().expect("it was just found");
                let value = self.hidden(&part, &Ty::Enum(number));
                let text = format!("({{ let c: i64 = @cast({value}); c }})");
                self.converted("wrap", &text, &ty, context)
            }
            _ => {
                let value = self.hidden(&part, &Ty::Bool);
                self.converted("cast", &value, &ty, context)
            }
        }
    }

    /// An enum without payloads.
    fn plain_enum(&self) -> Option<usize> {
        let is_plain = |decl: &Decl| match decl {
            Decl::Enum(variants) => variants.iter().all(|variant| matches!(variant, Variant::Unit)),
            Decl::Struct(_) => false,
        };
        self.items.types.iter().position(is_plain)
    }

    /// A place is changed on the way: `{ place = value; place }`.
    fn update(&mut self, pick: &Pick<'_>, ty: &Ty) -> Option<Expr> {
        let places = self.writable(ty);
        let path = if places.is_empty() { return None } else { pick.of(&places) };
        let place = self.fill(pick, &path, 1);
        let value = self.expr(&pick.part(0), ty, true).text;
        let again = self.fill(pick, &path, 3);
        Some(format!("({{ {place} = {value}; {again} }})").into())
    }

    /// A float from an operation.
    pub fn float(&mut self, pick: &Pick<'_>, bits: u32, context: bool) -> Expr {
        let ty = Ty::Float(bits);
        match pick.take(8) {
            0..=2 => {
                let (left, right) = self.operands(pick, &ty, context);
                format!("({left} {} {})", pick.of(&["+", "-", "*", "/", "%"]), right.text).into()
            }
            3 => {
                let names = ["sqrt", "floor", "ceil", "trunc", "round", "abs", "signum"];
                format!("{}.{}()", self.hidden(&pick.part(0), &ty), pick.of(&names)).into()
            }
            4 => {
                let left = self.hidden(&pick.part(0), &ty);
                let right = self.expr(&pick.part(1), &ty, true).text;
                match pick.take(4) {
                    0 => format!("{left}.min({right})").into(),
                    1 => format!("{left}.max({right})").into(),
                    2 => format!("{left}.mul_add({right}, {})", self.expr(&pick.part(2), &ty, true).text).into(),
                    _ => format!("{left}.copysign(quiet_f{bits}({right}))").into(),
                }
            }
            5 => {
                let from = pick.of(&INTS);
                let value = self.hidden(&pick.part(0), &Ty::Int(from));
                self.converted("cast", &value, &ty, context)
            }
            6 if pick.take(2) == 0 => {
                let value = self.hidden(&pick.part(0), &Ty::Float(96 - bits));
                self.converted("cast", &value, &ty, context)
            }
            6 => {
                let value = self.hidden(&pick.part(0), &Ty::Int(Int::Fixed { bits, signed: false }));
                self.converted("bit_cast", &value, &ty, context)
            }
            _ => {
                let value = self.hidden(&pick.part(0), &ty);
                format!("(-{value})").into()
            }
        }
    }

    /// A truth value from an operation.
    pub fn truth(&mut self, pick: &Pick<'_>, context: bool) -> Expr {
        match pick.take(8) {
            0..=2 => {
                let ty = self.ty(pick, 0);
                let ops: &[&str] = if ty == Ty::Bool { &["==", "!="] } else { &["<", "==", "<=", ">", ">=", "!="] };
                self.comparison(pick, &ty, ops)
            }
            3 => {
                let mut ty = self.ty(pick, 2);
                if !self.items.is_data(&ty) {
                    ty = Ty::Bool;
                }
                self.charge(self.items.size(&ty));
                self.comparison(pick, &ty, &["==", "!="])
            }
            4 | 5 => {
                let left = self.expr(&pick.part(0), &Ty::Bool, context).text;
                let right = self.expr(&pick.part(1), &Ty::Bool, true).text;
                format!("({left} {} {right})", pick.of(&["&&", "||"])).into()
            }
            6 => format!("(!{})", self.hidden(&pick.part(0), &Ty::Bool)).into(),
            _ => {
                let ty = Ty::Int(pick.of(&INTS));
                let left = self.hidden(&pick.part(0), &ty);
                let method = pick.of(&["add_overflows", "sub_overflows", "mul_overflows", "is_power_of_two"]);
                if method == "is_power_of_two" {
                    return format!("{left}.{method}()").into();
                }
                format!("{left}.{method}({})", self.expr(&pick.part(1), &ty, true).text).into()
            }
        }
    }

    fn comparison(&mut self, pick: &Pick<'_>, ty: &Ty, ops: &[&str]) -> Expr {
        let (left, right) = self.operands(pick, ty, false);
        format!("({left} {} {})", pick.of(ops), right.text).into()
    }

    /// A character from an operation.
    pub fn character(&mut self, pick: &Pick<'_>, context: bool) -> Expr {
        let bits = if self.safe { 8 } else { pick.of(&[8, 8, 8, 32]) };
        let value = self.hidden(&pick.part(0), &Ty::Int(Int::Fixed { bits, signed: false }));
        self.converted("cast", &value, &Ty::Char, context)
    }
}
