//! Environment variables. No other file reads them.

/// The Python that runs the simulated Live and the script's tests: `LIVEGATE_PYTHON`, or what the platform calls it.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn python() -> std::ffi::OsString {
    std::env::var_os("LIVEGATE_PYTHON").unwrap_or_else(|| crate::platform::PYTHON.into())
}

/// `LIVEGATE_TOKEN`: the token of `livegate send` and other clients.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn token_from_environment() -> Option<secrecy::SecretString> {
    std::env::var("LIVEGATE_TOKEN").ok().filter(|token| !token.is_empty()).map(Into::into)
}

/// `LIVEGATE_REQUIRE_ALL`: a test that finds a tool missing fails instead of skipping.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn requires_all() -> bool {
    std::env::var_os("LIVEGATE_REQUIRE_ALL").is_some()
}

/// `BLESS`: a test that compares a generated file rewrites it.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn blesses() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// `LIVEGATE_CRASHES`: how often the test of crashes kills the gateway.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn crashes() -> Option<usize> {
    std::env::var("LIVEGATE_CRASHES").ok()?.parse().ok()
}

/// `LIVEGATE_SOAK`: how many commands the test of long runs sends.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn soak() -> Option<usize> {
    std::env::var("LIVEGATE_SOAK").ok()?.parse().ok()
}

/// `PAGER` and `LESS`: the program that shows long output, and whether its user has chosen options for `less`.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn pager() -> (Option<String>, bool) {
    (std::env::var("PAGER").ok(), std::env::var_os("LESS").is_some_and(|options| !options.is_empty()))
}

/// `USERDOMAIN` and `USERNAME`: the user, as Windows names one.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn windows_user() -> Option<String> {
    let name = std::env::var("USERNAME").ok()?;
    Some(std::env::var("USERDOMAIN").map_or(name.clone(), |domain| format!("{domain}\\{name}")))
}

/// `LIVEGATE_LOG`: the log filter, in the notation of `tracing`.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub fn log_filter() -> Option<String> {
    std::env::var("LIVEGATE_LOG").ok()
}
