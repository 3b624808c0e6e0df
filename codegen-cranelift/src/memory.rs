//! Code in this process's memory, and the C functions it finds there.

use cranelift_jit::JITModule;
use cranelift_module::FuncId as CodeId;
use kiln_cfg::{FuncKind, Program};
use kiln_codegen::{CodegenError, Result, broken};

/// A program in memory, ready to run.
pub struct Loaded {
    /// Owns the memory of the code.
    _module: JITModule,
    main: extern "C" fn(i32, *const *const i8) -> i32,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").finish_non_exhaustive()
    }
}

impl Loaded {
    pub(crate) fn new(module: JITModule, main: Option<CodeId>) -> Result<Loaded> {
        let Some(main) = main else { return broken("a program to run has a `main`") };
        let address = module.get_finalized_function(main);
        // SAFETY: the address is that of the function `wrappers::build_main` made, with exactly this signature; it stays valid as
        // long as the module, which is kept beside it.
        #[allow(unsafe_code, reason = "code in memory is called by its address")]
        let main = unsafe { std::mem::transmute::<*const u8, extern "C" fn(i32, *const *const i8) -> i32>(address) };
        Ok(Loaded { _module: module, main })
    }

    /// Runs the program in this process. It may end the process, or break it: what it does is up to the program. Gives the
    /// status that its `main` returns. It is told that it has `count` arguments, its name included, but not which.
    pub fn run(&self, count: i32) -> i32 {
        (self.main)(count, std::ptr::null())
    }
}

/// That this process has all foreign functions the program calls.
pub(crate) fn check_foreign(program: &Program) -> Result<()> {
    let known = symbols();
    for info in program.infos.iter().flatten() {
        if let FuncKind::Extern { symbol, .. } = &info.kind
            && !known.iter().any(|(name, _)| **name == **symbol)
            && !is_in_process(symbol)
        {
            let reason = format!("`{symbol}` is not in this process; it has to be linked");
            return Err(Box::new(CodegenError::EmissionFailed { reason }));
        }
    }
    Ok(())
}

#[allow(unsafe_code, reason = "the C library is asked for a name")]
fn is_in_process(symbol: &str) -> bool {
    let Ok(name) = std::ffi::CString::new(symbol) else { return false };
    // SAFETY: the name is a C string that lives during the call.
    !unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }.is_null()
}

type Symbol = (&'static str, *const u8);

/// Functions that linked programs get from the C compiler's own library and from C's mathematical one, which this process may
/// be without.
pub(crate) fn symbols() -> [Symbol; 26] {
    [
        ("__divti3", divti3 as *const u8),
        ("__modti3", modti3 as *const u8),
        ("__udivti3", udivti3 as *const u8),
        ("__umodti3", umodti3 as *const u8),
        ("__floattisf", floattisf as *const u8),
        ("__floattidf", floattidf as *const u8),
        ("__floatuntisf", floatuntisf as *const u8),
        ("__floatuntidf", floatuntidf as *const u8),
        ("__fixsfti", fixsfti as *const u8),
        ("__fixdfti", fixdfti as *const u8),
        ("__fixunssfti", fixunssfti as *const u8),
        ("__fixunsdfti", fixunsdfti as *const u8),
        ("fmod", fmod as *const u8),
        ("fmodf", fmodf as *const u8),
        ("round", round as *const u8),
        ("roundf", roundf as *const u8),
        ("floor", floor as *const u8),
        ("floorf", floorf as *const u8),
        ("ceil", ceil as *const u8),
        ("ceilf", ceilf as *const u8),
        ("trunc", trunc as *const u8),
        ("truncf", truncf as *const u8),
        ("fma", fma as *const u8),
        ("fmaf", fmaf as *const u8),
        ("sqrt", sqrt as *const u8),
        ("sqrtf", sqrtf as *const u8),
    ]
}

/// C functions as Rust computes them.
macro_rules! functions {
    ($($name:ident($($param:ident: $ty:ty),+) -> $ret:ty { $body:expr })*) => {
        $(extern "C" fn $name($($param: $ty),+) -> $ret { $body })*
    };
}

functions! {
    divti3(a: i128, b: i128) -> i128 { a.wrapping_div(b) }
    modti3(a: i128, b: i128) -> i128 { a.wrapping_rem(b) }
    udivti3(a: u128, b: u128) -> u128 { a / b }
    umodti3(a: u128, b: u128) -> u128 { a % b }
    floattisf(a: i128) -> f32 { a as f32 }
    floattidf(a: i128) -> f64 { a as f64 }
    floatuntisf(a: u128) -> f32 { a as f32 }
    floatuntidf(a: u128) -> f64 { a as f64 }
    fixsfti(a: f32) -> i128 { a as i128 }
    fixdfti(a: f64) -> i128 { a as i128 }
    fixunssfti(a: f32) -> u128 { a as u128 }
    fixunsdfti(a: f64) -> u128 { a as u128 }
    fmod(a: f64, b: f64) -> f64 { a % b }
    fmodf(a: f32, b: f32) -> f32 { a % b }
    round(a: f64) -> f64 { a.round() }
    roundf(a: f32) -> f32 { a.round() }
    floor(a: f64) -> f64 { a.floor() }
    floorf(a: f32) -> f32 { a.floor() }
    ceil(a: f64) -> f64 { a.ceil() }
    ceilf(a: f32) -> f32 { a.ceil() }
    trunc(a: f64) -> f64 { a.trunc() }
    truncf(a: f32) -> f32 { a.trunc() }
    fma(a: f64, b: f64, c: f64) -> f64 { a.mul_add(b, c) }
    fmaf(a: f32, b: f32, c: f32) -> f32 { a.mul_add(b, c) }
    sqrt(a: f64) -> f64 { a.sqrt() }
    sqrtf(a: f32) -> f32 { a.sqrt() }
}
