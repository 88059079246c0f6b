//! The first page of projects read with nothing around the query: no key is judged, nothing is
//! recorded, and the answer is empty. `query OWNER...`, settings from the environment; prints where
//! it listens.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use clap::Parser;
use deskforge::config::{Flags, Settings};
use deskforge::db::Database;
use deskforge::error::Error as Fault;
use deskforge::id::Id;
use deskforge::project::repository;

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many rows as a page of 20 asks for: one more tells whether there is a next page.
const ROWS: i64 = 21;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Whose projects
    #[arg(required = true)]
    owners: Vec<Id>,
}

struct Pages {
    database: Database,
    owners: Vec<Id>,
    turn: AtomicUsize,
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let pages = Data::new(Pages {
        database: Database::open(&Settings::from(arguments.flags).database_url)?,
        owners: arguments.owners,
        turn: AtomicUsize::new(0),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(pages.clone())
            .default_service(web::to(read))
    })
    .bind("127.0.0.1:0")?;
    for address in server.addrs() {
        println!("query serves http://{address}");
    }
    Ok(server.run().await?)
}

/// The page of the owner whose turn it is.
async fn read(pages: Data<Pages>) -> Result<&'static str, Fault> {
    let turn = pages.turn.fetch_add(1, Ordering::Relaxed) % pages.owners.len();
    let owner = pages.owners.get(turn).copied().ok_or(Fault::NotFound)?;
    let page = move |connection: &mut _| repository::page(connection, owner, "", None, ROWS);
    pages.database.read(page).await.map(|_| "")
}
