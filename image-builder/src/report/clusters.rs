//! What stands in the graph: artifacts worth a card of their own, in clusters of one program's work in one folder.

use super::contents::is_text;
use super::story::{Maker, Source, Story};
use std::collections::{BTreeSet, HashMap};

/// What one program made for one folder of the image.
pub struct Cluster {
    /// The program; None: the kernel.
    pub maker: Option<Source>,
    /// The folder.
    pub area: Vec<u8>,
    /// Artifacts with a card: seeds, programs that ran, and what /SHA256SUMS expects.
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

/// All clusters of a story, in the order of their first artifacts.
pub struct Clusters {
    /// The clusters.
    pub all: Vec<Cluster>,
    /// For each artifact its cluster.
    pub of: Vec<usize>,
}

/// How one cluster depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// This artifact is the program.
    MadeBy(usize),
    /// Something of it was read.
    Read,
}

impl Clusters {
    /// Sorts the artifacts of `story` into clusters.
    pub fn new(story: &Story<'_>) -> Self {
        let mut clusters = Clusters {
            all: Vec::new(),
            of: Vec::new(),
        };
        let mut known = HashMap::new();
        for (place, artifact) in story.artifacts.iter().enumerate() {
            let maker = match artifact.maker {
                Maker::Kernel(_) => None,
                Maker::Run(run) => Some(story.programs[run]),
            };
            // All seeds are one cluster: the kernel's.
            let area = maker.map_or(Vec::new(), |_| artifact.area.clone());
            let cluster = *known.entry((maker, area.clone())).or_insert_with(|| {
                clusters.all.push(Cluster {
                    maker,
                    area,
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
            let inputs = match artifact.maker {
                Maker::Kernel(seed) => {
                    let seed = &story.lineage.ledger.seeds[seed];
                    let text = story.contents.at(&seed.text.path);
                    text.map(Source::Image).into_iter().collect()
                }
                Maker::Run(run) if cluster.runs.insert(run) => story.reads[run].clone(),
                Maker::Run(_) => Vec::new(),
            };
            cluster.take(story, &inputs);
            let is_card = artifact.expected || artifact.executions > 0 || maker.is_none();
            let list = if is_card {
                &mut cluster.cards
            } else {
                &mut cluster.folded
            };
            list.push(place);
        }
        clusters
    }

    /// What the cluster depends on, without itself; each once, the program first.
    pub fn dependencies(&self, story: &Story<'_>, cluster: usize) -> Vec<(usize, Dependency)> {
        let mut found = Vec::new();
        if let Some(Source::Artifact(program)) = self.all[cluster].maker {
            found.push((self.of[program], Dependency::MadeBy(program)));
        }
        let reads = self.all[cluster]
            .runs
            .iter()
            .flat_map(|&run| &story.reads[run]);
        for source in reads {
            if let Source::Artifact(artifact) = source {
                let other = self.of[*artifact];
                if other != cluster && !found.iter().any(|(known, _)| *known == other) {
                    found.push((other, Dependency::Read));
                }
            }
        }
        found
    }
}

impl Cluster {
    fn take(&mut self, story: &Story<'_>, inputs: &[Source]) {
        for source in inputs {
            if let Source::Image(file) = *source {
                let text = is_text(&story.contents.files[file].content);
                let list = if text {
                    &mut self.texts
                } else {
                    &mut self.data
                };
                if !list.contains(&file) {
                    list.push(file);
                }
            }
        }
    }
}
