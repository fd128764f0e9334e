//! `provenance`: what it says, and when it says nothing. tests/86-provenance.sh has it validated by a library that others wrote.

use crate::ledger_common::*;
use image_builder::ledger::provenance::provenance;
use image_builder::sha256;
use serde_json::{Value, json};

fn statement(chain: &Chain, files: &[&str]) -> Result<Value, String> {
    let files: Vec<String> = files.iter().map(ToString::to_string).collect();
    let statement =
        provenance(&chain.image, chain.text().as_bytes(), ["a.img", "a.ledger"], &files, &[], None);
    statement
        .map(|statement| serde_json::to_value(&statement).unwrap())
        .map_err(|error| error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    String::from_utf8(firmseed_formats::sha256::to_hex(&sha256(bytes)).to_vec()).unwrap()
}

fn names(resources: &Value) -> Vec<&str> {
    resources
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["name"].as_str().unwrap())
        .collect()
}

#[test]
fn it_names_what_came_out_and_what_went_in() {
    let chain = Chain::new();
    let statement = statement(&chain, &[]).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let subject = |path: &str, bytes| json!({"name": path, "digest": {"sha256": hex(bytes)}});
    assert_eq!(
        statement["subject"],
        json!([subject("/bin/cc", COMPILER), subject("/bin/hello", HELLO)])
    );
    let definition = &statement["predicate"]["buildDefinition"];
    assert_eq!(
        names(&definition["resolvedDependencies"]),
        ["a.img", "/cc.hex0", "/hello.c", "/script", "/seed.hex0"]
    );
    assert_eq!(definition["resolvedDependencies"][0]["digest"]["sha256"], hex(&chain.image));
    assert_eq!(definition["resolvedDependencies"][2]["digest"]["sha256"], hex(SOURCE));
    assert_eq!(definition["externalParameters"]["policy"], "chain");
    assert_eq!(definition["externalParameters"]["continues"], Value::Null);
    let details = &statement["predicate"]["runDetails"];
    let head = chain.verdict().head.unwrap();
    assert_eq!(
        (&details["metadata"]["invocationId"], &details["byproducts"][0]["annotations"]["head"]),
        (&json!(head), &json!(head))
    );
    assert_eq!(details["byproducts"][0]["digest"]["sha256"], hex(chain.text().as_bytes()));
}

#[test]
fn a_named_file_has_only_its_own_inputs() {
    let statement = statement(&Chain::new(), &["/bin/cc"]).unwrap();
    assert_eq!(names(&statement["subject"]), ["/bin/cc"]);
    let inputs = names(&statement["predicate"]["buildDefinition"]["resolvedDependencies"]);
    assert_eq!(inputs, ["a.img", "/cc.hex0", "/script", "/seed.hex0"]);
}

#[test]
fn a_doubted_ledger_has_no_provenance() {
    let mut chain = Chain::new();
    assert!(
        statement(&chain, &["/hello.c"]).unwrap_err().contains("no process of this run wrote it")
    );
    assert!(statement(&chain, &["/none"]).unwrap_err().contains("knows no such file"));
    chain.entry(2).reads.push(file("/source.tar.gz", TARBALL));
    let error = statement(&chain, &[]).unwrap_err();
    assert!(error.contains("there is no provenance of a ledger in doubt"), "{error}");
}
