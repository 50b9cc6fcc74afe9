//! The sessions of requests that carry their credential: one for each credential, door and source address, open while it is used.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::{OnceCell, mpsc};

use super::exchange::{Exchange, NotTaken, Outbound, Unread, Usage, exchange};
use crate::gateway::accept::Peer;
use crate::gateway::identify::Caller;
use crate::session::connection::{Door, Entered, Transport};
use crate::session::{Session, SessionContext};
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

/// The sender of a request, and the door.
#[derive(Clone)]
pub struct Requester {
    pub door: Door,
    /// `None` where the door has one alone.
    pub transport: Option<Transport>,
    /// `None` on a socket that has none.
    pub address: Option<SocketAddr>,
    pub credential: Credential,
}

/// The credential of a request.
#[derive(Clone)]
pub enum Credential {
    /// No credential: its requests are refused and recorded.
    None,
    /// A user's token. A new session checks it first.
    Token(SecretString),
    /// The door has determined the caller, by a client certificate or by the file of this machine's user.
    Caller(Arc<Caller>),
}

/// Sessions by sender.
pub struct Sessions {
    context: SessionContext,
    open: Mutex<HashMap<Key, Arc<SharedExchange>>>,
    /// Numbers of event streams by sender.
    streams: Arc<Mutex<HashMap<Key, usize>>>,
    sessions_max: usize,
    streams_max: usize,
    idle: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    door: Door,
    transport: Option<Transport>,
    ip: Option<IpAddr>,
    /// The SHA-256 of the credential.
    credential: [u8; 32],
}

/// A session that is open or being opened.
type SharedExchange = OnceCell<Exchange>;

/// A stream of events with its own session. Dropping it unsubscribes.
pub struct Stream {
    pub exchange: Exchange,
    pub outbound: mpsc::UnboundedReceiver<Outbound>,
    _counted: Counted,
}

/// The most requests that wait for one session.
const WAITING_MAX: usize = 64;
/// The most sessions to which a request is handed because its session has just closed.
const TRIES: usize = 3;

impl Sessions {
    pub fn new(context: SessionContext) -> Arc<Sessions> {
        let config = &context.shared.config.http;
        let sessions_max = config.sessions_max;
        let streams_max = config.event_streams_max;
        let idle = Duration::from_secs(config.session_idle_s);
        Arc::new(Sessions { open: Mutex::default(), streams: Arc::default(), sessions_max, streams_max, idle, context })
    }

    /// Send a message on the sender's session, which is opened if necessary. If its sign-in is refused, the refusal is the answer.
    pub async fn ask(self: &Arc<Sessions>, requester: &Requester, mut message: Message) -> Unread {
        for _ in 0..TRIES {
            let exchange = match self.signed_in(requester).await {
                Ok(exchange) => exchange,
                Err(refused) => return refused,
            };
            match exchange.ask(message).await {
                Ok(answer) => return answer,
                Err(NotTaken(unasked)) => message = *unasked,
            }
        }
        Unread::refusal_of(&Refusal::new(
            Code::Overloaded,
            "the session closed before the request reached it, several times; retry later",
        ))
    }

    /// The sender's open session. `Err`: the answer to a refused sign-in.
    pub async fn signed_in(self: &Arc<Sessions>, requester: &Requester) -> Result<Exchange, Unread> {
        let key = requester.key();
        let place = self.place(&key)?;
        place.get_or_try_init(|| self.open(requester, &key, &place)).await.cloned()
    }

    /// A session for one event stream.
    pub async fn stream(self: &Arc<Sessions>, requester: &Requester) -> Result<Stream, Unread> {
        let counted = self.count_stream(requester.key())?;
        let (exchange, connection, outbound) = exchange(self.context.shared.clock.clone(), WAITING_MAX, Usage::Alone);
        tokio::spawn(Session::new(self.context.clone(), requester.entered(connection)).run());
        sign_in(&exchange, requester).await?;
        Ok(Stream { exchange, outbound, _counted: counted })
    }

    /// Send a message on a session that ends with the answer, for sign-ins that must leave no session.
    pub async fn ask_once(self: &Arc<Sessions>, requester: &Requester, message: Message) -> Unread {
        let (exchange, connection, _outbound) = exchange(self.context.shared.clock.clone(), 1, Usage::Alone);
        tokio::spawn(Session::new(self.context.clone(), requester.entered(connection)).run());
        let closed = |_| Unread::refusal_of(&Refusal::new(Code::ShuttingDown, "the gateway is shutting down"));
        exchange.ask(message).await.unwrap_or_else(closed)
    }

    fn place(&self, key: &Key) -> Result<Arc<SharedExchange>, Unread> {
        let mut open = lock(&self.open);
        let count = open.len();
        match open.entry(key.clone()) {
            Entry::Occupied(mut occupied) => {
                if occupied.get().get().is_some_and(Exchange::is_closed) {
                    occupied.insert(Arc::default());
                }
                Ok(occupied.get().clone())
            }
            Entry::Vacant(vacant) if count < self.sessions_max => Ok(vacant.insert(Arc::default()).clone()),
            Entry::Vacant(_) => Err(Unread::refusal_of(&Refusal::new(
                Code::Overloaded,
                "too many sessions are open at this door; retry later",
            ))),
        }
    }

    async fn open(
        self: &Arc<Sessions>,
        requester: &Requester,
        key: &Key,
        place: &Arc<SharedExchange>,
    ) -> Result<Exchange, Unread> {
        let clock = self.context.shared.clock.clone();
        let (exchange, connection, _outbound) = exchange(clock, WAITING_MAX, Usage::Shared { idle: self.idle });
        let session = Session::new(self.context.clone(), requester.entered(connection));
        let sessions = Arc::downgrade(self);
        let key = key.clone();
        let place = place.clone();
        // Free the slot when the session ends, which a refused sign-in also does.
        tokio::spawn(async move {
            session.run().await;
            if let Some(sessions) = sessions.upgrade() {
                sessions.remove(&key, &place);
            }
        });
        sign_in(&exchange, requester).await?;
        Ok(exchange)
    }

    fn remove(&self, key: &Key, place: &Arc<SharedExchange>) {
        let mut open = lock(&self.open);
        if open.get(key).is_some_and(|other| Arc::ptr_eq(other, place)) {
            open.remove(key);
        }
    }

    fn count_stream(&self, key: Key) -> Result<Counted, Unread> {
        let mut streams = lock(&self.streams);
        let count = streams.entry(key.clone()).or_default();
        if *count >= self.streams_max {
            let message = format!("one caller has at most {} event streams here; close one first", self.streams_max);
            return Err(Unread::refusal_of(&Refusal::new(Code::Overloaded, message)));
        }
        *count += 1;
        Ok(Counted { streams: self.streams.clone(), key })
    }
}

/// Counts one stream of a sender until it is dropped.
struct Counted {
    streams: Arc<Mutex<HashMap<Key, usize>>>,
    key: Key,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(count) = streams.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.key);
            }
        }
    }
}

/// Sign in with the token, if there is one.
async fn sign_in(exchange: &Exchange, requester: &Requester) -> Result<(), Unread> {
    let Credential::Token(token) = &requester.credential else { return Ok(()) };
    let parameters = json!({"token": token.expose_secret()}).to_string();
    let closed = |_| Unread::refusal_of(&Refusal::new(Code::ShuttingDown, "the gateway is shutting down"));
    let answer = exchange.ask(Message::apart("authenticate", parameters.into())).await.unwrap_or_else(closed);
    if answer.refusal().is_some() { Err(answer) } else { Ok(()) }
}

impl Requester {
    fn key(&self) -> Key {
        let credential = match &self.credential {
            Credential::None => [0; 32],
            Credential::Token(token) => sha256(token.expose_secret().as_bytes()),
            Credential::Caller(caller) => sha256(
                format!("{}\n{}", caller.name(), caller.key().map(AsRef::<str>::as_ref).unwrap_or_default()).as_bytes(),
            ),
        };
        Key { door: self.door, transport: self.transport, ip: self.address.map(|address| address.ip()), credential }
    }

    fn entered(&self, connection: super::exchange::ExchangeConnection) -> Entered {
        let caller = match &self.credential {
            Credential::Caller(caller) => Some(caller.clone()),
            Credential::None | Credential::Token(_) => None,
        };
        Entered {
            peer: Peer::behind(self.address),
            connection: Box::new(connection),
            door: self.door,
            transport: self.transport,
            exporter: None,
            // The connections that carry the requests have their own deadlines.
            has_key: true,
            caller,
        }
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
