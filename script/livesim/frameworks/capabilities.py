"""What a script declares about its hardware: the keys and functions for `get_capabilities()` in a script's package."""

CONTROLLER_ID_KEY, PORTS_KEY = "controller_id", "ports"
TYPE_KEY, FIRMWARE_KEY, AUTO_LOAD_KEY = "surface_type", "firmware_version", "auto_load"
VENDORID, PRODUCTIDS, MODEL_NAMES = "vendor_id", "product_ids", "model_names"
DIRECTIONKEY, PORTNAMEKEY, MACNAMEKEY, PROPSKEY = "direction", "name", "mac_name", "props"
HIDDEN, SYNC, SCRIPT, NOTES_CC, REMOTE, PLAIN_OLD_MIDI = (
    "hidden",
    "sync",
    "script",
    "notes_cc",
    "remote",
    "plain_old_midi",
)


def controller_id(vendor_id, product_ids, model_name):
    """The hardware: numbers of USB, and the name or names of the model."""
    names = [model_name] if isinstance(model_name, str) else list(model_name)
    return {VENDORID: vendor_id, PRODUCTIDS: product_ids, MODEL_NAMES: names}


def inport(port_name="", props=(), mac_name=None):
    return _port("in", port_name, props, mac_name)


def outport(port_name="", props=(), mac_name=None):
    return _port("out", port_name, props, mac_name)


def _port(direction, port_name, props, mac_name):
    return {DIRECTIONKEY: direction, PORTNAMEKEY: port_name, MACNAMEKEY: mac_name, PROPSKEY: list(props)}
