//! Which functions of a program that is compiled in parts are used by more than the part that holds them. All others stay inside of
//! theirs, where they can be inlined and vanish.

use kiln_cfg::{Program, Reference};
use kiln_source::Idx;
use kiln_types::{FuncId, Pool, RelocTarget, ValueId, ValueKey};
use std::ops::Range;

/// For each function whether other parts may use it. Addresses of functions count as used everywhere.
pub(crate) fn shared(program: &Program, pool: &Pool, parts: &[Range<usize>]) -> Vec<bool> {
    let mut shared = vec![false; program.infos.len()];
    let mut share = |func: FuncId| shared[func.index()] = true;
    program.entry.into_iter().chain(program.panic).chain(program.guard).for_each(&mut share);
    for (_, data) in program.statics.iter() {
        for reloc in &data.relocs {
            if let RelocTarget::Func(func) = reloc.target {
                share(func);
            }
        }
    }
    for (id, func) in program.funcs() {
        let part = parts.iter().find(|part| part.contains(&id.index()));
        func.for_each_reference(&mut |reference| match reference {
            Reference::Func(callee) if part.is_some_and(|part| part.contains(&callee.index())) => {}
            Reference::Func(callee) => share(callee),
            Reference::Const(value) => functions_in(pool, value, &mut share),
            Reference::Static(_) => {}
        });
    }
    shared
}

fn functions_in(pool: &Pool, value: ValueId, share: &mut impl FnMut(FuncId)) {
    match pool.value_key(value) {
        Some(ValueKey::Fn { func, .. }) => share(*func),
        Some(ValueKey::Aggregate { parts, .. } | ValueKey::Variant { parts, .. }) => {
            parts.iter().for_each(|part| functions_in(pool, *part, share));
        }
        _ => {}
    }
}
