//! A wire to PostgreSQL that can be cut.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use deskforge::config::DatabaseUrl;
use url::Url;

use super::engine::postgres;

/// Carries connections from an address of its own to PostgreSQL.
pub(crate) struct Proxy {
    address: SocketAddr,
    wires: Arc<Mutex<Wires>>,
}

#[derive(Default)]
struct Wires {
    cut: bool,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub(crate) fn to_postgres() -> Self {
        let url = Url::parse(&postgres()).unwrap();
        let target = (
            url.host_str().unwrap().to_owned(),
            url.port().unwrap_or(5432),
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let wires = Arc::<Mutex<Wires>>::default();
        let shared = wires.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let mut wires = shared.lock().unwrap();
                if !wires.cut {
                    let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                    carry(&client, &server);
                    carry(&server, &client);
                    wires.open.extend([client, server]);
                }
            }
        });
        Self { address, wires }
    }

    /// The same database by way of this wire.
    pub(crate) fn redirect(&self, url: &DatabaseUrl) -> DatabaseUrl {
        let DatabaseUrl::Postgres(url) = url else {
            panic!("not a database at the end of a wire")
        };
        let mut url = Url::parse(url).unwrap();
        url.set_ip_host(self.address.ip()).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        DatabaseUrl::Postgres(url.into())
    }

    /// Ends all connections, and each new one at once.
    pub(crate) fn cut(&self) {
        let mut wires = self.wires.lock().unwrap();
        wires.cut = true;
        for wire in wires.open.drain(..) {
            let _ = wire.shutdown(Shutdown::Both);
        }
    }

    /// Lets new connections through again.
    pub(crate) fn mend(&self) {
        self.wires.lock().unwrap().cut = false;
    }
}

fn carry(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
