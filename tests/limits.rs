//! No room, no right to write, no more files, no more memory: one message, exit code 1, nothing half
//! left behind, and `--resume` goes on when there is more.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use std::process::{Command, Stdio};
use support::cli::{Place, Run};
use support::dump::dump;
use support::skipped;

/// Runs a script in a folder, with the program as `$retold`.
fn sh(place: &Place, script: &str) -> Run {
    let mut command = Command::new("sh");
    command.args(["-ec", script]).env("retold", env!("CARGO_BIN_EXE_retold"));
    Run::of(
        command
            .env_remove("RUST_BACKTRACE")
            .current_dir(place.path())
            .stdin(Stdio::null())
            .output()
            .unwrap(),
    )
}

/// The same where drives can be mounted that nobody else sees; `None` where that is not allowed.
fn with_mounts(place: &Place, script: &str) -> Option<Run> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-ec", script]).env("retold", env!("CARGO_BIN_EXE_retold"));
        command.env_remove("RUST_BACKTRACE").current_dir(place.path()).stdin(Stdio::null()).output()
    };
    let allowed = unshare("mkdir -p try; mount -t tmpfs none try");
    if !allowed.is_ok_and(|output| output.status.success()) {
        skipped("drives cannot be mounted here");
        return None;
    }
    std::fs::remove_dir(place.path().join("try")).unwrap();
    Some(Run::of(unshare(script).unwrap()))
}

/// A folder with a dump, and what becomes of it.
fn place() -> (Place, [String; 2]) {
    let place = Place::new();
    place.write("all.jsonl", dump(0..1_500));
    let outputs = ["-o", "clusters.jsonl", "--assignments", "rows.csv"];
    place.cluster(&[&outputs[..], &["all.jsonl"]].concat()).ends(0);
    let expected = ["clusters.jsonl", "rows.csv"].map(|name| {
        let contents = place.read(name);
        std::fs::remove_file(place.path().join(name)).unwrap();
        contents
    });
    (place, expected)
}

/// Checks that there is one message, which says these.
fn says_once(said: &str, parts: &[&str]) {
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("retold: ")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(parts.iter().all(|part| lines[0].contains(part)), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_full_work_folder() {
    let (place, expected) = place();
    let (mut failed, mut went_on) = (0, 0);
    for memory in ["1GiB", "1B"] {
        for kib in [8, 300, 1_200, 2_000, 3_000, 4_500, 6_000] {
            let script = format!(
                "mkdir -p work; mount -t tmpfs -o size={kib}k none work
                job='cluster -o clusters.jsonl --assignments rows.csv all.jsonl --work-dir work'
                code=0; \"$retold\" $job -q --memory {memory} || code=$?
                if [ $code = 0 ]; then rm clusters.jsonl rows.csv; fi
                echo $code; ls -A | tr '\\n' ' '; echo; ls work/retold-job | tr '\\n' ' '
                mount -o remount,size=200m work
                \"$retold\" $job --resume 2>said; echo; ls -A work"
            );
            let Some(run) = with_mounts(&place, &script) else { return };
            let run = run.ends(0);
            let [code, left, saved] = [0, 1, 2].map(|line| run.out.lines().nth(line).unwrap());
            assert_eq!(left, "all.jsonl work ", "{memory} {kib}");
            if code != "0" {
                assert_eq!(code, "1", "{}", run.err);
                says_once(
                    &run.err,
                    &["the work folder work failed", "No space left", "make room there"],
                );
                failed += 1;
            }
            assert_eq!(run.out.lines().count(), 3, "the work folder is not empty: {}", run.out);
            let done = place.read("said").contains("done before: work/retold-job/articles-0");
            assert_eq!(done, saved.contains("articles-0 "), "{memory} {kib}: {saved}");
            went_on += u32::from(done);
            std::fs::remove_file(place.path().join("said")).unwrap();
            for (name, expected) in ["clusters.jsonl", "rows.csv"].iter().zip(&expected) {
                assert!(place.read(name) == *expected, "{memory} {kib} {name}");
                std::fs::remove_file(place.path().join(name)).unwrap();
            }
        }
    }
    assert!(failed >= 6 && went_on >= 2, "{failed} {went_on}");
}

#[test]
fn a_full_output_folder() {
    let (place, _) = place();
    for output in [
        "cluster -o out/clusters.jsonl",
        "cluster --assignments out/rows.csv",
        "cluster -o out/rows.parquet --singletons",
        "cluster --report out/page.html -o clusters.jsonl",
        "dedup -o out/kept",
        "dedup -o kept --removed out/removed.csv",
    ] {
        if cfg!(not(feature = "parquet")) && output.contains("parquet") {
            continue;
        }
        let script = format!(
            "mkdir out work expected
            \"$retold\" {output} all.jsonl -q > shown
            for made in out shown clusters.jsonl kept; do
                if [ -e $made ]; then mv $made expected; fi
            done
            mkdir out; mount -t tmpfs -o size=8k none out
            code=0; \"$retold\" {output} all.jsonl -q --work-dir work > shown || code=$?
            echo $code; ls -A . out work/retold-job | tr '\\n' ' '; echo
            mount -o remount,size=200m out
            \"$retold\" {output} all.jsonl --work-dir work --resume > shown 2> said
            ls -A out work | tr '\\n' ' '
            for made in $(ls expected); do diff -r expected/$made $made; done
            grep -q 'done before: work/retold-job/articles-0' said
            umount out; rm -r out work expected said shown; rm -rf clusters.jsonl kept"
        );
        let Some(run) = with_mounts(&place, &script) else { return };
        let run = run.ends(0);
        let lines: Vec<&str> = run.out.lines().collect();
        says_once(&run.err, &["No space left", " out"]);
        // What is written first is whole.
        let first = if output.contains("-o clusters") { "clusters.jsonl " } else { "" };
        let left = format!(".: all.jsonl {first}expected out shown work  out:  work/retold-job: ");
        let saved = lines[1].strip_prefix(&left).expect(&run.out);
        assert!(lines[0] == "1" && saved.starts_with("articles-0 "), "{}", run.out);
        let name = output.split_whitespace().find_map(|word| word.strip_prefix("out/")).unwrap();
        assert_eq!(lines[2], format!("out: {name}  work: "));
        assert_eq!(lines.len(), 3, "{}", run.out);
    }
}

#[test]
fn folders_that_are_only_read() {
    let (place, _) = place();
    for (options, named) in [
        ("cluster -o fixed/c.jsonl", "fixed/c.jsonl"),
        ("cluster --report fixed/c.html", "fixed/c.html"),
        ("cluster --work-dir fixed", "fixed"),
        ("dedup -o fixed/kept", "fixed/kept"),
        ("dedup -o kept --removed fixed/removed.csv", "fixed/removed.csv"),
    ] {
        let script = format!(
            "mkdir -p fixed; mount -t tmpfs -o ro none fixed; \"$retold\" {options} all.jsonl || echo $?"
        );
        let Some(run) = with_mounts(&place, &script) else { return };
        let run = run.ends(0);
        assert_eq!(run.out, "1\n");
        says_once(&run.err, &[named, "Read-only file system"]);
        // It is known before the work starts.
        assert!(!run.err.contains("read 1500 records"), "{}", run.err);
    }
}

#[test]
fn few_open_files() {
    let place = Place::new();
    for file in 0..40 {
        let lines = dump(file * 20..file * 20 + 20);
        #[cfg(feature = "parquet")]
        if file % 4 == 0 {
            let names = ["id", "url", "text"];
            let lines = support::cli::json_lines(&lines);
            let row =
                |line: &serde_json::Value| names.map(|name| line[name].as_str().unwrap().into());
            let groups: Vec<_> =
                lines.chunks(5).map(|five| five.iter().map(row).collect()).collect();
            place.write(&format!("in/{file:02}.parquet"), support::parquet(names, &groups));
            continue;
        }
        place.write(&format!("in/{file:02}.jsonl"), lines);
    }
    let job = "cluster in -q -o clusters.jsonl --threads 7 --memory 1B --work-dir .";
    let expected = {
        sh(&place, &format!("$retold {job}")).ends(0);
        place.read("clusters.jsonl")
    };
    std::fs::remove_file(place.path().join("clusters.jsonl")).unwrap();
    let mut failed = 0;
    for files in [5, 7, 9, 11, 13, 15, 18, 21, 24, 28, 32, 40, 64] {
        let run = sh(&place, &format!("(ulimit -n {files}; exec \"$retold\" {job}) || echo $?"));
        if run.out.is_empty() {
            run.ends(0);
        } else {
            assert_eq!((&*run.out, files < 64), ("1\n", true), "{}", run.err);
            assert!(!run.err.contains("panicked"), "{files}: {}", run.err);
            assert!(run.err.to_lowercase().contains("too many open files"), "{}", run.err);
            assert!(!place.names().iter().any(|name| name.contains("clusters")), "{files}");
            failed += 1;
            sh(&place, &format!("$retold {job} --resume")).ends(0);
        }
        assert!(place.read("clusters.jsonl") == expected, "{files}");
        assert_eq!(place.names(), ["clusters.jsonl", "in"]);
        std::fs::remove_file(place.path().join("clusters.jsonl")).unwrap();
    }
    assert!(failed > 1, "{failed}");
}

/// Whatever is opened, folders that are listed and texts that are read again for the page among it.
#[test]
fn few_open_files_at_any_time() {
    let place = Place::new();
    let deep = (0..12).fold("in".to_owned(), |path, level| format!("{path}/{level}"));
    place.write(&format!("{deep}/a.jsonl"), dump(0..40));
    place.write("in/b.jsonl", dump(40..80));
    for (job, output) in [
        ("cluster in -q --report page.html -o /dev/null --memory 100MiB", "page.html"),
        ("dedup in -q -o kept --memory 100MiB", "kept/0/1/2/3/4/5/6/7/8/9/10/11/a.jsonl"),
    ] {
        sh(&place, &format!("\"$retold\" {job}")).ends(0);
        let expected = place.read(output);
        let mut failed = 0;
        for files in 4..16 {
            sh(&place, "rm -rf kept page.html").ends(0);
            let script = format!("(ulimit -n {files}; exec \"$retold\" {job}) || echo $?");
            let run = sh(&place, &script);
            if run.out.is_empty() {
                assert!(place.read(output) == expected, "{files}");
                continue;
            }
            assert_eq!(run.out, "1\n", "{files}: {}", run.err);
            assert!(run.err.to_lowercase().contains("too many open files"), "{files}: {}", run.err);
            assert_eq!(place.names(), ["in"], "{files}");
            failed += 1;
        }
        assert!(failed > 1, "{failed}");
    }
}

#[test]
fn few_addresses() {
    let (place, expected) = place();
    let run = |mib: u32, options: &str| {
        let job =
            format!("cluster -q -o clusters.jsonl --work-dir . --threads 1 all.jsonl {options}");
        sh(&place, &format!("(ulimit -v {}; exec \"$retold\" {job}) || echo $?", mib << 10))
    };
    // What cannot be enough is refused before the work starts.
    let refused = run(600, "--memory 500MiB");
    assert_eq!(refused.out, "1\n");
    says_once(&refused.err, &["600 MiB of addresses (ulimit -v)", "500 MiB of --memory"]);
    assert_eq!(place.names(), ["all.jsonl"]);
    // Without an option the limit is kept to.
    for mib in [600, 2_000] {
        run(mib, "").ends(0);
        assert!(place.read("clusters.jsonl") == expected[0]);
        std::fs::remove_file(place.path().join("clusters.jsonl")).unwrap();
    }
}

/// Should there be no memory all the same, it is a failure like others. What is left then is removed by
/// the next run.
#[test]
fn no_memory_at_all() {
    let place = Place::new();
    place.write("long.txt", "rain ".repeat(3 << 20));
    let run = sh(&place, "(ulimit -v 40000; exec \"$retold\" extract long.txt -o out) || echo $?");
    assert_eq!(run.out, "1\n", "{}", run.err);
    assert!(run.err.contains("memory allocation of"), "{}", run.err);
    assert!(!place.names().contains(&"out".to_owned()));
    sh(&place, "\"$retold\" extract long.txt -o out").ends(0);
    assert_eq!(place.names(), ["long.txt", "out"]);
}

/// A file that may not grow any more.
#[test]
fn short_files() {
    let (place, expected) = place();
    let job = "cluster -o clusters.jsonl all.jsonl -q --memory 1B --work-dir .";
    for blocks in [1, 100, 400, 1_000] {
        let run = sh(&place, &format!("(ulimit -f {blocks}; exec \"$retold\" {job}) || echo $?"));
        assert_eq!(run.out, "1\n", "{blocks}: {}", run.err);
        says_once(&run.err, &["File too large"]);
        assert!(!place.names().iter().any(|name| name.contains("clusters")), "{blocks}");
        sh(&place, &format!("\"$retold\" {job} --resume")).ends(0);
        assert!(place.read("clusters.jsonl") == expected[0], "{blocks}");
        std::fs::remove_file(place.path().join("clusters.jsonl")).unwrap();
    }
}
