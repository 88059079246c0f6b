//! Keys that are generated and revoked, over the API, at a fixed rate.

use std::error::Error;
use std::net::SocketAddr;

use serde_json::Value;

use crate::connection::{Connection, request};
use crate::schedule::Schedule;

/// Generates a key and revokes it at each instant of the schedule, with the key `writer`; gives how
/// many.
pub(crate) fn churn(
    address: SocketAddr,
    writer: &str,
    name: &str,
    schedule: Schedule,
) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let mut connection = Connection::open(address)?;
    let mut done = 0;
    for _ in schedule.instants() {
        let body = format!(r#"{{"name":"{name} {done}","scopes":["projects:read"]}}"#);
        let made = connection.ask(&request("POST", "/tokens", writer, &body))?;
        let id = serde_json::from_slice::<Value>(&made.body)?
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(|| format!("no key was generated: {}", made.status))?
            .to_owned();
        let gone = connection.ask(&request("DELETE", &format!("/tokens/{id}"), writer, ""))?;
        if gone.status >= 300 {
            return Err(format!("a key was not revoked: {}", gone.status).into());
        }
        done += 1;
    }
    Ok(done)
}
