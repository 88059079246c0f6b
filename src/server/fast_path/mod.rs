//! The fast path: a gateway's questions are answered from the bytes of its connection.
//!
//! A framework's routes, extractors and maps of headers take longer than judging a key does. So
//! every connection begins here, and stays as long as its requests are plain ones to
//! [`gateway::PATH`]. The first that is anything else goes to the framework, and the connection
//! with it, for good: nothing is read twice, and what is odd has one reader.

mod answer;
mod head;
mod idle;
mod replayed;

use std::net::IpAddr;
use std::rc::Rc;

use actix_server::GracefulShutdownSignal;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::web::Data;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use self::answer::Answers;
use self::head::{Head, Read};
pub(super) use self::idle::KEEP_ALIVE;
use self::idle::{Idle, Woken};
pub(super) use self::replayed::Replayed;
use super::{State, client, passage};
use crate::api::gateway::{self, Question};
use crate::api::query::Query;
use crate::error::Error;
use crate::id::Id;
use crate::token::verifier::{Subject, Worker};

/// Room that is made before something is read. Few requests are longer.
const ROOM: usize = 2_048;
/// The longest request that is waited for here.
const LONGEST: usize = 16_384;

/// The fast path of one worker.
pub(super) struct FastPath {
    state: Data<State>,
    worker: Rc<Worker>,
    answers: Answers,
    stop: GracefulShutdownSignal,
}

impl FastPath {
    /// One that judges keys by `worker`, and ends its connections when `stop` says so.
    pub(super) fn new(
        state: Data<State>,
        worker: Rc<Worker>,
        stop: GracefulShutdownSignal,
    ) -> Self {
        Self {
            answers: Answers::new(state.public_url.is_https()),
            state,
            worker,
            stop,
        }
    }

    /// Answers what is asked on the connection. Gives it back, from the first request that is not
    /// for here; none where it has ended.
    pub(super) async fn serve(&self, mut stream: TcpStream, peer: IpAddr) -> Option<Replayed> {
        let mut idle = Idle::new(self.stop.clone());
        let mut unread = Vec::with_capacity(ROOM);
        let mut answers = Vec::with_capacity(ROOM);
        loop {
            let (taken, is_other) = self.answer_all(&unread, peer, &mut answers).await;
            unread.drain(..taken);
            if !answers.is_empty() {
                stream.write_all(&answers).await.ok()?;
                answers.clear();
            }
            if is_other || unread.len() >= LONGEST {
                return Some(Replayed::new(unread, stream));
            }
            unread.reserve(ROOM);
            match idle.read(&mut stream, &mut unread).await {
                Woken::Read => {}
                Woken::Ended => return None,
                // What came of a request is for the framework to be patient with.
                Woken::Idle => return (!unread.is_empty()).then(|| Replayed::new(unread, stream)),
            }
        }
    }

    /// Answers the whole requests that `unread` begins with: how many bytes they have, and whether
    /// one follows that is not for here.
    async fn answer_all(&self, unread: &[u8], peer: IpAddr, out: &mut Vec<u8>) -> (usize, bool) {
        let mut taken = 0;
        loop {
            let rest = unread.get(taken..).unwrap_or_default();
            let mut headers = head::room();
            match head::read(rest, &mut headers) {
                Read::Partial => return (taken, false),
                Read::Other => return (taken, true),
                Read::Whole(head) => {
                    self.answer(&head, peer, out).await;
                    taken += head.length;
                }
            }
        }
    }

    async fn answer(&self, head: &Head<'_, '_>, peer: IpAddr, out: &mut Vec<u8>) {
        let started = passage::start();
        let trusted = self.state.trusted_proxies.as_slice();
        let address = client::address(trusted, peer, head.values(client::FORWARDED_FOR.as_str()));
        let given = head.value(client::REQUEST_ID.as_str());
        let given = client::request_id(trusted, peer, given);
        let made = given.is_none().then(Id::unordered);
        let made = made.as_ref().map(Id::as_str);
        let request_id = given.or(made).unwrap_or_default();
        let status = match self.pass(head, address, request_id, out).await {
            Ok(status) => status,
            Err(error) => self.answers.refusal(out, &error, request_id),
        };
        passage::note(
            started,
            head.method,
            Some(gateway::PATH),
            status,
            request_id,
        );
    }

    /// Writes the answer for a key that may pass, and gives its status.
    async fn pass(
        &self,
        head: &Head<'_, '_>,
        address: IpAddr,
        request_id: &str,
        out: &mut Vec<u8>,
    ) -> Result<StatusCode, Error> {
        let question = Question::read(Query::read(head.query)?)?;
        let authorization = head.values(AUTHORIZATION.as_str());
        let agent = head.value(USER_AGENT.as_str()).unwrap_or_default();
        let status = question.status;
        let answer = |subject: &Subject| {
            self.answers.empty(out, status, request_id, |out| {
                gateway::tell_who(subject, |name, value| answer::line(out, name, value));
            });
        };
        let judged = question.judge(&self.worker, authorization, agent, address, answer);
        judged.await.map(|()| status)
    }
}
