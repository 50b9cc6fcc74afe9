"""Disconnectable: what has to be let go of when a script ends, and what holds others of the kind."""


class Disconnectable:
    def disconnect(self):
        """Lets go of what it is connected to."""


class CompoundDisconnectable(Disconnectable):
    """Disconnects what was registered with it, the latest last."""

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
