//! Keys that come from outside, in maps whose places an attacker could aim at if he knew their seeds.

use crate::support::cli::{Place, line};
use crate::support::news::{article, text};
use std::process::Command;

/// Prints a hash as the maps of this process make it.
#[test]
#[ignore = "run by the test below, in two processes"]
#[allow(clippy::print_stdout, reason = "the other test reads it")]
fn print_a_hash() {
    println!("hash {:x}", ahash::RandomState::new().hash_one("the same key"));
}

#[test]
fn seeds_differ_from_run_to_run() {
    let hash = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "seeds::print_a_hash", "--ignored", "--nocapture"]);
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        said.lines().find(|line| line.contains("hash ")).expect(&said).to_owned()
    };
    assert_ne!(hash(), hash());
}

/// Ids that repeat, names and numbers that contradict, copies to remove: all that goes through maps
/// comes out the same in every run.
#[test]
fn seeds_change_nothing() {
    let place = Place::new();
    let mut dump = String::new();
    for n in 0..300 {
        dump += &line(&format!("id{}", n % 20), &text(n % 90, 9));
    }
    place.write("dump.jsonl", dump);
    let told = |dead: usize| {
        let some = article(5, 9).join(" ");
        format!("{some} In Rudnica {dead} people died, said mayor Ewa Lind{dead}.")
    };
    place.write("a.txt", told(12));
    place.write("b.txt", told(15));
    let results = [1, 2, 3].map(|run| {
        let rows = format!("{run}.csv");
        let cluster = place.cluster(&["dump.jsonl", "--assignments", "rows.csv"]).ends(0);
        let out = format!("kept{run}");
        place.run(&["dedup", "dump.jsonl", "-o", &out, "--removed", &rows]).ends(0);
        let compared = place.run(&["compare", "--json", "a.txt", "b.txt"]).ends(0).out;
        assert!(cluster.out.contains("id7#15") && compared.contains("\"kind\":\"number\""));
        let kept = place.read(&format!("{out}/dump.jsonl"));
        [cluster.out, cluster.err, place.read("rows.csv"), place.read(&rows), kept, compared]
    });
    assert!(results[0] == results[1] && results[1] == results[2]);
}
