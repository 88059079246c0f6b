//! Who sends a request: the address that is believed, an id for the request, and a name.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{HeaderName, HeaderValue, USER_AGENT};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use ipnet::IpNet;

use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::token::usage::client_name;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(super) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The most characters of a request id that a proxy gives.
const REQUEST_ID_LENGTH: usize = 128;

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The peer's address, or the one that a trusted proxy names.
    pub(crate) address: IpAddr,
    /// The request's id.
    pub(crate) request_id: Rc<str>,
    agent: Option<HeaderValue>,
}

impl Client {
    /// What the client calls itself, as it came.
    pub(crate) fn agent(&self) -> &[u8] {
        self.agent.as_ref().map_or(b"", HeaderValue::as_bytes)
    }

    /// The same cut to 200 characters that print.
    pub(crate) fn name(&self) -> String {
        client_name(self.agent())
    }
}

impl FromRequest for Client {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let client = request.extensions().get::<Self>().cloned();
        let fault = || Error::Internal("a request passed without being identified".to_owned());
        std::future::ready(client.ok_or_else(fault))
    }
}

/// Reads it from the connection and, where a trusted proxy sends them, its headers.
pub(super) fn identify(request: &ServiceRequest) -> Client {
    let trusted = request
        .app_data::<web::Data<State>>()
        .map_or(&[][..], |state| state.trusted_proxies.as_slice());
    // Without a peer there is no socket, which only happens inside a unit test.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let headers = request.headers();
    let forwarded = headers.get_all(FORWARDED_FOR).map(HeaderValue::as_bytes);
    let given = headers.get(REQUEST_ID).map(HeaderValue::as_bytes);
    Client {
        address: address(trusted, peer, forwarded),
        request_id: request_id(trusted, peer, given)
            .map_or_else(|| Id::unordered().as_str().into(), Rc::from),
        agent: headers.get(USER_AGENT).cloned(),
    }
}

/// The address that is believed: the peer's, or, where that is a trusted proxy, the one that it
/// names in the values of `X-Forwarded-For`.
pub(super) fn address<'a>(
    trusted: &[IpNet],
    peer: IpAddr,
    forwarded: impl Iterator<Item = &'a [u8]>,
) -> IpAddr {
    if is_in(trusted, peer) {
        forwarded_address(trusted, peer, forwarded)
    } else {
        peer.to_canonical()
    }
}

/// The id that a trusted proxy gives the request, if it is one that fits into a header and a log.
pub(super) fn request_id<'a>(
    trusted: &[IpNet],
    peer: IpAddr,
    given: Option<&'a [u8]>,
) -> Option<&'a str> {
    given
        .filter(|id| (1..=REQUEST_ID_LENGTH).contains(&id.len()))
        .filter(|id| id.iter().all(u8::is_ascii_graphic))
        .filter(|_| is_in(trusted, peer))
        .and_then(|id| std::str::from_utf8(id).ok())
}

/// The rightmost address that is not a trusted proxy's: all to the left of it is hearsay.
fn forwarded_address<'a>(
    trusted: &[IpNet],
    peer: IpAddr,
    headers: impl Iterator<Item = &'a [u8]>,
) -> IpAddr {
    let mut address = peer.to_canonical();
    // Divided before it is read: a proxy adds its part to whatever bytes the sender has put there.
    let named: Vec<&[u8]> = headers
        .flat_map(|header| header.split(|byte| *byte == b','))
        .collect();
    for name in named.into_iter().rev() {
        let name = std::str::from_utf8(name.trim_ascii()).unwrap_or_default();
        let Ok(named) = name.parse::<IpAddr>() else {
            break;
        };
        address = named.to_canonical();
        if !is_in(trusted, address) {
            break;
        }
    }
    address
}

fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let judge = |header: &'static str| {
            forwarded_address(&trusted, peer, std::iter::once(header.as_bytes())).to_string()
        };
        assert_eq!(judge("1.1.1.1, 203.0.113.7, 10.0.0.2"), "203.0.113.7");
        assert_eq!(judge("10.0.0.3, 10.0.0.2"), "10.0.0.3");
        assert_eq!(judge("203.0.113.7, nonsense"), "10.0.0.1");
        assert_eq!(judge("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(judge(""), "10.0.0.1");
    }
}
