//! A body that is sent while it is made: no more of it is in memory than a few pieces.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::error::Error;

/// How many pieces wait to be sent.
const WAITING: usize = 2;

/// Takes the pieces, none of them empty; fails where nobody waits for them any more.
pub(crate) type Pieces = Sender<Result<Bytes, Error>>;

/// The pieces, each when it is ready.
pub(crate) struct Chunks(Receiver<Result<Bytes, Error>>);

impl Chunks {
    /// A body of what `produce` sends. Where that fails the answer breaks off: what has come is not
    /// to be taken for all.
    pub(crate) fn of<W>(produce: impl FnOnce(Pieces) -> W) -> Self
    where
        W: Future<Output = Result<(), Error>> + 'static,
    {
        let (sender, chunks) = channel(WAITING);
        let producing = produce(sender.clone());
        actix_web::rt::spawn(async move {
            if let Err(error) = producing.await {
                log::error!("an answer ends early: {error}");
                let _ = sender.send(Err(error)).await;
            }
        });
        Self(chunks)
    }
}

impl MessageBody for Chunks {
    type Error = Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        self.0.poll_recv(context)
    }
}
