use super::*;
use std::fs;

/// A file for one test alone.
fn place(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("verdi-{}-{name}.checkpoint", std::process::id()))
}

fn marks() -> Marks {
    vec![("program".into(), digest("a program")), ("order".into(), String::new())]
}

fn write(out: &mut Out) -> io::Result<()> {
    out.word(64)?;
    out.bytes(b"the ids of parts")?;
    out.numbers(&[1, 2, 3])?;
    out.flags(&[true, false, true])?;
    out.numbers(&[])
}

#[test]
fn what_was_written_is_read() {
    let file = place("read");
    let mut saves = Checkpoints::new(marks()).keep(&file, Duration::ZERO);
    assert!(saves.due());
    saves.write(write);
    assert!(saves.failure().is_none(), "{:?}", saves.failure());
    let mut saves = Checkpoints::new(marks()).resume(&file).unwrap();
    let (mut from, ids) = saves.take_from().unwrap().unwrap();
    assert_eq!((from.kind, &ids[..]), (64, &b"the ids of parts"[..]));
    assert_eq!(from.body.numbers().unwrap(), [1, 2, 3]);
    assert_eq!(from.body.flags(3).unwrap(), [true, false, true]);
    assert!(from.body.numbers().unwrap().is_empty());
    assert!(matches!(from.body.word(), Err(Refused::Damaged)), "that was all");
    assert!(saves.take_from().unwrap().is_none(), "a search begins once");
    fs::remove_file(&file).unwrap();
}

#[test]
fn what_cannot_be_written_leaves_what_is_there() {
    let file = place("left");
    let mut saves = Checkpoints::new(marks()).keep(&file, Duration::ZERO);
    saves.write(write);
    let before = fs::read(&file).unwrap();
    saves.write(|out| {
        out.word(1)?;
        Err(io::Error::other("no more"))
    });
    assert_eq!(saves.failure().map(ToString::to_string).as_deref(), Some("no more"));
    assert_eq!(fs::read(&file).unwrap(), before);
    saves.write(write);
    assert!(saves.failure().is_none());
    fs::remove_file(&file).unwrap();
}

#[test]
fn texts_are_told_apart() {
    let texts = ["", "a", "b", "ab", "a\0", "a program of some length", "a program of some lengtH"];
    for (at, text) in texts.iter().enumerate() {
        assert_eq!(digest(text).len(), 32);
        assert!(texts[..at].iter().all(|other| digest(other) != digest(text)), "{text}");
    }
}
