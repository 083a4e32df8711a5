//! Pages of the web.

use jiff::civil::Date;
use retold::article::Article;
use retold::pipeline::{Sketcher, Sketches};
use retold::read::html::{Page, charset as charsets, main_text};

/// The bytes of a page.
pub fn html(bytes: &[u8]) {
    let (text, _) = charsets::decode(bytes, None);
    page(&text);
}

/// A page in the character set that its first line names, as a server would.
pub fn charset(bytes: &[u8]) {
    let (label, page) = match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&[][..], bytes),
    };
    let label = std::str::from_utf8(label).ok().filter(|label| !label.is_empty());
    let (text, replaced) = charsets::decode(page, label);
    assert!(!replaced || text.contains(char::REPLACEMENT_CHARACTER));
    assert!(text.len() <= 3 * page.len());
    let utf8 = page.strip_prefix(b"\xEF\xBB\xBF");
    let is_marked =
        utf8.is_some() || page.starts_with(b"\xFF\xFE") || page.starts_with(b"\xFE\xFF");
    let says_nothing = label.is_none() && !is_marked && !page.contains(&b'<');
    if let Some(page) = utf8.or(says_nothing.then_some(page).filter(|page| is_utf8(page))) {
        assert_eq!((text, replaced), (String::from_utf8_lossy(page).into_owned(), !is_utf8(page)));
    }
}

fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// A date as a page claims it, in the place that the first byte chooses, and as a dump has it.
pub fn dates(bytes: &[u8]) {
    let Some((choice, claimed)) = bytes.split_first() else { return };
    let claimed = &*String::from_utf8_lossy(claimed);
    let html = match choice % 6 {
        0 => format!("<meta property=article:published_time content=\"{claimed}\">"),
        1 => format!(
            "<script type=\"application/ld+json\">{{\"datePublished\": \"{claimed}\"}}</script>"
        ),
        2 => format!("<time datetime=\"{claimed}\">x</time>"),
        3 => format!("<p itemprop=datePublished content=\"{claimed}\">x</p>"),
        4 => format!("<p class=\"article date\">{claimed}</p>"),
        _ => format!("<meta property=og:url content=\"https://paper.example/{claimed}/harbour\">"),
    };
    let date = page(&html).date;
    if choice % 6 < 4
        && let Ok(day) = claimed.parse::<Date>()
        && (1990..2100).contains(&day.year())
        && day.to_string() == claimed
    {
        assert_eq!(date.as_deref(), Some(claimed));
    }

    // What a page claims is understood where days are counted; what a dump says otherwise, perhaps.
    day_of(claimed);
    if let Some(date) = date {
        let day: Date = date[..10].parse().expect("a day of the calendar");
        let days = day - jiff::civil::date(1970, 1, 1);
        assert_eq!(day_of(&date), Some(days.get_days()), "{date}");
    }
}

/// The day of an article with that date.
fn day_of(date: &str) -> Option<i32> {
    let article =
        Article { date: Some(date.to_owned()), ..Article::new("a", "The ferry was late.") };
    let mut sketches = Sketches::default();
    Sketcher::default().sketch(&article, &mut sketches).expect("it has words");
    sketches.sketch(0).day
}

/// The article of a page; what is said of it has to be in its form.
fn page(html: &str) -> Page {
    let page = main_text(html).unwrap_or_else(|error| panic!("{error}"));
    if let Some(date) = &page.date {
        let (day, time) = date.split_at(10);
        let day: Date = day.parse().expect("a day of the calendar");
        assert!((1990..2100).contains(&day.year()), "{date}");
        let zoned =
            |time: &str| time.ends_with('Z') || time[time.len() - 6..].starts_with(['+', '-']);
        assert!(time.is_empty() || (time.starts_with('T') && zoned(time)), "{date}");
    }
    assert!(page.title.as_ref().is_none_or(|title| !title.trim().is_empty()));
    let is_tag = |lang: &String| lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    assert!(page.lang.as_ref().is_none_or(is_tag));
    page
}
