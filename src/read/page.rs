//! A page of the web, or a plain text, as an article.

use super::batch::Decoded;
use super::html::{self, charset};
use super::reason::{MediaType, Reason};
use crate::article::{Article, Source};
use std::borrow::Cow;

/// What a body of bytes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Html,
    Plain,
}

/// The body of a page, with what its sender said of it.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) media: Media,
    /// Character set, as declared outside of the body.
    pub(super) charset: Option<&'a str>,
    pub(super) body: Cow<'a, [u8]>,
    /// Whether the body is not all there.
    pub(super) cut: bool,
}

/// What a dump says of a page.
pub(super) struct Origin {
    pub(super) source: Source,
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    /// When it was fetched.
    pub(super) fetched: Option<String>,
}

/// Whether a Content-Type's media type is `name`.
pub(super) fn is_media(declared: &str, name: &str) -> bool {
    declared.split([';', ',']).next().unwrap_or("").trim().eq_ignore_ascii_case(name)
}

/// What a Content-Type says the body is; `None`: nothing.
///
/// # Errors
/// It says that this is no article.
pub(super) fn check_media(
    declared: Option<&str>,
    url: Option<&str>,
) -> Result<Option<Media>, (Reason, String)> {
    let kind = declared.unwrap_or("").split([';', ',']).next().unwrap_or("").trim();
    let kind = kind.to_ascii_lowercase();
    let other = match kind.as_str() {
        // Servers that do not know say the third.
        "" | "unknown" | "application/octet-stream" => return Ok(None),
        "text/html" | "application/xhtml+xml" => return Ok(Some(Media::Html)),
        "text/plain" if url.is_some_and(is_robots) => MediaType::RobotsTxt,
        "text/plain" => return Ok(Some(Media::Plain)),
        "text/css" => MediaType::StyleSheet,
        "text/dns" => MediaType::DnsAnswer,
        "application/pdf" => MediaType::Pdf,
        "application/x-shockwave-flash" => MediaType::Flash,
        kind if kind.contains("javascript") => MediaType::Script,
        kind if kind.contains("json") => MediaType::Json,
        kind if kind.contains("xml") => MediaType::Xml,
        kind => match kind.split('/').next() {
            Some("image") => MediaType::Image,
            Some("audio") => MediaType::Audio,
            Some("video") => MediaType::Video,
            Some("font") => MediaType::Font,
            _ => MediaType::OtherMedia,
        },
    };
    Err((Reason::MediaType(other), format!("Content-Type {kind:?}")))
}

/// Whether an address is that of the rules for crawlers.
fn is_robots(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or("");
    path.ends_with("/robots.txt") && path.matches('/').count() <= 3
}

/// The document that `body` is, by what was declared, else by how it begins.
///
/// # Errors
/// It is no article.
pub(super) fn document<'a>(
    declared: Option<&'a str>,
    url: Option<&str>,
    body: Cow<'a, [u8]>,
) -> Result<Document<'a>, (Reason, String)> {
    let media = match check_media(declared, url)? {
        Some(media) => media,
        None if looks_like_html(&body) => Media::Html,
        None => {
            let detail = "no media type is declared, and it does not begin like HTML";
            return Err((Reason::MediaType(MediaType::OtherMedia), detail.to_owned()));
        }
    };
    // UTF-16 has zero bytes too, but says so with a mark at its beginning.
    let marked = body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF");
    if media == Media::Plain && !marked && memchr::memchr(0, &body).is_some() {
        return Err((
            Reason::MediaType(MediaType::BinaryData),
            "declared as plain text".to_owned(),
        ));
    }
    let charset = declared.and_then(charset_of);
    Ok(Document { media, charset, body, cut: false })
}

/// The same of a body as it stands in the dump.
pub(super) fn plain_document<'a>(
    declared: Option<&'a str>,
    url: Option<&str>,
    body: &'a [u8],
) -> Result<Document<'a>, (Reason, String)> {
    document(declared, url, Cow::Borrowed(body))
}

/// The `charset` parameter of a Content-Type.
fn charset_of(declared: &str) -> Option<&str> {
    declared.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// Whether bytes begin as a page of HTML does, behind space, a mark or comments.
pub(super) fn looks_like_html(bytes: &[u8]) -> bool {
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    rest = &rest[..rest.len().min(4096)];
    for (open, close) in [(&b"<?xml"[..], &b"?>"[..]), (b"<!--", b"-->")] {
        while rest.starts_with(open) {
            match memchr::memmem::find(rest, close) {
                Some(end) => rest = rest[end + close.len()..].trim_ascii_start(),
                None => return false,
            }
        }
    }
    let begins = |with: &[u8]| {
        rest.len() > with.len()
            && rest[..with.len()].eq_ignore_ascii_case(with)
            && matches!(rest[with.len()], b' ' | b'>' | b'\t' | b'\r' | b'\n')
    };
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<head") || begins(b"<body")
}

/// The article in a document.
///
/// # Errors
/// The page could not be read: a fault of ours or of a library.
pub(super) fn article(document: Document<'_>, origin: Origin) -> Result<Decoded, (Reason, String)> {
    let Origin { source, id, url, fetched } = origin;
    let (text, replaced) = charset::decode(&document.body, document.charset);
    let mut article =
        Article { source, id, title: None, url, date: None, fetched, lang: None, text };
    if document.media == Media::Html {
        let page = html::main_text(&article.text)
            .map_err(|error| (Reason::Unreadable, error.to_string()))?;
        article.title = page.title.filter(|title| !title.is_empty());
        article.date = page.date;
        article.lang = page.lang.filter(|lang| !lang.is_empty());
        article.text = page.text;
    }
    Ok(Decoded { article, replaced, cut: document.cut })
}

/// The article in a file that is one page.
pub(super) fn decode(bytes: &[u8], source: Source) -> Result<Decoded, (Reason, String)> {
    let document =
        Document { media: Media::Html, charset: None, body: Cow::Borrowed(bytes), cut: false };
    article(document, Origin { source, id: None, url: None, fetched: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_apart() {
        let kind = |declared, url| check_media(Some(declared), Some(url)).map_err(|(r, _)| r);
        let page = "http://x.example/a";
        assert_eq!(kind("Text/HTML; charset=utf-8", page), Ok(Some(Media::Html)));
        assert_eq!(kind("text/plain", page), Ok(Some(Media::Plain)));
        assert_eq!(kind("; charset=UTF-8", page), Ok(None));
        let robots = "http://x.example/robots.txt";
        assert_eq!(kind("text/plain", robots), Err(Reason::MediaType(MediaType::RobotsTxt)));
        assert_eq!(kind("image/gif", page), Err(Reason::MediaType(MediaType::Image)));
        assert_eq!(charset_of("text/html; a=b; Charset=\"koi8-r\""), Some("koi8-r"));
        assert_eq!(charset_of("text/html"), None);
    }

    #[test]
    fn html_is_known_by_its_beginning() {
        for yes in
            ["<!DOCTYPE html>", " \n<HTML lang=en>", "<?xml version=\"1\"?>\n<!-- x --><html>"]
        {
            assert!(looks_like_html(yes.as_bytes()), "{yes}");
        }
        for no in ["", "<htmlx>", "<html", "<!-- <html>", "plain", "<?xml version=\"1.0\"?><rss>"] {
            assert!(!looks_like_html(no.as_bytes()), "{no}");
        }
    }
}
