//! Calls: of functions, methods and function pointers, generic ones among them, with arguments of every mode.

use crate::Pick;
use crate::body::{Body, Expr};
use crate::scope::{Function, Kind, Lock, Mode, Param};
use crate::ty::{INTS, Int, Ty, U32};

/// What a function that is called through a pointer costs at most.
const POINTER_COST: u64 = 400;

impl Function {
    /// Its type as a function pointer, if it is one of those that are pointed to.
    pub fn pointer_type(&self) -> Option<Ty> {
        let is_value = |param: &Param| param.mode == Mode::Value && !matches!(param.ty, Ty::Fn(..));
        let fits = self.kind == Kind::Plain && self.safe && !self.fuel && self.cost <= POINTER_COST;
        if !fits || !self.params.iter().all(is_value) || matches!(self.result, Ty::Fn(..)) {
            return None;
        }
        let params = self.params.iter().map(|param| param.ty.clone()).collect();
        Some(Ty::Fn(params, Box::new(self.result.clone())))
    }

    /// The type to put in the place of `T` for a result of this type; `None` if there is none.
    fn instance(&self, pick: &Pick<'_>, result: &Ty) -> Option<Option<Int>> {
        if !matches!(self.kind, Kind::Generic | Kind::TypeMaker) {
            return (self.result == *result).then_some(None);
        }
        let from = pick.take(INTS.len());
        let ints = (0..INTS.len()).map(|at| INTS[(from + at) % INTS.len()]);
        ints.chain([Int::Param]).find(|int| self.result.with(*int) == *result).map(Some)
    }
}

impl Body<'_> {
    /// A call of anything that gives this type.
    pub fn call(&mut self, pick: &Pick<'_>, ty: &Ty) -> Option<Expr> {
        if self.times == 1 && self.again.as_ref().is_some_and(|again| again.result == *ty) && pick.take(2) == 0 {
            return self.recursion(pick);
        }
        if pick.once_in(3)
            && let Some(expr) = self.pointer_call(pick, ty)
        {
            return Some(expr);
        }
        let fits = |function: &Function| {
            (function.safe || !self.safe)
                && self.can_afford(function.cost)
                && function.instance(pick, ty).is_some_and(|int| self.generic || int != Some(Int::Param))
        };
        let functions: Vec<Function> = self.items.functions.iter().filter(|function| fits(function)).cloned().collect();
        if functions.is_empty() {
            return None;
        }
        let function = pick.of(&functions);
        let int = function.instance(pick, ty)?;
        Some(self.call_of(pick, &function, int, ty))
    }

    /// A call of a function for its effects.
    pub fn call_for_effect(&mut self, pick: &Pick<'_>) -> Option<String> {
        let fits = |function: &&Function| {
            let changes = function.params.iter().any(|param| matches!(param.mode, Mode::Inout | Mode::InoutView));
            changes && (function.safe || !self.safe) && self.can_afford(function.cost)
        };
        let functions: Vec<Function> = self.items.functions.iter().filter(fits).cloned().collect();
        if functions.is_empty() {
            return None;
        }
        let function = pick.of(&functions);
        let int = (function.kind == Kind::Generic).then(|| if self.generic { Int::Param } else { pick.of(&INTS) });
        let result = int.map_or(function.result.clone(), |int| function.result.with(int));
        Some(self.call_of(pick, &function, int, &result).text)
    }

    fn recursion(&mut self, pick: &Pick<'_>) -> Option<Expr> {
        let mut function = self.again.take()?;
        let fuel = function.params.remove(0);
        debug_assert_eq!(fuel.ty, U32);
        let (prelude, args) = self.arguments(pick, &function.params, None);
        let args = std::iter::once("fuel - 1".to_owned()).chain(args).collect::<Vec<_>>().join(", ");
        Some(with_prelude(prelude, format!("{}({args})", function.name)))
    }

    fn call_of(&mut self, pick: &Pick<'_>, function: &Function, int: Option<Int>, result: &Ty) -> Expr {
        self.charge(function.cost);
        let types: Option<Ty> = int.map(Ty::Int);
        let (prelude, mut args) = self.arguments(pick, &function.params, int);
        if function.fuel {
            args[0] = (1 + pick.take(4)).to_string();
        }
        let name = &function.name;
        let text = match &function.kind {
            Kind::Plain => format!("{name}({})", args.join(", ")),
            Kind::Generic => {
                args.insert(0, types.expect("a generic function has a type argument").to_string());
                format!("{name}({})", args.join(", "))
            }
            Kind::Method(_) => {
                let receiver = args.remove(0);
                let receiver =
                    receiver.strip_prefix("inout ").or(receiver.strip_prefix("borrow ")).unwrap_or(&receiver);
                format!("{receiver}.{name}({})", args.join(", "))
            }
            Kind::TypeMaker => {
                let ty = format!("{name}({})", types.expect("a function for types has a type argument"));
                let variable = self.items.fresh("g");
                let use_it = format!("{variable}.swap({}); {variable}.get()", args[1]);
                return format!("({{ let mut {variable}: {ty} = {ty}::new({}); {use_it} }})", args[0]).into();
            }
        };
        debug_assert!(int.is_some() || function.result == *result);
        with_prelude(prelude, text)
    }

    /// The arguments, and declarations of variables for those that have to be places.
    fn arguments(&mut self, pick: &Pick<'_>, params: &[Param], int: Option<Int>) -> (String, Vec<String>) {
        let ty = |param: &Param| int.map_or(param.ty.clone(), |int| param.ty.with(int));
        let mut prelude = String::new();
        let mut lent = Vec::new();
        let mut places = Vec::new();
        for (at, param) in params.iter().enumerate() {
            let wanted = match param.mode {
                Mode::Inout => ty(param),
                Mode::InoutView => Ty::Array(Box::new(ty(param)), pick.of(&[3, 2, 5, 8])),
                _ => {
                    places.push(None);
                    continue;
                }
            };
            let found = self.writable(&wanted);
            if found.is_empty() || pick.once_in(4) {
                let name = self.items.fresh("t");
                let value = self.expr(&pick.part(at), &wanted, true).text;
                prelude.push_str(&format!("let mut {name}: {wanted} = {value}; "));
                places.push(Some(format!("inout {name}")));
            } else {
                let path = pick.of(&found);
                let place = self.fill(pick, &path, at);
                let var = path.var.expect("consts are not written");
                lent.push((var, self.vars[var].lock));
                self.vars[var].lock = Lock::Taken;
                places.push(Some(format!("inout {place}")));
            }
        }
        let borrows = params.iter().any(|param| matches!(param.mode, Mode::Borrow | Mode::View));
        let args = |body: &mut Self| {
            let list = params.iter().zip(places).enumerate();
            list.map(|(at, (param, place))| {
                place.unwrap_or_else(|| body.argument(&pick.part(at), param.mode, &ty(param)))
            })
            .collect()
        };
        let args = if borrows || !lent.is_empty() { self.frozen(args) } else { args(self) };
        for (var, lock) in lent.into_iter().rev() {
            self.vars[var].lock = lock;
        }
        (prelude, args)
    }

    fn argument(&mut self, pick: &Pick<'_>, mode: Mode, ty: &Ty) -> String {
        match mode {
            Mode::View => {
                let array = Ty::Array(Box::new(ty.clone()), pick.of(&[3, 2, 1, 5, 8, 33]));
                let text = self.hidden(pick, &array);
                let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if is_name && pick.take(2) == 1 {
                    return format!("borrow {text}[{}..{}]", pick.take(1), pick.take(2));
                }
                text
            }
            Mode::Borrow => self.hidden(pick, ty),
            _ => self.expr(pick, ty, true).text,
        }
    }

    /// A call through a variable that holds a function.
    fn pointer_call(&mut self, pick: &Pick<'_>, ty: &Ty) -> Option<Expr> {
        if !self.can_afford(POINTER_COST) {
            return None;
        }
        let mut types: Vec<Ty> = self.items.functions.iter().filter_map(Function::pointer_type).collect();
        types.retain(|pointer| matches!(pointer, Ty::Fn(_, result) if **result == *ty));
        if types.is_empty() {
            return None;
        }
        let pointer = pick.of(&types);
        let Ty::Fn(params, _) = &pointer else { return None };
        self.charge(POINTER_COST);
        let callee = self.expr(&pick.part(params.len()), &pointer, true).text;
        let args: Vec<String> =
            params.iter().enumerate().map(|(at, ty)| self.expr(&pick.part(at), ty, true).text).collect();
        let name = self.items.fresh("g");
        Some(format!("({{ let {name}: {pointer} = {callee}; {name}({}) }})", args.join(", ")).into())
    }

    /// The name of a function with this type.
    pub fn function_name(&mut self, pick: &Pick<'_>, ty: &Ty) -> Expr {
        let names = self.items.functions.iter().filter(|function| function.pointer_type().as_ref() == Some(ty));
        let names: Vec<String> = names.map(|function| function.name.clone()).collect();
        pick.of(&names).into()
    }
}

fn with_prelude(prelude: String, call: String) -> Expr {
    if prelude.is_empty() { call.into() } else { format!("({{ {prelude}{call} }})").into() }
}
