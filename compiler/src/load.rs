//! Loads a program: the inputs, the run-time library, and what they import, each file once.
//!
//! Files are parsed and lowered in the order they are found, breadth first, so module numbers do not depend on the disk.

use crate::errors::{EmbedFailed, ImportNotFound, InputOutsideRoot, NotUtf8, UnreadableFile};
use crate::files::ReadError;
use crate::import_path::{Place, Tree};
use crate::{Session, Stage};
use kiln_hir::{ImportId, ImportKind, Program};
use kiln_source::{FileId, ModuleId, Span, nearest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeSet, VecDeque};
use std::path::{Component, Path, PathBuf};

/// The program of [`crate::Options::inputs`] as HIR. What can't be loaded is reported and left out.
pub(crate) fn load(session: &mut Session<'_>) -> Program {
    let mut loader = Loader::new(session);
    loader.inputs();
    let options = loader.session.options;
    let guard = options.guards_stack().then_some(&kiln_std::STACK);
    let calls = options.shows_calls().then_some(&kiln_std::BACKTRACE);
    for module in kiln_std::IMPLICIT.iter().chain(guard).chain(calls) {
        loader.add(Place::library(*module), None);
    }
    loader.drain();
    // What these modules call may need others.
    while loader.add_methods() {
        loader.drain();
    }
    loader.connect()
}

/// A file that was read and waits to be parsed.
struct Queued {
    place: Place,
    file: FileId,
}

struct Loader<'s, 'a> {
    session: &'s mut Session<'a>,
    /// The folder of the first input, as it was given.
    root: PathBuf,
    queue: VecDeque<Queued>,
    /// Files already read, or tried.
    seen: FxHashSet<Place>,
    modules: FxHashMap<Place, ModuleId>,
    names: FxHashSet<String>,
    /// Which place each import of a module names.
    wanted: Vec<(ImportId, Place)>,
    program: Program,
}

impl<'s, 'a> Loader<'s, 'a> {
    fn new(session: &'s mut Session<'a>) -> Self {
        let root = session.options.inputs.first().and_then(|first| first.parent()).unwrap_or(Path::new(""));
        Loader {
            root: root.to_owned(),
            session,
            queue: VecDeque::new(),
            seen: FxHashSet::default(),
            modules: FxHashMap::default(),
            names: FxHashSet::default(),
            wanted: Vec::new(),
            program: Program::default(),
        }
    }

    fn drain(&mut self) {
        while let Some(queued) = self.queue.pop_front() {
            self.lower(queued);
        }
    }

    /// Queues the library's files that have methods of views with names that are called somewhere; whether there were any.
    fn add_methods(&mut self) -> bool {
        // What is a part of every program calls no such methods.
        let modules = self.program.modules.iter().filter(|module| {
            !module.is_std || !kiln_std::IMPLICIT.iter().any(|path| module.name.strip_prefix("std::") == Some(*path))
        });
        let names = modules.flat_map(|module| &module.methods);
        let files: BTreeSet<&str> =
            names.flat_map(|name| kiln_std::method_files(self.session.interner.name(*name))).collect();
        files.into_iter().for_each(|file| self.add(Place::library(file), None));
        !self.queue.is_empty()
    }

    fn inputs(&mut self) {
        let options = self.session.options;
        for input in &options.inputs {
            let Some(below) = self.below_root(input) else {
                let error = InputOutsideRoot { name: &display(input) };
                self.session.reporter.error(error.diagnostic());
                continue;
            };
            let place = Place::program(display(&below.with_extension("")));
            if self.seen.insert(place.clone()) {
                let bytes = self.session.files.read(input);
                self.accept(place, display(input), bytes, None);
            }
        }
    }

    /// The input's path below the root folder.
    fn below_root(&self, input: &Path) -> Option<PathBuf> {
        if let Ok(below) = input.strip_prefix(&self.root)
            && below.components().all(|part| matches!(part, Component::Normal(_)))
        {
            return Some(below.to_owned());
        }
        let root = normal(&std::path::absolute(self.root.join(".")).ok()?);
        let input = normal(&std::path::absolute(input).ok()?);
        input.strip_prefix(root).ok().map(Path::to_owned)
    }

    /// Reads a module's file, unless that was done before.
    fn add(&mut self, place: Place, import: Option<(Span, &str)>) {
        if !self.seen.insert(place.clone()) {
            return;
        }
        let (name, bytes) = self.read(&place, ".kiln");
        match (bytes, import) {
            (Err(ReadError::Missing), Some((span, path))) => {
                let similar = self.similar(&place, path);
                let error = ImportNotFound { span, path, looked_for: name, similar };
                self.session.reporter.error(error.diagnostic());
            }
            (bytes, import) => self.accept(place, name, bytes, import.map(|(span, _)| span)),
        }
    }

    /// The name a file is shown under, and its bytes.
    fn read(&self, place: &Place, ending: &str) -> (String, Result<Vec<u8>, ReadError>) {
        let below = format!("{}{ending}", place.path);
        match (place.tree, &self.session.options.std_dir) {
            (Tree::Program, _) => {
                let path = self.root.join(&below);
                (display(&path), self.session.files.read(&path))
            }
            (Tree::Library, Some(folder)) => (format!("std/{below}"), self.session.files.read(&folder.join(&below))),
            (Tree::Library, None) => {
                let text = kiln_std::file(&place.path).ok_or(ReadError::Missing);
                (format!("std/{below}"), text.map(|text| text.as_bytes().to_vec()))
            }
        }
    }

    /// Queues a file that was read; reports one that was not, or is no text.
    fn accept(&mut self, place: Place, name: String, bytes: Result<Vec<u8>, ReadError>, import: Option<Span>) {
        let error = match bytes.map(String::from_utf8) {
            Ok(Ok(text)) => {
                let file = self.session.sources.add(name, text);
                return self.queue.push_back(Queued { place, file });
            }
            Ok(Err(error)) => {
                let valid = error.utf8_error().valid_up_to();
                NotUtf8 { name: &name, bytes: error.as_bytes(), valid, import }.diagnostic()
            }
            Err(error) => UnreadableFile { name: &name, error, import }.diagnostic(),
        };
        self.session.reporter.error(error);
    }

    /// Parses and lowers a file, then reads what it imports.
    fn lower(&mut self, Queued { place, file }: Queued) {
        let session = &mut *self.session;
        let text = session.sources.file(file).text.clone();
        let ours = place.tree == Tree::Program;
        if ours {
            session.emit_of_file(Stage::Tokens, file, |_| kiln_syntax::dump_tokens(&kiln_syntax::lex(&text), &text));
        }
        let ast = kiln_syntax::parse(file, &text, &mut session.interner, &mut session.reporter);
        if ours {
            session.emit_of_file(Stage::Ast, file, |session| kiln_syntax::dump_ast(&ast, &session.interner));
        }
        let name = unique(place.module_name(), &mut self.names);
        let first = self.program.imports.len();
        let Session { interner, reporter, .. } = session;
        let module = kiln_hir::lower_module(&ast, &name, !ours, &mut self.program, interner, reporter);
        if ours {
            let program = &self.program;
            session
                .emit_of_file(Stage::Hir, file, |session| kiln_hir::print_module(program, module, &session.interner));
        }
        for index in first..self.program.imports.len() {
            self.import(&place, ImportId(index as u32));
        }
        self.modules.insert(place, module);
    }

    fn import(&mut self, from: &Place, id: ImportId) {
        let import = &self.program.imports[id];
        let file = self.program.modules[import.module].file;
        let span = import.range.in_file(file);
        let kind = import.kind;
        let path = self.session.interner.name(import.path).to_owned();
        let place = match from.resolve(&path) {
            Ok(place) => place,
            Err(error) => {
                self.session.reporter.error(error.diagnostic(span, &path));
                return;
            }
        };
        match kind {
            ImportKind::Module => {
                self.wanted.push((id, place.clone()));
                self.add(place, Some((span, &path)));
            }
            ImportKind::Bytes => self.embed(id, &place, span),
        }
    }

    /// Reads the bytes of an embedded file.
    fn embed(&mut self, id: ImportId, place: &Place, span: Span) {
        let (name, bytes) = self.read(place, "");
        match bytes {
            Ok(bytes) => self.program.imports[id].bytes = Some(bytes.into()),
            Err(error) => {
                let error = EmbedFailed { name: &name, error, span };
                self.session.reporter.error(error.diagnostic());
            }
        }
    }

    /// An import path that differs in few letters from the one that was not found.
    fn similar(&self, place: &Place, path: &str) -> Option<String> {
        let (before, last) =
            path.rsplit_once('/').map_or(("", path), |(_, last)| (&path[..path.len() - last.len()], last));
        let last = last.strip_suffix(".kiln").unwrap_or(last);
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let names: Vec<String> = match place.tree {
            Tree::Program => self.session.files.siblings(&self.root.join(folder)),
            Tree::Library => kiln_std::paths().map(|path| format!("{path}.kiln")).collect(),
        };
        let stems = names.iter().filter_map(|name| name.strip_suffix(".kiln"));
        let near = nearest(last, stems)?;
        Some(format!("{before}{near}"))
    }

    /// Sets the targets of all imports.
    fn connect(mut self) -> Program {
        for (id, place) in &self.wanted {
            self.program.imports[*id].target = self.modules.get(place).copied();
        }
        self.program
    }
}

/// A name that no module has yet.
fn unique(name: String, taken: &mut FxHashSet<String>) -> String {
    let candidates = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}_{number}")));
    let free = candidates.into_iter().find(|candidate| !taken.contains(candidate)).expect("numbers do not run out");
    taken.insert(free.clone());
    free
}

/// A path as it is shown, with `/` on every system.
fn display(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// The path without `.` and `..`, as far as that can be said without asking the disk.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
