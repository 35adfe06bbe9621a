use verdi_machine::Parts;

/// The most renamings that are held against each other: beyond it, fewer nodes are taken to be interchangeable.
const RENAMINGS_MAX: usize = 720;

/// A group of renamings of nodes: worlds that one of them turns into each other are taken for one.
#[derive(Clone, Debug)]
pub(super) struct Renamings {
    /// What each node is called; the first renames nothing.
    pub(super) nodes: Vec<Vec<u32>>,
    /// The same of the counters of bounds.
    pub(super) counters: Vec<Vec<u32>>,
}

impl Renamings {
    /// All combinations of permutations within groups of interchangeable nodes. Where those are too many, groups are
    /// divided: to exchange fewer nodes is as sound, and takes fewer worlds for one.
    pub(super) fn new<P: Parts>(parts: &P, groups: &[Vec<u32>]) -> Self {
        let of_nodes = parts.counter_nodes();
        let mut most = groups.iter().map(Vec::len).max().unwrap_or(1);
        let blocks = loop {
            let blocks: Vec<&[u32]> = groups.iter().flat_map(|group| group.chunks(most.max(1))).collect();
            let count = blocks.iter().map(|block| factorial(block.len())).fold(1, usize::saturating_mul);
            if count <= RENAMINGS_MAX || most <= 1 {
                break blocks;
            }
            most -= 1;
        };
        let mut nodes = vec![(0..parts.shape().kinds.len() as u32).collect::<Vec<_>>()];
        for block in blocks {
            let orders = permutations(block);
            let each = |renaming: &Vec<u32>| {
                let with = |order: &Vec<u32>| {
                    let mut renaming = renaming.clone();
                    block.iter().zip(order).for_each(|(node, name)| renaming[*node as usize] = *name);
                    renaming
                };
                orders.iter().map(with).collect::<Vec<_>>()
            };
            nodes = nodes.iter().flat_map(each).collect();
        }
        let counters = nodes.iter().map(|renaming| {
            let image = |(counter, node): (u32, &Option<u32>)| match node {
                None => counter,
                Some(node) => counter - node + renaming[*node as usize],
            };
            (0..).zip(&of_nodes).map(image).collect()
        });
        Self { counters: counters.collect(), nodes }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}

fn factorial(n: usize) -> usize {
    (1..=n).fold(1, usize::saturating_mul)
}

/// Every order of some items; the first is the order that they have.
fn permutations(items: &[u32]) -> Vec<Vec<u32>> {
    let mut orders = vec![Vec::new()];
    for _ in items {
        let longer = |order: &Vec<u32>| {
            let left = items.iter().filter(|item| !order.contains(item));
            left.map(|item| order.iter().copied().chain([*item]).collect()).collect::<Vec<Vec<u32>>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_begin_with_the_order_there_is() {
        let orders = permutations(&[4, 5, 6]);
        assert_eq!(orders.len(), 6);
        assert_eq!(orders[0], [4, 5, 6]);
        let mut distinct = orders.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 6);
    }
}
