//! The entry of a program of tests: `fn(which: i32)`, which runs the test with the number `which - 2`.
//!
//! An executable runs one test, so that what a test does to its process happens to no other. C's `main` gives the entry how many
//! arguments there are, its name included: no text has to be read to know the number.

use crate::analysis::TestCase;
use crate::context::{Checked, Sema};
use kiln_air::{BinOp, Body, Inst, InstId, Local, LocalId, UseKind};
use kiln_cfg::{FuncInfo, FuncKind, FuncSig};
use kiln_source::{FileId, Span, TextRange};
use kiln_types::{FnTypeParam, FuncId, ParamMode, TypeId};

const NOWHERE: TextRange = TextRange::empty(0);

impl Sema<'_> {
    /// Makes the entry for these tests.
    pub fn make_test_entry(&mut self, tests: &[TestCase]) -> Checked<()> {
        let params = Box::new([FnTypeParam { mode: ParamMode::Own, ty: TypeId::I32 }]);
        let mut body = Body::empty(FileId::default(), NOWHERE);
        body.name = "run one test".into();
        body.param_count = 1;
        let info = FuncInfo {
            name: body.name.clone(),
            symbol: body.name.clone(),
            sig: FuncSig { params, ret: TypeId::UNIT },
            kind: FuncKind::Kiln,
            span: Span::default(),
            cold: false,
        };
        body.locals.push(Local {
            name: None,
            ty: TypeId::I32,
            param: Some(ParamMode::Own),
            mutable: false,
            borrowed: false,
            range: NOWHERE,
        });
        let calls = tests.iter().enumerate().map(|(index, test)| self.call_if_asked(&mut body, index, test.func));
        let stmts = calls.collect();
        body.root = body.push(Inst::Block { stmts, result: None }, TypeId::UNIT, NOWHERE);
        let entry = self.new_thunk(info);
        self.finish_body(entry, body)?;
        self.program.entry = Some(entry);
        Ok(())
    }

    /// `if which == index + 2 { test() }`
    fn call_if_asked(&mut self, body: &mut Body, index: usize, test: FuncId) -> InstId {
        let place = body.push(Inst::Local(LocalId(0)), TypeId::I32, NOWHERE);
        let which = body.push(Inst::Use { place, kind: UseKind::Copy }, TypeId::I32, NOWHERE);
        let number = self.pool.scalar(TypeId::I32, index as u128 + 2);
        let number = body.push(Inst::Const(number), TypeId::I32, NOWHERE);
        let cond = body.push(Inst::Binary(BinOp::Eq, which, number), TypeId::BOOL, NOWHERE);
        let then = body.push(Inst::Call { func: test, args: Box::default() }, TypeId::UNIT, NOWHERE);
        body.push(Inst::If { cond, then, else_: None }, TypeId::UNIT, NOWHERE)
    }
}
