//! Small crates that keep the rules, and that break each of them.

use super::{check_sources, open_fields_in};

const LIB: &str = "//! A crate.\n//!\n//! Layers, each uses only those above it:\n//!\n//! ```text\n//! low flat\n//! high\n//! ```\n";

/// What is wrong with a crate of these files.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = vec![("lib.rs".to_string(), LIB.to_string())];
    for name in ["low", "flat", "high"] {
        let path = format!("{name}.rs");
        if !files.iter().any(|(given, _)| *given == path) {
            sources.push((path, String::new()));
        }
    }
    let given = files.iter().map(|(path, text)| (path.to_string(), text.to_string()));
    sources.extend(given);
    check_sources(&sources)
}

#[test]
fn uses_of_what_is_above_pass() {
    let high = "use crate::low::Thing;\nuse super::flat;\nfn f() { crate::low::call() }\nuse crate::{flat::{self, A as B}, low::*};";
    assert_eq!(faults(&[("high.rs", high)]), [""; 0]);
}

#[test]
fn an_import_upwards_is_found_however_it_is_written() {
    let wrong = ["`low` uses `high`, which is not above it"];
    for text in [
        "use crate::high::Thing;",
        "use crate::high;",
        "use crate::{flat_thing, high::{A, B}};",
        "use super::high::Thing;",
        "fn f() { crate::high::call() }",
        "fn f() -> Result<crate::high::Thing> {}",
        "const QUOTE: char = '\"'; use crate::high::Thing; const OTHER: char = '\"';",
    ] {
        assert_eq!(faults(&[("low.rs", text)]), wrong, "{text}");
    }
    let part = ("low/part.rs", "use super::super::high::Thing;");
    let wrong = ["`low::part` uses `high`, which is not above it"];
    assert_eq!(faults(&[part]), wrong);
}

#[test]
fn an_import_beside_is_found() {
    let wrong = ["`low` uses `flat`, which is not above it"];
    assert_eq!(faults(&[("low.rs", "use crate::flat::Thing;")]), wrong);
}

#[test]
fn an_import_through_a_name_of_the_root_is_found() {
    let root = format!("{LIB}pub use high::{{Thing, Other}};\n");
    let faults = check_sources(&[
        ("lib.rs".into(), root),
        ("low.rs".into(), "use crate::Thing;".into()),
        ("flat.rs".into(), String::new()),
        ("high.rs".into(), String::new()),
    ]);
    assert_eq!(faults, ["`low` uses `high`, which is not above it"]);
}

#[test]
fn comments_texts_and_tests_are_free() {
    let low = "// crate::high::Thing\nconst TEXT: &str = \"crate::high \\\" crate::high\";\n#[cfg(test)]\nmod tests {\n    use crate::high::Thing;\n}";
    let tests = ("low/tests.rs", "use crate::high::Thing;");
    assert_eq!(faults(&[("low.rs", low), tests]), [""; 0]);
}

#[test]
fn every_module_stands_in_one_layer() {
    let extra = [("extra.rs", "")];
    assert_eq!(faults(&extra), ["`extra` stands in no layer"]);
    let lib = LIB.replace("high", "high low gone");
    let sources = ["lib.rs", "low.rs", "flat.rs", "high/mod.rs"];
    let text = |path: &str| {
        if path == "lib.rs" { lib.clone() } else { String::new() }
    };
    let sources = sources.map(|path| (path.to_string(), text(path)));
    let wrong =
        ["`low` stands in two layers", "the layers name `gone`, and there is no such module"];
    assert_eq!(check_sources(&sources), wrong);
}

#[test]
fn modules_of_the_binary_are_above_all() {
    let main = ("main.rs", "mod cli;\nuse crate::cli::Cli;");
    assert_eq!(faults(&[main, ("cli.rs", "use crate::Problem;")]), [""; 0]);
}

#[test]
fn a_circle_within_a_module_is_found_whatever_its_length() {
    let chain = [
        ("high/a.rs", "use super::b::B;"),
        ("high/b.rs", "use crate::high::c::C;"),
        ("high/c.rs", "use super::Parent;"),
    ];
    assert_eq!(faults(&chain), [""; 0]);
    let mut circle = chain;
    circle[2].1 = "fn f(a: super::a::A) {}";
    let wrong = ["a", "b", "c"].map(|part| format!("`high::{part}` stands in a circle of uses"));
    assert_eq!(faults(&circle), wrong);
}

#[test]
fn a_crate_without_stated_layers_is_refused() {
    let sources = [("lib.rs".to_string(), "//! A crate.\n".to_string())];
    assert_eq!(check_sources(&sources).len(), 1);
}

#[test]
fn open_fields_are_found_in_the_named_structs_alone() {
    let text = "/// A struct of state.\npub struct State<'a> {\n    own: u8,\n    /// pub no: u8\n    pub(super) near: u8,\n    pub far: u8,\n    pub(crate) wide: &'a u8,\n}\n\npub struct StateOfOthers {\n    pub open: u8,\n}\n";
    let faults = |names: &[&str]| open_fields_in(&[text.to_string()], names);
    let found = ["far", "wide"].map(|field| format!("`State::{field}` is open to the whole crate"));
    assert_eq!(faults(&["State"]), found);
    assert_eq!(faults(&["Stat"]), ["there is no struct `Stat` with named fields"]);
}
