//! Where connections go: to the fast path first, and from there to the framework.

use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use actix_http::HttpService;
use actix_server::Server;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_factory, fn_service,
    map_config,
};
use actix_web::dev::AppConfig;
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use tokio::net::TcpStream;

use super::fast_path::{FastPath, KEEP_ALIVE};
use super::{State, passage};
use crate::error::Error;
use crate::routes;
use crate::token::verifier::Worker;

/// Seconds that requests under way are given when the server stops.
const GRACE: u64 = 10;
/// How long a client may take to send the head of a request, and to close a connection.
const REQUEST: Duration = Duration::from_secs(5);
const DISCONNECT: Duration = Duration::from_secs(1);

/// A server on all processors for what comes to `listener`.
///
/// # Errors
/// When the socket fails.
pub(super) fn accept(listener: TcpListener, state: &web::Data<State>) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let builder = Server::build().shutdown_timeout(GRACE);
    let stop = builder.graceful_shutdown_signal();
    let state = state.clone();
    let service = move || {
        let worker = Rc::new(Worker::start(&state.verifier, &state.database_url));
        let app = App::new()
            .app_data(state.clone())
            .app_data(worker.clone())
            .configure(|config| routes::configure(config, &state))
            .default_service(web::to(async || Err::<&str, _>(Error::NotFound)))
            .wrap(from_fn(passage::pass))
            .into_factory()
            .map_err(|error| error.error_response());
        let (stopped, stop) = (stop.clone(), stop.clone());
        let framework = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopped = stopped.clone();
                async move { stopped.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(REQUEST)
            .client_disconnect_timeout(DISCONNECT)
            .h1_allow_half_closed(true)
            .local_addr(address)
            .h1(map_config(app, |()| AppConfig::default()));
        let framework = Rc::new(framework);
        let fast_path = Rc::new(FastPath::new(state.clone(), worker, stop));
        fn_factory(move || {
            let (framework, fast_path) = (framework.clone(), fast_path.clone());
            async move {
                let framework = Rc::new(framework.new_service(()).await?);
                Ok::<_, ()>(fn_service(move |stream: TcpStream| {
                    let (framework, fast_path) = (framework.clone(), fast_path.clone());
                    async move {
                        let Ok(peer) = stream.peer_addr() else {
                            return Ok(());
                        };
                        let Some(rest) = fast_path.serve(stream, peer.ip()).await else {
                            return Ok(());
                        };
                        hand_over(&*framework, (rest, Some(peer))).await
                    }
                }))
            }
        })
    };
    Ok(builder.listen("deskforge", listener, service)?.run())
}

/// Has the service answer the request once it is ready to.
async fn hand_over<Request, S: Service<Request>>(
    service: &S,
    request: Request,
) -> Result<S::Response, S::Error> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(request).await
}
