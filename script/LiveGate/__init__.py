"""LiveGate: the Remote Script through which the gateway, or a local client, controls Live."""

from .surface import Surface


def create_instance(c_instance):
    """Called by Live when the user selects the script in Live's settings, and again whenever a set is loaded."""
    return Surface(c_instance)
