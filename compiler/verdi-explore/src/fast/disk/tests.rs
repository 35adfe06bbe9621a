use super::folder::Folder;
use super::run::{Run, Writer};
use super::runs::Runs;
use super::{Unusable, Ways};
use crate::Cut;
use crate::fast::table::{Inserted, Table};
use crate::fast::word::{Key, Word};
use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// A folder for one test alone.
fn place(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("verdi-{}-{name}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

fn folder(name: &str) -> (Arc<Folder>, PathBuf) {
    let path = place(name);
    (Arc::new(Folder::open(&path).unwrap()), path)
}

/// Some keys: those of every `step`th number up to a bound.
fn keys<W: Word>(step: usize, most: u32) -> BTreeSet<W::Key> {
    (0..most).step_by(step).map(|n| W::from_u32(n).mix()).collect()
}

fn written<K: Key>(folder: &Folder, keys: impl IntoIterator<Item = K>) -> Run<K> {
    let mut writer = Writer::new(folder).unwrap();
    keys.into_iter().for_each(|key| writer.push(key).unwrap());
    writer.close().unwrap()
}

fn on() -> Result<(), Cut> {
    Ok(())
}

fn reads_back<W: Word>(folder: &Folder) {
    for most in [0, 1, 2048, 4096, 4097, 50_000] {
        let there = keys::<W>(1, most);
        // A key that comes twice is there once.
        let run = written(folder, there.iter().flat_map(|key| [*key, *key]));
        assert_eq!(run.keys, there.len() as u64);
        let mut reader = run.reader();
        let read: Vec<W::Key> = std::iter::from_fn(|| reader.next().unwrap()).collect();
        assert!(read.iter().eq(&there), "{most}");
        // Few are looked for, or many, there or not.
        for step in [1, 7, 5000] {
            let mut reader = run.reader();
            for key in keys::<W>(step, 2 * most + 10) {
                assert_eq!(reader.has(key).unwrap(), there.contains(&key));
            }
        }
    }
}

#[test]
fn a_run_has_what_was_written() {
    let (folder, path) = folder("run");
    reads_back::<u64>(&folder);
    reads_back::<u128>(&folder);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0, "files go with their runs");
    fs::remove_dir(path).unwrap();
}

#[test]
fn a_run_that_was_changed_is_not_believed() {
    let (folder, path) = folder("changed");
    let there = keys::<u64>(1, 20_000);
    for at in [0, 5, 4096 * 8 + 3, 100_000] {
        let run = written(&folder, there.iter().copied());
        run.file().seek(SeekFrom::Start(at)).unwrap();
        run.file().write_all(&[0x5a]).unwrap();
        let mut reader = run.reader();
        let damaged = std::iter::from_fn(|| reader.next().transpose()).find_map(Result::err);
        // One byte in 256 was that already.
        assert_eq!(damaged, Some(Cut::Disk(ErrorKind::InvalidData)), "{at}");
        run.file().set_len(at).unwrap();
        let mut reader = run.reader();
        let cut_off = std::iter::from_fn(|| reader.next().transpose()).find_map(Result::err);
        assert!(cut_off.is_some(), "{at}");
    }
    fs::remove_dir(path).unwrap();
}

fn table_of<K: Key>(keys: &BTreeSet<K>) -> Table<K> {
    let table = Table::new(1 << 12, 8 << 20).unwrap();
    assert!(keys.iter().all(|key| table.insert(*key) == Inserted::New));
    table
}

#[test]
fn a_table_gives_its_keys_in_order() {
    let mut there: BTreeSet<[u64; 2]> = keys::<u128>(1, 3500);
    there.extend([[0, 0], [0, 9], [9, 0], [u64::MAX, 0], [u64::MAX, u64::MAX], [u64::MAX, 7]]);
    let mut table = table_of(&there);
    let mut drained = Vec::new();
    let take = |key| {
        drained.push(key);
        on()
    };
    table.drain_in_order(take).unwrap();
    assert!(drained.iter().eq(&there));
    assert_eq!(table.keys().count(), 0);
    assert!(there.iter().all(|key| table.insert(*key) == Inserted::New), "it can be filled again");
}

/// Runs of numbers by their remainder.
fn runs(folder: &Arc<Folder>, remainders: u32, each: u32) -> Runs<u64> {
    let mut runs = Runs::new(Arc::clone(folder));
    for remainder in 0..remainders {
        let mut writer = runs.writer().unwrap();
        let there: BTreeSet<u64> = (0..each).map(|n| u64::from(n * 20 + remainder).mix()).collect();
        there.iter().for_each(|key| writer.push(*key).unwrap());
        runs.add(writer, &mut on).unwrap();
    }
    runs
}

/// Which of the numbers up to a bound are in no run.
fn unknown(runs: &Runs<u64>, most: u32, key: impl Fn(u64) -> u64) -> Vec<u32> {
    let mut asked: Vec<(u64, u32)> = (0..most).map(|n| (key(u64::from(n)), n)).collect();
    asked.sort_unstable();
    let mut stale = vec![false; most as usize];
    runs.strike(&asked, &mut stale, &mut on).unwrap();
    (0..most).filter(|n| !stale[*n as usize]).collect()
}

#[test]
fn runs_strike_out_what_they_have_however_often_they_are_merged() {
    let (folder, path) = folder("merged");
    for remainders in [1, 8, 9, 17, 20] {
        let runs = runs(&folder, remainders, 3000);
        let files = fs::read_dir(&path).unwrap().count();
        assert!((1..=8).contains(&files), "{files} files of {remainders} runs");
        let expected: Vec<u32> = (0..60_000).filter(|n| n % 20 >= remainders).collect();
        assert_eq!(unknown(&runs, 60_000, |n| n.mix()), expected);
    }
    fs::remove_dir(path).unwrap();
}

#[test]
fn runs_take_another_form() {
    let (folder, path) = folder("form");
    let mut runs = runs(&folder, 7, 3000);
    // As if every field were a bit wider, in pieces so small that there are many.
    runs.change(|key| (u64::unmix(key) << 1).mix(), 100, &mut on).unwrap();
    let expected: Vec<u32> = (0..60_000).filter(|n| n % 20 >= 7).collect();
    assert_eq!(unknown(&runs, 60_000, |n| (n << 1).mix()), expected);
    assert!(fs::read_dir(&path).unwrap().count() <= 8);
    drop(runs);
    fs::remove_dir(path).unwrap();
}

#[test]
fn a_pass_can_be_interrupted() {
    let (folder, path) = folder("interrupted");
    let runs = runs(&folder, 3, 3000);
    let stopped = runs.strike(&[(1, 0)], &mut [false], &mut || Err(Cut::Interrupted));
    assert_eq!(stopped, Err(Cut::Interrupted));
    drop(runs);
    fs::remove_dir(path).unwrap();
}

#[test]
fn ways_are_read_where_they_are() {
    let (folder, path) = folder("ways");
    let mut ways = Ways::default();
    let parents = |range: std::ops::Range<u32>| range.map(|n| (n / 3, n + 7)).collect::<Vec<_>>();
    assert_eq!(ways.write(&parents(0..20_000), &folder), Ok(true));
    assert_eq!(ways.write(&parents(20_000..20_100), &folder), Ok(true));
    let ways = ways.and(parents(20_100..20_200));
    for world in [1, 2, 8191, 8192, 19_999, 20_000, 20_099, 20_100, 20_199] {
        assert_eq!(ways.get(world), Ok((world / 3, world + 7)));
    }
    drop(ways);
    fs::remove_dir(path).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (folder, path) = folder("full");
    let mut writer = Writer::<u64>::new(&folder).unwrap();
    writer.write_to(full);
    let failed = (0..10_000).find_map(|n| writer.push(n).err()).expect("nothing fits");
    assert_eq!(Cut::from(failed), Cut::Disk(ErrorKind::StorageFull));
    drop(writer);
    fs::remove_dir(path).unwrap();
}

#[test]
fn a_folder_is_of_one_search_and_cleared_of_what_was_left() {
    let path = place("folder");
    assert!(matches!(Folder::open(&path.join("nowhere")), Err(Unusable::Missing)));
    let (mine, left) = (path.join("mine"), path.join("verdic-search-3.run"));
    fs::write(&mine, "a file of somebody else").unwrap();
    assert!(matches!(Folder::open(&mine), Err(Unusable::NoFolder)));
    fs::write(&left, "of a search that was killed").unwrap();
    let first = Folder::open(&path).unwrap();
    assert!(mine.exists() && !left.exists());
    assert!(matches!(Folder::open(&path), Err(Unusable::InUse)));
    drop(first);
    drop(Folder::open(&path).unwrap());
    fs::remove_dir_all(path).unwrap();
}
