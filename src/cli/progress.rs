//! Progress on standard error.

use super::say;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use retold::pipeline::{Observer, Progress, Stage};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressMode {
    /// A bar on a terminal, nothing elsewhere
    Auto,
    /// A bar
    Bar,
    /// A JSON object a line, one a second at the most
    Json,
    /// Nothing
    None,
}

/// Least time between two lines of JSON about one stage.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// Shows progress as it was asked for.
pub(super) enum Reporter {
    Quiet,
    Bar(ProgressBar),
    Json { started: Instant, last: Mutex<Option<(Stage, Instant)>> },
}

impl Reporter {
    pub(super) fn new(mode: ProgressMode, quiet: bool) -> Reporter {
        match mode {
            ProgressMode::None => Reporter::Quiet,
            ProgressMode::Json => {
                Reporter::Json { started: Instant::now(), last: Mutex::new(None) }
            }
            ProgressMode::Auto if quiet || !std::io::stderr().is_terminal() => Reporter::Quiet,
            ProgressMode::Auto | ProgressMode::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
                    .with_style(ProgressStyle::default_spinner());
                bar.enable_steady_tick(Duration::from_millis(200));
                Reporter::Bar(bar)
            }
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Reporter::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Reporter {
    fn report(&self, progress: Progress) -> bool {
        match self {
            Reporter::Quiet => {}
            Reporter::Bar(bar) => {
                let template = match progress.stage {
                    Stage::Read => "{spinner} read   {bytes} ({bytes_per_sec})",
                    _ => "{spinner} {msg} {len} articles",
                };
                // Figures before the words that name their unit: the bar may be drawn in between.
                bar.set_position(progress.done);
                if let Some(total) = progress.total {
                    bar.set_length(total);
                }
                bar.set_message(format!("{:6}", progress.stage.name()));
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style);
                }
            }
            Reporter::Json { started, last } => {
                let now = Instant::now();
                let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let due = last.is_none_or(|(stage, at)| {
                    stage != progress.stage || now.duration_since(at) >= LINE_INTERVAL
                });
                if due {
                    *last = Some((progress.stage, now));
                    let line = serde_json::json!({
                        "stage": progress.stage.name(),
                        "unit": if progress.stage == Stage::Read { "bytes" } else { "articles" },
                        "done": progress.done,
                        "total": progress.total,
                        "seconds": (now.duration_since(*started).as_secs_f64() * 10.0).round() / 10.0,
                    });
                    say(&line.to_string());
                }
            }
        }
        true
    }
}
