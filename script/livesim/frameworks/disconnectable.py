"""Disconnectable: an object that releases its connections when a script ends, and the composite of such objects."""


class Disconnectable:
    def disconnect(self):
        """Releases its connections."""


class CompoundDisconnectable(Disconnectable):
    """Disconnects the registered objects, in the order of registration."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._registered_disconnectables = []

    def register_disconnectable(self, disconnectable):
        if disconnectable not in self._registered_disconnectables:
            self._registered_disconnectables.append(disconnectable)
        return disconnectable

    def unregister_disconnectable(self, disconnectable):
        if disconnectable in self._registered_disconnectables:
            self._registered_disconnectables.remove(disconnectable)

    def has_disconnectable(self, disconnectable):
        return disconnectable in self._registered_disconnectables

    def disconnect_disconnectable(self, disconnectable):
        if disconnectable in self._registered_disconnectables:
            self.unregister_disconnectable(disconnectable)
            disconnectable.disconnect()

    def disconnect(self):
        registered, self._registered_disconnectables = self._registered_disconnectables, []
        for disconnectable in registered:
            disconnectable.disconnect()
        super().disconnect()
