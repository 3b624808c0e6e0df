//! Static data and large constants as private globals, with addresses in them as relocations.

use crate::errors::{Result, broken};
use crate::unit::Unit;
use inkwell::module::Linkage;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue};
use kiln_source::Idx;
use kiln_types::{RelocTarget, StaticId, ValueId};
use rustc_hash::FxHashMap;

/// The globals that were made so far.
#[derive(Default)]
pub(crate) struct Globals<'ctx> {
    statics: FxHashMap<StaticId, GlobalValue<'ctx>>,
    constants: FxHashMap<ValueId, GlobalValue<'ctx>>,
    /// Static data whose global has no content yet: filled at the end, as it may refer to itself.
    unfilled: Vec<StaticId>,
}

impl<'ctx> Unit<'ctx, '_> {
    /// The address of static data.
    pub fn static_address(&mut self, id: StaticId) -> Result<PointerValue<'ctx>> {
        if let Some(global) = self.globals.statics.get(&id) {
            return Ok(global.as_pointer_value());
        }
        if id.index() >= self.program.statics.len() {
            return broken(format!("{id:?} is not in the program"));
        }
        let data = self.program.statics.get(id);
        let offsets: Vec<u64> = data.relocs.iter().map(|reloc| reloc.offset).collect();
        let Some(ty) = self.image_type(data.bytes.len() as u64, &offsets) else {
            return broken(format!("the addresses in {id:?} overlap or reach past its end"));
        };
        let name = if self.part.is_whole { id.to_string() } else { format!("kiln.{id}") };
        let align = self.preferred_alignment(data.bytes.len() as u64, data.align);
        let global = self.private_constant(ty, &name, align);
        if !self.part.is_whole {
            self.share(global);
        }
        if self.part.is_first {
            self.globals.unfilled.push(id);
        }
        self.globals.statics.insert(id, global);
        Ok(global.as_pointer_value())
    }

    /// The address a number of bytes into static data.
    pub fn static_address_at(&mut self, id: StaticId, offset: u64) -> Result<PointerValue<'ctx>> {
        let base = self.static_address(id)?;
        if offset == 0 {
            return Ok(base);
        }
        let index = self.size(offset);
        // SAFETY: a constant expression; the program's static data has this offset, or the address is never read.
        Ok(unsafe { base.const_gep(self.scalars.int(8), &[index]) })
    }

    /// The address of a constant value that is held in memory.
    pub fn constant_address(&mut self, value: ValueId) -> Result<PointerValue<'ctx>> {
        if let Some(global) = self.globals.constants.get(&value) {
            return Ok(global.as_pointer_value());
        }
        let image = self.facts().image_of(value)?;
        let content = self.image_content(&image.bytes, &image.relocs)?;
        let align = self.preferred_alignment(image.bytes.len() as u64, image.align);
        let global = self.private_constant(content.get_type(), "const", align);
        global.set_initializer(&content);
        self.globals.constants.insert(value, global);
        Ok(global.as_pointer_value())
    }

    /// Gives static data its content: what is referred to; in the first of several parts all of it.
    pub fn build_statics(&mut self) -> Result<()> {
        if self.part.is_first && !self.part.is_whole {
            for (id, _) in self.program.statics.iter() {
                self.static_address(id)?;
            }
        }
        while let Some(id) = self.globals.unfilled.pop() {
            let data = self.program.statics.get(id);
            let relocs: Vec<(u64, RelocTarget)> =
                data.relocs.iter().map(|reloc| (reloc.offset, reloc.target)).collect();
            let content = self.image_content(&data.bytes, &relocs)?;
            self.globals.statics[&id].set_initializer(&content);
        }
        Ok(())
    }

    fn private_constant(&self, ty: BasicTypeEnum<'ctx>, name: &str, align: u32) -> GlobalValue<'ctx> {
        let global = self.module.add_global(ty, None, name);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global.set_unnamed_addr(true);
        global.set_alignment(align);
        global
    }

    /// The type of an image: its bytes, or bytes and addresses in turn. `None` if the addresses don't fit in.
    fn image_type(&self, size: u64, offsets: &[u64]) -> Option<BasicTypeEnum<'ctx>> {
        let byte = self.scalars.int(8);
        let pointer = u64::from(self.layouts.target().pointer_bytes);
        if offsets.is_empty() {
            return Some(byte.array_type(u32::try_from(size).ok()?).into());
        }
        let mut parts = Vec::with_capacity(offsets.len() * 2 + 1);
        let mut at = 0;
        for &offset in offsets {
            let gap = offset.checked_sub(at)?;
            if gap > 0 {
                parts.push(byte.array_type(u32::try_from(gap).ok()?).into());
            }
            parts.push(self.scalars.ptr.into());
            at = offset + pointer;
        }
        let rest = size.checked_sub(at)?;
        if rest > 0 {
            parts.push(byte.array_type(u32::try_from(rest).ok()?).into());
        }
        Some(self.context.struct_type(&parts, true).into())
    }

    fn image_content(&mut self, bytes: &[u8], relocs: &[(u64, RelocTarget)]) -> Result<BasicValueEnum<'ctx>> {
        let offsets: Vec<u64> = relocs.iter().map(|reloc| reloc.0).collect();
        let Some(ty) = self.image_type(bytes.len() as u64, &offsets) else {
            return broken("a constant is too large, or addresses in it overlap");
        };
        if relocs.is_empty() {
            return Ok(self.bytes_content(bytes));
        }
        let pointer = usize::from(self.layouts.target().pointer_bytes);
        let mut parts: Vec<BasicValueEnum<'ctx>> = Vec::with_capacity(relocs.len() * 2 + 1);
        let mut at = 0;
        for &(offset, target) in relocs {
            let offset = offset as usize;
            if offset > at {
                parts.push(self.bytes_content(&bytes[at..offset]));
            }
            let address = match target {
                RelocTarget::Static { data, addend } => self.static_address_at(data, addend)?,
                RelocTarget::Func(func) => self.function_address(func)?,
            };
            parts.push(address.into());
            at = offset + pointer;
        }
        if at < bytes.len() {
            parts.push(self.bytes_content(&bytes[at..]));
        }
        Ok(ty.into_struct_type().const_named_struct(&parts).into())
    }

    fn bytes_content(&self, bytes: &[u8]) -> BasicValueEnum<'ctx> {
        if bytes.iter().all(|byte| *byte == 0) {
            return self.scalars.int(8).array_type(bytes.len() as u32).const_zero().into();
        }
        self.context.const_string(bytes, false).into()
    }
}
