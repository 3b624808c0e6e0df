//! wasm32: the "Basic C ABI" of WebAssembly's tool conventions. A struct of one scalar is that scalar, any other an address.

use super::{CPass, CScalars, CValue};

pub(super) struct Rules;

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        Some(self.param(value, true))
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        match (value.is_scalar, &value.leaves[..]) {
            (true, _) => value.itself(),
            (false, [only]) => CPass::Scalars(CScalars::separate(&[*only])),
            _ => value.indirect(),
        }
    }
}
