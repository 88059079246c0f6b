//! `/healthz`, `/readyz`.

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(a_running_server_is_alive_and_ready);

async fn a_running_server_is_alive_and_ready(engine: Engine) {
    let server = TestServer::start(engine);
    for path in ["/healthz", "/readyz"] {
        server.anonymous().get(path).await.must_be(200);
    }
}
