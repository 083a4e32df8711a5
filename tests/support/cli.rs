//! The program as a user runs it, in a folder of the test's own.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program, in a given folder; nothing is inherited on standard input.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retold"));
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// A folder that is gone when the test ends.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, contents).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Names of what is in it, hidden files too.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(program(self.path()).args(args).output().unwrap())
    }

    /// Runs `retold cluster` with these further arguments.
    pub fn cluster(&self, args: &[&str]) -> Run {
        self.run(&[&["cluster"], args].concat())
    }

    /// Runs it with so much address space, in MiB, and so many seconds of one core at most, where the
    /// system can bound them: what holds a whole bomb, or is busy with it for ever, is killed.
    pub fn run_within(&self, mib: u32, seconds: u32, args: &[&str]) -> Run {
        let bounds = if cfg!(target_os = "linux") {
            format!("ulimit -v {} && ulimit -t {seconds} && ", mib << 10)
        } else {
            String::new()
        };
        let output = Command::new("sh")
            .args(["-c", &format!("{bounds}exec \"$@\""), "sh", env!("CARGO_BIN_EXE_retold")])
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output();
        Run::of(output.unwrap())
    }

    /// Runs it with these bytes on standard input.
    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Run {
        let mut child = program(self.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Small inputs only: they fit in the pipe, so nobody waits for anybody.
        assert!(input.len() <= 1 << 16);
        // A program that ends without reading breaks the pipe; how it ended is the test's to check.
        match child.stdin.take().unwrap().write_all(input) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => panic!("{error}"),
            _ => {}
        }
        Run::of(child.wait_with_output().unwrap())
    }
}

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Run {
        Run {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Checks the exit code.
    pub fn ends(self, code: i32) -> Run {
        assert_eq!(self.code, code, "{}", self.err);
        self
    }

    /// Checks that standard error says each of these.
    pub fn says(self, parts: &[&str]) -> Run {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in:\n{}", self.err);
        }
        self
    }

    /// The JSON values on standard output, one a line.
    pub fn json(&self) -> Vec<Value> {
        json_lines(&self.out)
    }

    /// The clusters on standard output, each as the ids of its members, sorted.
    pub fn clusters(&self) -> Vec<Vec<String>> {
        ids_of(&self.json())
    }

    /// The account on standard error, checked for its sum.
    pub fn account(&self) -> Account {
        let line = self
            .err
            .lines()
            .find(|line| line.starts_with("read ") && line.contains(" = "))
            .unwrap_or_else(|| panic!("no account in:\n{}", self.err));
        let account = Account::parse(line).unwrap_or_else(|| panic!("no account: {line}"));
        assert_eq!(account.records, account.clustered + account.alone + account.skipped, "{line}");
        let by_reason: u64 = account.reasons.values().sum();
        assert_eq!(account.skipped, by_reason, "{line}");
        account
    }

    /// Checks the account: records, those in clusters, clusters, alone, and skipped by reason.
    pub fn counts(self, numbers: [u64; 4], reasons: &[(&str, u64)]) -> Run {
        let found = self.account();
        let expected: BTreeMap<String, u64> =
            reasons.iter().map(|&(reason, count)| (reason.to_owned(), count)).collect();
        let four = [found.records, found.clustered, found.clusters, found.alone];
        assert_eq!((four, found.reasons), (numbers, expected), "{}", self.err);
        self
    }
}

/// The line `read 9 records = 4 in 2 clusters + 3 alone + 2 skipped (1 not text, 1 ...)`.
#[derive(Debug)]
pub struct Account {
    pub records: u64,
    pub clustered: u64,
    pub clusters: u64,
    pub alone: u64,
    pub skipped: u64,
    pub reasons: BTreeMap<String, u64>,
}

impl Account {
    fn parse(line: &str) -> Option<Account> {
        let (records, rest) = line.strip_prefix("read ")?.split_once(" record")?;
        let (_, rest) = rest.split_once("= ")?;
        let (clustered, rest) = rest.split_once(" in ")?;
        let (clusters, rest) = rest.split_once(" cluster")?;
        let (_, rest) = rest.split_once("+ ")?;
        let (alone, rest) = rest.split_once(" alone + ")?;
        let (skipped, rest) = rest.split_once(" skipped")?;
        Some(Account {
            records: records.parse().ok()?,
            clustered: clustered.parse().ok()?,
            clusters: clusters.parse().ok()?,
            alone: alone.parse().ok()?,
            skipped: skipped.parse().ok()?,
            reasons: reasons(rest)?,
        })
    }
}

/// What follows "skipped": nothing, or each reason in brackets behind its number of records.
pub fn reasons(list: &str) -> Option<BTreeMap<String, u64>> {
    if list.is_empty() {
        return Some(BTreeMap::new());
    }
    let mut parts: Vec<String> = Vec::new();
    for part in list.strip_prefix(" (")?.strip_suffix(')')?.split(", ") {
        // A reason may hold a comma: "3 image, no article".
        match parts.last_mut() {
            Some(last) if !part.starts_with(|c: char| c.is_ascii_digit()) => {
                *last += &format!(", {part}");
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let parsed = parts.iter().map(|part| {
        let (count, reason) = part.split_once(' ')?;
        Some((reason.to_owned(), count.parse().ok()?))
    });
    parsed.collect()
}

/// One JSON value a line, each line ended.
pub fn json_lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line has no end");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The members of each cluster record, sorted.
pub fn ids_of(records: &[Value]) -> Vec<Vec<String>> {
    let members = |record: &Value| -> Vec<String> {
        let articles = record["articles"].as_array().expect("a cluster record");
        let mut ids: Vec<String> = articles.iter().map(|a| text(&a["id"]).to_owned()).collect();
        ids.sort();
        ids
    };
    records.iter().map(members).collect()
}

/// A JSON string.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

/// A line of JSON with an id and a text.
pub fn line(id: &str, text: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text }))
}
