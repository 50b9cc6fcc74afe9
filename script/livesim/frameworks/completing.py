"""The metaclass of components: what follows a whole constructor, subclasses' parts included."""


class Completing(type):
    """A component that is enabled grabs its layer when its whole constructor has run."""

    def __call__(cls, *arguments, **keywords):
        component = super().__call__(*arguments, **keywords)
        component._hold_layer(component.is_enabled())
        return component
