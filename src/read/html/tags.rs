//! The names that the pass over a raw page knows: attributes, and elements by how each is treated.

/// Attributes that are looked at; the first [`WRITTEN`] of them are written out again.
pub(super) const ATTRS: [&str; 18] = [
    "class",
    "id",
    "style",
    "role",
    "hidden",
    "aria-hidden",
    "aria-modal",
    "itemprop",
    "rel",
    "href",
    "src",
    "name",
    "property",
    "http-equiv",
    "content",
    "datetime",
    "type",
    "lang",
];
pub(super) const WRITTEN: usize = 11;
pub(super) const CLASS: usize = 0;
pub(super) const ITEMPROP: usize = 7;
pub(super) const NAME: usize = 11;
pub(super) const PROPERTY: usize = 12;
pub(super) const HTTP_EQUIV: usize = 13;
pub(super) const CONTENT: usize = 14;
pub(super) const DATETIME: usize = 15;
pub(super) const TYPE: usize = 16;
pub(super) const LANG: usize = 17;
pub(super) type Attrs<'a> = [Option<&'a str>; ATTRS.len()];

/// Elements whose content is not markup: it runs to the end tag, or to the end of the page.
pub(super) const RAW: &[&str] =
    &["script", "style", "textarea", "iframe", "xmp", "noembed", "noframes", "title", "noscript"];
/// Elements dropped with their content when they are closed at all.
pub(super) const SKIPPED: &[&str] =
    &["svg", "math", "template", "select", "button", "canvas", "object", "video", "audio", "map"];
/// Tags that are dropped while their content stays: formatting (which an HTML parser
/// would open again in every later block) and those with parsing rules of their own.
pub(super) const UNWRAPPED: &[&str] = &[
    "b",
    "big",
    "code",
    "em",
    "font",
    "i",
    "nobr",
    "s",
    "small",
    "strike",
    "strong",
    "tt",
    "u",
    "head",
    "body",
    "html",
    "frameset",
    "frame",
    "option",
    "optgroup",
    "plaintext",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "picture",
    "image",
    "colgroup",
    "col",
    "link",
    "base",
    "source",
    "track",
    "param",
    "embed",
    "area",
    "input",
    "meta",
    "applet",
    "marquee",
];
pub(super) const VOID: &[&str] = &["br", "hr", "img", "wbr"];
/// Elements without a block's rules: they do not end a paragraph, nor their end tags a block.
pub(super) const INLINE: &[&str] = &[
    "a", "span", "label", "abbr", "cite", "q", "sub", "sup", "time", "mark", "ins", "del", "dfn",
    "kbd", "samp", "var", "data", "bdi", "bdo", "acronym",
];
pub(super) const CELLS: &[&str] = &["td", "th", "caption", "table"];
pub(super) const TABLE: &[&str] =
    &["td", "th", "caption", "table", "tr", "thead", "tbody", "tfoot"];

/// Words in a class that say that the element holds a date.
pub(super) const DATE_WORDS: &[&str] =
    &["date", "datetime", "dateline", "pubdate", "published", "timestamp"];

pub(super) fn is(list: &[&str], name: &str) -> bool {
    list.iter().any(|n| n.eq_ignore_ascii_case(name))
}
