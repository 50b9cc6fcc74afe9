"""The guard of a command: what its caller's role demands of the set, decided in the tick in which it runs (authorization).

The gateway knows the role and the script knows the set. So the rules that apply travel along, in order: the first whose
condition holds decides, and where none holds the command is forbidden.
"""

from . import conditions
from .errors import Refusal
from .name_patterns import allowed, denied
from .parameters import ABSENT, REQUIRED, Array, Boolean, Invalid, Object, Text
from .situation import Reach, Shown

RULES_MAX = 256

_RULES = Array(
    Object(
        [
            ("rule", Text(max_length=256), REQUIRED),
            ("verdict", Text(max_length=8, enum=("allow", "deny")), REQUIRED),
            ("when", conditions.Condition(), ABSENT),
            # Of a rule about reading: it is compared with what the answer may tell, not with what may change.
            ("shown", Boolean(), False),
        ]
    ),
    max_items=RULES_MAX,
)


def check(value):
    """The guard, or a Refusal that says what is wrong with it."""
    try:
        return _RULES.check(value)
    except Invalid as invalid:
        raise Refusal("invalid_params", "guard%s %s" % (invalid.path, invalid.problem)) from None


def verdict(rules, situation_of):
    """The rule that decides, as (name, verdict); without one it is (None, "deny").

    An allow has to hold for everything that the command reaches; a deny stops it if it holds for anything.
    `situation_of(rule)` is what the rule is compared with.
    """
    for rule in rules:
        when = rule.get("when")
        of = allowed if rule["verdict"] == "allow" else denied
        if when is None or conditions.unmet(when, situation_of(rule), of) is None:
            return rule["rule"], rule["verdict"]
    return None, "deny"


def require_allowed(command, host):
    """The name of the rule that lets the command run, or a Refusal."""
    told = host, command.action, command.params
    shown, changed, kept = Shown(*told), Reach(*told, forbids=False), Reach(*told, forbids=True)

    def situation_of(rule):
        if rule["shown"]:
            return shown
        return changed if rule["verdict"] == "allow" else kept

    rule, decided = verdict(command.guard, situation_of)
    if decided != "allow":
        sentence = "your role allows %s only for other names, or in another state of the set" % command.action.name
        raise Refusal("forbidden", sentence, **({} if rule is None else {"rule": rule}))
    return rule
