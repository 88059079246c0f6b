//! `/dashboard/projects`: the same projects as the API's.

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    a_project_is_the_same_on_both_faces,
    the_form_names_every_fault,
);

const LIST: &str = "/dashboard/projects";

async fn a_project_is_the_same_on_both_faces(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    let key = server.key(&server.generate(&mira));
    let mut browser = server.logged_in(&mira).await;
    let form = browser.open("/dashboard/projects/new").await.form(LIST);
    let form = form
        .with("name", "Website redesign")
        .with("description", "one\r\ntwo");
    let page = browser.send(&form).await.must_be(200, LIST);
    assert!(page.words().contains("Done."), "{}", page.words());
    let list = key.get("/projects").await.json();
    assert_eq!(list["data"][0]["name"], "Website redesign");
    assert_eq!(list["data"][0]["description"], "one\ntwo");
    let path = format!("{LIST}/{}", list["data"][0]["id"].as_str().unwrap());
    let form = browser.open(&path).await.form(&path);
    browser
        .send(&form.with("name", "Shop"))
        .await
        .must_be(200, LIST);
    let list = key.get("/projects").await.json();
    assert_eq!(list["data"][0]["name"], "Shop");
    assert_eq!(list["data"][0]["description"], "one\ntwo", "as it was");
    let delete = format!("{path}/delete");
    let form = browser.open(&delete).await.form(&delete);
    browser.send(&form).await.must_be(200, LIST);
    assert_eq!(
        key.get("/projects").await.json()["data"],
        serde_json::json!([])
    );
    browser.get(&path).await.must_be(404);
    browser.post(&form).await.must_be(404);
}

async fn the_form_names_every_fault(engine: Engine) {
    let server = TestServer::start(engine);
    let mut browser = server.logged_in(&server.person("Mira")).await;
    let form = browser
        .open("/dashboard/projects/new")
        .await
        .form(LIST)
        .with("name", "Site");
    for (field, value, told) in [
        ("name", "", "Enter a name"),
        (
            "name",
            &"é".repeat(101),
            "Name must be 100 characters or fewer",
        ),
        ("name", "a\u{1b}[31m", "control characters"),
        (
            "description",
            &"字".repeat(1_001),
            "1,000 characters or fewer",
        ),
        ("owner_id", "x", "This form has no field"),
    ] {
        let page = browser.send(&form.clone().with(field, value)).await;
        let page = page.must_be(422, LIST);
        assert!(page.words().contains(told), "{field}: {}", page.words());
    }
    let twice = browser
        .send(&form.clone().and("name", "Shop"))
        .await
        .must_be(422, LIST);
    assert!(twice.words().contains("more than once"));
    assert_eq!(server.number("SELECT count(*) AS number FROM projects"), 0);
    browser.get("/dashboard/projects?page=x").await.must_be(422);
}
