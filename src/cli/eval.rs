//! `retold eval`: how good the clusters are, against labels.

use super::args::{InputArgs, MatchArgs, RunArgs, config};
use super::output::Output;
use super::progress::Reporter;
use super::{Outcome, job, say, summary};
use ahash::AHashMap;
use anyhow::{Context, Result, bail};
use clap::Args;
use retold::config::Level;
use retold::eval::{
    Agreement, JudgedPair, Labels, PairAgreement, PrecisionRecall, compare_groups, compare_pairs,
};
use retold::pipeline::Clusters;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Compare clusters with labels: precision, recall, F1, ARI and B-cubed
///
/// LABELS is a table with a header, tab-separated (.csv: comma-separated). Its columns say what it
/// holds: `id` and `cluster`, groups at the level of --match; `id` and any of `exact`, `near` and
/// `story`, groups at these levels; `id_a`, `id_b` and `label`, pairs that belong together (1) or
/// not (0) at the level of --match. Labels of articles that are not there are counted, and passed over.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EvalArgs {
    /// The table of labels
    #[arg(long, value_name = "LABELS")]
    gold: PathBuf,

    /// Print the figures as one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchArgs,
    #[command(flatten)]
    run: RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  retold eval --gold data/labels.tsv data/articles
  retold eval --gold data/labels.tsv --match near --json data/articles";

/// One line of the result.
enum Figures {
    Groups(Level, Agreement),
    Pairs(Level, PairAgreement),
}

/// Runs the command.
pub(super) fn run(args: &EvalArgs) -> Result<Outcome> {
    let mut config = config(&args.input, &args.matching, &args.run)?;
    let labels = read_labels(&args.gold, config.level)
        .with_context(|| format!("cannot read the labels {}", args.gold.display()))?;
    if let Labels::Pairs(pairs) = &labels {
        config.judged_pairs = pairs.iter().map(|(a, b, _)| (a.clone(), b.clone())).collect();
    }
    let reporter = Reporter::new(args.run.progress, args.run.quiet);
    let (mut files, troubles) = args.input.files()?;
    config.checkpoints = args.run.checkpoints(&mut files)?;
    let (mut clusters, outcome) = job::run(&files, troubles, &config, &args.run, &reporter)?;
    let (figures, missing) = judge(&labels, &clusters, config.level)?;
    if figures.iter().all(Figures::is_empty) {
        bail!(
            "none of the labelled ids is among the articles: the labels name {:?}, the articles {:?}",
            first_id(&labels),
            if clusters.is_empty() { String::new() } else { clusters.id(0)? },
        );
    }
    let written = Output::Stdout.write(|out| {
        if args.json {
            let all: Vec<Value> = figures.iter().map(Figures::to_json).collect();
            return writeln!(
                out,
                "{}",
                json!({ "figures": all, "labels_without_article": missing })
            );
        }
        figures.iter().try_for_each(|figures| figures.write(out))
    });
    job::end(&mut clusters, written)?;
    if !args.run.quiet {
        summary::say_counts(&clusters);
        if missing > 0 {
            say(&format!("note: {missing} labels name articles that were not read; left out"));
        }
    }
    Ok(outcome)
}

fn read_labels(path: &Path, level: Level) -> Result<Labels> {
    let comma = path.extension().is_some_and(|extension| extension == "csv");
    let table = File::open(path)?;
    Ok(Labels::read(table, if comma { b',' } else { b'\t' }, level)?)
}

fn first_id(labels: &Labels) -> &str {
    match labels {
        Labels::Groups(levels) => {
            levels.first().and_then(|(_, rows)| rows.first()).map_or("", |(id, _)| id)
        }
        Labels::Pairs(pairs) => pairs.first().map_or("", |(a, ..)| a),
    }
}

/// The figures, and how many labels name an article that is not there.
fn judge(labels: &Labels, clusters: &Clusters, level: Level) -> Result<(Vec<Figures>, usize)> {
    let mut missing = 0;
    let figures = match labels {
        Labels::Groups(levels) => levels
            .iter()
            .map(|(level, rows)| {
                let mut names: AHashMap<&str, u32> = AHashMap::new();
                let (mut found, mut wanted) = (Vec::new(), Vec::new());
                for (id, label) in rows {
                    let Some(article) = clusters.find(id)? else {
                        missing += 1;
                        continue;
                    };
                    let fresh = names.len() as u32;
                    found.push(clusters.representative(article, *level));
                    wanted.push(*names.entry(label).or_insert(fresh));
                }
                Ok(Figures::Groups(*level, compare_groups(&found, &wanted)))
            })
            .collect::<Result<_>>()?,
        Labels::Pairs(pairs) => {
            let mut judged = Vec::new();
            for ((a, b, wanted), score) in pairs.iter().zip(&clusters.judged) {
                let group = |article| clusters.representative(article, level);
                match (clusters.find(a)?, clusters.find(b)?, score) {
                    (Some(a), Some(b), Some(score)) => judged.push(JudgedPair {
                        wanted: *wanted,
                        found: group(a) == group(b),
                        score: *score,
                    }),
                    _ => missing += 1,
                }
            }
            vec![Figures::Pairs(level, compare_pairs(&judged))]
        }
    };
    Ok((figures, missing))
}

impl Figures {
    fn is_empty(&self) -> bool {
        match self {
            Figures::Groups(_, agreement) => agreement.items == 0,
            Figures::Pairs(_, agreement) => agreement.pairs == 0,
        }
    }

    fn to_json(&self) -> Value {
        let part = |figures: PrecisionRecall| json!({ "precision": figures.precision, "recall": figures.recall, "f1": figures.f1() });
        match self {
            Figures::Groups(level, agreement) => json!({
                "level": level.name(),
                "articles": agreement.items,
                "pairwise": part(agreement.pairwise),
                "adjusted_rand_index": agreement.adjusted_rand,
                "b_cubed": part(agreement.b_cubed),
            }),
            Figures::Pairs(level, agreement) => json!({
                "level": level.name(),
                "pairs": agreement.pairs,
                "joined": part(agreement.joined),
                "average_precision": agreement.average_precision,
            }),
        }
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut line = |name: &str, figures: PrecisionRecall| {
            let (precision, recall, f1) = (figures.precision, figures.recall, figures.f1());
            writeln!(out, "  {name:<9} precision {precision:.4}  recall {recall:.4}  F1 {f1:.4}")
        };
        match self {
            Figures::Groups(level, agreement) => {
                line(level.name(), agreement.pairwise)?;
                line("B-cubed", agreement.b_cubed)?;
                let (items, index) = (agreement.items, agreement.adjusted_rand);
                writeln!(out, "  adjusted Rand index {index:.4}  ({items} labelled articles)")
            }
            Figures::Pairs(level, agreement) => {
                line(level.name(), agreement.joined)?;
                let (pairs, average) = (agreement.pairs, agreement.average_precision);
                writeln!(out, "  average precision {average:.4}  ({pairs} labelled pairs)")
            }
        }
    }
}
