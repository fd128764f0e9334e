//! A ledger as SLSA provenance in an in-toto statement, for tools that read these.
//!
//! Field names are those of the specifications: in-toto Attestation Framework, Statement v1; SLSA Provenance v1. No
//! times, no names of machines: the same image gives the same statement. It is not signed; whoever vouches for it signs it.

use super::trace_back::{NamedFile, trace_back};
use super::verdict::{Request, verify};
use crate::{Error, Result, sha256};
use firmseed_formats::sha256::{Digest, Hex};
use firmseed_verify::findings::path_text;
use firmseed_verify::image::Earlier;
use firmseed_verify::lineage::Lineage;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What was built here, and how: docs/ledger.md describes it.
const BUILD_TYPE: &str = "urn:firmseed:chain:1";

/// An in-toto statement.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: &'static str,
    /// What it is about.
    pub subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    /// Where the subjects come from.
    pub predicate: Predicate,
}

/// SLSA provenance.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// The run.
    pub run_details: RunDetails,
}

/// What went in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    build_type: &'static str,
    external_parameters: Value,
    internal_parameters: Value,
    /// The image, and those of its files that went into the subjects.
    pub resolved_dependencies: Vec<Resource>,
}

/// The run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunDetails {
    builder: Value,
    metadata: Value,
    byproducts: Vec<Resource>,
}

/// in-toto's ResourceDescriptor.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// A name: a path, as in the ledger.
    pub name: String,
    /// Its hash.
    pub digest: BTreeMap<&'static str, String>,
    /// What else is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<&'static str, Value>,
}

impl Resource {
    fn new(name: impl Into<String>, sha256: impl Into<String>) -> Self {
        let digest = BTreeMap::from([("sha256", sha256.into())]);
        Resource { name: name.into(), digest, annotations: BTreeMap::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.annotations.insert(name, value.into());
        self
    }

    fn of_file(file: &NamedFile) -> Self {
        Self::new(&file.path, &file.sha256).with("size", file.size).with("class", file.class)
    }
}

/// The provenance of `files` (paths as in the ledger), or of the files that the image's SHA256SUMS names. `names` are those of
/// image and ledger; `heads` what
/// consoles showed, and the statement says whether that of each run was among them.
///
/// # Errors
/// There is a doubt about image or ledger; a file that the run did not make.
pub fn provenance(
    image: &[u8],
    ledger: &[u8],
    names: [&str; 2],
    files: &[String],
    heads: &[Digest],
    earlier: Option<&Earlier>,
) -> Result<Statement> {
    let verified = verify(&Request { image, ledger, artifacts: None, heads, earlier })?;
    let verdict = verified.verdict;
    if let Some(first) = verdict.findings.first() {
        let count = verdict.findings.len();
        let text = format!(
            "there is no provenance of a ledger in doubt; image-builder verify has {count} doubts, the first: {first}"
        );
        return Err(Error::Image(text));
    }
    let opened = verified.image?;
    let ledger_hash = sha256(ledger);
    let parsed = verified.ledger.map_err(|error| Error::Image(error.to_string()))?;
    let lineage = Lineage::new(&parsed);
    let files = match files {
        [] => opened.expected.iter().map(|(_, path)| path_text(path)).collect(),
        named => named.to_vec(),
    };
    if files.is_empty() {
        return Err(Error::Request("the image has no SHA256SUMS: name the files".into()));
    }
    let mut subject = Vec::new();
    // Ordered by path; a file has one place, whichever subjects it went into.
    let mut inputs = BTreeMap::new();
    for file in &files {
        let traced = trace_back(&lineage, file)?;
        let first = &traced.origins[0];
        if first.writer.is_none() {
            return Err(Error::Request(format!("{file}: no process of this run wrote it")));
        }
        subject.push(Resource { name: file.clone(), ..Resource::new("", &first.file.sha256) });
        for origin in &traced.origins {
            for input in origin.inputs.iter().chain(&origin.scripts).chain(&origin.seed_text) {
                inputs.insert((input.path.clone(), input.sha256.clone()), Resource::of_file(input));
            }
        }
    }
    let index = &opened.index;
    let kernel = Hex(&opened.kernel).to_string();
    let mut resolved_dependencies =
        vec![Resource::new(names[0], Hex(&sha256(image)).to_string()).with("size", image.len())];
    resolved_dependencies.extend(inputs.into_values());
    let arguments: Vec<String> = index.arguments().map(|text| text.to_string()).collect();
    let continues = parsed.continues.map(|head| Hex(&head).to_string());
    let seeds: Vec<Value> = index
        .seeds()
        .map(|seed| json!({"text": seed.source.to_string(), "program": seed.program.to_string()}))
        .collect();
    Ok(Statement {
        kind: "https://in-toto.io/Statement/v1",
        subject,
        predicate_type: "https://slsa.dev/provenance/v1",
        predicate: Predicate {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE,
                external_parameters: json!({
                    "image": names[0],
                    "init": index.init.to_string(),
                    "arguments": arguments,
                    "policy": parsed.policy,
                    "continues": continues,
                }),
                internal_parameters: json!({ "seeds": seeds }),
                resolved_dependencies,
            },
            run_details: RunDetails {
                builder: json!({ "id": format!("urn:firmseed:kernel:sha256:{kernel}") }),
                metadata: json!({ "invocationId": Hex(&parsed.head).to_string() }),
                byproducts: vec![
                    Resource::new(names[1], Hex(&ledger_hash).to_string())
                        .with("head", Hex(&parsed.head).to_string())
                        .with("headCompared", verdict.head_compared)
                        .with("entries", parsed.entries.len())
                        .with("status", parsed.status),
                ],
            },
        },
    })
}
