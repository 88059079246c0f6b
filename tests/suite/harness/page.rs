//! A page as a browser reads it, and the forms on it.

use scraper::{ElementRef, Html, Selector};

use super::Answer;

/// A page that was shown.
pub(crate) struct Page {
    pub(crate) answer: Answer,
    /// Where it is, after all redirects.
    pub(crate) path: String,
    document: Html,
}

/// A form, filled in as the page had it.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Page {
    pub(super) fn new(answer: Answer, path: String) -> Self {
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{answer}"
        );
        let document = Html::parse_document(answer.text());
        Self {
            answer,
            path,
            document,
        }
    }

    #[track_caller]
    pub(crate) fn must_be(self, status: u16, path: &str) -> Self {
        assert_eq!(
            (self.answer.status, self.path.as_str()),
            (status, path),
            "{}",
            self.answer
        );
        self
    }

    pub(crate) fn title(&self) -> String {
        self.text("title")
    }

    /// The text of the one element that the selector finds, its spaces as one sees them.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        assert_eq!(texts.len(), 1, "{selector}: {}", self.answer);
        texts.concat()
    }

    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.select(selector).map(seen).collect()
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        self.select(selector).count()
    }

    pub(crate) fn values(&self, selector: &str, attribute: &str) -> Vec<String> {
        let values = self
            .select(selector)
            .filter_map(|element| element.attr(attribute));
        values.map(str::to_owned).collect()
    }

    /// The whole page's text.
    pub(crate) fn words(&self) -> String {
        self.text("body")
    }

    /// The form that is sent to `action`.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        let selector = format!("form[method=post][action=\"{action}\"]");
        let Some(form) = self.select(&selector).next() else {
            panic!("no form to {action}: {}", self.answer)
        };
        Form {
            action: action.to_owned(),
            fields: fields(form),
        }
    }

    fn select<'a>(&'a self, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
        let found: Vec<_> = self
            .document
            .select(&Selector::parse(selector).unwrap())
            .collect();
        found.into_iter()
    }
}

impl Form {
    /// The same with this value in place of all others of the name.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// The same with one more value.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// As it is sent.
    pub(crate) fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish()
    }
}

/// What a browser would send of a form that nobody has touched.
fn fields(form: ElementRef<'_>) -> Vec<(String, String)> {
    let controls = Selector::parse("input[name], textarea[name], select[name]").unwrap();
    let mut fields = Vec::new();
    for control in form.select(&controls) {
        let name = control.attr("name").unwrap().to_owned();
        let value = control.attr("value").unwrap_or_default().to_owned();
        match (
            control.value().name(),
            control.attr("type").unwrap_or("text"),
        ) {
            ("textarea", _) => fields.push((name, control.text().collect())),
            ("select", _) => {
                let chosen = Selector::parse("option[selected], option").unwrap();
                let options: Vec<_> = control.select(&chosen).collect();
                let option = options
                    .iter()
                    .find(|option| option.attr("selected").is_some())
                    .or(options.first());
                let value = option.and_then(|option| option.attr("value"));
                fields.push((name, value.unwrap_or_default().to_owned()));
            }
            ("input", "checkbox" | "radio") if control.attr("checked").is_none() => {}
            _ => fields.push((name, value)),
        }
    }
    fields
}

fn seen(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A page without what differs each time it is shown: the proofs in its forms.
pub(crate) fn without_proofs(text: &str) -> String {
    let mut parts = text.split("name=\"csrf\" value=\"");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push('…');
        rest.push_str(part.split_once('"').map_or(part, |(_, after)| after));
    }
    rest
}
