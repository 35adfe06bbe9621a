//! The file: what it says before the search itself, how it is replaced, and why it is refused.

use super::Marks;
use super::stream::{In, Out};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

/// What begins every checkpoint.
const MAGIC: u64 = u64::from_le_bytes(*b"verdisav");

/// The form of all that follows: another form has another number.
const FORM: u64 = 2;

/// Why a checkpoint is of no use.
#[derive(Debug)]
pub enum Refused {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is something else.
    NoCheckpoint,
    /// It has another form.
    OtherForm(u64),
    /// It is not as it was written.
    Damaged,
    /// It is of another search.
    Differs {
        /// In what.
        what: String,
        /// What it is there.
        there: String,
        /// What it is here.
        here: String,
    },
    /// There is no memory for so many worlds.
    Memory(u64),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::NoCheckpoint => f.write_str("it is not a checkpoint"),
            Self::OtherForm(form) => {
                write!(f, "it has form {form} of checkpoints, and this version of verdic reads form {FORM}")
            }
            Self::Damaged => f.write_str("it is damaged: its checksum is wrong"),
            Self::Differs { what, there, here } => {
                write!(f, "its {what} is another: {there} there, {here} here")
            }
            Self::Memory(worlds) => write!(f, "its {worlds} worlds do not fit into the memory there is"),
        }
    }
}

impl std::error::Error for Refused {}

/// Opens a checkpoint that is whole and of this search: what follows its marks.
pub(super) fn open(path: &Path, marks: &Marks) -> Result<In, Refused> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let words = bytes / 8;
    if words < 2 {
        return Err(Refused::NoCheckpoint);
    }
    let mut head = In::new(file.try_clone()?, 2);
    if head.word()? != MAGIC {
        return Err(Refused::NoCheckpoint);
    }
    match head.word()? {
        FORM => {}
        form => return Err(Refused::OtherForm(form)),
    }
    file.rewind()?;
    if bytes % 8 != 0 || !In::new(file.try_clone()?, words).adds_up()? {
        return Err(Refused::Damaged);
    }
    file.rewind()?;
    let mut body = In::new(file, words - 1);
    // Magic and form, which were looked at.
    body.word()?;
    body.word()?;
    compare(&read_marks(&mut body)?, marks)?;
    Ok(body)
}

fn read_marks(from: &mut In) -> Result<Marks, Refused> {
    (0..from.count(1)?).map(|_| Ok((from.text()?, from.text()?))).collect()
}

/// Finds the first mark that is not the same.
fn compare(there: &Marks, here: &Marks) -> Result<(), Refused> {
    let value = |marks: &Marks, what: &str| {
        let found = marks.iter().find(|(name, _)| name == what);
        found.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
    };
    for (what, _) in here.iter().chain(there) {
        let (there, here) = (value(there, what), value(here, what));
        if there != here {
            return Err(Refused::Differs { what: what.clone(), there, here });
        }
    }
    Ok(())
}

/// Writes a file beside another, and puts it into its place once it is on the disk.
pub(super) fn replace(
    path: &Path,
    marks: &Marks,
    body: impl FnOnce(&mut Out) -> io::Result<()>,
) -> io::Result<()> {
    let beside = beside(path);
    let mut out = Out::new(File::create(&beside)?);
    let written = (|| {
        out.word(MAGIC)?;
        out.word(FORM)?;
        out.word(marks.len() as u64)?;
        for (what, value) in marks {
            out.bytes(what.as_bytes())?;
            out.bytes(value.as_bytes())?;
        }
        body(&mut out)?;
        out.end()?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // What was begun may fill the disk; if it cannot be removed, the next one takes its place.
        let _ = fs::remove_file(&beside);
        return written;
    }
    sync_folder(path);
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".tmp");
    name.into()
}

/// Brings the new name to the disk. Where folders cannot be opened the system sees to it.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
