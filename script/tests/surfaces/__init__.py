"""Small control surfaces in the style of third parties, which livesim must run as Live does."""
