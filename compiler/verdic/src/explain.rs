//! `verdic explain` and `verdic stdlib`.

use crate::args::{ExplainArgs, StdlibArgs};
use crate::print::Print;
use anyhow::bail;
use verdi_diagnostics::Code;
use verdi_diagnostics::render::{Paint, explain as explain_text};
use verdi_driver::report::Exit;
use verdi_driver::stdlib as library;

pub(crate) fn explain(args: &ExplainArgs, print: &Print) -> anyhow::Result<Exit> {
    if args.list {
        let lines: String = Code::all()
            .map(|code| format!("{}  {}\n", print.style.paint(Paint::Name, code.name()), code.title()))
            .collect();
        print.out(&lines);
        return Ok(Exit::AsExpected);
    }
    let name = args.code.as_deref().unwrap_or_default();
    let Some(code) = Code::find(name) else {
        let near = Code::all().min_by_key(|code| strsim::levenshtein(code.name(), &name.to_uppercase()));
        match near.filter(|code| strsim::levenshtein(code.name(), &name.to_uppercase()) <= 2) {
            Some(near) => bail!("there is no code `{name}`: did you mean {near}, {}?", near.title()),
            None => bail!("there is no code `{name}`; `verdic explain --list` lists them all"),
        }
    };
    print.out(&explain_text(code, &print.style));
    Ok(Exit::AsExpected)
}

pub(crate) fn stdlib(args: &StdlibArgs, print: &Print) -> anyhow::Result<Exit> {
    let names = || library::MODULES.iter().map(|module| module.name).collect::<Vec<_>>();
    if args.list {
        print.out(&format!("{}\n", names().join("\n")));
        return Ok(Exit::AsExpected);
    }
    match &args.name {
        None => {
            let texts: Vec<String> = library::MODULES
                .iter()
                .map(|module| format!("// {}\n\n{}", module.name, module.text))
                .collect();
            print.out(&texts.join("\n"));
        }
        Some(name) => match library::find(name) {
            Some(module) => print.out(module.text),
            None => bail!("the library has no module `{name}`; it has {}", names().join(", ")),
        },
    }
    Ok(Exit::AsExpected)
}
