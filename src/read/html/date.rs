//! The date of publication a page claims.

use super::scrub::Scrubbed;

/// Meta keys made for the date of publication, most specific first.
const EXACT: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datePublished",
    "rnews:datePublished",
    "parsely-pub-date",
    "cXenseParse:recs:publishtime",
    "bt:pubDate",
    "weibo:article:create_at",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date.published",
];
/// Meta keys that mostly hold it, but at times hold another date.
const LOOSE: &[&str] = &[
    "sailthru.date",
    "citation_publication_date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published-date",
    "publication_date",
    "article.published",
    "article:published",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "date",
    "created",
    "dateCreated",
];

/// The first valid date among: exact meta keys, JSON-LD, elements marked `datePublished`,
/// loose meta keys, other `datetime` attributes and elements that call themselves a date,
/// and `/yyyy/mm/dd/` in `og:url`.
pub(super) fn published(page: &Scrubbed<'_>) -> Option<String> {
    let metas = |keys: &'static [&'static str]| {
        keys.iter()
            .flat_map(|k| page.metas.iter().filter(move |m| m.0.eq_ignore_ascii_case(k)))
            .find_map(|m| parse(m.1))
    };
    let json = |key: &str| page.json_ld.iter().flat_map(|j| json_strings(j, key)).find_map(parse);
    let marked = |known: bool| {
        page.times.iter().filter(|t| (t.0 == "datePublished") == known).find_map(|t| parse(t.1))
    };
    metas(EXACT)
        .or_else(|| json("\"datePublished\""))
        .or_else(|| marked(true))
        .or_else(|| metas(LOOSE))
        .or_else(|| json("\"dateCreated\""))
        .or_else(|| json("\"uploadDate\""))
        .or_else(|| marked(false))
        .or_else(|| {
            page.metas
                .iter()
                .filter(|m| m.0.eq_ignore_ascii_case("og:url"))
                .find_map(|m| in_url(m.1))
        })
}

/// The string values of `key` in JSON text. Not parsed as JSON on purpose: pages publish
/// broken JSON, and a nested bomb cannot hurt a search.
fn json_strings<'a>(json: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    json.split(key).skip(1).filter_map(|after| {
        let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        value.split('"').next()
    })
}

/// Reads one date: RFC 3339 stays as it is (an offset without a colon gets one); any
/// other time of day is dropped, since without an offset it says little. Understands
/// `yyyy-mm-dd`, `yyyy/mm/dd`, `yyyy.mm.dd`, `yyyymmdd`, `dd.mm.yyyy` and dates with an
/// English month. `03/04/2019` may be March or April and is refused.
pub(super) fn parse(claimed: &str) -> Option<String> {
    let s = claimed.trim();
    let b = s.as_bytes();
    if s.len() > 64 || b.len() < 8 {
        return None;
    }
    let sep = |i: usize| b.get(i).filter(|c| matches!(c, b'-' | b'/' | b'.')).copied();
    if sep(4).is_some() && sep(4) == sep(7) {
        let day = ymd(num(b, 0, 4)?, num(b, 5, 2)?, num(b, 8, 2)?)?;
        return Some(match (sep(4), rfc3339_time(&b[10..])) {
            (Some(b'-'), Some(time)) => day + &time,
            _ => day,
        });
    }
    if sep(2) == Some(b'.') && sep(5) == Some(b'.') {
        return ymd(num(b, 6, 4)?, num(b, 3, 2)?, num(b, 0, 2)?);
    }
    if b[..8].iter().all(u8::is_ascii_digit) && b.get(8).is_none_or(|c| !c.is_ascii_digit()) {
        return ymd(num(b, 0, 4)?, num(b, 4, 2)?, num(b, 6, 2)?);
    }
    in_words(s)
}

/// A date with an English month: the day stands next to the month, after it only if it is
/// not the hour (`18 Nov 19:05`), so a day that the year follows is surest.
fn in_words(s: &str) -> Option<String> {
    let words: Vec<&str> =
        s.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let (at, month) = words.iter().enumerate().find_map(|(i, w)| Some((i, month_number(w)?)))?;
    let number = |i: usize| {
        words.get(i)?.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok()
    };
    let is_year = |n: &u32| *n > 999;
    let before = at.checked_sub(1).and_then(number).filter(|n| *n < 32);
    let after = number(at + 1).filter(|n| *n < 32);
    let day = after.filter(|_| number(at + 2).is_some_and(|n| is_year(&n))).or(before).or(after);
    let year = (at + 1..words.len()).filter_map(number).find(is_year);
    ymd(year?, month, day?)
}

fn month_number(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let hit = MONTHS
        .iter()
        .position(|m| word == *m || word == m[..3] || (word == "sept" && *m == "september"));
    hit.map(|i| i as u32 + 1)
}

/// `Thh:mm:ss[.fff](Z|±hh:mm)` from the tail of a timestamp, if it is one and valid.
fn rfc3339_time(tail: &[u8]) -> Option<String> {
    let colons = tail.get(3) == Some(&b':') && tail.get(6) == Some(&b':');
    if !matches!(tail.first()?, b'T' | b't' | b' ') || !colons {
        return None;
    }
    let (h, m, s) = (num(tail, 1, 2)?, num(tail, 4, 2)?, num(tail, 7, 2)?);
    let fraction = match tail.get(9) {
        Some(b'.') => 1 + tail[10..].iter().take_while(|c| c.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = &tail[9 + fraction..];
    let zone = match zone {
        b"Z" | b"z" => "Z".to_string(),
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let at = if rest.get(2) == Some(&b':') { 3 } else { 2 };
            let (zh, zm) = (num(rest, 0, 2)?, num(rest, at, 2)?);
            if rest.len() != at + 2 || zh > 23 || zm > 59 {
                return None;
            }
            format!("{}{zh:02}:{zm:02}", *sign as char)
        }
        _ => return None,
    };
    let fraction =
        if fraction > 1 { std::str::from_utf8(&tail[9..9 + fraction]).ok()? } else { "" };
    (h < 24 && m < 60 && s < 61).then(|| format!("T{h:02}:{m:02}:{s:02}{fraction}{zone}"))
}

fn in_url(url: &str) -> Option<String> {
    let parts: Vec<&str> = url.split('/').take(32).collect();
    parts.windows(3).find_map(|w| {
        let digits = w[0].len() == 4 && w[1..].iter().all(|p| matches!(p.len(), 1 | 2));
        if digits { ymd(w[0].parse().ok()?, w[1].parse().ok()?, w[2].parse().ok()?) } else { None }
    })
}

/// The number in exactly `len` digits at `at`.
fn num(b: &[u8], at: usize, len: usize) -> Option<u32> {
    let digits = b.get(at..at + len)?;
    digits.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
}

/// A day of the calendar. The web begins in 1990; what claims to be older or far in the
/// future is a default value or a mistake.
fn ymd(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1990..2100).contains(&year) && (1..=days).contains(&day))
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::super::scrub::scrub;
    use super::*;

    #[test]
    fn dates_are_read_and_checked() {
        for (claimed, date) in [
            ("2021-03-04", "2021-03-04"),
            (" 2021-03-04T05:06:07Z ", "2021-03-04T05:06:07Z"),
            ("2021-03-04T05:06:07.250+01:00", "2021-03-04T05:06:07.250+01:00"),
            ("2021-03-04 05:06:07-0530", "2021-03-04T05:06:07-05:30"),
            ("2021-03-04T05:06:07", "2021-03-04"),
            ("2021-03-04T25:06:07Z", "2021-03-04"),
            ("2021/03/04 noon", "2021-03-04"),
            ("20210304", "2021-03-04"),
            ("20210304T0506Z", "2021-03-04"),
            ("04.03.2021, 5:06", "2021-03-04"),
            ("Thu, 04 Mar 2021 05:06:07 GMT", "2021-03-04"),
            ("March 4th, 2021 at 5 pm", "2021-03-04"),
            ("01:38:07 PM IST Mar 04, 2021", "2021-03-04"),
            ("4 Mar 12:30 2021", "2021-03-04"),
            ("Thu Mar 04 05:06:07 GMT 2021", "2021-03-04"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(parse(claimed).as_deref(), Some(date), "{claimed}");
        }
        for refused in [
            "",
            "2021",
            "0000-00-00",
            "2023-02-29",
            "1970-01-01T00:00:00Z",
            "03/04/2021",
            "2021-13-01",
            "yesterday",
            "٢٠٢١-٠٣-٠٤",
            "1614834367000",
        ] {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn the_surest_source_wins() {
        let called = "<p class=postDate>6 January 2020</p>";
        let time = "<p><time datetime='2020-01-05'>x</time>";
        let json =
            "<script type='application/ld+json'>[{\"datePublished\" : \"2020-01-02\"},]</script>";
        let loose = "<meta name=date content=2020-01-04>";
        let marked = "<span itemprop=datePublished content=2020-01-03>y</span>";
        let exact = "<meta content=2020-01-01 property=Article:published_time>";
        let url = "<meta property=og:url content=https://example.org/news/2020/1/7/harbour>";
        let mut page = String::new();
        for (source, day) in
            [(url, 7), (called, 6), (time, 5), (loose, 4), (marked, 3), (json, 2), (exact, 1)]
        {
            page.insert_str(0, source);
            assert_eq!(published(&scrub(&page)), Some(format!("2020-01-{day:02}")));
        }
        assert_eq!(published(&scrub("<time datetime=soon>")), None);
    }
}
