//! Holds the layers that a crate's `lib.rs` states: a test of the crate calls [`check`]. Counts lines, too: [`lines`].
//!
//! The statement is a text block in the crate's documentation, behind a line that begins with "Layers": a line for
//! each layer, the lowest first. Three rules follow, for all code but tests:
//!
//! 1. Every module of the library stands in one layer; those of a `main.rs` beside it are above all.
//! 2. A module uses only modules of the layers above its own line, none beside it and none below.
//! 3. Within a module, its parts (files of its folder) use one another without a circle. Between a module and its
//!    parts there is none to find: they are one.
//!
//! [`open_fields`] finds the fields that a struct does not keep to its module.
//!
//! What a module uses is what its text names by `crate::`, `super::` or `self::`, wherever that stands.

mod count;
mod paths;

pub use count::{Lines, PARTS, lines};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module by its names from the crate's root, which has none.
type Module = Vec<String>;
/// Which modules each module's text names.
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// What breaks the rules in the crate at `folder`, a sentence each.
///
/// # Panics
/// The sources cannot be read.
pub fn check(folder: &str) -> Vec<String> {
    let src = Path::new(folder).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a source that can be read");
        let path = path.strip_prefix(&src).expect("it lies below");
        (path.to_string_lossy().into_owned(), text)
    };
    let sources: Vec<(String, String)> = files.iter().map(read).collect();
    check_sources(&sources)
}

/// The sources below `folder` that hold `text`, by their paths there.
///
/// # Panics
/// The sources cannot be read.
pub fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    let holds = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).expect("a source that can be read");
        let path = path.strip_prefix(folder).expect("it lies below");
        source.contains(text).then(|| path.to_string_lossy().into_owned())
    };
    files.iter().filter_map(holds).collect()
}

/// The fields of `structs` that every module of the crate at `folder` may reach into, those that are `pub` or
/// `pub(crate)`; and which of the structs the crate does not have.
///
/// # Panics
/// The sources cannot be read.
pub fn open_fields(folder: &str, structs: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    collect(&Path::new(folder).join("src"), &mut files);
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a source that can be read");
    open_fields_in(&files.iter().map(read).collect::<Vec<_>>(), structs)
}

/// The same for sources in memory, as rustfmt writes them.
pub fn open_fields_in(sources: &[String], structs: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for name in structs {
        let mut bodies = sources.iter().flat_map(|text| bodies_of(text, name)).peekable();
        if bodies.peek().is_none() {
            faults.push(format!("there is no struct `{name}` with named fields"));
        }
        for line in bodies.flat_map(str::lines).map(str::trim_start) {
            let open = line.strip_prefix("pub ");
            if let Some(field) = open.or_else(|| line.strip_prefix("pub(crate) ")) {
                let field = field.split(':').next().unwrap_or(field);
                faults.push(format!("`{name}::{field}` is open to the whole crate"));
            }
        }
    }
    faults
}

/// What stands between the braces of each struct of that name.
fn bodies_of<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let declared = text.split("struct ").skip(1);
    declared.filter_map(move |rest| {
        let rest = rest.strip_prefix(name)?;
        let (head, body) = rest.split_once("{\n")?;
        let is_whole_name = head.starts_with([' ', '<']) && !head.contains(['\n', ';']);
        is_whole_name.then(|| body.split("\n}").next().unwrap_or(body))
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder of sources");
    for entry in entries {
        let path = entry.expect("a folder of sources").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The same for sources in memory: paths below `src`, and texts.
pub fn check_sources(sources: &[(String, String)]) -> Vec<String> {
    let root = sources.iter().find(|(path, _)| path == "lib.rs");
    let Some(layers) = root.and_then(|(_, text)| stated_layers(text)) else {
        return vec!["lib.rs states no layers: \"Layers\", then a ```text block".into()];
    };
    let uses = uses_of(sources);
    let mut faults = check_members(&layers, &uses);
    check_directions(&layers, &uses, &mut faults);
    check_circles(&uses, &mut faults);
    faults
}

/// The lines of the text block behind the line "Layers", as words.
fn stated_layers(text: &str) -> Option<Vec<Vec<String>>> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let block = lines
        .map(str::trim)
        .skip_while(|line| !line.starts_with("Layers"))
        .skip_while(|line| *line != "```text")
        .skip(1)
        .take_while(|line| *line != "```");
    let words = |line: &str| line.split_whitespace().map(String::from).collect();
    let layers: Vec<Vec<String>> = block.map(words).collect();
    (!layers.is_empty()).then_some(layers)
}

/// Each module of the crate with the modules that it uses; tests, and the binary, are left out.
fn uses_of(sources: &[(String, String)]) -> Uses {
    let binary = sources.iter().find(|(path, _)| path == "main.rs");
    let of_binary = binary.map_or(Vec::new(), |(_, text)| paths::declared(text));
    let modules: BTreeMap<Module, &str> = sources
        .iter()
        .filter_map(|(path, text)| Some((module_of(path)?, text.as_str())))
        .filter(|(module, _)| module.first().is_none_or(|name| !of_binary.contains(name)))
        .collect();
    let reexports = modules.get(&Module::new()).map(|text| paths::reexports(text));
    let reexports = reexports.unwrap_or_default();
    let resolve = |mut path: Module| {
        if let Some(home) = path.first().and_then(|name| reexports.get(name)) {
            path.splice(0..1, home.iter().cloned());
        }
        while !path.is_empty() && !modules.contains_key(&path) {
            path.pop();
        }
        path
    };
    let named = |(module, text): (&Module, &&str)| {
        let named = paths::named(module, text).into_iter().map(resolve);
        (module.clone(), named.filter(|used| used != module).collect())
    };
    modules.iter().map(named).collect()
}

/// The module that a file is; None for tests and for a binary's file.
fn module_of(path: &str) -> Option<Module> {
    let path = path.strip_suffix(".rs")?;
    let mut module: Module = path.split('/').map(String::from).collect();
    if module.iter().any(|name| name == "tests" || name == "testing") || path == "main" {
        return None;
    }
    if matches!(module.last()?.as_str(), "lib" | "mod") {
        module.pop();
    }
    Some(module)
}

/// Rule 1.
fn check_members(layers: &[Vec<String>], uses: &Uses) -> Vec<String> {
    let mut faults = Vec::new();
    let modules: BTreeSet<&String> = uses.keys().filter_map(|module| module.first()).collect();
    let stated: Vec<&String> = layers.iter().flatten().collect();
    for module in &modules {
        match stated.iter().filter(|name| name == &module).count() {
            1 => {}
            0 => faults.push(format!("`{module}` stands in no layer")),
            _ => faults.push(format!("`{module}` stands in two layers")),
        }
    }
    for name in stated.iter().filter(|name| !modules.contains(*name)) {
        faults.push(format!("the layers name `{name}`, and there is no such module"));
    }
    faults
}

/// Rule 2.
fn check_directions(layers: &[Vec<String>], uses: &Uses, faults: &mut Vec<String>) {
    let layer_of = |name: &String| layers.iter().position(|layer| layer.contains(name));
    for (module, used) in uses {
        for other in used {
            let (Some(own), Some(name)) = (module.first(), other.first()) else {
                continue;
            };
            if own != name && layer_of(name) >= layer_of(own) {
                let (module, other) = (module.join("::"), other.join("::"));
                faults.push(format!("`{module}` uses `{other}`, which is not above it"));
            }
        }
    }
}

/// Rule 3.
fn check_circles(uses: &Uses, faults: &mut Vec<String>) {
    let depths = 1..uses.keys().map(Vec::len).max().unwrap_or(0);
    for depth in depths {
        let parents = uses.keys().filter(|module| module.len() > depth);
        let parents: BTreeSet<&[String]> = parents.map(|module| &module[..depth]).collect();
        for parent in parents {
            let arrows = arrows_between_parts(parent, uses);
            for part in arrows.keys() {
                if reaches(&arrows, part, part) {
                    let parent = parent.join("::");
                    faults.push(format!("`{parent}::{part}` stands in a circle of uses"));
                }
            }
        }
    }
}

/// Which parts of `parent` use which others, themselves or by what is in them.
fn arrows_between_parts<'u>(
    parent: &[String],
    uses: &'u Uses,
) -> BTreeMap<&'u str, BTreeSet<&'u str>> {
    let part_of = |module: &'u Module| {
        let rest = module.strip_prefix(parent)?;
        rest.first().map(String::as_str)
    };
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, used) in uses {
        for other in used {
            if let (Some(from), Some(to)) = (part_of(module), part_of(other))
                && from != to
            {
                arrows.entry(from).or_default().insert(to);
            }
        }
    }
    arrows
}

fn reaches(arrows: &BTreeMap<&str, BTreeSet<&str>>, from: &str, goal: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(part) = open.pop() {
        for next in arrows.get(part).into_iter().flatten() {
            if *next == goal {
                return true;
            }
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests;
