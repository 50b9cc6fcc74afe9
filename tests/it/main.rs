//! The product from outside: sockets and commands in, answers, effects and trail out.

mod support;

mod command_line;
mod crash;
mod endings;
mod hostile;
mod live_away;
mod plain_bridge;
mod scripts;
mod tidy;
mod trail;
mod transcripts;
