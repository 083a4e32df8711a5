//! The result as one page for people, which needs no network.
//!
//! Every value goes through the template engine's escaping, and the texts that the script shows
//! through JSON that holds no markup; the script puts them on the page as text. The policy in the page's head
//! allows the one script and the one style that the program itself brings, by their digests, and
//! nothing else: were something of an article taken for markup after all, it could neither run nor
//! load anything.
//!
//! The size of the page has a limit, whatever is read: the largest stories are shown, the rest is
//! counted.

mod comparison;
mod curve;
mod figures;
mod most;
mod shown;
mod sides;
mod sites;
mod stories;
mod template;
mod texts;
mod window;

pub use comparison::ComparisonPage;
pub use sides::{Segment, SideBySide};

use super::Report;
use crate::config::Config;
use crate::pipeline::Clusters;
use crate::read::InputFile;
use curve::Curve;
use figures::Figures;
use serde::Serialize;
use sites::Sites;
use std::io::{self, Write};
use stories::Stories;

/// A page of figures and of the largest stories, with their texts side by side.
///
/// Cost: three passes over the result, the entries of all copies, and a second reading of the files
/// whose articles are shown. The page has less than 5 MB.
#[derive(Clone, Copy, Debug)]
pub struct HtmlPage<'a> {
    /// The options of the run.
    pub config: &'a Config,
    /// The files of the run, which are read again for the texts that are shown. Where an article is no
    /// longer found, or one of another title, address or opening, the page says the text to be gone.
    pub files: &'a [InputFile],
}

#[derive(Serialize)]
struct Page {
    level: &'static str,
    options: Vec<(&'static str, String)>,
    figures: Figures,
    curve: Option<Curve>,
    sites: Sites,
    stories: Stories,
}

impl Report for HtmlPage<'_> {
    fn write(&self, clusters: &Clusters, out: &mut dyn Write) -> io::Result<()> {
        let mut stories = Stories::of(clusters)?;
        let data = texts::embed(self, clusters, &mut stories.shown)?;
        let page = Page {
            level: self.config.level.name(),
            options: options(self.config),
            figures: Figures::of(clusters, self.config),
            curve: Curve::of(self.config),
            sites: Sites::of(clusters)?,
            stories,
        };
        template::write("page.html", &page, data, out)
    }
}

/// The options that decide the result, as they are named on the command line.
fn options(config: &Config) -> Vec<(&'static str, String)> {
    let read = &config.read;
    let fields = &read.fields;
    let names = [&fields.text, &fields.id, &fields.title, &fields.url, &fields.date];
    vec![
        ("--match", config.level.name().to_owned()),
        ("--near-threshold", config.near_threshold.to_string()),
        ("--story-threshold", config.story_threshold.to_string()),
        ("--window", config.window_days.map_or("any".to_owned(), |days| format!("{days} days"))),
        ("--format", read.format.map_or("found for each file".to_owned(), |it| it.to_string())),
        ("--max-article", format!("{} bytes", shown::grouped(read.max_article as u64))),
        ("fields", names.map(|name| shown::line(name, 40)).join(", ")),
    ]
}
