//! PID 1 against the files: what passes here, the kernel starts, and as what.
//!
//! The judges are the kernel's own: its file system, its reader of `#!` lines, its reader of ELF headers.

use super::seeds::{self, Placed};
use crate::archive::ReadMember;
use firmseed_core::exec::SCRIPT_DEPTH;
use firmseed_core::exec::script::{self, HEAD_SIZE, Head};
use firmseed_core::fs::{FileType, Follow, Fs, InodeId};
use firmseed_formats::image::Policy;
use firmseed_verify::image::content_of;
use firmseed_verify::origin::Start;

/// The files at the moment when the kernel starts PID 1.
pub struct StartFiles<'a> {
    /// The tar, and the seeds in their places.
    pub fs: &'a Fs,
    /// The bytes of the tar.
    pub tar: &'a [u8],
    /// Its members.
    pub entries: &'a [ReadMember],
    /// The seeds.
    pub seeds: &'a [Placed],
    /// The folder in which PID 1 starts, and from which its interpreters are looked for.
    pub cwd: InodeId,
    /// May the image's own machine code run?
    pub policy: Policy,
}

impl StartFiles<'_> {
    /// How the program at `init`, or the interpreter that its `#!` line leads to, is started with `arguments` behind its name.
    ///
    /// # Errors
    /// A sentence about the file that is none, without its first word: what names `init`.
    pub fn start(&self, init: &[u8], arguments: &[Vec<u8>]) -> Result<Start, String> {
        let mut path = init.to_vec();
        // As follow_scripts of the kernel's exec has it: each interpreter and its argument stand before what they interpret.
        let mut words = vec![init.to_vec()];
        let mut named = String::new();
        for _ in 0..=SCRIPT_DEPTH {
            let (file, code) =
                self.executable(&path).map_err(|problem| named.clone() + &problem)?;
            match script::parse(&code[..code.len().min(HEAD_SIZE)]) {
                Head::Script(interpreter) => {
                    path = interpreter.path.to_vec();
                    let argument = interpreter.argument.map(<[u8]>::to_vec);
                    words.splice(0..0, [path.clone()].into_iter().chain(argument));
                    let text = String::from_utf8_lossy(&path);
                    named = format!("is a script; its interpreter {text} ");
                }
                Head::BadScript => {
                    return Err(named
                        + &format!(
                            "has a #! line that names no interpreter within {HEAD_SIZE} bytes"
                        ));
                }
                Head::Other => {
                    self.is_program(file, code).map_err(|problem| named + &problem)?;
                    words.extend_from_slice(arguments);
                    let cwd = self.fs.path_of(self.cwd);
                    return Ok(Start {
                        program: content_of(code),
                        arguments: words,
                        cwd: cwd.map_err(|errno| format!("cannot be started: {errno:?}"))?,
                    });
                }
            }
        }
        Err(format!("leads to more than {SCRIPT_DEPTH} scripts that interpret each other"))
    }

    /// The file at `path`, which somebody may execute, and its bytes.
    fn executable(&self, path: &[u8]) -> Result<(InodeId, &[u8]), String> {
        let Ok(file) = self.fs.resolve(self.cwd, path, Follow::Yes) else {
            return Err("is not in the image".into());
        };
        if self.fs.file_type(file) != FileType::Regular {
            return Err("is not a file".into());
        }
        let mode = self.fs.stat(file).mode & 0o7777;
        if mode & 0o111 == 0 {
            return Err(format!("is not executable (mode {mode:04o}): chmod +x it"));
        }
        match self.bytes(file) {
            [] => Err("is empty".into()),
            code => Ok((file, code)),
        }
    }

    /// `code` of `file` is machine code that the policy lets run.
    fn is_program(&self, file: InodeId, code: &[u8]) -> Result<(), String> {
        seeds::parse(code).map_err(|error| format!("cannot be executed: {error}"))?;
        if self.policy == Policy::Chain && self.seeds.iter().all(|seed| seed.file != file) {
            return Err("is machine code that the image brings along, which the policy `chain` refuses to run; \
                        name the program of a --seed, or build with --policy open"
                .into());
        }
        Ok(())
    }

    fn bytes(&self, file: InodeId) -> &[u8] {
        if let Some(seed) = self.seeds.iter().find(|seed| seed.file == file) {
            return &seed.code;
        }
        let member = seeds::member(self.fs, self.tar, self.entries, file);
        member.map_or(&[], |(_, content)| content)
    }
}
