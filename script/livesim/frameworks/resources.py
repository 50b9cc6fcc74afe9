"""Resources: several clients grab one control element, and the kind of resource decides which of them own it."""

DEFAULT_PRIORITY = 0


class Resource:
    """Calls a client that receives or loses the element. Later clients come after earlier ones."""

    def __init__(self, on_resource_received=None, on_resource_lost=None):
        self._received = on_resource_received or _ignore
        self._lost = on_resource_lost or _ignore
        self._clients = []
        self._owners = []

    @property
    def owner(self):
        return self._owners[-1] if self._owners else None

    @property
    def owners(self):
        return list(self._owners)

    @property
    def clients(self):
        return [client for client, _priority in self._clients]

    def get(self, client):
        """Returns the element's owner if it is the client."""
        return client if any(owner is client for owner in self._owners) else None

    def grab(self, client, priority=None):
        self._forget(client)
        self._clients.append((client, DEFAULT_PRIORITY if priority is None else priority))
        self._clients.sort(key=lambda pair: pair[1])  # stable: the latest of a priority stays last
        self._settle()
        return self.get(client) is not None

    def release(self, client):
        was_known = any(known is client for known, _priority in self._clients)
        self._forget(client)
        self._settle()
        return was_known

    def release_all(self):
        self._clients = []
        self._settle()

    def _forget(self, client):
        self._clients = [pair for pair in self._clients if pair[0] is not client]

    def _settle(self):
        before, self._owners = self._owners, [client for client, _priority in self._entitled(self._clients)]
        for client in before:
            if self.get(client) is None:
                self._lost(client)
        for client in self._owners:
            if not any(known is client for known in before):
                self._received(client)

    def _entitled(self, clients):
        """Of pairs of client and priority, sorted by priority, returns those that own the element."""
        raise NotImplementedError


class StackingResource(Resource):
    """The latest client of the highest priority owns it; the one before gets it back."""

    def _entitled(self, clients):
        return clients[-1:]


class PrioritizedResource(Resource):
    """All clients of the highest priority own it."""

    def _entitled(self, clients):
        return [pair for pair in clients if pair[1] == clients[-1][1]]


class SharedResource(Resource):
    """All clients own it."""

    def _entitled(self, clients):
        return clients


class ExclusiveResource(Resource):
    """The owner keeps it until it releases it."""

    def _entitled(self, clients):
        kept = [pair for pair in clients if self.get(pair[0]) is not None]
        return kept or clients[:1]


def _ignore(_client):
    """For resources without callbacks."""
