//! The S-curve: how surely two articles of some similarity are found to be compared.

use crate::config::{Config, Level, NEAR_RECALL, NEAR_SIMILARITY};
use crate::lsh::near::Bands;
use crate::minhash::near::MINIMA;
use crate::score::near::{MIN_CONTAINED, MIN_JACCARD};
use serde::Serialize;
use std::fmt::Write;

/// The curve as it is drawn, from the similarity 0 to 1.
#[derive(Debug, Serialize)]
pub(super) struct Curve {
    bands: usize,
    rows: usize,
    minima: usize,
    /// Points of the line.
    line: String,
    /// Marks on the horizontal axis: the place and the number.
    ticks: Vec<(String, String)>,
    /// Marks on the vertical axis.
    levels: Vec<(String, String)>,
    /// The similarity that the bands are made for.
    made_for: Point,
    /// The least near score of the run, on the axis of the similarity.
    threshold: Point,
    /// Shared part of the smaller text that the threshold asks for, in percent.
    contained: String,
    /// Shingles of the smaller text from which its shared part counts, and the similarity.
    least_shingles: usize,
    least_similarity: String,
    wanted_recall: String,
    table: Vec<(String, String)>,
}

/// A point on the curve.
#[derive(Debug, Serialize)]
struct Point {
    x: String,
    y: String,
    similarity: String,
    percent: String,
}

/// The area of the plot in units of the drawing.
const LEFT: f64 = 44.0;
const TOP: f64 = 24.0;
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 170.0;

/// Pieces of the line.
const PIECES: u32 = 60;

fn x(similarity: f64) -> String {
    format!("{:.1}", LEFT + WIDTH * similarity)
}

fn y(probability: f64) -> String {
    format!("{:.1}", TOP + HEIGHT * (1.0 - probability))
}

fn percent(share: f64) -> String {
    // 100 is said of what is certain only.
    if share < 1.0 && share > 0.9995 { ">99.9".to_owned() } else { format!("{:.1}", share * 100.0) }
}

impl Curve {
    /// The curve of a run; `None` where it does not look for edited copies.
    pub(super) fn of(config: &Config) -> Option<Curve> {
        if config.level < Level::Near {
            return None;
        }
        let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
        let point = |similarity: f64| {
            let probability = bands.probability(similarity);
            Point {
                x: x(similarity),
                y: y(probability),
                similarity: format!("{similarity:.2}"),
                percent: percent(probability),
            }
        };
        let mut line = String::new();
        for piece in 0..=PIECES {
            let similarity = f64::from(piece) / f64::from(PIECES);
            // A string takes everything that is written to it.
            let _ = write!(line, "{},{} ", x(similarity), y(bands.probability(similarity)));
        }
        let tenths = |step: u32| (0..=10).step_by(step as usize).map(|n| f64::from(n) / 10.0);
        let threshold = config.near_threshold;
        Some(Curve {
            bands: bands.bands,
            rows: bands.rows,
            minima: MINIMA,
            line: line.trim_end().to_owned(),
            ticks: tenths(2).map(|s| (x(s), format!("{s:.1}"))).collect(),
            levels: tenths(5).map(|p| (y(p), format!("{:.0} %", p * 100.0))).collect(),
            made_for: point(NEAR_SIMILARITY),
            threshold: point(threshold),
            contained: format!("{:.0}", 200.0 * threshold / (1.0 + threshold)),
            least_shingles: MIN_CONTAINED,
            least_similarity: format!("{MIN_JACCARD:.1}"),
            wanted_recall: format!("{:.0}", NEAR_RECALL * 100.0),
            table: tenths(1)
                .skip(1)
                .map(|s| (format!("{s:.1}"), percent(bands.probability(s))))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::near::Overlap;

    #[test]
    fn the_line_goes_from_nothing_to_all() {
        let curve = Curve::of(&Config::default()).unwrap();
        assert!(curve.line.starts_with("44.0,194.0 ") && curve.line.ends_with("344.0,24.0"));
        let found: f64 = curve.made_for.percent.parse().unwrap();
        assert!(found >= NEAR_RECALL * 100.0, "{found}");
        assert!(Curve::of(&Config { level: Level::Exact, ..Config::default() }).is_none());
    }

    #[test]
    fn the_shared_part_gives_the_score_of_the_threshold() {
        let curve = Curve::of(&Config { near_threshold: 0.6, ..Config::default() }).unwrap();
        assert_eq!(curve.contained, "75");
        let overlap = Overlap { shared: 75, smaller: 100, larger: 140 };
        assert!((overlap.score() - 0.6).abs() < 1e-12);
    }
}
