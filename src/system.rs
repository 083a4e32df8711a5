//! What the system says where it gives no more.

use std::io;

/// Whether the process, or the machine, has too many open files.
pub(crate) fn is_out_of_files(error: &io::Error) -> bool {
    /// As Unix numbers it.
    const TOO_MANY: [i32; 2] = [24, 23];
    cfg!(unix) && error.raw_os_error().is_some_and(|code| TOO_MANY.contains(&code))
}
