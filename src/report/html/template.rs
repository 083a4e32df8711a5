//! The templates, and what a page may do.

use super::shown::grouped;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Templates by name. All end in `.html`, by which the engine knows to escape what it fills in.
const TEMPLATES: [(&str, &str); 4] = [
    ("page.html", include_str!("page.html")),
    ("comparison.html", include_str!("comparison.html")),
    ("parts.html", include_str!("parts.html")),
    ("sides.html", include_str!("sides.html")),
];

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page that a template makes of `page`, with `data`, JSON without markup, for the script.
pub(super) fn write(
    template: &str,
    page: &impl Serialize,
    data: String,
    out: &mut dyn Write,
) -> io::Result<()> {
    render(template, page, data, out).map_err(io::Error::other)
}

fn render(
    template: &str,
    page: &impl Serialize,
    data: String,
    out: &mut dyn Write,
) -> Result<(), minijinja::Error> {
    let mut environment = Environment::new();
    // A name that is not there is a mistake in the template, not an empty string.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.add_filter("grouped", grouped);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    // A browser reads every line's end as `\n`, and takes the digest of that, however the source was
    // checked out.
    let [style, script] = [STYLE, SCRIPT].map(|own| own.replace('\r', ""));
    // Safe, that is, not to be escaped: these three are not of an article, or hold no markup.
    let safe = Value::from_safe_string;
    let context = context! {
        page => Value::from(Serde(page)),
        policy => policy(&style, &script),
        style => safe(style),
        script => safe(script),
        data => safe(data),
        version => env!("CARGO_PKG_VERSION"),
    };
    environment.get_template(template)?.render_captured_to(context, out)?;
    Ok(())
}

/// The page's Content Security Policy: nothing but its own script and style.
fn policy(style: &str, script: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(script),
        digest(style)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_script_and_style_end_where_they_are_put() {
        for own in [STYLE, SCRIPT] {
            assert!(!own.to_ascii_lowercase().contains("</s") && !own.contains("<!--"));
        }
    }
}
