//! A wire, to PostgreSQL or to the server, that can be cut.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use deskforge::config::DatabaseUrl;
use url::Url;

use super::TestServer;
use super::engine::postgres;

/// Carries connections from an address of its own to another.
pub(crate) struct Proxy {
    address: SocketAddr,
    wires: Arc<Mutex<Wires>>,
}

#[derive(Default)]
struct Wires {
    cut: bool,
    mute: bool,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub(crate) fn to_postgres() -> Self {
        let url = Url::parse(&postgres()).unwrap();
        let target = (
            url.host_str().unwrap().to_owned(),
            url.port().unwrap_or(5432),
        );
        Self::to(target)
    }

    /// A wire between browsers and a server.
    pub(crate) fn to_server(server: &TestServer) -> Self {
        let address: SocketAddr = server.authority().parse().unwrap();
        Self::to((address.ip().to_string(), address.port()))
    }

    fn to(target: (String, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let wires = Arc::<Mutex<Wires>>::default();
        let shared = wires.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let mut wires = shared.lock().unwrap();
                if !wires.cut {
                    let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                    carry(&client, &server, None);
                    carry(&server, &client, Some(shared.clone()));
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

    /// The address at this end, such as `http://127.0.0.1:4711`.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From here on what is asked arrives, and what is answered does not; or no longer so.
    pub(crate) fn mute(&self, mute: bool) {
        self.wires.lock().unwrap().mute = mute;
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

/// Carries what comes from one end to the other; answers end the wire while it is mute.
fn carry(from: &TcpStream, to: &TcpStream, answers: Option<Arc<Mutex<Wires>>>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let mut part = [0; 16_384];
        while let Ok(read @ 1..) = from.read(&mut part) {
            let is_mute = |wires: &Arc<Mutex<Wires>>| wires.lock().unwrap().mute;
            if answers.as_ref().is_some_and(is_mute) || to.write_all(&part[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
