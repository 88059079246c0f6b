//! What somebody does at a page, by pointer or by keyboard alone, and how much it is.

use std::cell::Cell;

use fantoccini::elements::Element;

use super::Chromium;

/// Somebody at a window.
pub(crate) struct Hand<'a> {
    pub(crate) window: &'a Chromium,
    by_keyboard: bool,
    steps: Cell<u32>,
}

impl<'a> Hand<'a> {
    pub(crate) fn new(window: &'a Chromium, by_keyboard: bool) -> Self {
        let steps = Cell::default();
        Self {
            window,
            by_keyboard,
            steps,
        }
    }

    /// The clicks and fields since the last time.
    pub(crate) fn steps(&self) -> u32 {
        self.steps.take()
    }

    /// Follows the link of this text.
    pub(crate) async fn follow(&self, text: &str) {
        let link = self.window.link(text).await;
        self.leave_by(link).await;
    }

    /// Presses the button of this text, which sends a form.
    pub(crate) async fn press(&self, text: &str) {
        let button = self.window.button(text).await;
        self.leave_by(button).await;
    }

    /// Types into the field of this name, in place of what was there.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        self.count();
        let field = self.window.find(&format!("[name=\"{name}\"]")).await;
        if self.by_keyboard {
            self.window.tab_until(&field).await;
        } else if field.click().await.is_err() {
            self.window.click_at(&field).await;
        }
        // Control and A, then Backspace.
        self.window.type_keys("\u{e009}a\u{e009}\u{e003}").await;
        self.window.type_keys(text).await;
    }

    /// Ticks a box.
    pub(crate) async fn tick(&self, selector: &str) {
        self.count();
        let found = self.window.find(selector).await;
        if self.by_keyboard {
            self.window.tab_until(&found).await;
            self.window.type_keys(" ").await;
        } else {
            found.click().await.unwrap();
        }
    }

    /// Opens a part of the page that is closed.
    pub(crate) async fn open(&self, selector: &str) {
        let summary = self.window.find(&format!("{selector} > summary")).await;
        if !summary.is_displayed().await.unwrap() {
            return;
        }
        self.count();
        if self.by_keyboard {
            self.window.tab_until(&summary).await;
            self.window.type_keys("\u{e007}").await;
        } else {
            summary.click().await.unwrap();
        }
    }

    async fn leave_by(&self, element: Element) {
        self.count();
        if self.by_keyboard {
            self.window.tab_until(&element).await;
            self.window.enter().await;
        } else {
            self.window.leave_by(element).await;
        }
    }

    fn count(&self) {
        self.steps.set(self.steps.get() + 1);
    }
}
