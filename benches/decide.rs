//! What a decision of the policy costs, for each shipped role and for a studio's own role with every kind of condition.
//!
//! `cargo bench --bench decide`. It prints nanoseconds for a request, and ratios to the same run's reading of the clock.

use std::hint::black_box;
use std::time::Instant;

use livegate::command::{Action, catalogue};
use livegate::platform::clock;
use livegate::policy::Policy;
use serde_json::{Map, Value, json};

/// Decisions of one action that are timed together.
const CALLS: u32 = 2_000;
const OWN: &str = "
[roles.guest]
inherits = ['viewer']
limit = { per_second = 50 }
[[roles.guest.rule]]
allow = ['@mix', '@launch', '@edit']
where = { track = ['Guitar*', 3] }
unless = ['recording']
params = { volume = { max = 0.9, required = false } }
[[roles.guest.rule]]
ask = ['@destructive']
where = { track = ['Guitar*'] }
hours = { from = '18:00', to = '02:00', zone = 'Europe/Berlin' }
[[roles.guest.rule]]
deny = ['@read']
where = { track = ['Secret*'] }
";

fn main() {
    let now_ns = median(&mut (0..101).map(|_| nanoseconds(clock::now)).collect::<Vec<_>>());
    println!("reading the clock         {now_ns:7.0} ns");
    println!("{:24}  {:>7}     {:>7}     {:>7}     {:>7}", "role", "median", "ratio", "p99", "worst");
    let shipped = Policy::shipped();
    for role in shipped.role_names() {
        measure(&shipped, role, now_ns);
    }
    let own = Policy::beside_shipped("roles.toml", OWN).expect("good roles");
    measure(&own, "guest", now_ns);
}

/// Every action of the catalogue, with parameters that its rules look at.
fn measure(policy: &Policy, role: &str, now_ns: f64) {
    let of_action = |action: &Action| {
        let params = params_of(action);
        nanoseconds(|| policy.decide(black_box(role), black_box(action), black_box(&params), clock::now()))
    };
    let mut costs: Vec<f64> = catalogue().actions().iter().map(of_action).collect();
    let median = median(&mut costs);
    let p99 = costs[costs.len() * 99 / 100];
    let worst = costs[costs.len() - 1];
    println!("{role:24}  {median:7.0} ns  {:7.2}     {p99:7.0} ns  {worst:7.0} ns", median / now_ns);
}

fn params_of(action: &Action) -> Map<String, Value> {
    let wanted = [("track_index", json!(3)), ("volume", json!(0.5)), ("overwrite", json!(true))];
    wanted
        .into_iter()
        .filter(|(name, _)| action.param(name).is_some())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn nanoseconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let began = Instant::now();
    for _ in 0..CALLS {
        black_box(work());
    }
    began.elapsed().as_nanos() as f64 / f64::from(CALLS)
}

fn median(costs: &mut [f64]) -> f64 {
    costs.sort_by(f64::total_cmp);
    costs[costs.len() / 2]
}
