//! The coefficients of the story level, fitted and measured:
//! `cargo run --release --example story_fit -- LABELLED_DIR`.
//!
//! `LABELLED_DIR` holds a folder for each of [`sets::LABELLED`] and [`sets::TEMPLATES`] (see `sets`).
//! Each set is a corpus by itself and goes through the near level, the candidates and the parts once;
//! from there on everything depends on the coefficients alone. Three tables are printed:
//!
//! - *shipped*: the clusters of [`Coefficients::SHIPPED`], which are checked to be those of the pipeline;
//! - *held out*: for each set the coefficients are fitted on the other sets (see `fit`), and
//!   measured on this one;
//! - *calibration*: the expected calibration error on held-out sets, over all pairs of candidates with a
//!   label, in ten bins of equal width: of the probability that the two alone give, of that given the clusters,
//!   and of the latter over the matches that are reported (a member and its parent).
//!
//! Then the same of the coefficients fitted on all sets, and these themselves.
#![allow(clippy::print_stdout, reason = "it is for people")]

mod calibration;
mod fit;
mod sets;

use anyhow::{Context, Result};
use calibration::{Chance, calibrate, error, pooled};
use retold::score::story::Coefficients;
use sets::{Figures, LABELLED, Set, TEMPLATES};
use std::path::Path;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("name the folder of the labelled sets")?;
    let folder = Path::new(&folder);
    let read = |name: &&str| Set::read(&folder.join(name));
    let sets: Vec<Set> = LABELLED.iter().map(read).collect::<Result<_>>()?;
    let templates = read(&TEMPLATES)?;
    let all: Vec<&Set> = sets.iter().collect();
    let shipped = Coefficients::SHIPPED;

    let tries = fit::tries(&all);
    let fitted_without = |out: usize| {
        let others: Vec<usize> = (0..sets.len()).filter(|&set| set != out).collect();
        let coefficients = fit::choose(&tries, &others);
        let others: Vec<&Set> = others.iter().map(|&set| &sets[set]).collect();
        calibrate(&others, &coefficients)
    };
    let held_out: Vec<Coefficients> = (0..sets.len()).map(fitted_without).collect();
    let chosen = fit::choose(&tries, &(0..sets.len()).collect::<Vec<_>>());
    let fitted = calibrate(&all, &chosen);

    figures("Shipped", &sets, |_| shipped);
    figures("Held out", &sets, |set| held_out[set]);
    figures("Fitted on all", &sets, |_| fitted);
    calibration_table("Calibration error, shipped", &sets, |_| shipped);
    calibration_table("Calibration error, held out", &sets, |set| held_out[set]);
    template_table(&templates, &[("shipped", shipped), ("fitted on all", fitted)], &held_out);
    println!(
        "\n### Coefficients\n\n| | shipped | fitted on all | without {} |",
        LABELLED.join(" | ")
    );
    println!("|---|{}", "---|".repeat(held_out.len() + 2));
    let columns: Vec<Coefficients> = [shipped, fitted].into_iter().chain(held_out).collect();
    for (i, (name, _)) in fit::fields(&mut shipped.clone()).iter().enumerate() {
        let row = columns.iter().map(|of| format!("{:.3}", fit::fields(&mut of.clone())[i].1));
        println!("| {name} | {} |", row.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}

fn figures(what: &str, sets: &[Set], of: impl Fn(usize) -> Coefficients) {
    println!("\n### {what}\n\n| set | precision | recall | F1 | ARI | B-cubed F1 |");
    println!("|---|---|---|---|---|---|");
    let mut sum = 0.0;
    for (i, set) in sets.iter().enumerate() {
        let Figures { pairs, grouping } = set.figures(&of(i));
        sum += pairs.f1();
        let grouping = grouping.map_or("| | |".to_owned(), |of| {
            format!("| {:.4} | {:.4} |", of.adjusted_rand, of.b_cubed.f1())
        });
        println!(
            "| {} | {:.4} | {:.4} | {:.4} {grouping}",
            set.name,
            pairs.precision,
            pairs.recall,
            pairs.f1()
        );
    }
    println!("| mean | | | {:.4} | | |", sum / sets.len() as f64);
}

fn calibration_table(what: &str, sets: &[Set], of: impl Fn(usize) -> Coefficients) {
    println!(
        "\n### {what}\n\n| set | pairs | the two alone | given the clusters | matches | of them |"
    );
    println!("|---|---|---|---|---|---|");
    let measured: Vec<[Vec<Chance>; 3]> =
        sets.iter().enumerate().map(|(i, set)| calibration::chances(set, &of(i))).collect();
    let mut sums = [0.0; 3];
    for (set, of) in sets.iter().zip(&measured) {
        let errors = [0, 1, 2].map(|form: usize| error(&of[form]));
        sums.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error);
        let [alone, given, matches] = errors;
        let (pairs, matched) = (of[0].len(), of[2].len());
        println!("| {} | {pairs} | {alone:.3} | {given:.3} | {matches:.3} | {matched} |", set.name);
    }
    let [alone, given, matches] = sums.map(|sum| sum / sets.len() as f64);
    println!("| mean | | {alone:.3} | {given:.3} | {matches:.3} | |");
    let [alone, given, matches] = [0, 1, 2].map(|form: usize| pooled(&measured, form));
    println!("| pooled | | {alone:.3} | {given:.3} | {matches:.3} | |");
}

fn template_table(set: &Set, named: &[(&str, Coefficients)], held_out: &[Coefficients]) {
    println!("\n### {}: pairs in one story\n", set.name);
    println!(
        "| coefficients | templates (at most 3 %) | re-sends (at least 95 %) |\n|---|---|---|"
    );
    let without = LABELLED.iter().map(|name| format!("without {name}"));
    let held_out = without.zip(held_out.iter().copied());
    for (name, of) in named.iter().map(|(name, of)| ((*name).to_owned(), *of)).chain(held_out) {
        let (wanted, unwanted) = set.joined(&of);
        println!("| {name} | {:.2} % | {:.2} % |", 100.0 * unwanted, 100.0 * wanted);
    }
}
