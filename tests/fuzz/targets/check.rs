//! Nearly right programs: the whole way from text to verdicts ends well, within small limits.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use verdi_fuzz::mutate_input;
use verdi_tests::laws;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        laws::checking(text);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, size_max: usize, seed: u32| {
    mutate_input(data, size, size_max, seed)
});
