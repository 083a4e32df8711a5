//! Where the two articles come from: files of their own, or a dump.

use crate::cli::{Outcome, summary};
use anyhow::{Context, Result, bail};
use retold::article::Article;
use retold::pipeline::{Found, find_articles};
use retold::read::{ReadOptions, Tally, expand, read};
use std::path::{Path, PathBuf};

/// The articles of two files of one article each.
pub(super) fn files(paths: [&Path; 2], options: &ReadOptions) -> Result<[Article; 2]> {
    Ok([article(paths[0], options)?, article(paths[1], options)?])
}

/// The one article of a file.
fn article(path: &Path, options: &ReadOptions) -> Result<Article> {
    let (files, troubles) = expand(&[path.to_owned()]);
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

/// The articles with these ids in some inputs, and whether all of those could be read as far as it
/// matters.
pub(super) fn found(
    inputs: &[PathBuf],
    ids: [&Path; 2],
    options: &ReadOptions,
) -> Result<([Article; 2], Outcome)> {
    let ids = ids.map(|id| {
        id.to_str()
            .context("an id is UTF-8, and this is not")
            .map_err(|e| e.context(format!("{}", id.display())))
    });
    let [a, b] = ids;
    let (a, b) = (a?, b?);
    let (files, troubles) = expand(inputs);
    let mut found = find_articles(&files, options, &[a, b]);
    if let Some(tally) = &mut found.tally {
        for trouble in troubles {
            tally.trouble(trouble.path, trouble.message);
        }
        summary::say_troubles(tally);
    }
    let articles = std::mem::take(&mut found.articles);
    let missing: Vec<String> = articles
        .iter()
        .zip([a, b])
        .zip(&found.nearest)
        .filter(|((article, _), _)| article.is_none())
        .map(|((_, id), nearest)| missing(id, nearest))
        .collect();
    if !missing.is_empty() {
        bail!("{}\n{}", missing.join("\n"), what_is_there(inputs, &found));
    }
    let Ok([a, b]) = <[Article; 2]>::try_from(articles.into_iter().flatten().collect::<Vec<_>>())
    else {
        bail!("two articles are compared");
    };
    if a.source == b.source {
        bail!("A and B are one article, at {}: name two", a.source);
    }
    let outcome = found.tally.as_ref().map_or(Ok(Outcome::Done), |t| summary::outcome(t, false))?;
    Ok(([a, b], outcome))
}

fn missing(id: &str, nearest: &[String]) -> String {
    let nearest: Vec<String> = nearest.iter().map(|id| format!("{id:?}")).collect();
    match nearest.is_empty() {
        true => format!("no article {id:?}"),
        false => format!("no article {id:?}; the nearest: {}", nearest.join(", ")),
    }
}

/// How many articles were searched and what an id is there.
fn what_is_there(inputs: &[PathBuf], found: &Found) -> String {
    let names: Vec<String> = inputs.iter().map(|input| input.display().to_string()).collect();
    let names = names.join(", ");
    let articles = found.tally.as_ref().map_or(0, |tally: &Tally| tally.articles);
    match &found.first {
        Some(first) => format!(
            "{} in {names}; an id there is {first:?}, and `retold extract` prints all of them",
            summary::counted(articles, "article")
        ),
        None => format!("no article in {names}"),
    }
}
