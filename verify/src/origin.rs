//! Is this a ledger of a run of this image: same files, same kernel, same settings, same seeds, same first program?

use crate::findings::{Check, Findings, Named, path_text};
use crate::image::{Image, bytes, content_of};
use firmseed_formats::hex0;
use firmseed_formats::ledger::format::Content;
use firmseed_formats::ledger::parse::{Ledger, SeedRecord};
use firmseed_formats::sha256::{Digest, Hex, digest};

/// What PID 1 is when it starts, as the kernel's ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Class, hash and size of what is executed: of a script, its interpreter.
    pub program: Content,
    /// The arguments, `argv[0]` first: before those of the index the name of the program, or for a script what its `#!`
    /// line names, and its own path.
    pub arguments: Vec<Vec<u8>>,
    /// The folder, without links, dots and doubled slashes.
    pub cwd: Vec<u8>,
}

/// Compares `ledger` with `image`, whose index says how its first program starts; None where that cannot be told.
pub fn check(ledger: &Ledger, image: &Image<'_>, start: Option<&Start>, findings: &mut Findings) {
    let mut say = |text: String| findings.add(Check::Origin, text);
    let (files, tar) = (Hex(&ledger.files), Hex(&image.index.tar.sha256));
    if files.0 != tar.0 {
        say(format!(
            "`files` is {files}, the tar of the image is {tar}: a ledger of another image"
        ));
    }
    let (ran, kernel) = (Hex(&ledger.kernel), Hex(&image.kernel));
    if ran.0 != kernel.0 {
        say(format!(
            "the kernel that kept the ledger measured itself as {ran}, the image's kernel is {kernel}: another kernel ran"
        ));
    }
    let index = &image.index;
    let arguments = words(index.arguments().map(bytes));
    let environment = words(index.environment().map(bytes));
    for (what, of_ledger, of_image) in [
        ("policy", ledger.policy.clone(), index.policy.to_string()),
        ("init", path_text(&ledger.init), index.init.to_string()),
        ("list of arguments", words(ledger.arguments.iter().cloned()), arguments),
        ("environment", words(ledger.environment.iter().cloned()), environment),
        ("cwd", path_text(&ledger.cwd), index.cwd.to_string()),
    ] {
        if of_ledger != of_image {
            say(format!("the ledger's {what} is `{of_ledger}`, the image's is `{of_image}`"));
        }
    }
    let (seeds, here) = (image.seeds(), ledger.seeds.len());
    if here != seeds.len() {
        say(format!("the ledger has {here} seeds, the image {}", seeds.len()));
    }
    for (seed, (text, program)) in ledger.seeds.iter().zip(&seeds) {
        let [path, from] = [&seed.program.path, &seed.text.path].map(|path| path_text(path));
        let [other, of] = [program, text].map(|path| path_text(path));
        if (&path, &from) != (&other, &of) {
            say(format!("the ledger's seed {path} from {from} is {other} from {of} in the image"));
        } else if let Err(problem) = decoded(seed, image) {
            say(format!("seed {path}: {problem}"));
        }
    }
    earlier_run(ledger, image, findings);
    if let Some(start) = start {
        first_process(ledger, image, start, findings);
    }
}

/// Do ledger, image and who asks speak of the same earlier run?
fn earlier_run(ledger: &Ledger, image: &Image<'_>, findings: &mut Findings) {
    let text = |head: Option<&Digest>| head.map_or("no run".into(), |head| Hex(head).to_string());
    let given = image.earlier.map(|earlier| &earlier.head);
    let heads = [ledger.continues.as_ref(), image.index.continues.as_ref(), given];
    let [of_ledger, of_image, given] = heads.map(text);
    if of_ledger != of_image || of_image != given {
        let text = format!(
            "the ledger continues {of_ledger}, the image {of_image}, and {given} was given to be continued (--from)"
        );
        findings.add(Check::Origin, text);
    }
}

fn words(list: impl Iterator<Item = Vec<u8>>) -> String {
    list.map(|text| path_text(&text)).collect::<Vec<_>>().join(" ")
}

/// Is process 1 what the image's index says? The kernel's command line can name another program, and other arguments.
fn first_process(ledger: &Ledger, image: &Image<'_>, start: &Start, findings: &mut Findings) {
    let Some(first) = ledger.entries.first().filter(|entry| entry.process == 1) else {
        return; // named by the checks of processes
    };
    let variables: Vec<Vec<u8>> = image.index.environment().map(bytes).collect();
    let strings: Vec<u8> = variables.iter().flat_map(|text| [text, &b"\0"[..]].concat()).collect();
    let environment = (variables.len() as u64, digest(&strings));
    for (same, what) in [
        // By its bytes: it may have another name when the line is written.
        (first.program.content == start.program, "program"),
        (first.arguments == start.arguments, "arguments"),
        (first.environment == environment, "environment"),
        (first.cwd == start.cwd, "directory"),
    ] {
        if !same {
            let text = format!(
                "the {what} of process 1 is another one than the image's index says: started with other words on the kernel's command line (init=, --)?"
            );
            findings.at(Check::Origin, first, text);
        }
    }
}

/// Is the seed's program what hex0 makes of its text, a file of the image?
fn decoded(seed: &SeedRecord, image: &Image<'_>) -> Result<(), String> {
    let (text, program) = (&seed.text, &seed.program);
    let name = path_text(&text.path);
    let (file, source) = image.at(&text.path).ok_or(format!("the image has no file {name}"))?;
    if file.content != text.content {
        let (file, text) = (Named(file), Named(text));
        return Err(format!("its text in the image is {file}, in the ledger {text}"));
    }
    let made = hex0::decode(source).map_err(|error| format!("{name}: {error}"))?;
    let mut of_text = program.clone();
    of_text.content = content_of(&made);
    if of_text.content != program.content {
        let (stated, size) = (Named(program), program.content.size);
        let (found, length) = (Named(&of_text), made.len());
        return Err(format!(
            "its text stands for {found} of {length} bytes, the ledger has {stated} of {size}"
        ));
    }
    Ok(())
}
