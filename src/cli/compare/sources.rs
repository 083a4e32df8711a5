//! Where the two articles come from: files of their own, or a dump.

use crate::cli::args::expanded;
use crate::cli::{Outcome, say, summary};
use anyhow::{Context, Result, bail};
use retold::article::Article;
use retold::pipeline::find_articles;
use retold::read::{ReadOptions, Tally, read};
use std::path::{Path, PathBuf};

/// The articles of two files of one article each.
pub(super) fn files(paths: [&Path; 2], options: &ReadOptions) -> Result<[Article; 2]> {
    Ok([article(paths[0], options)?, article(paths[1], options)?])
}

/// The one article of a file.
fn article(path: &Path, options: &ReadOptions) -> Result<Article> {
    let (files, troubles) = expanded(&[path.to_owned()])?;
    if let Some(trouble) = troubles.first() {
        bail!(
            "{}: {} (the id of an article needs the dump it is in: --in DUMP)",
            trouble.path,
            trouble.message
        );
    }
    let mut found = Vec::new();
    let tally = read(&files, options, 1, |batch| {
        found.extend(batch.records.iter().map(|record| batch.decode(record, options)));
        found.len() < 2
    });
    if found.len() > 1 {
        let name = path.display();
        bail!(
            "{name}: holds more than one article: name files of one article each, or articles by \
             their ids with --in {name}"
        );
    }
    if let Some(trouble) = tally.troubles.first() {
        bail!("{}: {}", trouble.path, trouble.message);
    }
    match found.pop().with_context(|| format!("{}: holds no article", path.display()))? {
        Ok(decoded) => Ok(decoded.article),
        Err(skip) => bail!("{}: {}: {}", skip.source, skip.reason, skip.detail),
    }
}

/// The articles with these ids in some inputs, and whether those could be read as far as it matters.
pub(super) fn found(
    inputs: &[PathBuf],
    ids: [&Path; 2],
    options: &ReadOptions,
) -> Result<([Article; 2], Outcome)> {
    let [Some(a), Some(b)] = ids.map(Path::to_str) else { bail!("an id is UTF-8") };
    let (files, troubles) = expanded(inputs)?;
    let mut found = find_articles(&files, options, &[a, b]);
    // What stands behind two articles that were found does not matter.
    let mut tally = found.tally.take().unwrap_or_default();
    for trouble in troubles {
        tally.trouble(trouble.path, trouble.message);
    }
    summary::say_troubles(&tally);
    let missing = found.articles.iter().zip([a, b]).zip(&found.nearest);
    let missing = missing.filter(|((article, _), _)| article.is_none());
    let said: Vec<String> = missing.map(|((_, id), near)| not_there(id, near)).collect();
    let mut articles = found.articles.into_iter().flatten();
    let (Some(a), Some(b)) = (articles.next(), articles.next()) else {
        said.iter().for_each(|line| say(&format!("retold: {line}")));
        bail!("{}", what_is_there(inputs, found.first.as_deref(), &tally));
    };
    if a.source == b.source {
        bail!("A and B are one article, at {}: name two", a.source);
    }
    Ok(([a, b], summary::outcome(&tally, false)?))
}

fn not_there(id: &str, nearest: &[String]) -> String {
    let nearest: Vec<String> = nearest.iter().map(|id| format!("{id:?}")).collect();
    match nearest.is_empty() {
        true => format!("no article {id:?}"),
        false => format!("no article {id:?}; the nearest: {}", nearest.join(", ")),
    }
}

/// How many articles were searched, and what an id is there.
fn what_is_there(inputs: &[PathBuf], first: Option<&str>, tally: &Tally) -> String {
    let names: Vec<String> = inputs.iter().map(|input| input.display().to_string()).collect();
    let names = names.join(", ");
    match first {
        Some(first) => format!(
            "{} in {names}; an id there is {first:?}, and `retold extract` prints all of them",
            summary::counted(tally.articles, "article")
        ),
        None => format!("no article in {names}"),
    }
}
