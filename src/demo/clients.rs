//! Who calls with the keys of the demo: what the client at an address calls itself, and who else
//! has the key.

/// Of every client but curl.
const CLIENTS: [(&str, &str); 5] = [
    ("10.0.4.21", "shop-worker/3.2 reqwest/0.12"),
    ("10.0.12.18", "python-requests/2.32"),
    ("192.0.2.15", "statuspage/2.0"),
    ("198.51.100.8", "okhttp/4.12"),
    ("2001:db8:40::7", "nginx/1.27"),
];

/// The other caller of a key that is used from an address: that one's address and client.
const OTHERS: [(&str, (&str, &str)); 5] = [
    ("10.0.4.17", ("10.0.4.18", "axios/1.7")),
    ("10.0.4.21", ("10.0.4.22", "axios/1.7")),
    ("192.0.2.15", ("192.0.2.16", "statuspage/2.0")),
    (
        "198.51.100.8",
        ("203.0.113.90", "CFNetwork/1568 Darwin/24.1"),
    ),
    ("198.51.100.77", ("198.51.100.78", "python-requests/2.32")),
];

/// A caller, and how many of a number of requests are theirs.
pub(super) struct Share {
    pub(super) address: &'static str,
    pub(super) client: &'static str,
    pub(super) count: fn(i64) -> i64,
}

/// Whoever has the key that is used from `address`. The second of two sends every third request.
pub(super) fn shares(address: &'static str) -> Vec<Share> {
    let client = CLIENTS.iter().find(|(known, _)| *known == address);
    let client = client.map_or("curl/8.5", |(_, client)| *client);
    let first = |count| Share {
        address,
        client,
        count,
    };
    match OTHERS.iter().find(|(known, _)| *known == address) {
        None => vec![first(|count| count)],
        Some((_, (address, client))) => vec![
            first(|count| count - count / 3),
            Share {
                address,
                client,
                count: |count| count / 3,
            },
        ],
    }
}
