//! Constants: scalars as values, everything larger as data of the module, with addresses in it as relocations.

use crate::gen_fn::Gen;
use crate::unit::{Unit, refused};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{self, InstBuilder};
use cranelift_module::{DataDescription, DataId, FuncId as CodeId, Linkage};
use kiln_cfg::FuncKind;
use kiln_codegen::{Result, broken, scalar_bits};
use kiln_source::Idx;
use kiln_types::{FuncId, RelocTarget, Repr, ScalarKind, StaticId, ValueId, ValueKey};

impl Unit<'_> {
    fn declare_constant(&mut self, name: Option<&str>) -> Result<DataId> {
        match name {
            Some(name) => self.module.declare_data(name, Linkage::Local, false, false),
            None => self.module.declare_anonymous_data(false, false),
        }
        .map_err(refused)
    }

    /// The data of static data; declared when it is asked for first.
    pub fn static_data(&mut self, id: StaticId) -> Result<DataId> {
        if let Some(data) = self.statics.get(&id) {
            return Ok(*data);
        }
        if id.index() >= self.program.statics.len() {
            return broken(format!("{id:?} is not in the program"));
        }
        let data = self.declare_constant(Some(&format!("kiln.{id}")))?;
        self.unfilled.push(id);
        self.statics.insert(id, data);
        Ok(data)
    }

    /// The data of a constant value that is held in memory.
    pub fn constant_data(&mut self, value: ValueId) -> Result<DataId> {
        if let Some(data) = self.constants.get(&value) {
            return Ok(*data);
        }
        let image = self.facts().image_of(value)?;
        let data = self.declare_constant(None)?;
        self.define_data(data, image.bytes, image.align, &image.relocs)?;
        self.constants.insert(value, data);
        Ok(data)
    }

    /// Gives data its content.
    pub fn define_data(&mut self, id: DataId, bytes: Vec<u8>, align: u32, relocs: &[(u64, RelocTarget)]) -> Result<()> {
        let mut content = DataDescription::new();
        let pointer = u64::from(self.signatures.pointer.bytes());
        let mut end = 0;
        for &(offset, target) in relocs {
            if offset < end || offset + pointer > bytes.len() as u64 {
                return broken("addresses in a constant overlap or reach past its end");
            }
            end = offset + pointer;
            let Ok(at) = u32::try_from(offset) else { return broken("a constant is too large for addresses in it") };
            match target {
                RelocTarget::Static { data, addend } => {
                    let target = self.static_data(data)?;
                    let target = self.module.declare_data_in_data(target, &mut content);
                    content.write_data_addr(at, target, addend as i64);
                }
                RelocTarget::Func(func) => {
                    let target = self.function_as_value(func)?;
                    let target = self.module.declare_func_in_data(target, &mut content);
                    content.write_function_addr(at, target);
                }
            }
        }
        if relocs.is_empty() && !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
            content.define_zeroinit(bytes.len());
        } else {
            content.define(bytes.into());
        }
        // Vector instructions want whole arrays aligned, as C does it.
        content.set_align(u64::from(align.max(1)));
        self.module.define_data(id, &content).map_err(refused)
    }

    /// Gives the static data that is referred to its content.
    pub fn define_statics(&mut self) -> Result<()> {
        while let Some(id) = self.unfilled.pop() {
            let data = self.program.statics.get(id);
            let relocs: Vec<(u64, RelocTarget)> =
                data.relocs.iter().map(|reloc| (reloc.offset, reloc.target)).collect();
            let target = self.static_data(id)?;
            self.define_data(target, data.bytes.to_vec(), data.align, &relocs)?;
        }
        Ok(())
    }

    /// A function as a value of the program: called by C's convention if it is foreign or a callback, else by Kiln's.
    pub fn function_as_value(&mut self, func: FuncId) -> Result<CodeId> {
        match self.program.info(func).kind {
            FuncKind::Callback => Ok(self.declare_for_c(func)?.id),
            _ => Ok(self.function(func)?.id),
        }
    }
}

impl Gen<'_, '_, '_> {
    /// A constant as it is used by instructions.
    pub fn constant(&mut self, value: ValueId) -> Result<Value> {
        let ty = self.unit.pool.type_of(value);
        match self.repr(ty) {
            Repr::Zst => Ok(Value::Nothing),
            Repr::Scalar(kind) => self.scalar_constant(value, kind).map(Value::Scalar),
            Repr::FatPtr => self.fat_constant(value),
            Repr::Memory => Ok(Value::Memory(Pointer::data(self.unit.constant_data(value)?, 0))),
            Repr::Comptime => broken("a comptime value is used at run time"),
        }
    }

    fn key(&self, value: ValueId) -> Result<&ValueKey> {
        self.unit.pool.value_key(value).map_or_else(|| broken("a type is used at run time"), Ok)
    }

    fn scalar_constant(&mut self, value: ValueId, kind: ScalarKind) -> Result<ir::Value> {
        if let Some(bits) = scalar_bits(self.unit.pool, value) {
            return Ok(match kind {
                ScalarKind::Bool => self.b.ins().iconst(ir::types::I8, (bits & 1) as i64),
                ScalarKind::Int { bits: width, .. } => self.int_const(crate::signature::int(width), bits),
                ScalarKind::F32 => self.b.ins().f32const(Ieee32::with_bits(bits as u32)),
                ScalarKind::F64 => self.b.ins().f64const(Ieee64::with_bits(bits as u64)),
                ScalarKind::Ptr | ScalarKind::FnPtr => return broken("an address is given as a number"),
            });
        }
        match *self.key(value)? {
            ValueKey::Fn { func, .. } => {
                let id = self.unit.function_as_value(func)?;
                Ok(self.func_address(id))
            }
            ValueKey::StaticPtr { data, offset, .. } => {
                let data = self.unit.static_data(data)?;
                Ok(self.address(Pointer::data(data, offset)))
            }
            ValueKey::RawPtr { address, .. } => Ok(self.size(address)),
            _ => broken("a constant is no scalar, but its type is one"),
        }
    }

    fn fat_constant(&mut self, value: ValueId) -> Result<Value> {
        match *self.key(value)? {
            ValueKey::StaticPtr { data, offset, len: Some(len), .. } => {
                let data = self.unit.static_data(data)?;
                let address = self.address(Pointer::data(data, offset));
                Ok(Value::Fat(address, self.size(len)))
            }
            ValueKey::RawPtr { address, .. } => Ok(Value::Fat(self.size(address), self.size(0))),
            _ => broken("a constant is no pointer with a length, but its type is one"),
        }
    }
}
