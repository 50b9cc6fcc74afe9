//! `GET /v1/events`: streams the topics of the query as server-sent events, in its own session.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use http_body::Frame;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use super::actions::respond;
use super::link::{Link, ResponseReading};
use super::{HttpDoor, problem};
use crate::doors::exchange::{Outbound, Unread};
use crate::doors::sessions::{Requester, Stream};
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

pub async fn stream(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let requester = match door.recognise(&link, &parts.headers).await {
        Ok(requester) => requester,
        Err(response) => return *response,
    };
    let message = match topics(parts.uri.query().unwrap_or_default()) {
        Ok(topics) => Message::apart("subscribe", json!({"topics": topics}).to_string().into()),
        Err(refusal) => Message::refused(Some("subscribe".into()), Bytes::new(), refusal),
    };
    match door.subscribe(&requester, message).await {
        Ok(stream) => door.send_events(&link, stream),
        Err(refused) => respond(&link, refused),
    }
}

impl HttpDoor {
    async fn subscribe(&self, requester: &Requester, message: Message) -> Result<Stream, Unread> {
        let stream = self.sessions.stream(requester).await?;
        let closed = |_| Unread::refusal_of(&Refusal::new(Code::ShuttingDown, "the gateway is shutting down"));
        let answer = stream.exchange.ask(message).await.unwrap_or_else(closed);
        if answer.refusal().is_some() { Err(answer) } else { Ok(stream) }
    }

    fn send_events(&self, link: &Arc<Link>, stream: Stream) -> Response {
        let period = Duration::from_secs(self.context.shared.config.http.ping_s);
        let mut beat = interval_at(tokio::time::Instant::now() + period, period);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let link = link.clone();
        let shutdown = self.context.shutdown.clone();
        let body =
            EventBody { stream, beat, shutdown: Box::pin(requested(shutdown)), link, under_way: None, ended: false };
        let mut response = Response::new(Body::new(body));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        response
    }
}

async fn requested(mut shutdown: watch::Receiver<bool>) {
    crate::platform::shutdown::shutdown_requested(&mut shutdown).await;
}

/// `topic=tempo&topic=track_volume:0` as topics.
fn topics(query: &str) -> Result<Vec<Value>, Refusal> {
    let invalid = |message: String| Refusal::new(Code::InvalidParams, message);
    let read = |(name, text): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| match name.as_ref() {
        "topic" => Topic::read_text(&text).map(|topic| Value::Object(topic.to_map())).map_err(invalid),
        _ => Err(invalid("the query may have only topic=EVENT or topic=EVENT:INDEX".into())),
    };
    let topics: Vec<Value> = form_urlencoded::parse(query.as_bytes()).map(read).collect::<Result<_, _>>()?;
    if topics.is_empty() {
        return Err(invalid("name at least one topic, such as ?topic=tempo&topic=track_volume:0".into()));
    }
    Ok(topics)
}

/// Events as they occur, and a comment at intervals so that a lost connection is detected.
struct EventBody {
    stream: Stream,
    beat: Interval,
    shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    link: Arc<Link>,
    /// The last frame handed out. When the next is requested, the connection has taken it.
    under_way: Option<(Unread, ResponseReading)>,
    ended: bool,
}

impl http_body::Body for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.under_way = None;
        if self.ended || self.shutdown.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        match self.stream.outbound.poll_recv(context) {
            Poll::Ready(Some(Outbound::Event(event))) => {
                let frame = event_frame(event.line());
                self.under_way = Some((event, self.link.response()));
                return Poll::Ready(Some(Ok(Frame::data(frame))));
            }
            Poll::Ready(Some(Outbound::Notice(notice))) => {
                self.ended = true;
                return Poll::Ready(Some(Ok(Frame::data(closing_frame(&notice)))));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => (),
        }
        self.beat.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from_static(b":\n\n")))))
    }
}

/// The frame of an event, which is one line of JSON.
fn event_frame(line: &[u8]) -> Bytes {
    let event: Value = serde_json::from_slice(line).unwrap_or_default();
    let mut frame = BytesMut::from("event: ");
    frame.extend_from_slice(event["event"].as_str().unwrap_or_default().as_bytes());
    frame.extend_from_slice(format!("\nid: {}\ndata: ", event["seq"]).as_bytes());
    frame.extend_from_slice(line.trim_ascii_end());
    frame.extend_from_slice(b"\n\n");
    frame.freeze()
}

/// The frame for the end of the stream, with the reason as a problem document would have it.
fn closing_frame(notice: &Unread) -> Bytes {
    let refusal = notice.refusal().unwrap_or_else(|| Refusal::new(Code::ShuttingDown, "the stream ends"));
    let code = refusal.code.name();
    let status = problem::status(refusal.code).as_u16();
    format!("event: closed\ndata: {}\n\n", json!({"code": code, "status": status, "detail": refusal.message})).into()
}
