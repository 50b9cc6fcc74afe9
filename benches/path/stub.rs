//! A script that answers at once: the least that any gateway could wait for.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use livegate::command::catalogue;

use crate::support::fake_script::FakeScript;

/// Serve on two ports until the process is ended: one for the gateway, with the key, and one for the load itself. Prints both addresses.
pub fn serve(key: [u8; 32]) {
    let keyed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let plain = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = |listener: &TcpListener| listener.local_addr().expect("an address");
    println!("{} {}", address(&keyed), address(&plain));
    std::thread::spawn(move || {
        for stream in plain.incoming().flatten() {
            std::thread::spawn(move || answer_all(reader(&stream), stream, |line| answer(line, 0)));
        }
    });
    let script = FakeScript { key, live_version: "12.1.0", clock_stands: false };
    let started = Instant::now();
    let address = address(&keyed).to_string();
    for mut stream in keyed.incoming().flatten() {
        let mut reader = reader(&stream);
        if script.shake_hands(&mut stream, &mut reader, &address, started, &catalogue().live_sha256).is_some() {
            let clock_ms = move || 5_000 + started.elapsed().as_millis();
            std::thread::spawn(move || answer_all(reader, stream, |line| answer(line, clock_ms())));
        }
    }
}

fn reader(stream: &TcpStream) -> BufReader<TcpStream> {
    stream.set_nodelay(true).expect("a socket");
    BufReader::with_capacity(64 * 1024, stream.try_clone().expect("a socket"))
}

/// Answer all lines of a read with one write, until the connection closes.
fn answer_all(
    mut reader: BufReader<TcpStream>,
    mut stream: TcpStream,
    answer: impl Fn(&[u8]) -> Vec<u8>,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    let mut answers = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        answers.extend(answer(&line));
        if !reader.buffer().contains(&b'\n') {
            stream.write_all(&answers)?;
            answers.clear();
        }
    }
}

/// The answer to a command, with its id and the script's clock if it came from the gateway.
fn answer(line: &[u8], clock_ms: u128) -> Vec<u8> {
    const ID: &[u8] = b"\"id\":";
    let id = line.windows(ID.len()).position(|window| window == ID).map(|at| &line[at + ID.len()..]);
    let digits = id.map(|id| id.iter().take_while(|byte| byte.is_ascii_digit()).count());
    match id.zip(digits) {
        Some((id, digits)) => {
            let id = std::str::from_utf8(&id[..digits]).expect("digits");
            format!("{{\"id\":{id},\"ok\":true,\"clock_ms\":{clock_ms}}}\n").into_bytes()
        }
        None => b"{\"ok\":true}\n".to_vec(),
    }
}
