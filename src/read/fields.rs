//! Which fields of a record hold the parts of an article.

/// Names of the fields of a record that hold the parts of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Field of the text.
    pub text: String,
    /// Field of the identifier.
    pub id: String,
    /// Field of the headline.
    pub title: String,
    /// Field of the address.
    pub url: String,
    /// Field of the date of publication.
    pub date: String,
}

impl Default for Fields {
    fn default() -> Self {
        let [text, id, title, url, date] =
            ["text", "id", "title", "url", "date"].map(str::to_owned);
        Fields { text, id, title, url, date }
    }
}

/// Names that are listed where the one of the text is not there.
pub(super) const NAMED: usize = 12;

/// Similarity from which a name is taken for the one that was meant (Jaro 1989; 1: the same).
const ALIKE: f64 = 0.75;

impl Fields {
    /// What to say of a record, or a table, that has fields of these names and none of the text's;
    /// `kind` is what a field is called there. Of more than [`NAMED`] names the first are listed.
    pub(super) fn without_text<'a>(
        &self,
        kind: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let names: Vec<&str> = names.into_iter().take(NAMED + 1).collect();
        let likeness = |name: &&str| strsim::jaro(&self.text, name);
        let meant = names.iter().copied().filter(|name| likeness(name) >= ALIKE);
        let meant = meant.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let mut there = names[..names.len().min(NAMED)].join(", ");
        match names.len() {
            0 => there.push_str("none"),
            1..=NAMED => {}
            _ => there.push_str(", ..."),
        }
        let mut message = format!("no {kind} {:?}; {kind}s there are: {there}", self.text);
        match meant {
            Some(name) => message.push_str(&format!(" (did you mean --text-field {name}?)")),
            None => message.push_str(" (--text-field names it)"),
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_like_the_one_that_is_missing_is_proposed() {
        let fields = |text: &str| Fields { text: text.into(), ..Fields::default() };
        assert_eq!(
            fields("boddy").without_text("field", ["id", "body", "bodies"]),
            "no field \"boddy\"; fields there are: id, body, bodies (did you mean --text-field body?)"
        );
        assert_eq!(
            fields("text").without_text("column", ["id", "headline"]),
            "no column \"text\"; columns there are: id, headline (--text-field names it)"
        );
        assert!(fields("text").without_text("field", []).contains("there are: none"));
        let many = fields("z").without_text("field", ["a"; 99]);
        assert!(many.contains(", ...") && many.len() < 100, "{many}");
    }
}
