//! Articles that try to be more than text on a page.

use super::news::article;
use serde_json::json;

/// What a page must not take for markup, in many places.
pub const MARKUP: &str =
    "</script><script>window.ran=1</script><img src=x onerror=\"window.ran=2\">";

/// Ends attributes of either quotation, and asks the template engine for something.
pub const QUOTES: &str =
    "\" onmouseover=\"window.ran=3\" '> ' onfocus='window.ran=4 {{ 7 * 7 }} {% raw %} <!-- ]]>";

/// Turns the direction of what follows, and controls.
pub const CONTROLS: &str =
    "\u{202e}desrever\u{2066}\u{0}\u{1b}[31m\u{7}\u{85}\u{2028}\u{fffe}\u{200f}";

/// A word that no line has room for.
pub fn unbroken() -> String {
    "Unbroken".repeat(19)
}

/// A dump of stories of two with hostile parts everywhere, as JSON Lines.
pub fn dump() -> String {
    let mut lines = String::new();
    for (n, evil) in
        [MARKUP, QUOTES, CONTROLS, "😀 \u{1d11e} & &lt;b&gt; \\u003c </style>"].iter().enumerate()
    {
        let sentences = article(70 + n as u64, 14);
        let whole =
            format!("{evil} {} {evil} {}", sentences[..7].join(" "), sentences[7..].join(" "));
        let edited = format!("{} {evil} {}", sentences[1..8].join("\n"), sentences[8..].join(" "));
        for (at, text) in [whole, edited].iter().enumerate() {
            let line = json!({
                "id": format!("{n}{at}{evil}"),
                "title": if n == 3 { unbroken() } else { format!("{evil} title {n}") },
                "url": if at == 0 { format!("javascript:window.ran=5//{evil}") } else { format!("https://site{n}.example/'&{n}") },
                "date": evil,
                "text": text,
            });
            lines += &format!("{line}\n");
        }
    }
    lines + "{\"text\": 5, \"</script>\": \"<b>\"}\n<script>window.ran=6</script>\n"
}
