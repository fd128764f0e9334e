//! Why something does not derive from text, as a sentence.

use crate::derive::{Step, Way};
use crate::findings::{Named, Short, class_text, path_text};
use crate::image::Image;
use firmseed_formats::ledger::parse::File;

/// Why `file` does not: it, and the steps back to the cause.
pub fn reason(file: &File, steps: &[Step<'_>], image: &Image<'_>) -> String {
    format!("{} does not derive from text: it{}", Named(file), back(steps, image))
}

/// The steps, from behind "it".
pub fn back(steps: &[Step<'_>], image: &Image<'_>) -> String {
    let sentence = |step: &Step<'_>| match step {
        Step::WrittenBy(entry) => {
            let (process, program) = (entry.process, path_text(&entry.program.path));
            format!(" was written by process {process} ({program}, entry {}),", entry.number)
        }
        Step::Got(_, Way::Read(file)) => format!(" which read {}, which", Named(file)),
        Step::Got(_, Way::Program(file)) => format!(" whose program {}", Named(file)),
        Step::Got(_, Way::Code(file)) => format!(" which mapped {} as code, which", Named(file)),
        Step::Got(entry, Way::From(process)) => {
            format!(" which got bytes of process {process} (entry {}),", entry.number)
        }
        Step::Got(entry, Way::Birth(process)) => {
            format!(" which was started by process {process} (entry {}),", entry.number)
        }
        Step::Got(entry, Way::Device(device)) => {
            let device = path_text(device);
            format!(" which read the device {device} (entry {})", entry.number)
        }
        Step::NotWritten(file) => nobody_wrote(file, image),
    };
    steps.iter().map(sentence).collect()
}

fn nobody_wrote(file: &File, image: &Image<'_>) -> String {
    let (what, hash) = (class_text(file.content.class), &file.content.sha256);
    match image.find(hash).map(|found| path_text(&found.path)) {
        Some(path) => format!(" is {what} and comes from the image ({path})"),
        None => format!(" is {what}, and no entry above wrote it (sha256 {})", Short(hash)),
    }
}
