//! Waiting for what a connection sends next, but not for ever.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use actix_server::GracefulShutdownSignal;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection may be silent, or a request take to arrive.
pub(in crate::server) const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Patience is had in so many parts, and the one that has begun is not counted: so no request asks
/// what time it is, and a connection ends up to a part later than said.
const PARTS: u32 = 5;

/// Why a wait is over.
pub(super) enum Woken {
    /// Something was read.
    Read,
    /// Nothing came for too long.
    Idle,
    /// The other side has closed the connection, or the server stops.
    Ended,
}

/// The patience that is had with one connection.
pub(super) struct Idle {
    /// How often the alarm has rung since a whole request is waited for.
    rings: u32,
    /// Rings at the end of each part.
    alarm: Pin<Box<Sleep>>,
    stop: Pin<Box<dyn Future<Output = ()>>>,
}

impl Idle {
    pub(super) fn new(stop: GracefulShutdownSignal) -> Self {
        Self {
            rings: 0,
            alarm: Box::pin(sleep(KEEP_ALIVE / PARTS)),
            stop: Box::pin(async move { stop.notified().await }),
        }
    }

    /// Waits until there is more to read, and adds it to `unread`, which is the beginning of a
    /// request. Whoever sends one piece by piece gains no time by it.
    pub(super) async fn read(&mut self, stream: &mut TcpStream, unread: &mut Vec<u8>) -> Woken {
        if unread.is_empty() {
            self.rings = 0;
        }
        let mut reading = pin!(stream.read_buf(unread));
        poll_fn(|context| {
            if let Poll::Ready(read) = reading.as_mut().poll(context) {
                let has_more = read.is_ok_and(|length| length > 0);
                return Poll::Ready(if has_more { Woken::Read } else { Woken::Ended });
            }
            if self.stop.as_mut().poll(context).is_ready() {
                return Poll::Ready(Woken::Ended);
            }
            while self.alarm.as_mut().poll(context).is_ready() {
                if self.rings == PARTS {
                    return Poll::Ready(Woken::Idle);
                }
                self.rings += 1;
                self.alarm
                    .as_mut()
                    .reset(Instant::now() + KEEP_ALIVE / PARTS);
            }
            Poll::Pending
        })
        .await
    }
}
