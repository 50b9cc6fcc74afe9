//! The product from outside: sockets and commands in, answers, effects and trail out.

mod support;

mod accounts;
mod audit_questions;
mod backup;
mod bad_tokens;
mod certificates;
mod client_certificates;
mod command_line;
mod crash;
mod doctor;
mod endings;
mod events;
mod health;
mod hostile;
mod install;
mod live_away;
mod narrowing;
mod pairing;
mod plain_bridge;
mod refresh;
mod replay;
mod review;
mod review_index;
mod scripts;
mod sending;
mod strangers;
mod tamper;
mod terms;
mod tidy;
mod touched;
mod trail;
mod transcripts;
mod tree;
mod two_hosts;
mod unwell;
