//! What the system lets this process have.

use anyhow::{Result, bail};
use retold::config::half_of_memory;
use std::num::NonZeroUsize;

/// Bytes of addresses that the program takes beside `--memory`, by measurement.
const PROGRAM: usize = 150 << 20;

/// Bytes of addresses of a thread: its stack, and the heap of its own that the C library gives the
/// first eight a core.
const STACK: usize = 2 << 20;
const HEAP: usize = 64 << 20;
const HEAPS_A_CORE: usize = 8;

/// Threads beside those that work: up to eight that read, and those that write, read ahead, show
/// progress and wait for signals.
const OTHER_THREADS: usize = 12;

/// Least memory that is worth the name; what there is no room for is written down.
const LEAST: usize = 32 << 20;

/// The memory to use: what is asked for, else half of what this process may have, and no more than
/// leaves it enough addresses (`ulimit -v`).
///
/// # Errors
/// More is asked for than the process may have.
pub(super) fn memory(wanted: Option<usize>, threads: Option<NonZeroUsize>) -> Result<usize> {
    let (limit, [needed, taken]) = (addresses(), beside(threads));
    let least = wanted.unwrap_or(LEAST);
    if least.saturating_add(needed) > limit {
        let [limit, memory, needed] = [limit, least, needed].map(|bytes| bytes >> 20);
        bail!(
            "this process may have {limit} MiB of addresses (ulimit -v), too few for {memory} MiB of --memory and {needed} MiB beside it: lower --memory or --threads, or raise the limit"
        );
    }
    let room = limit.saturating_sub(taken).max(LEAST);
    Ok(wanted.unwrap_or_else(|| half_of_memory().min(room)))
}

/// Bytes of addresses that a run of so many threads needs beside its memory, and those that it takes
/// where they can be had.
fn beside(threads: Option<NonZeroUsize>) -> [usize; 2] {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = threads.map_or(cores, NonZeroUsize::get).saturating_add(OTHER_THREADS);
    let needed = PROGRAM.saturating_add(threads.saturating_mul(STACK));
    [needed, needed.saturating_add(threads.min(cores * HEAPS_A_CORE) * HEAP)]
}

/// Bytes of addresses that this process may have.
#[cfg(all(unix, not(target_os = "openbsd")))]
fn addresses() -> usize {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::As).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(all(unix, not(target_os = "openbsd"))))]
fn addresses() -> usize {
    usize::MAX
}

/// From now on the program ends as it does for other wants where there is no memory (the standard
/// library says how much was asked for, and aborts), and where a file may not grow (`ulimit -f`).
#[cfg(unix)]
pub(super) fn fail_at_limits() {
    use rustix::process::Signal;
    use signal_hook::consts::SIGABRT;
    use signal_hook::flag::{register, register_conditional_shutdown};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    // What cannot be caught ends the program as it always does.
    let _ = register_conditional_shutdown(SIGABRT, 1, Arc::new(AtomicBool::new(true)));
    // Caught, it leaves an error to the one who writes.
    let _ = register(Signal::XFSZ.as_raw(), Arc::default());
}

#[cfg(not(unix))]
pub(super) fn fail_at_limits() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_threads_need_more() {
        let of = |threads| beside(NonZeroUsize::new(threads));
        assert!(of(1)[0] > PROGRAM && of(100)[0] > of(1)[0] && of(1)[1] > of(1)[0]);
        assert_eq!(memory(Some(5), None).unwrap(), 5);
        assert!(memory(Some(usize::MAX), None).is_ok() == (addresses() == usize::MAX));
    }
}
