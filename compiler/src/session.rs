//! What grows during one compilation, whatever the stage.

use crate::{Files, Options, Stage};
use kiln_source::{FileId, Interner, Reporter, SourceMap};

/// One compilation in progress: what was asked, the text, and what there is to say about it.
pub struct Session<'a> {
    /// What was asked.
    pub options: &'a Options,
    /// Where text comes from.
    pub files: &'a dyn Files,
    /// Loaded files.
    pub sources: SourceMap,
    /// Names.
    pub interner: Interner,
    /// Diagnostics.
    pub reporter: Reporter,
    /// Texts and bytes of the stages asked for, in the order they were made.
    pub emitted: Vec<Emitted>,
}

/// A stage that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emitted {
    /// Which.
    pub stage: Stage,
    /// Text, or bytes where [`Stage::is_binary`].
    pub bytes: Vec<u8>,
}

impl<'a> Session<'a> {
    /// Nothing loaded, nothing said.
    pub fn new(options: &'a Options, files: &'a dyn Files) -> Self {
        Session {
            options,
            files,
            sources: SourceMap::default(),
            interner: Interner::new(),
            reporter: Reporter::default(),
            emitted: Vec::new(),
        }
    }

    /// Makes a stage's text if it was asked for.
    pub fn emit<T: Into<Vec<u8>>>(&mut self, stage: Stage, make: impl FnOnce(&mut Self) -> T) {
        if self.options.emits(stage) {
            let bytes = make(self).into();
            self.emitted.push(Emitted { stage, bytes });
        }
    }

    /// Makes one file's part of a stage's text if it was asked for; each part but the first opens with the file's name.
    pub fn emit_of_file(&mut self, stage: Stage, file: FileId, make: impl FnOnce(&mut Self) -> String) {
        if !self.options.emits(stage) {
            return;
        }
        let part = make(self);
        match self.emitted.iter_mut().find(|emitted| emitted.stage == stage) {
            Some(emitted) => {
                let title = format!("\n// {}\n", self.sources.file(file).name);
                emitted.bytes.extend_from_slice(title.as_bytes());
                emitted.bytes.extend_from_slice(part.as_bytes());
            }
            None => self.emitted.push(Emitted { stage, bytes: part.into_bytes() }),
        }
    }
}
