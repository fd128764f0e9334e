//! What a run of the machine made, who made it, and what went into what.
//!
//! A **product** is a file's contents as one run left them under one name. A run that only wrote down again what it
//! had read made no product: its output is one more name of what it copied. Everything is in the ledger's order.

use super::contents::Contents;
use super::html::shown;
use firmseed_formats::ledger::format::Content;
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::Digest;
use firmseed_verify::lineage::{Lineage, Run};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Where a product comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// The kernel decoded this seed.
    Kernel(usize),
    /// This run wrote it.
    Run(usize),
}

/// Where bytes that a run read come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A file of the image.
    Image(usize),
    /// Something made on the machine.
    Product(usize),
    /// Neither: the ledger is not of this image, or says nonsense. The verdict tells.
    Unknown,
}

/// Something made on the machine.
#[derive(Clone, Debug)]
pub struct Product<'a> {
    /// Its bytes' hash, size and class.
    pub content: Content,
    /// The name it was made under, then those of its copies.
    pub names: Vec<&'a [u8]>,
    /// Who made it.
    pub maker: Maker,
    /// An earlier product with the same bytes, made another time.
    pub twin: Option<usize>,
    /// The names under which the image's /SHA256SUMS expects these bytes.
    pub expected: Vec<&'a [u8]>,
    /// How often it was run as a program.
    pub executions: usize,
    /// The folder of the image whose texts it stands for.
    pub area: Vec<u8>,
}

/// A ledger, told from the side of what was made.
pub struct Products<'a> {
    /// The runs.
    pub lineage: &'a Lineage<'a>,
    /// The image.
    pub contents: &'a Contents<'a>,
    /// In the order in which they were made.
    pub all: Vec<Product<'a>>,
    /// For each run what it executes.
    pub programs: Vec<Source>,
    /// For each run what it read, without repetitions.
    pub reads: Vec<Vec<Source>>,
    /// For each run the folder of the image that its work belongs to.
    pub areas: Vec<Vec<u8>>,
    current: HashMap<&'a [u8], Source>,
    latest: HashMap<Digest, usize>,
    first: HashMap<Content, usize>,
    /// By run and contents, the first of them.
    made: HashMap<(usize, Content), usize>,
}

impl<'a> Products<'a> {
    /// Follows the ledger from its beginning.
    pub fn new(lineage: &'a Lineage<'a>, contents: &'a Contents<'a>) -> Self {
        let count = lineage.runs().len();
        let mut products = Products {
            lineage,
            contents,
            all: Vec::new(),
            programs: vec![Source::Unknown; count],
            reads: vec![Vec::new(); count],
            areas: vec![Vec::new(); count],
            current: HashMap::new(),
            latest: HashMap::new(),
            first: HashMap::new(),
            made: HashMap::new(),
        };
        for (place, file) in contents.files.iter().enumerate() {
            products.current.insert(&file.path, Source::Image(place));
        }
        for (place, seed) in lineage.ledger.seeds.iter().enumerate() {
            let area = folder_of(&seed.text.path);
            products.make(&seed.program, Maker::Kernel(place), area);
        }
        let (mut begun, mut known) = (BTreeSet::new(), HashSet::new());
        for entry in &lineage.ledger.entries {
            let run = lineage.run_of(entry.number);
            if begun.insert(run.index) {
                products.programs[run.index] = products.resolve(&entry.program);
                if let Source::Product(program) = products.programs[run.index] {
                    products.all[program].executions += 1;
                }
            }
            for file in &entry.reads {
                let source = products.resolve(file);
                if known.insert((run.index, source)) {
                    products.reads[run.index].push(source);
                }
            }
            products.areas[run.index] = products.area_of(run);
            for file in &entry.wrote {
                products.wrote(run, file);
            }
        }
        for product in &mut products.all {
            product.expected = product.names.clone();
            product.expected.retain(|name| contents.expects(name, &product.content.sha256));
        }
        products
    }

    /// Whose bytes these are: by name where the name still has these bytes, else by hash.
    fn resolve(&self, file: &File) -> Source {
        let named = self.current.get(file.path.as_slice()).copied();
        let same = |source: &Source| self.content(*source) == Some(&file.content);
        let made = || self.latest.get(&file.content.sha256).copied();
        let carried = || self.contents.with_hash(&file.content.sha256);
        named
            .filter(same)
            .or_else(|| made().map(Source::Product))
            .or_else(|| carried().map(Source::Image))
            .unwrap_or(Source::Unknown)
    }

    /// Where these bytes come from, looked at from the end of the run.
    pub fn source_of(&self, file: &File) -> Source {
        self.resolve(file)
    }

    /// The name of what runs: a program that was made, or a file of the image, which can run where the policy is open. None:
    /// the kernel did it itself.
    pub fn program_name(&self, program: Option<Source>) -> String {
        match program {
            None => "the kernel, from hex0 text".to_owned(),
            Some(Source::Product(program)) => shown(self.all[program].names[0]),
            Some(Source::Image(file)) => shown(&self.contents.files[file].path),
            Some(Source::Unknown) => "an unknown program".to_owned(),
        }
    }

    /// The program that made a product. None: the kernel.
    pub fn program_of(&self, product: usize) -> Option<Source> {
        match self.all[product].maker {
            Maker::Kernel(_) => None,
            Maker::Run(run) => Some(self.programs[run]),
        }
    }

    /// What a run made with these contents, if it made them and did not copy them.
    pub fn made_by(&self, run: usize, content: &Content) -> Option<&Product<'a>> {
        let place = self.made.get(&(run, *content))?;
        Some(&self.all[*place])
    }

    /// The contents behind a source.
    pub fn content(&self, source: Source) -> Option<&Content> {
        match source {
            Source::Image(file) => Some(&self.contents.files[file].content),
            Source::Product(product) => Some(&self.all[product].content),
            Source::Unknown => None,
        }
    }

    fn wrote(&mut self, run: &Run<'a>, file: &'a File) {
        let same = |&source: &Source| self.content(source) == Some(&file.content);
        let copied = self.reads[run.index].iter().copied().find(same);
        match copied {
            Some(source) => {
                self.current.insert(&file.path, source);
                if let Source::Product(product) = source
                    && !self.all[product].names.contains(&file.path.as_slice())
                {
                    self.all[product].names.push(&file.path);
                }
            }
            None => self.make(file, Maker::Run(run.index), self.areas[run.index].clone()),
        }
    }

    fn make(&mut self, file: &'a File, maker: Maker, area: Vec<u8>) {
        let place = self.all.len();
        let first = *self.first.entry(file.content).or_insert(place);
        let twin = Some(first).filter(|&first| first != place);
        self.current.insert(&file.path, Source::Product(place));
        self.latest.insert(file.content.sha256, place);
        if let Maker::Run(run) = maker {
            self.made.entry((run, file.content)).or_insert(place);
        }
        self.all.push(Product {
            content: file.content,
            names: vec![&file.path],
            maker,
            twin,
            expected: Vec::new(),
            executions: 0,
            area,
        });
    }

    /// The folder that a run's work belongs to: the port whose build it is part of; else that of the texts it read; else
    /// that of its program, which then did what it is for.
    fn area_of(&self, run: &Run<'a>) -> Vec<u8> {
        let mut next = Some(run);
        while let Some(one) = next {
            let port = self.folders(one).find(|folder| folder.starts_with(b"/ports/"));
            if let Some(port) = port {
                return port.to_vec();
            }
            next = one.origin.map(|origin| &self.lineage.runs()[origin]);
        }
        let own = self.folders(run).filter(|folder| is_deep(folder)).max();
        own.map(<[u8]>::to_vec).unwrap_or_else(|| match self.programs[run.index] {
            Source::Product(program) => self.all[program].area.clone(),
            Source::Image(file) => folder_of(&self.contents.files[file].path),
            Source::Unknown => b"/".to_vec(),
        })
    }

    fn folders(&self, run: &Run<'a>) -> impl Iterator<Item = &[u8]> {
        let reads = self.reads[run.index].iter();
        reads.filter_map(|source| match source {
            Source::Image(file) => Some(folder_slice(&self.contents.files[*file].path)),
            _ => None,
        })
    }

    /// The name of a product: without its folder, and with one that its copy was expected to have.
    pub fn label(&self, product: usize) -> String {
        let product = &self.all[product];
        let base = |name: &[u8]| shown(name.rsplit(|&byte| byte == b'/').next().unwrap_or(name));
        let first = base(product.names[0]);
        let mut others =
            product.expected.iter().map(|name| base(name)).filter(|name| *name != first);
        match (others.next(), others.next()) {
            (Some(other), None) => format!("{first} = {other}"),
            _ => first,
        }
    }

    /// A name that nothing else has: the whole path where the label of the other product is the same.
    pub fn label_beside(&self, product: usize, other: usize) -> String {
        match self.label(product) == self.label(other) {
            true => shown(self.all[product].names[0]),
            false => self.label(product),
        }
    }
}

/// The folder of an image's path that stands for a stage: two levels deep where there are two.
pub fn folder_of(path: &[u8]) -> Vec<u8> {
    folder_slice(path).to_vec()
}

fn folder_slice(path: &[u8]) -> &[u8] {
    let mut slashes = path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/');
    let first = slashes.next();
    let end = slashes.next().or(first).map_or(1, |(place, _)| place);
    &path[..end.min(path.len())]
}

fn is_deep(folder: &[u8]) -> bool {
    folder.iter().filter(|&&byte| byte == b'/').count() > 1
}
