//! Runs one hand-written search: `ceiling MODEL SIZE... THREADS`, such as `ceiling lock 5 2 1`.

use std::io::Write;

use anyhow::{Context, Result, bail};
use verdi_bench::ceiling;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((model, numbers)) = arguments.split_first() else {
        bail!("usage: ceiling MODEL SIZE... THREADS, such as: ceiling lock 5 2 1");
    };
    let numbers: Vec<u64> = numbers
        .iter()
        .map(|number| number.parse().with_context(|| format!("`{number}` is not a number")))
        .collect::<Result<_>>()?;
    let Some((&threads, sizes)) = numbers.split_last() else { bail!("how many threads?") };
    if threads == 0 || threads > 64 {
        bail!("from 1 to 64 threads, not {threads}");
    }
    let search = ceiling::find(model, sizes);
    let search = search.with_context(|| format!("there is no ceiling for {model}{sizes:?}"))?;
    let ceiling::Counts { distinct, transitions, levels, holds } = search(threads as usize);
    let holds = if holds { "holds" } else { "violated" };
    writeln!(
        std::io::stdout(),
        "{distinct} distinct worlds, {transitions} transitions, {levels} levels, {holds}"
    )?;
    Ok(())
}
