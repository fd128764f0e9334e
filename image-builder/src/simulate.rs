//! Running an image without hardware and without an emulator: the kernel's rules over a processor that is a program
//! (`simulator`), from power-on to the status of PID 1.

use crate::{Error, Result, extract, kernel, layout, sha256};
use firmseed_formats::image::Flavour;
use simulator::{Console, Ended, Results, Settings, Typed};
use std::cell::OnceCell;
use std::io::{Read, StdoutLock, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// MiB of memory that the machine may have.
const MEMORY_MIB: std::ops::RangeInclusive<usize> = 16..=65536;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// MiB of memory.
    pub memory_mib: usize,
    /// The kernel command line.
    pub append: String,
    /// Seconds after which it is stopped.
    pub timeout: u64,
}

/// Runs `image` with the console on standard input and output. What it has written goes into `out`, a new or empty folder.
pub fn simulate(image: Vec<u8>, request: &Request, out: Option<&Path>) -> Result<Ended> {
    if !MEMORY_MIB.contains(&request.memory_mib) {
        return Err(Error::Request(format!(
            "--memory {}: expected {} to {} MiB",
            request.memory_mib,
            MEMORY_MIB.start(),
            MEMORY_MIB.end()
        )));
    }
    if request.timeout == 0 {
        return Err(Error::Request("--timeout 0: expected whole seconds, 1 or more".into()));
    }
    if let Some(out) = out {
        extract::prepare(out)?;
    }
    let offset = layout::find_index(&image)?;
    if Flavour::of(&image, offset) == Flavour::Seed {
        let text = "it starts the seed kernel, machine code for EL1; what runs here is the Rust kernel's core, for the images of that kernel";
        return Err(Error::Request(text.into()));
    }
    let settings = Settings {
        memory: request.memory_mib << 20,
        line: request.append.clone(),
        limit: Duration::from_secs(request.timeout),
        results: if out.is_some() { Results::Tar } else { Results::None },
    };
    let hash = kernel::hash(&image[..offset]);
    // The kernel's file system keeps its pages for ever, and this process is short.
    let image: &'static [u8] = image.leak();
    let lost = Rc::new(OnceCell::new());
    let terminal = Terminal { out: std::io::stdout().lock(), lost: lost.clone(), typed: None };
    let ended = simulator::run(image, offset, &hash, sha256, &settings, terminal)
        .map_err(Error::Simulation)?;
    if let Some(out) = out {
        extract::extract_tar(&ended.files, out)?;
    }
    if let Some(error) = lost.get() {
        return Err(Error::Console(error.to_string(), ended.status));
    }
    Ok(ended)
}

/// Standard input and output.
struct Terminal {
    out: StdoutLock<'static>,
    /// Why something was not shown. The machine goes on, as with a cable that was pulled; the verdict knows of it.
    lost: Rc<OnceCell<std::io::Error>>,
    typed: Option<Receiver<u8>>,
}

impl Console for Terminal {
    fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = self.out.write_all(bytes).and_then(|()| self.out.flush()) {
            let _ = self.lost.set(error); // the first one says why
        }
    }

    fn read(&mut self, patience: Duration) -> Typed {
        match self.typed.get_or_insert_with(listen).recv_timeout(patience) {
            Ok(byte) => Typed::Byte(byte),
            Err(RecvTimeoutError::Disconnected) => Typed::End,
            Err(RecvTimeoutError::Timeout) => Typed::Nothing,
        }
    }
}

/// Standard input, read by a thread of its own: waiting for it can be given up.
fn listen() -> Receiver<u8> {
    let (sender, receiver) = sync_channel(4096);
    std::thread::spawn(move || {
        let input = std::io::stdin().lock();
        input.bytes().map_while(std::io::Result::ok).all(|byte| sender.send(byte).is_ok())
    });
    receiver
}
