//! One linear pass over the raw page, before any tree is built.
//!
//! Tree builders follow the HTML standard, and the standard lets a short page cost
//! quadratic time (deep nesting, a tag with a million attributes) or memory (unclosed
//! formatting elements that are opened again in every block). This pass writes a small
//! canonical page instead: every element closed, nothing nested beyond [`MAX_DEPTH`], only
//! the attributes that are read later, each once and short. Whatever the input was, the
//! parser sees only that. Scripts and style sheets, about half of a news page, go as
//! well, which pays for the pass.

use super::tags::{
    ATTRS, Attrs, CELLS, CLASS, CONTENT, DATE_WORDS, DATETIME, HTTP_EQUIV, INLINE, ITEMPROP, LANG,
    NAME, PROPERTY, RAW, SKIPPED, TABLE, TYPE, UNWRAPPED, VOID, WRITTEN, is,
};

/// Deepest nesting written; deeper start tags are dropped, their text stays. (Deepest of
/// 92 news pages: 29.) The extractor behind us does work of the order of elements times
/// depth, so this and the next three constants bound its time.
const MAX_DEPTH: usize = 100;
/// Start tags written before the rest of the page is cut off. (Most on a news page: 1,459.)
const MAX_ELEMENTS: usize = 20_000;
/// Bytes read, and bytes written, before the rest of the page is cut off. (Longest news
/// page: 1.5 MB, of which 160 kB were written. Common Crawl itself cuts at 1 or 5 MiB.)
const MAX_READ: usize = 8 << 20;
const MAX_WRITTEN: usize = 2 << 20;
/// Longer attribute values are cut; only class names, ids and meta contents matter here.
const MAX_VALUE: usize = 1024;
/// Meta, time and JSON-LD finds kept per page.
const MAX_FINDS: usize = 256;

/// What the pass found. Everything borrowed is still entity-encoded.
#[derive(Default)]
pub(super) struct Scrubbed<'a> {
    /// The canonical page.
    pub(super) html: String,
    /// `lang` of the html tag.
    pub(super) lang: Option<&'a str>,
    /// `name`, `property`, `itemprop` or `http-equiv` of a meta tag, and its content.
    pub(super) metas: Vec<(&'a str, &'a str)>,
    /// Bodies of `application/ld+json` scripts.
    pub(super) json_ld: Vec<&'a str>,
    /// `itemprop` (or nothing) and `datetime` or `content` of any other tag, or the text
    /// after a tag whose class says that it is a date.
    pub(super) times: Vec<(&'a str, &'a str)>,
}

/// Rewrites a page; see above. Never fails; linear in the length of the page.
pub(super) fn scrub(html: &str) -> Scrubbed<'_> {
    let html = cut(html, MAX_READ);
    let mut found = Scrubbed::default();
    let mut title = "";
    let mut body = Writer { out: String::with_capacity(html.len() / 4), ..Default::default() };
    let mut never_closed: Vec<&str> = Vec::new();
    let mut pos = 0;
    while let Some(lt) = html[pos..].find('<').map(|i| pos + i) {
        body.text(cut(&html[pos..lt], MAX_WRITTEN));
        if body.is_full() {
            pos = html.len();
            break;
        }
        let rest = &html.as_bytes()[lt + 1..];
        let closing = rest.first() == Some(&b'/');
        let name_at = lt + 1 + closing as usize;
        if !html.as_bytes().get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            let after = |from: usize, end: &str| {
                html[from..].find(end).map_or(html.len(), |i| from + i + end.len())
            };
            pos = match rest.first() {
                // "<!-->" is a whole comment, so the search begins at its own dashes.
                Some(b'!') if rest.starts_with(b"!--") => after(lt + 2, "-->"),
                Some(b'!' | b'?' | b'/') => after(lt, ">"),
                _ => {
                    body.out.push_str("&lt;");
                    lt + 1
                }
            };
            continue;
        }
        let (name, attrs, next) = tag(html, name_at);
        pos = next;
        if closing {
            body.end(name);
            continue;
        }
        found.note(name, &attrs, &html[pos..]);
        let raw = is(RAW, name);
        if raw || is(SKIPPED, name) {
            if is(&never_closed, name) {
                continue; // searching again for each would be quadratic
            }
            match end_tag(html, pos, name) {
                Some((at, after)) => {
                    if title.is_empty() && name.eq_ignore_ascii_case("title") {
                        title = cut(&html[pos..at], MAX_VALUE);
                    } else if attrs[TYPE].is_some_and(|t| t.contains("ld+json"))
                        && found.json_ld.len() < MAX_FINDS
                    {
                        found.json_ld.push(&html[pos..at]);
                    }
                    pos = after;
                }
                None if raw => pos = html.len(),
                None => never_closed.push(name),
            }
        } else if !is(UNWRAPPED, name)
            && name.len() <= 32
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            body.start(name, &attrs);
        }
    }
    body.text(cut(&html[pos..], MAX_WRITTEN));
    body.close_to(0);
    found.html =
        format!("<!DOCTYPE html><html><head><title>{}</title>", title.replace('<', "&lt;"));
    for (key, content) in &found.metas {
        found.html.push_str("<meta");
        push_attr(&mut found.html, if key.contains(':') { "property" } else { "name" }, key);
        push_attr(&mut found.html, "content", content);
        found.html.push('>');
    }
    found.html.push_str("</head><body>");
    found.html.push_str(&body.out);
    found.html.push_str("</body></html>");
    found
}

impl<'a> Scrubbed<'a> {
    /// Remembers what a start tag says about the page; `after` is what follows it.
    fn note(&mut self, name: &str, attrs: &Attrs<'a>, after: &'a str) {
        if name.eq_ignore_ascii_case("html") {
            self.lang = self.lang.or(attrs[LANG]);
        } else if name.eq_ignore_ascii_case("meta") {
            for key in [PROPERTY, NAME, ITEMPROP, HTTP_EQUIV] {
                if let (Some(key), Some(content), true) =
                    (attrs[key], attrs[CONTENT], self.metas.len() < MAX_FINDS)
                {
                    self.metas.push((key, content));
                }
            }
        } else if self.times.len() < MAX_FINDS {
            if let Some(time) = attrs[DATETIME].or(attrs[CONTENT]) {
                self.times.push((attrs[ITEMPROP].unwrap_or(""), time));
            } else if attrs[CLASS].is_some_and(|class| words(class).any(|w| is(DATE_WORDS, w))) {
                self.times.push(("", cut(after.split('<').next().unwrap_or(""), MAX_VALUE)));
            }
        }
    }
}

/// Writes elements so that a parser, following all its rules for tags left out, builds
/// no deeper tree than `open` ever was (but for table parts it adds).
#[derive(Default)]
struct Writer<'a> {
    out: String,
    /// Names of the elements that are open, as they were spelt.
    open: Vec<&'a str>,
    /// Start tags left out below [`MAX_DEPTH`] whose end tags are still to come.
    dropped: usize,
    elements: usize,
}

impl<'a> Writer<'a> {
    fn is_full(&self) -> bool {
        self.out.len() > MAX_WRITTEN || self.elements > MAX_ELEMENTS
    }

    fn text(&mut self, text: &str) {
        push_text(&mut self.out, text);
    }

    fn start(&mut self, name: &'a str, attrs: &Attrs<'_>) {
        // What an HTML parser closes by itself is closed here, so that both agree on the depth.
        let sections = ["thead", "tbody", "tfoot"];
        match name.to_ascii_lowercase().as_str() {
            "li" => self.close_last(&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => self.close_last(&["dt", "dd"], &["dl"]),
            "td" | "th" => self.close_last(&["td", "th"], &["tr", "table"]),
            "tr" => self.close_last(&["tr"], &["table"]),
            lower if sections.contains(&lower) => {
                self.close_last(&["tr"], &["table"]);
                self.close_last(&sections, &["table"]);
            }
            "a" if is(&self.open, "a") => return,
            _ => {}
        }
        let void = is(VOID, name);
        let block = !void && !is(INLINE, name);
        if block && self.open.last().is_some_and(|o| o.eq_ignore_ascii_case("p")) {
            self.close_to(self.open.len() - 1);
        }
        if !void && self.open.len() >= MAX_DEPTH {
            self.dropped += 1;
            return;
        }
        self.elements += 1;
        self.out.push('<');
        push_name(&mut self.out, name);
        for (key, value) in ATTRS.iter().zip(attrs).take(WRITTEN) {
            if let Some(value) = value {
                // Whether an image has a source matters to the extractor, which one does not.
                push_attr(&mut self.out, key, if *key == "src" { "x" } else { value });
            }
        }
        self.out.push('>');
        if !void {
            self.open.push(name);
        }
    }

    /// An end tag closes everything down to its element, if that may be reached from here:
    /// not out of a table cell, and with an inline end tag not out of a block.
    fn end(&mut self, name: &str) {
        if is(UNWRAPPED, name) || is(VOID, name) {
            return;
        }
        if self.dropped > 0 {
            self.dropped -= 1;
            return;
        }
        let inline = is(INLINE, name) && !name.eq_ignore_ascii_case("a");
        let table = is(TABLE, name);
        for i in (0..self.open.len()).rev() {
            if self.open[i].eq_ignore_ascii_case(name) {
                return self.close_to(i);
            }
            if (inline && !is(INLINE, self.open[i])) || (!table && is(CELLS, self.open[i])) {
                return;
            }
        }
    }

    /// Closes the innermost of `names` unless one of `fences` lies between.
    fn close_last(&mut self, names: &[&str], fences: &[&str]) {
        let hit = self.open.iter().rposition(|o| is(names, o) || is(fences, o));
        if let Some(i) = hit.filter(|&i| is(names, self.open[i])) {
            self.close_to(i);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.out.push_str("</");
            push_name(&mut self.out, self.open.pop().unwrap_or_default());
            self.out.push('>');
        }
    }
}

/// Reads a tag whose name begins at `at`: name, attributes (the first of each), position after it.
fn tag(html: &str, at: usize) -> (&str, Attrs<'_>, usize) {
    let b = html.as_bytes();
    let ends_name = |c: u8| c.is_ascii_whitespace() || c == b'/' || c == b'>';
    let run = |from: usize, stop: &dyn Fn(u8) -> bool| {
        b[from..].iter().position(|&c| stop(c)).map_or(b.len(), |i| from + i)
    };
    let mut attrs = Attrs::default();
    let mut p = run(at, &ends_name);
    let name = &html[at..p];
    loop {
        p = run(p, &|c| !(c.is_ascii_whitespace() || c == b'/'));
        if p >= b.len() || b[p] == b'>' {
            return (name, attrs, (p + 1).min(b.len()));
        }
        let start = p;
        p = run(p + 1, &|c| ends_name(c) || c == b'='); // a leading "=" belongs to the name
        let key = &html[start..p];
        let after = run(p, &|c| !c.is_ascii_whitespace());
        let mut value = "";
        if b.get(after) == Some(&b'=') {
            let v = run(after + 1, &|c| !c.is_ascii_whitespace());
            match b.get(v) {
                Some(&q @ (b'"' | b'\'')) => {
                    let end = run(v + 1, &|c| c == q);
                    value = &html[v + 1..end];
                    p = (end + 1).min(b.len());
                }
                _ => {
                    p = run(v, &|c| c.is_ascii_whitespace() || c == b'>');
                    value = &html[v..p];
                }
            }
        }
        if let Some(i) = ATTRS.iter().position(|a| a.eq_ignore_ascii_case(key)) {
            attrs[i].get_or_insert(cut(value, MAX_VALUE));
        }
    }
}

/// Where `</name` begins at or after `from`, and where that tag ends.
fn end_tag(html: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let b = html.as_bytes();
    let mut p = from;
    while let Some(i) = html[p..].find("</") {
        let at = p + i;
        let n = at + 2;
        if b.len() >= n + name.len()
            && b[n..n + name.len()].eq_ignore_ascii_case(name.as_bytes())
            && b.get(n + name.len())
                .is_none_or(|c| c.is_ascii_whitespace() || matches!(c, b'/' | b'>'))
        {
            return Some((at, tag(html, n).2));
        }
        p = n;
    }
    None
}

fn push_name(out: &mut String, name: &str) {
    // A form may not hold a form, and parsers keep a pointer to it: its plain cousin will do.
    let name = if name.eq_ignore_ascii_case("form") { "fieldset" } else { name };
    out.extend(name.chars().map(|c| c.to_ascii_lowercase()));
}
fn push_attr(out: &mut String, key: &str, value: &str) {
    out.push(' ');
    out.push_str(key);
    out.push_str("=\"");
    for (i, part) in value.split('"').enumerate() {
        if i > 0 {
            out.push_str("&quot;");
        }
        push_text(out, part);
    }
    out.push('"');
}
fn push_text(out: &mut String, text: &str) {
    text.split('\0').for_each(|part| out.push_str(part));
}

/// The words of a class list or id: runs of ASCII letters, cut before inner capitals.
pub(super) fn words(names: &str) -> impl Iterator<Item = &str> {
    let runs = names.split(|c: char| !c.is_ascii_alphabetic());
    runs.flat_map(|run| {
        let mut rest = run;
        std::iter::from_fn(move || {
            let b = rest.as_bytes();
            let inner =
                (1..b.len()).find(|&i| b[i].is_ascii_uppercase() && b[i - 1].is_ascii_lowercase());
            let (word, tail) = rest.split_at(inner.unwrap_or(b.len()));
            rest = tail;
            (!word.is_empty()).then_some(word)
        })
    })
}

/// At most `max` bytes of `text`, ending between characters.
fn cut(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(html: &str) -> String {
        let page = scrub(html).html;
        page.split_once("<body>").unwrap().1.strip_suffix("</body></html>").unwrap().to_string()
    }

    #[test]
    fn tags_are_rewritten_and_closed() {
        for (given, written) in [
            (
                "<DIV Class='a \"b\"' onclick=x() id = c>Hi <b>you</b>",
                "<div class=\"a &quot;b&quot;\" id=\"c\">Hi you</div>",
            ),
            ("<p>one<p>two<div>three", "<p>one</p><p>two</p><div>three</div>"),
            (
                "<ul><li>a<li>b<ul><li>c</ul>d</ul>",
                "<ul><li>a</li><li>b<ul><li>c</li></ul>d</li></ul>",
            ),
            (
                "<table><tr><td>a<td>b<tr><td>c",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
            (
                "<table><thead><tr><th>a<tbody><tr><td>b<tbody>",
                "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody><tbody></tbody></table>",
            ),
            ("<td>a<div>b</td></div>c", "<td>a<div>b</div></td>c"),
            ("<div><span>a</div>b</span></p>c", "<div><span>a</span></div>bc"),
            ("<a href=x>a<a href=y>b</a>", "<a href=\"x\">ab</a>"),
            ("<script>if (a<b) '<p>'</script >x<style>p{}</style><!-- <p> -->y", "xy"),
            ("<!-->a<!--->b<!x>c<?y>d</>e", "abcde"),
            ("1 < 2 &lt; 3 <3 \0!", "1 &lt; 2 &lt; 3 &lt;3 !"),
            ("<img src=data:xyz><form>f</form>", "<img src=\"x\"><fieldset>f</fieldset>"),
            ("<svg><p>a</svg>b<svg>c", "bc"),
            ("<p title='>'>a</p title='>'>b", "<p>a</p>b"),
            ("<p a=1 =b c==d e='f'g class=h/>i", "<p class=\"h/\">i</p>"),
        ] {
            assert_eq!(body(given), written, "{given}");
        }
    }

    #[test]
    fn limits_hold() {
        let deep = body(&"<div>".repeat(1000));
        assert_eq!(
            (deep.matches("<div>").count(), deep.matches("</div>").count()),
            (MAX_DEPTH, MAX_DEPTH)
        );
        assert!(body(&"<br>".repeat(2 * MAX_ELEMENTS)).len() <= 4 * (MAX_ELEMENTS + 1));
        assert!(scrub(&"é".repeat(MAX_READ)).html.len() < MAX_WRITTEN + 200);
        assert!(body(&format!("<p class='{}'>", "é".repeat(MAX_VALUE))).len() < MAX_VALUE + 30);
        assert_eq!(scrub(&"<meta name=a content=b>".repeat(2 * MAX_FINDS)).metas.len(), MAX_FINDS);
    }

    #[test]
    fn finds_are_collected() {
        let page = scrub(
            "<html lang=da><title>A <i> B</title><meta name=n content='a&amp;b'><meta charset=x>\
            <script type=application/ld+json>{}</script><time itemprop=i datetime=d>x</time><p class='entry-date'>5 May<p>",
        );
        assert_eq!(
            (page.lang, page.metas, page.json_ld),
            (Some("da"), vec![("n", "a&amp;b")], vec!["{}"])
        );
        assert_eq!(page.times, [("i", "d"), ("", "5 May")]);
        assert!(
            page.html.contains("<title>A &lt;i> B</title><meta name=\"n\" content=\"a&amp;b\">")
        );
    }

    #[test]
    fn class_names_are_cut_into_words() {
        assert_eq!(
            words("entry-byline articleByline ad2 XMLDoc").collect::<Vec<_>>(),
            ["entry", "byline", "article", "Byline", "ad", "XMLDoc"]
        );
        assert_eq!(words("").count() + words("-- 12 ").count(), 0);
    }

    /// Random tag soup: whatever goes in, the parser's tree stays about as shallow as
    /// promised. A table may add up to two levels to each of its own, the page three.
    #[test]
    fn soup_stays_shallow() {
        let names = "div p span a li ul ol dl dt dd table caption thead tbody tr td th h1 h2 form button b i label svg title \
            script select option template section article blockquote br img pre object ruby rt center details summary q x-y";
        let names: Vec<&str> = names.split_whitespace().collect();
        let mut state = 7u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for round in 0..300 {
            let few = 2 + random(names.len() - 2); // some soups of a few kinds of tag, some of many
            let first = random(names.len());
            let mut soup = String::new();
            for _ in 0..1500 {
                let name = names[(first + random(few)) % names.len()];
                soup += match random(8) {
                    0 | 1 => "</",
                    2 => "word <",
                    _ => "<",
                };
                soup += name;
                soup += if random(20) == 0 { " id='" } else { ">" };
            }
            let doc = dom_query::Document::from(scrub(&soup).html);
            let depth = doc.root().descendants_it().map(|n| n.ancestors_it(None).count()).max();
            assert!(depth.unwrap_or(0) <= 3 * MAX_DEPTH + 3, "round {round}: {depth:?}");
        }
    }
}
