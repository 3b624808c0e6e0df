//! One function being built in Cranelift's IR: what bodies of the program and helpers around them both need.

use crate::unit::Unit;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, Block, BlockArg, ExtFuncData, ExternalName, FuncRef, InstBuilder, Signature, StackSlot, Type,
    UserExternalName,
};
use cranelift_frontend::FunctionBuilder;
use cranelift_module::{DataId, FuncId as CodeId};
use kiln_cfg::{CType, Foreign};
use kiln_codegen::Result;
use kiln_types::{Layout, Repr, TypeId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// The results of a call.
pub(crate) type Results = SmallVec<[ir::Value; 2]>;

/// A function being built.
pub(crate) struct Gen<'a, 'f, 'p> {
    pub unit: &'a mut Unit<'p>,
    pub b: FunctionBuilder<'f>,
    functions: FxHashMap<CodeId, FuncRef>,
    data: FxHashMap<DataId, ir::GlobalValue>,
    pub free_scratch: Vec<(u64, u32, StackSlot)>,
    pub used_scratch: Vec<(u64, u32, StackSlot)>,
}

impl<'a, 'f, 'p> Gen<'a, 'f, 'p> {
    pub fn new(unit: &'a mut Unit<'p>, b: FunctionBuilder<'f>) -> Self {
        Gen {
            unit,
            b,
            functions: FxHashMap::default(),
            data: FxHashMap::default(),
            free_scratch: Vec::new(),
            used_scratch: Vec::new(),
        }
    }

    /// The type of addresses, and of `usize`.
    pub fn pointer_type(&self) -> Type {
        self.unit.signatures.pointer
    }

    /// Where the parts of a type lie.
    pub fn layout(&mut self, ty: TypeId) -> Rc<Layout> {
        self.unit.layouts.of(self.unit.pool, ty)
    }

    /// How values of a type are held.
    pub fn repr(&mut self, ty: TypeId) -> Repr {
        self.layout(ty).repr
    }

    /// The first block, with the function's parameters. The builder stands there then.
    pub fn begin(&mut self) -> Vec<ir::Value> {
        let entry = self.b.create_block();
        self.enter(entry)
    }

    /// Makes a block the first one.
    pub fn enter(&mut self, entry: Block) -> Vec<ir::Value> {
        self.b.append_block_params_for_function_params(entry);
        self.b.switch_to_block(entry);
        self.b.seal_block(entry);
        self.b.block_params(entry).to_vec()
    }

    fn import(&mut self, id: CodeId, sig: Signature) -> FuncRef {
        let colocated = self.unit.module.declarations().get_function_decl(id).linkage.is_final();
        let signature = self.b.import_signature(sig);
        let name = UserExternalName { namespace: 0, index: id.as_u32() };
        let name = ExternalName::user(self.b.func.declare_imported_user_function(name));
        self.b.import_function(ExtFuncData { name, signature, colocated, patchable: false })
    }

    /// A function by its declared signature.
    pub fn func_ref(&mut self, id: CodeId) -> FuncRef {
        if let Some(func) = self.functions.get(&id) {
            return *func;
        }
        let sig = self.unit.module.declarations().get_function_decl(id).signature.clone();
        let func = self.import(id, sig);
        self.functions.insert(id, func);
        func
    }

    /// Calls a function by its declared signature.
    pub fn call(&mut self, id: CodeId, args: &[ir::Value]) -> Results {
        let func = self.func_ref(id);
        let call = self.b.ins().call(func, args);
        Results::from_slice(self.b.inst_results(call))
    }

    /// Calls a function by a signature of the caller.
    pub fn call_as(&mut self, id: CodeId, sig: Signature, args: &[ir::Value]) -> Results {
        let func = self.import(id, sig);
        let call = self.b.ins().call(func, args);
        Results::from_slice(self.b.inst_results(call))
    }

    /// Calls what lies at an address.
    pub fn call_pointer(&mut self, address: ir::Value, sig: Signature, args: &[ir::Value]) -> Results {
        let sig = self.b.import_signature(sig);
        let call = self.b.ins().call_indirect(sig, address, args);
        Results::from_slice(self.b.inst_results(call))
    }

    /// The address of a function.
    pub fn func_address(&mut self, id: CodeId) -> ir::Value {
        let func = self.func_ref(id);
        let ty = self.pointer_type();
        self.b.ins().func_addr(ty, func)
    }

    /// The address of a constant of the module.
    pub fn data_address(&mut self, id: DataId) -> ir::Value {
        let global = match self.data.get(&id) {
            Some(global) => *global,
            None => {
                let global = self.unit.module.declare_data_in_func(id, self.b.func);
                self.data.insert(id, global);
                global
            }
        };
        let ty = self.pointer_type();
        self.b.ins().symbol_value(ty, global)
    }

    /// Calls a C function with a signature of plain types; its result if it has one.
    pub fn call_c(
        &mut self,
        symbol: &str,
        params: &[Type],
        ret: Option<Type>,
        args: &[ir::Value],
    ) -> Result<Option<ir::Value>> {
        let sig = self.unit.signatures.plain(params, ret);
        let id = self.unit.foreign(symbol, &sig)?;
        Ok(self.call_as(id, sig, args).first().copied())
    }

    /// Calls a C function of the table.
    pub fn call_foreign(&mut self, function: Foreign, args: &[ir::Value]) -> Result<Option<ir::Value>> {
        let row = function.row();
        let pointer = self.pointer_type();
        let c_type = |ty: &CType| match ty {
            CType::Int => ir::types::I32,
            CType::Size | CType::Ptr => pointer,
        };
        let params: SmallVec<[Type; 4]> = row.params.iter().map(c_type).collect();
        self.call_c(row.name, &params, row.ret.as_ref().map(c_type), args)
    }

    /// Ends the block by stopping the program at once.
    pub fn trap(&mut self) {
        self.b.ins().trap(ir::TrapCode::unwrap_user(1));
    }

    /// Goes to a block if the condition holds, else on in a new one.
    pub fn leave_if(&mut self, condition: ir::Value, target: Block, args: &[BlockArg]) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, target, args, next, &[]);
        self.b.switch_to_block(next);
        self.b.seal_block(next);
    }

    /// Goes on in a new block if the condition holds, else to the given one.
    pub fn leave_unless(&mut self, condition: ir::Value, target: Block, args: &[BlockArg]) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], target, args);
        self.b.switch_to_block(next);
        self.b.seal_block(next);
    }

    /// Builds a block for when the number is zero, which leaves the function, and goes on with the other case.
    pub fn if_zero(&mut self, number: ir::Value, build: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let is_zero = self.b.ins().icmp_imm_u(IntCC::Equal, number, 0);
        let [zero, other] = [self.b.create_block(), self.b.create_block()];
        self.b.ins().brif(is_zero, zero, &[], other, &[]);
        self.b.switch_to_block(zero);
        self.b.seal_block(zero);
        build(self)?;
        self.b.switch_to_block(other);
        self.b.seal_block(other);
        Ok(())
    }
}
