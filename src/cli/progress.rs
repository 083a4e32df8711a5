//! Progress on standard error.

use super::{printable, say};
use clap::ValueEnum;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use retold::pipeline::{Checkpoint, Observer, Progress, Stage};
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressMode {
    /// On a terminal a line for each stage that takes its time, nothing elsewhere
    Auto,
    /// A line for each stage that takes its time
    Bar,
    /// A JSON object a line, one a second and one at the beginning of each stage
    Json,
    /// Nothing
    None,
}

/// Time between two lines of JSON, and between two states of a line.
const LINE_INTERVAL: Duration = Duration::from_secs(1);
const BAR_INTERVAL: Duration = Duration::from_millis(250);

/// A stage of less is over before anyone has read about it.
const WORTH_A_LINE: Duration = Duration::from_millis(500);

/// Shows progress as it was asked for, until it is dropped.
pub(super) struct Reporter {
    shown: Option<Shown>,
    quiet: bool,
}

struct Shown {
    display: Arc<Mutex<Display>>,
    /// Ends the thread that shows how time goes by.
    end: Option<Sender<()>>,
    ticker: Option<JoinHandle<()>>,
}

impl Reporter {
    pub(super) fn new(mode: ProgressMode, quiet: bool) -> Reporter {
        let bar = match mode {
            ProgressMode::None => return Reporter { shown: None, quiet },
            ProgressMode::Auto if quiet || !std::io::stderr().is_terminal() => {
                return Reporter { shown: None, quiet };
            }
            ProgressMode::Json => None,
            ProgressMode::Auto | ProgressMode::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                let style = ProgressStyle::with_template("{msg}");
                Some(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner())))
            }
        };
        let interval = if bar.is_some() { BAR_INTERVAL } else { LINE_INTERVAL };
        let display = Arc::new(Mutex::new(Display { bar, started: Instant::now(), now: None }));
        let (end, ended) = channel();
        let shared = Arc::clone(&display);
        let ticker = std::thread::spawn(move || {
            while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                lock(&shared).show();
            }
        });
        let shown = Some(Shown { display, end: Some(end), ticker: Some(ticker) });
        Reporter { shown, quiet }
    }
}

impl Reporter {
    /// Leaves the line of the stage that is over, so that other lines may follow.
    pub(super) fn rest(&self) {
        if let Some(shown) = &self.shown {
            lock(&shown.display).end_stage();
        }
    }

    /// A writer that reports what goes through it to `out` as a stage of so many articles.
    pub(super) fn counting<'a>(
        &'a self,
        stage: Stage,
        articles: usize,
        out: &'a mut dyn Write,
    ) -> impl Write + 'a {
        let progress = Progress { stage, share: None, articles: articles as u64, bytes: 0 };
        Counting { reporter: self, progress, out }
    }
}

struct Counting<'a> {
    reporter: &'a Reporter,
    progress: Progress,
    out: &'a mut dyn Write,
}

impl Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.progress.bytes += written as u64;
        self.reporter.report(self.progress);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Observer for Reporter {
    fn report(&self, progress: Progress) -> bool {
        if let Some(shown) = &self.shown {
            lock(&shown.display).take(progress);
        }
        true
    }

    fn checkpoint(&self, checkpoint: Checkpoint<'_>) {
        let line = match checkpoint {
            Checkpoint::Damaged(path) => format!(
                "retold: {} is damaged: what it stands for and all after it is done again",
                path.display()
            ),
            _ if self.quiet => return,
            Checkpoint::Missing(folder) => {
                format!("nothing to resume in {}: the job begins", folder.display())
            }
            Checkpoint::GivenUp(folder) => {
                format!("what an earlier run saved in {} is removed", folder.display())
            }
            Checkpoint::Taken(path) => format!("done before: {}", path.display()),
        };
        match &self.shown {
            Some(shown) => lock(&shown.display).leave(&line),
            None => say(&line),
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(ticker) = self.ticker.take() {
            // It does nothing that can fail.
            let _ = ticker.join();
        }
        lock(&self.display).end_stage();
    }
}

fn lock(display: &Mutex<Display>) -> MutexGuard<'_, Display> {
    display.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Display {
    /// `None`: lines of JSON.
    bar: Option<ProgressBar>,
    started: Instant,
    now: Option<State>,
}

/// How far a stage has come.
struct State {
    progress: Progress,
    /// When the stage began.
    began: Instant,
    /// When this was reported.
    reported: Instant,
}

impl Display {
    fn take(&mut self, progress: Progress) {
        let reported = Instant::now();
        match &mut self.now {
            Some(now) if now.progress.stage == progress.stage => {
                (now.progress, now.reported) = (progress, reported);
            }
            _ => {
                self.end_stage();
                self.now = Some(State { progress, began: reported, reported });
                // A line appears when there is time to read it.
                if self.bar.is_none() {
                    self.show();
                }
            }
        }
    }

    fn show(&self) {
        let Some(now) = &self.now else { return };
        match &self.bar {
            Some(bar) => {
                bar.set_message(now.line());
                bar.tick();
            }
            None => say(&now.json(self.started).to_string()),
        }
    }

    /// A line that stays.
    fn leave(&self, line: &str) {
        match &self.bar {
            Some(bar) if !bar.is_hidden() => bar.println(printable(line)),
            // Where there is no terminal, lines follow one another.
            _ => say(line),
        }
    }

    /// Leaves the line of a stage that is over where it is, if it took some time.
    fn end_stage(&mut self) {
        let over = self.now.take();
        if let (Some(bar), Some(now)) = (&self.bar, over) {
            bar.set_message("");
            if now.began.elapsed() >= WORTH_A_LINE {
                self.leave(&now.last_line());
            } else {
                bar.tick();
            }
        }
    }
}

impl State {
    /// Seconds that the stage takes still. The less of it is done, the less this means, so nothing is
    /// said before a fiftieth.
    fn left(&self) -> Option<f64> {
        let share = self.progress.share.filter(|&share| share >= 0.02)?;
        let reported = self.reported.duration_since(self.began).as_secs_f64();
        let now = self.began.elapsed().as_secs_f64();
        // By what was reported; and where that is long ago, not less than a quarter of what it would
        // be if nothing had been done since.
        let steady = reported / share - now;
        let stalled = now * (1.0 - share) / share;
        Some(steady.max(stalled / 4.0).max(0.0))
    }

    fn json(&self, started: Instant) -> serde_json::Value {
        let Progress { stage, share, articles, bytes } = self.progress;
        serde_json::json!({
            "stage": stage.name(),
            "share": share.map(|share| (share * 1e3).round() / 1e3),
            "articles": articles,
            "bytes": bytes,
            "seconds": tenths(started.elapsed().as_secs_f64()),
            "left": self.left().map(tenths),
        })
    }

    fn line(&self) -> String {
        let share = self.progress.share.map_or(String::new(), |s| format!("{:3.0} %", s * 100.0));
        let left = self.left().map_or(String::new(), |left| format!("{} left", time(left)));
        [self.amounts(), share, left]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("  ")
    }

    fn last_line(&self) -> String {
        format!("{}  {}", self.amounts(), time(self.began.elapsed().as_secs_f64()))
    }

    /// What the stage is about, and how fast it goes.
    fn amounts(&self) -> String {
        let Progress { stage, articles, bytes, .. } = self.progress;
        let seconds = self.began.elapsed().as_secs_f64();
        let mut line = format!("{:6}  {} articles", stage.name(), HumanCount(articles));
        if bytes > 0 {
            line += &format!("  {}", HumanBytes(bytes));
        }
        if stage == Stage::Read && seconds > 0.0 {
            line += &format!("  {} articles/s", HumanCount((articles as f64 / seconds) as u64));
        }
        line
    }
}

fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// Seconds as people say them.
fn time(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let times = [0.04, 9.6, 59.7, 61.0, 3600.0, 90_061.0].map(time);
        assert_eq!(
            times,
            ["0.0 s", "10 s", "1 min 00 s", "1 min 01 s", "1 h 00 min", "25 h 01 min"]
        );
    }
}
