# Short names for what people do daily. Nothing needs `just`: each recipe is one command.

# What there is
default:
    @just --list

# Format, clippy, all tests
check:
    .ci/run quick

# Everything that CI checks on Linux
full:
    .ci/run

# A simulated Live, the script and the gateway
demo:
    cargo run -- demo

# Rewrite the generated pages and the catalogue
bless:
    cd script && python3 -B -m LiveGate > LiveGate/catalog.json && python3 -B -m LiveGate reference > ../docs/actions.md
    BLESS=1 cargo test --test it -- promises settings

# What things cost
bench:
    cargo bench
