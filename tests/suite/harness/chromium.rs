//! A real browser: headless Chromium, driven through `ChromeDriver`.

use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

use super::{PASSWORD, Person, Proxy, TestServer};

/// Where the driver of the tests is.
const DRIVER_URL: &str = "TEST_CHROMEDRIVER_URL";

/// Keys, as the driver writes them (`WebDriver`, section 17.4.2).
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// A browser window. [`Chromium::close`] ends it.
pub(crate) struct Chromium {
    client: Client,
    base: String,
    _profile: TempDir,
}

/// A command that only `ChromeDriver` knows.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl TestServer {
    /// A browser window that was never here, scripts allowed.
    pub(crate) async fn chromium(&self) -> Chromium {
        Chromium::open(self.base()).await
    }
}

impl Proxy {
    /// A browser window at the end of this wire.
    pub(crate) async fn chromium(&self) -> Chromium {
        Chromium::open(&self.base()).await
    }
}

impl Chromium {
    async fn open(base: &str) -> Self {
        let driver = std::env::var(DRIVER_URL).unwrap_or_else(|_| {
            panic!("{DRIVER_URL} is not set: run scripts/test, which starts ChromeDriver")
        });
        let profile = TempDir::new().unwrap();
        let directory = format!("--user-data-dir={}", profile.path().display());
        let capabilities = json!({
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": [
                directory,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
            ]},
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver)
            .await
            .expect("Chromium starts");
        let window = Self {
            client,
            base: base.to_owned(),
            _profile: profile,
        };
        window.widen(1_440).await;
        window
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }

    /// From here on pages run no script.
    pub(crate) async fn without_scripts(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// Makes the window this wide.
    pub(crate) async fn widen(&self, width: u32) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Chooses "light" or "dark" as the system does.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        )
        .await;
    }

    pub(crate) async fn goto(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.base))
            .await
            .unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// Where the window is: the path with its query.
    pub(crate) async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url[url::Position::BeforePath..].to_owned()
    }

    pub(crate) async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// Follows the link of this text.
    pub(crate) async fn follow(&self, text: &str) {
        let link = self.link(text).await;
        self.leave_by(link).await;
    }

    pub(super) async fn link(&self, text: &str) -> Element {
        // Not by the driver's own idea of link texts: what the style opens counts as closed there.
        let path = format!("//a[normalize-space()='{text}']");
        let link = self.client.find(Locator::XPath(&path)).await;
        link.unwrap_or_else(|_| panic!("no link {text:?}"))
    }

    /// Presses the button of this text, which sends a form.
    pub(crate) async fn press(&self, text: &str) {
        let button = self.button(text).await;
        self.leave_by(button).await;
    }

    /// Presses keys where the focus is.
    pub(crate) async fn type_keys(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Goes on with the Tab key until the focus is on what the selector finds and reads so.
    pub(crate) async fn tab_to(&self, selector: &str, text: &str) {
        for _ in 0..80 {
            self.type_keys(TAB).await;
            let focused = self.client.active_element().await.unwrap();
            let found = self.client.find_all(Locator::Css(selector)).await.unwrap();
            let is_one = found
                .iter()
                .any(|one| one.element_id() == focused.element_id());
            if is_one && focused.text().await.unwrap() == text {
                return;
            }
        }
        panic!("no Tab leads to {selector} {text:?}")
    }

    /// Goes on with the Tab key until the focus is on this.
    pub(super) async fn tab_until(&self, element: &Element) {
        let mut focused = self.client.active_element().await.unwrap();
        for _ in 0..300 {
            focused.send_keys(TAB).await.unwrap();
            focused = self.client.active_element().await.unwrap();
            if focused.element_id() == element.element_id() {
                return;
            }
        }
        panic!("no Tab leads to {:?}", element.html(false).await)
    }

    /// Presses Enter where the focus is, and waits until the page is another.
    pub(crate) async fn enter(&self) {
        let page = self.find("html").await;
        self.type_keys(ENTER).await;
        self.arrive(page).await;
    }

    /// Clicks, and waits until the page is another.
    pub(super) async fn leave_by(&self, element: Element) {
        let page = self.find("html").await;
        if element.click().await.is_err() {
            // The driver takes what stands in a `details` that the style opens for out of reach.
            self.click_at(&element).await;
        }
        self.arrive(page).await;
    }

    /// Waits until the page is another than the one of this element.
    async fn arrive(&self, page: Element) {
        let clicked = Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(
                clicked.elapsed() < Duration::from_secs(20),
                "the page stays"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let page = Locator::Css("footer");
        self.client
            .wait()
            .at_most(Duration::from_secs(20))
            .for_element(page)
            .await
            .unwrap();
    }

    pub(super) async fn click_at(&self, element: &Element) {
        let element = element.clone();
        let click = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement {
                element,
                duration: None,
                x: 0.0,
                y: 0.0,
            })
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        self.client.perform_actions(click).await.unwrap();
    }

    pub(crate) async fn button(&self, text: &str) -> Element {
        let path = format!("//button[normalize-space()='{text}']");
        let button = self.client.find(Locator::XPath(&path)).await;
        button.unwrap_or_else(|_| panic!("no button {text:?}"))
    }

    /// Types into the field of this name, in place of what was there.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name=\"{name}\"]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn find(&self, selector: &str) -> Element {
        let found = self.client.find(Locator::Css(selector)).await;
        found.unwrap_or_else(|_| panic!("nothing is {selector:?}"))
    }

    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.client
            .find_all(Locator::Css(selector))
            .await
            .unwrap()
            .len()
    }

    /// The text of an element as it is seen. Where the page loads itself again meanwhile, the element
    /// that comes then is asked.
    pub(crate) async fn text(&self, selector: &str) -> String {
        loop {
            // While such a page is being parsed, the element is not there yet.
            let wait = self.client.wait().at_most(Duration::from_secs(10));
            let element = wait.for_element(Locator::Css(selector)).await;
            let element = element.unwrap_or_else(|error| panic!("{selector:?}: {error}"));
            match element.text().await {
                Err(error) if error.is_stale_element_reference() => {}
                text => return text.unwrap(),
            }
        }
    }

    /// The text of an element, once it has one.
    pub(crate) async fn wait_for_text(&self, selector: &str) -> String {
        let begun = Instant::now();
        loop {
            let text = self.text(selector).await;
            if !text.is_empty() {
                return text;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "{selector} stays empty"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The whole page as the browser has it.
    pub(crate) async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// The page's cookies by name.
    pub(crate) async fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.client.get_all_cookies().await.unwrap();
        let cookie = cookies.into_iter().find(|cookie| cookie.name() == name);
        cookie.map(|cookie| cookie.value().to_owned())
    }

    /// What a script in the page gives.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// The same for a script that calls its last argument when it is done.
    pub(crate) async fn evaluate_later(&self, script: &str) -> Value {
        self.client.execute_async(script, vec![]).await.unwrap()
    }

    pub(crate) async fn log_in(&self, person: &Person) {
        self.goto("/login").await;
        self.fill("email", &person.email).await;
        self.fill("password", PASSWORD).await;
        self.press("Log in").await;
    }

    /// What the console has said since the last time: errors, warnings and refusals by policy.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let body = json!({ "type": "browser" });
        let path = "se/log";
        let entries = self.client.issue_cmd(Command { path, body }).await.unwrap();
        let entries = entries.as_array().unwrap().iter();
        let loud =
            entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        loud.map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let path = "goog/cdp/execute";
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Command { path, body }).await.unwrap()
    }
}
