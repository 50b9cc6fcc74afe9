"""Enumerations as Boost.Python makes them: integers with names, and the tables `names` and `values`."""


class Enum(int):
    __module__ = "Boost.Python"

    @property
    def name(self):
        return next((name for name, member in type(self).names.items() if member == self), None)

    def __str__(self):
        return self.name or str(int(self))

    def __repr__(self):
        cls = type(self)
        return (
            "%s.%s.%s" % (cls.__module__, cls.__qualname__, self) if self.name else "%s(%d)" % (cls.__qualname__, self)
        )


Enum.__name__ = Enum.__qualname__ = "enum"


def enumeration(name, module, members):
    made = type(name, (Enum,), {"__module__": module})
    made.names = {member: made(value) for member, value in members.items()}
    made.values = {int(member): member for member in made.names.values()}
    for member_name, member in made.names.items():
        setattr(made, member_name, member)
    return made
