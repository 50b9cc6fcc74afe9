"""Small control surfaces as other people write them: what livesim has to run as Live does."""
