//! The menu: every page that is reached from every page.

/// One entry, with the pages beneath it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its words.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: &'static str,
    /// The value of `aria-current`: "page" for the very page, "true" for one beneath it.
    pub(crate) current: Option<&'static str>,
    /// The pages beneath it.
    pub(crate) pages: Vec<Self>,
}

impl Entry {
    fn new(label: &'static str, href: &'static str, path: &str) -> Self {
        let beneath = path
            .strip_prefix(href)
            .is_some_and(|rest| rest.starts_with('/'));
        let current = match (path == href, beneath && href != OVERVIEW) {
            (true, _) => Some("page"),
            (false, true) => Some("true"),
            (false, false) => None,
        };
        Self {
            label,
            href,
            current,
            pages: Vec::new(),
        }
    }

    fn group(label: &'static str, href: &'static str, pages: Vec<Self>) -> Self {
        let current = pages
            .iter()
            .any(|page| page.current.is_some())
            .then_some("true");
        Self {
            label,
            href,
            current,
            pages,
        }
    }
}

const OVERVIEW: &str = "/dashboard";

/// Pages that belong to an entry whose address theirs does not begin with.
const BESIDE: [(&str, &str); 3] = [
    ("/dashboard/admin/incident", "/dashboard/admin/tokens/"),
    ("/dashboard/admin/report", "/dashboard/admin/tokens/"),
    (
        "/dashboard/admin/service-accounts",
        "/dashboard/admin/users/",
    ),
];

/// The address as if all pages of an entry stood beneath it.
fn within(path: &str) -> String {
    let beside = BESIDE
        .iter()
        .find_map(|(begin, entry)| path.strip_prefix(begin).map(|rest| (entry, rest)));
    beside.map_or_else(|| path.to_owned(), |(entry, rest)| format!("{entry}{rest}"))
}

/// The menu on the page at `path`.
pub(crate) fn menu(path: &str, is_admin: bool) -> Vec<Entry> {
    let settings = vec![
        Entry::new("Access Tokens", "/dashboard/settings/tokens", path),
        Entry::new("Security", "/dashboard/settings/security", path),
    ];
    let mut entries = vec![
        Entry::new("Dashboard", OVERVIEW, path),
        Entry::new("Projects", "/dashboard/projects", path),
        Entry::group("Settings", "/dashboard/settings", settings),
        Entry::new("Docs", "/dashboard/docs", path),
    ];
    if is_admin {
        let path = &within(path);
        let pages = vec![
            Entry::new("All tokens", "/dashboard/admin/tokens", path),
            Entry::new("People", "/dashboard/admin/users", path),
            Entry::new("Scopes", "/dashboard/admin/scopes", path),
            Entry::new("Policy", "/dashboard/admin/policy", path),
            Entry::new("Audit", "/dashboard/admin/audit", path),
        ];
        entries.push(Entry::group("Admin", "/dashboard/admin/tokens", pages));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_is_current_and_its_group_is_open() {
        let entries = menu("/dashboard/settings/tokens/new", true);
        let current: Vec<_> = entries
            .iter()
            .filter(|entry| entry.current.is_some())
            .collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current.first().unwrap().label, "Settings");
        let beneath = &current.first().unwrap().pages;
        assert_eq!(beneath.first().unwrap().current, Some("true"));
        assert_eq!(
            menu("/dashboard", false).first().unwrap().current,
            Some("page")
        );
        assert!(
            menu("/dashboard", false)
                .iter()
                .all(|entry| entry.label != "Admin")
        );
    }

    #[test]
    fn pages_beside_an_entry_are_its_own() {
        for (path, label) in [
            ("/dashboard/admin/report", "All tokens"),
            ("/dashboard/admin/incident", "All tokens"),
            ("/dashboard/admin/service-accounts/new", "People"),
        ] {
            let entries = menu(path, true);
            let pages = entries.iter().flat_map(|entry| &entry.pages);
            let current: Vec<_> = pages.filter(|page| page.current.is_some()).collect();
            assert_eq!(current.len(), 1, "{path}");
            assert_eq!(current.first().unwrap().label, label);
        }
    }
}
