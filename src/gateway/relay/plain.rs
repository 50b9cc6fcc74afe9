//! The original protocol, for a bridge without a key: one connection per client connection, one command in flight on it.
//!
//! Connections are bounded. Beyond the limit, a client connection takes over an idle one of another.
//!
//! Such a bridge has neither ids nor deadlines. A connection with an overdue, surplus or malformed answer is closed, and the
//! outcome of its command is unknown.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::answer_lines::LineError;
use super::bridge_event::BridgeEvent;
use crate::config;
use crate::platform::clock::{Clock, Moment};
use crate::wire::line::{self, Lines};

/// The connections to a plain bridge, by client connection.
pub struct Lanes {
    config: config::Bridge,
    clock: Clock,
    events: mpsc::Sender<BridgeEvent>,
    lanes: HashMap<u64, mpsc::Sender<PlainCommand>>,
    /// The client connections with a command in flight, and its id.
    busy: HashMap<u64, u64>,
}

#[derive(Debug)]
struct PlainCommand {
    id: u64,
    line: Vec<u8>,
    deadline: Moment,
}

/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(60);

impl Lanes {
    pub fn new(config: config::Bridge, clock: Clock, events: mpsc::Sender<BridgeEvent>) -> Lanes {
        Lanes { config, clock, events, lanes: HashMap::new(), busy: HashMap::new() }
    }

    /// Whether a command of this client connection may be sent: without an id only its order identifies its answer.
    pub fn have_capacity_for(&self, connection: u64) -> bool {
        !self.busy.contains_key(&connection) && self.busy.len() < self.connections_max()
    }

    /// The slots of the script; each takes one connection.
    fn connections_max(&self) -> usize {
        self.config.in_flight_max + self.config.in_flight_stops_max
    }

    pub fn completed(&mut self, id: u64) {
        self.busy.retain(|_, in_flight| *in_flight != id);
    }

    /// Queue a command on its connection's lane, which is idle; returns when to stop waiting for its answer. The outcome arrives as an event.
    pub fn send(&mut self, id: u64, connection: u64, line: Map<String, Value>, deadline: Moment) -> Instant {
        let mut command = PlainCommand { id, line: line::encode(&line), deadline };
        if let Some(lane) = self.take_idle(connection) {
            match lane.try_send(command) {
                Ok(()) => return self.add_in_flight(connection, lane, id, deadline),
                Err(mpsc::error::TrySendError::Full(back) | mpsc::error::TrySendError::Closed(back)) => command = back,
            }
        }
        let (lane, commands) = mpsc::channel(1);
        lane.try_send(command).expect("its one slot is free");
        tokio::spawn(run_lane(self.config.clone(), self.clock.clone(), commands, self.events.clone()));
        self.add_in_flight(connection, lane, id, deadline)
    }

    /// The connection's own lane; if all may be open that may, an idle one of another connection.
    fn take_idle(&mut self, connection: u64) -> Option<mpsc::Sender<PlainCommand>> {
        self.lanes.retain(|_, lane| !lane.is_closed());
        let is_full = self.lanes.len() >= self.connections_max();
        let is_idle = |other: &&u64| !self.busy.contains_key(other);
        let another = || self.lanes.keys().find(is_idle).copied().filter(|_| is_full);
        let from = if self.lanes.contains_key(&connection) { connection } else { another()? };
        self.lanes.remove(&from)
    }

    fn add_in_flight(
        &mut self,
        connection: u64,
        lane: mpsc::Sender<PlainCommand>,
        id: u64,
        deadline: Moment,
    ) -> Instant {
        self.lanes.insert(connection, lane);
        self.busy.insert(connection, id);
        Instant::now() + (deadline - self.clock.now()) + config::ms(self.config.answer_wait_ms)
    }
}

/// Run the commands of one client connection, one after the other, on a connection opened on demand.
async fn run_lane(
    config: config::Bridge,
    clock: Clock,
    mut commands: mpsc::Receiver<PlainCommand>,
    events: mpsc::Sender<BridgeEvent>,
) {
    let mut connection: Option<TcpStream> = None;
    loop {
        let command = match tokio::time::timeout(IDLE, commands.recv()).await {
            Ok(Some(command)) => command,
            Ok(None) => return,
            Err(_) => {
                // A command that came at this moment is still carried; for the next one another lane begins.
                commands.close();
                continue;
            }
        };
        let id = command.id;
        let stream = match connection.take().filter(is_quiet) {
            Some(stream) => Ok(stream),
            None => connect(config.address, &clock, command.deadline).await,
        };
        let event = match stream {
            // Such a bridge has no deadlines, so a late command must not be sent.
            Ok(_) if command.deadline <= clock.now() => BridgeEvent::TooLate { id },
            Err(_) => BridgeEvent::Unreachable { id },
            Ok(mut stream) => match exchange(&mut stream, command, &clock, config.answer_bytes_max).await {
                Err(Failed::Lost) => BridgeEvent::Lost { id },
                Err(Failed::TooLong(bytes_max)) => BridgeEvent::Unreadable { id, flaw: LineError::TooLong(bytes_max) },
                Ok(body) => {
                    connection = Some(stream);
                    BridgeEvent::Answer { id, body, bytes: 0 }
                }
            },
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}

async fn connect(address: SocketAddr, clock: &Clock, deadline: Moment) -> std::io::Result<TcpStream> {
    tokio::select! {
        connected = super::connect(address) => connected,
        () = clock.sleep_until(deadline) => Err(std::io::ErrorKind::TimedOut.into()),
    }
}

/// Whether no bytes have arrived since the last answer. A surplus answer would be taken for the next one.
fn is_quiet(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Why a command has no answer.
enum Failed {
    /// The connection broke, the deadline passed, or the answer is malformed.
    Lost,
    /// The answer is longer than this many bytes.
    TooLong(usize),
}

/// Send one line and read exactly one back before the deadline.
async fn exchange(
    stream: &mut TcpStream,
    command: PlainCommand,
    clock: &Clock,
    answer_bytes_max: usize,
) -> Result<Map<String, Value>, Failed> {
    let mut lines = Lines::new(answer_bytes_max);
    let exchange = async {
        stream.write_all(&command.line).await.map_err(|_| Failed::Lost)?;
        loop {
            let line = lines.next_line().map_err(|too_long| Failed::TooLong(too_long.line_bytes_max))?;
            if let Some(line) = line {
                return serde_json::from_slice::<Map<String, Value>>(&line).map_err(|_| Failed::Lost);
            }
            if stream.read_buf(lines.buffer_mut()).await.map_err(|_| Failed::Lost)? == 0 {
                return Err(Failed::Lost);
            }
        }
    };
    let answer: Map<String, Value> = tokio::select! {
        answer = exchange => answer?,
        () = clock.sleep_until(command.deadline) => return Err(Failed::Lost),
    };
    let well_formed = answer.get("ok").is_some_and(Value::is_boolean) && lines.is_blank();
    if well_formed { Ok(answer) } else { Err(Failed::Lost) }
}
