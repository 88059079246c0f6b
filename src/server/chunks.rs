//! A body that is sent while it is made: no more of it is in memory than a few pieces.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::mpsc::Receiver;

use crate::error::Error;

/// The pieces, each when it is ready. An error breaks the answer off.
pub(crate) struct Chunks(pub(crate) Receiver<Result<Bytes, Error>>);

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
