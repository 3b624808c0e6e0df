//! Static libraries: objects in an archive with an index of their symbols. The same objects give the same bytes.

use crate::Options;
use crate::ReadError;
use crate::errors::{UnreadableFile, UnwritableOutput};
use crate::output::write_file;
use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream};
use kiln_source::Diagnostic;
use kiln_types::Os;
use std::fs;
use std::io::{Cursor, ErrorKind};
use std::path::Path;

/// Writes an archive of the objects, and of those that the command line names.
///
/// # Errors
/// E0801 where a named object can't be read, E0803 where the archive can't be written.
pub fn archive(objects: &[Vec<u8>], output: &Path, options: &Options) -> Result<(), Box<Diagnostic>> {
    let stem = options.inputs.first().and_then(|root| root.file_stem()).unwrap_or("library".as_ref());
    let stem = stem.to_string_lossy();
    let mut members = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        let name = if objects.len() == 1 { format!("{stem}.o") } else { format!("{stem}.{number}.o") };
        members.push((name, object.clone()));
    }
    for path in &options.tuning.objects {
        let bytes = fs::read(path).map_err(|error| {
            let error = if error.kind() == ErrorKind::NotFound { ReadError::Missing } else { ReadError::Io(error) };
            Box::new(UnreadableFile { name: &path.to_string_lossy(), error, import: None }.diagnostic())
        })?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        members.push((name, bytes));
    }
    let kind = match options.target.os {
        Os::Macos => ArchiveKind::Darwin,
        Os::Windows => ArchiveKind::Coff,
        Os::Linux | Os::Freestanding => ArchiveKind::Gnu,
    };
    let members: Vec<NewArchiveMember<'_>> = members
        .iter()
        .map(|(name, bytes)| NewArchiveMember::new(bytes, &DEFAULT_OBJECT_READER, name.clone()))
        .collect();
    let mut bytes = Cursor::new(Vec::new());
    write_archive_to_stream(&mut bytes, &members, kind, false, None)
        .map_err(|error| Box::new(UnwritableOutput { path: output, error }.diagnostic()))?;
    write_file(output, bytes.get_ref())
}
