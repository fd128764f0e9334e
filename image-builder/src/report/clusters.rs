//! What stands in the graph: products worth a card of their own, in clusters of one program's work in one folder.

use super::contents::is_text;
use super::products::{Maker, Products, Source};
use std::collections::{BTreeSet, HashMap};

/// What one program made for one folder of the image.
pub struct Cluster {
    /// The program; None: the kernel.
    pub maker: Option<Source>,
    /// Products with a card: seeds, programs that ran, and what /SHA256SUMS expects.
    pub cards: Vec<usize>,
    /// The others: objects, unpacked sources.
    pub folded: Vec<usize>,
    /// The runs that made them.
    pub runs: BTreeSet<usize>,
    /// Texts of the image that went in, as places in the image's files.
    pub texts: Vec<usize>,
    /// Files of the image that went in and are no texts: tarballs.
    pub data: Vec<usize>,
}

/// All clusters of a run, in the order of their first products.
pub struct Clusters {
    /// The clusters.
    pub all: Vec<Cluster>,
    /// For each product its cluster.
    pub of: Vec<usize>,
}

/// How one cluster depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// This product is the program.
    MadeBy(usize),
    /// Something of it was read.
    Read,
}

impl Clusters {
    /// Sorts the products of `products` into clusters.
    pub fn new(products: &Products<'_>) -> Self {
        let mut clusters = Clusters { all: Vec::new(), of: Vec::new() };
        let mut known = HashMap::new();
        for (place, product) in products.all.iter().enumerate() {
            let maker = products.program_of(place);
            // All seeds are one cluster: the kernel's.
            let area = maker.map_or(Vec::new(), |_| product.area.clone());
            let cluster = *known.entry((maker, area)).or_insert_with(|| {
                clusters.all.push(Cluster {
                    maker,
                    cards: Vec::new(),
                    folded: Vec::new(),
                    runs: BTreeSet::new(),
                    texts: Vec::new(),
                    data: Vec::new(),
                });
                clusters.all.len() - 1
            });
            clusters.of.push(cluster);
            let cluster = &mut clusters.all[cluster];
            let inputs = match product.maker {
                Maker::Kernel(seed) => {
                    let seed = &products.lineage.ledger.seeds[seed];
                    let text = products.contents.at(&seed.text.path);
                    text.map(Source::Image).into_iter().collect()
                }
                Maker::Run(run) if cluster.runs.insert(run) => products.reads[run].clone(),
                Maker::Run(_) => Vec::new(),
            };
            cluster.take(products, &inputs);
            let is_card = !product.expected.is_empty() || product.executions > 0 || maker.is_none();
            let list = if is_card { &mut cluster.cards } else { &mut cluster.folded };
            list.push(place);
        }
        clusters
    }

    /// What the cluster depends on, without itself; each once, the program first.
    pub fn dependencies(
        &self,
        products: &Products<'_>,
        cluster: usize,
    ) -> Vec<(usize, Dependency)> {
        let mut found = Vec::new();
        if let Some(Source::Product(program)) = self.all[cluster].maker {
            found.push((self.of[program], Dependency::MadeBy(program)));
        }
        let reads = self.all[cluster].runs.iter().flat_map(|&run| &products.reads[run]);
        for source in reads {
            if let Source::Product(product) = source {
                let other = self.of[*product];
                if other != cluster && !found.iter().any(|(known, _)| *known == other) {
                    found.push((other, Dependency::Read));
                }
            }
        }
        found
    }
}

impl Cluster {
    fn take(&mut self, products: &Products<'_>, inputs: &[Source]) {
        for source in inputs {
            if let Source::Image(file) = *source {
                let text = is_text(&products.contents.files[file].content);
                let list = if text { &mut self.texts } else { &mut self.data };
                if !list.contains(&file) {
                    list.push(file);
                }
            }
        }
    }
}
