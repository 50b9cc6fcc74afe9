//! Tests of the product from outside: sockets and commands in; answers, effects and trail out. Grouped like the product.

mod support;
mod transcripts;

/// The path of a request, from a connection to its answer.
mod path {
    pub mod approvals;
    mod approvers;
    mod deadlines;
    mod endings;
    mod events;
    mod fairness;
    mod guest;
    mod hostile;
    mod local_listener;
    mod reload;
    mod request_log;
    mod soak;
    pub mod terms;
    mod unauthenticated;
    mod waiting;
}

/// The doors: one table of cases for all, and tests of each.
mod doors {
    mod adapter;
    mod agents;
    mod agents_elsewhere;
    mod browser;
    mod cases;
    mod http;
    mod http_bounds;
    mod lines;
    mod mcp;
    mod osc;
    mod osc_cases;
    mod osc_companion;
    mod osc_compatible;
    mod osc_pairing;
    mod osc_table;
    mod pipe;
    mod rest;
    mod walk_through;
    mod websocket;
}

/// Sign-in and rights.
mod identity {
    mod accounts;
    mod bad_tokens;
    mod certificates;
    mod client_certificates;
    mod pairing;
    mod refresh;
    pub mod rights;
    mod scope;
}

/// The trail: writing, proving, reading, pruning, restoring.
mod trail {
    mod backup;
    mod bounds;
    mod crash;
    mod durability;
    mod migration;
    mod questions;
    mod replay;
    mod restore;
    mod retention;
    mod review;
    mod review_index;
    mod syncs;
    mod tamper;
    mod touched;
    pub mod tree;
    mod unavailable;
}

/// The link to the Remote Script.
mod bridge {
    mod faults;
    mod first_attempt;
    mod live_away;
    mod long_answers;
    mod plain;
}

/// The commands.
mod cli {
    mod approving;
    mod command_line;
    mod doctor;
    mod first_hour;
    mod health;
    mod install;
    mod known_gateways;
    mod livesim;
    mod metrics;
    mod other_programs;
    mod send;
    mod service;
    mod signals;
    mod two_hosts;
    mod typing;
    mod wrong_input;
}

/// Client programs.
mod clients {
    mod examples;
    mod mcp;
    mod original;
    mod python;
    mod schemathesis;
    mod taken_port;
}

/// The repository: its order, its pages, and the script's own tests.
mod house {
    mod documents;
    mod errors;
    mod messages;
    mod order;
    mod promises;
    mod scripts;
    mod settings;
    mod stubs;
    pub mod tidy;
    mod trail_page;
    mod words;
}
