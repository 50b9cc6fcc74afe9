"""Numbers of MIDI messages, by the names of `ableton.v2.control_surface.midi`."""

OFFERED = {
    "NOTE_OFF_STATUS": 0x80,
    "NOTE_ON_STATUS": 0x90,
    "CC_STATUS": 0xB0,
    "PROGRAM_CHANGE_STATUS": 0xC0,
    "PB_STATUS": 0xE0,
    "SYSEX_START": 0xF0,
    "SYSEX_END": 0xF7,
    "SYSEX_NON_REALTIME": 0x7E,
    "SYSEX_GENERAL_INFO": 0x06,
    "SYSEX_IDENTITY_REQUEST_ID": 0x01,
    "SYSEX_IDENTITY_RESPONSE_ID": 0x02,
    "SYSEX_IDENTITY_REQUEST_MESSAGE": (0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7),
    "is_sysex": lambda message: message[0] == 0xF0,
    "is_valid_channel": lambda channel: 0 <= channel < 16,
    "is_valid_identifier": lambda identifier: 0 <= identifier < 128,
    "is_valid_value": lambda value: 0 <= value < 128,
}
