use crate::programs::{Case, repository};
use crate::renamed::told_apart;
use verdi_core::KindId;
use verdi_core::reduce::symmetry;

/// How many worlds of a check are gone through side by side.
const WORLDS: usize = 1500;

fn difference(case: &Case, kind: KindId) -> Option<String> {
    let nodes = &case.program.kinds[kind].nodes;
    nodes.windows(2).find_map(|pair| told_apart(&case.program, pair[0], pair[1], WORLDS))
}

#[test]
fn what_is_found_interchangeable_behaves_alike() {
    let (mut found, mut refused, mut needlessly) = (0, 0, Vec::new());
    for case in repository() {
        let symmetry = symmetry(&case.program);
        for group in &symmetry.groups {
            found += 1;
            assert_eq!(difference(&case, group.kind), None, "{}", case.title);
        }
        for kind in &symmetry.refused {
            assert!(!kind.reasons.is_empty());
            refused += 1;
            if difference(&case, kind.kind).is_none() {
                needlessly.push(case.title.clone());
            }
        }
    }
    println!("{found} found, {refused} refused, of these {} without need: {needlessly:#?}", needlessly.len());
    assert!(found >= 20, "only {found} kinds were found interchangeable");
    assert!(refused > needlessly.len() + 20, "the comparison tells few of the refused apart");
}
