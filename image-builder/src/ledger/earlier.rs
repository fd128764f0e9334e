//! Runs that others continue: each is verified before what it left is believed.

use super::verdict::{Request, verify};
use crate::{Error, Result};
use firmseed_verify::findings::Check;
use firmseed_verify::image::Earlier;
use std::path::{Path, PathBuf};

/// The ledger in what `qemu/run --out` brings.
const LEDGER: &str = "firmseed.ledger";

/// A run that left files: its image, and its ledger or the folder that `qemu/run --out` made.
#[derive(Clone, Debug)]
pub struct EarlierRun {
    /// The image.
    pub image: PathBuf,
    /// The ledger, or a folder with it.
    pub left: PathBuf,
}

impl EarlierRun {
    /// Where its ledger is.
    pub fn ledger(&self) -> PathBuf {
        match self.left.is_dir() {
            true => self.left.join(LEDGER),
            false => self.left.clone(),
        }
    }
}

/// Verifies runs of which each continues the one before, and tells what the last has left; None of none.
///
/// A run may have ended before all that its image's SHA256SUMS names was made: whoever continues it makes the rest.
///
/// # Errors
/// There is a doubt about one of them, or it cannot be read.
pub fn follow(runs: &[EarlierRun]) -> Result<Option<Earlier>> {
    let mut earlier = None;
    for run in runs {
        earlier = Some(outcome(run, earlier.as_ref())?);
    }
    Ok(earlier)
}

fn outcome(run: &EarlierRun, before: Option<&Earlier>) -> Result<Earlier> {
    let read = |path: &Path| std::fs::read(path).map_err(Error::io("read", path));
    let (image, ledger) = (read(&run.image)?, read(&run.ledger())?);
    let verified = verify(&Request {
        image: &image,
        ledger: &ledger,
        artifacts: run.left.is_dir().then_some(&run.left),
        heads: &[],
        earlier: before,
    })?;
    let mut doubts = verified.verdict.findings.iter();
    if let Some(doubt) = doubts.find(|finding| finding.check != Check::Results) {
        let (image, left) = (run.image.display(), run.left.display());
        let text = format!("--from {image} {left}: such a run cannot be continued: {doubt}");
        return Err(Error::Image(text));
    }
    let text = "no doubt, and nothing to be told of it";
    verified.outcome.ok_or_else(|| Error::Image(text.into()))
}
