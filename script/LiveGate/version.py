"""The version of the script and of its protocol."""

VERSION = "0.1.0"
PROTOCOL = 1
