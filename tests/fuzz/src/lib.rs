//! What both targets share: half of the mutations are libFuzzer's, of bytes, and half are of lines and tokens.

use std::fs;
use std::sync::OnceLock;

use libfuzzer_sys::fuzzer_mutate;
use verdi_tests::mutate::{Random, mutate};
use verdi_tests::right_programs;

fn donors() -> &'static [String] {
    static DONORS: OnceLock<Vec<String>> = OnceLock::new();
    DONORS.get_or_init(|| right_programs().iter().filter_map(|path| fs::read_to_string(path).ok()).collect())
}

/// Changes `data`, of which the first `size` bytes are an input, in place; answers with the new size.
pub fn mutate_input(data: &mut [u8], size: usize, size_max: usize, seed: u32) -> usize {
    let mut random = Random::new(seed.into());
    match std::str::from_utf8(&data[..size]) {
        Ok(text) if random.below(2) == 0 => {
            let donor = random.of(donors()).map_or("", String::as_str);
            let mutant = mutate(text, donor, &mut random);
            let size = mutant.len().min(size_max).min(data.len());
            data[..size].copy_from_slice(&mutant.as_bytes()[..size]);
            size
        }
        _ => fuzzer_mutate(data, size, size_max),
    }
}
