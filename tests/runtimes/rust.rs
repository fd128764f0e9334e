//! What Rust's standard library asks of a kernel for threads and programs. Prints the same wherever it runs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::panic;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, Once, OnceLock, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() > 1 {
        return child(&arguments[1]);
    }
    joined();
    channels();
    locks();
    conditions();
    barrier();
    local();
    scoped();
    panics();
    parked();
    programs();
    files();
}

fn joined() {
    let threads: Vec<_> = (0..32u64).map(|i| thread::spawn(move || i * i)).collect();
    let sum: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("joined: {sum}");
    let named = thread::Builder::new().name("worker".into()).stack_size(1 << 20);
    let name = named.spawn(|| thread::current().name().map(str::to_string)).unwrap().join().unwrap();
    println!("named: {name:?}, processors: {}", thread::available_parallelism().unwrap());
}

fn channels() {
    let (sender, receiver) = mpsc::channel();
    for i in 0..10u64 {
        let sender = sender.clone();
        thread::spawn(move || (0..100).for_each(|j| sender.send(i * 100 + j).unwrap()));
    }
    drop(sender);
    println!("received: {}", receiver.iter().sum::<u64>());
    let (sender, receiver) = mpsc::sync_channel(1);
    let writer = thread::spawn(move || (0..1000).for_each(|i| sender.send(i).unwrap()));
    println!("in order: {}", receiver.iter().eq(0..1000));
    writer.join().unwrap();
    let (_kept, receiver) = mpsc::channel::<()>();
    println!("timeout: {:?}", receiver.recv_timeout(Duration::from_millis(5)));
}

fn locks() {
    let (count, shared, total) = (Arc::new(Mutex::new(0u64)), Arc::new(RwLock::new(0u64)), Arc::new(AtomicU64::new(0)));
    static ONCE: Once = Once::new();
    static VALUE: OnceLock<u64> = OnceLock::new();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (count, shared, total) = (count.clone(), shared.clone(), total.clone());
            thread::spawn(move || {
                ONCE.call_once(|| println!("once"));
                for _ in 0..2000 {
                    *count.lock().unwrap() += 1;
                    *shared.write().unwrap() += 1;
                    total.fetch_add(*VALUE.get_or_init(|| 3), Ordering::Relaxed);
                    assert!(*shared.read().unwrap() > 0);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    println!("counted: {} {} {}", count.lock().unwrap(), shared.read().unwrap(), total.load(Ordering::Relaxed));
}

fn conditions() {
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let threads: Vec<_> = (0..4)
        .map(|turn| {
            let pair = pair.clone();
            thread::spawn(move || {
                for round in 0..100 {
                    let mut at = pair.1.wait_while(pair.0.lock().unwrap(), |at| *at != round * 4 + turn).unwrap();
                    *at += 1;
                    pair.1.notify_all();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    println!("turns: {}", pair.0.lock().unwrap());
    let before = Instant::now();
    let (_guard, ended) = pair.1.wait_timeout(pair.0.lock().unwrap(), Duration::from_millis(20)).unwrap();
    println!("timed out: {}, late enough: {}", ended.timed_out(), before.elapsed() >= Duration::from_millis(20));
}

fn barrier() {
    let (barrier, leaders) = (Barrier::new(5), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| {
                for _ in 0..50 {
                    leaders.fetch_add(u64::from(barrier.wait().is_leader()), Ordering::Relaxed);
                }
            });
        }
    });
    println!("leaders: {}", leaders.load(Ordering::Relaxed));
}

static DROPPED: AtomicU64 = AtomicU64::new(0);
struct Noted(u64);
impl Drop for Noted {
    fn drop(&mut self) {
        DROPPED.fetch_add(self.0, Ordering::Relaxed);
    }
}
thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(1) };
    static NOTED: RefCell<Vec<Noted>> = const { RefCell::new(Vec::new()) };
}

fn local() {
    let threads = (1..=10).map(|i| {
        thread::spawn(move || {
            (0..i).for_each(|_| COUNT.set(COUNT.get() * 2));
            NOTED.with_borrow_mut(|noted| noted.push(Noted(i)));
            COUNT.get()
        })
    });
    let counts: Vec<u64> = threads.map(|thread| thread.join().unwrap()).collect();
    println!("local: {counts:?}, own: {}, dropped: {}", COUNT.get(), DROPPED.load(Ordering::Relaxed));
}

fn scoped() {
    let mut numbers: Vec<u64> = (0..100_000).collect();
    thread::scope(|scope| {
        for part in numbers.chunks_mut(10_000) {
            scope.spawn(move || part.iter_mut().for_each(|number| *number *= 3));
        }
    });
    println!("scoped: {}", numbers.iter().sum::<u64>());
}

fn panics() {
    panic::set_hook(Box::new(|_| ()));
    let ended = thread::spawn(|| panic!("on purpose")).join();
    println!("panicked: {:?}", ended.unwrap_err().downcast_ref::<&str>());
    let lock = Arc::new(Mutex::new(0));
    let other = lock.clone();
    let _ = thread::spawn(move || {
        let _guard = other.lock().unwrap();
        panic!("with the lock");
    })
    .join();
    println!("poisoned: {}", lock.is_poisoned());
    let _ = panic::take_hook();
}

fn parked() {
    let thread = thread::spawn(|| {
        thread::park();
        "unparked"
    });
    thread.thread().unpark();
    println!("{}", thread.join().unwrap());
    let before = Instant::now();
    thread::sleep(Duration::from_millis(10));
    println!("slept: {}", before.elapsed() >= Duration::from_millis(10));
}

fn child(way: &str) {
    match way {
        "echo" => println!("{:?} {:?}", std::env::var("WORD"), std::env::current_dir().unwrap()),
        "upper" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).unwrap();
            print!("{}", text.to_uppercase());
        }
        "abort" => std::process::abort(),
        _ => std::process::exit(3),
    }
}

fn programs() {
    let own = || Command::new("/proc/self/exe");
    let said = own().arg("echo").env("WORD", "a word").current_dir("/tmp").output().unwrap();
    println!("child: {:?} {}", String::from_utf8(said.stdout).unwrap(), said.status);
    let mut upper = own().arg("upper").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = upper.stdin.take().unwrap();
    let writer = thread::spawn(move || input.write_all("a pipe's worth. ".repeat(10_000).as_bytes()).unwrap());
    let said = upper.wait_with_output().unwrap();
    writer.join().unwrap();
    println!("child: {} {}", said.stdout.len(), said.status);
    println!("child: {}", own().arg("other").status().unwrap());
    println!("child: {}", own().arg("abort").status().unwrap());
    println!("no child: {:?}", Command::new("/no/such/program").spawn().map(|_| ()).map_err(|error| error.kind()));
    let threads: Vec<_> = (0..8)
        .map(|i| thread::spawn(move || Command::new("/proc/self/exe").arg("echo").env("WORD", i.to_string()).output().unwrap().stdout))
        .collect();
    let lines: Vec<usize> = threads.into_iter().map(|thread| thread.join().unwrap().len()).collect();
    println!("children at once: {lines:?}");
}

fn files() {
    let folder = std::path::Path::new("/tmp/std");
    std::fs::create_dir(folder).unwrap();
    thread::scope(|scope| {
        for i in 0..10 {
            scope.spawn(move || std::fs::write(folder.join(i.to_string()), vec![b'x'; i * 1000]).unwrap());
        }
    });
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let sizes: BTreeMap<_, _> = entries.map(|entry| (entry.file_name(), entry.metadata().unwrap().len())).collect();
    println!("files: {sizes:?}");
    std::fs::remove_dir_all(folder).unwrap();
    println!("gone: {}", !folder.exists());
}
