"""The guard of a command: the rules of its caller's role, evaluated in the tick in which it runs (authorization).

The gateway knows the role, and the script knows the set. So each command carries the rules that apply. A deny that
holds decides. Else a rule must grant the command, and if a rule that asks holds, a person decides.
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
            ("verdict", Text(max_length=8, enum=("allow", "ask", "deny")), REQUIRED),
            ("when", conditions.Condition(), ABSENT),
            # Marks a rule about reading: it is compared with the names in the answer, not with those that change.
            ("shown", Boolean(), False),
            # Whether a rule that asks also grants once a person has approved.
            ("grants", Boolean(), True),
        ]
    ),
    max_items=RULES_MAX,
)


def check(value):
    """The guard, or a Refusal that names the mistake in it."""
    try:
        return _RULES.check(value)
    except Invalid as invalid:
        raise Refusal("invalid_params", "guard%s %s" % (invalid.path, invalid.problem)) from None


def verdict(rules, situation_of):
    """The deciding rule as (name, verdict); without one it is (None, "deny").

    A deny or ask rule applies if it holds for one of the objects that the command reaches; a rule grants the command
    only if it holds for every one. `situation_of(rule, of)` is the situation to compare the rule with.
    """

    def first(verdicts, of):
        for rule in rules:
            if rule["verdict"] in verdicts and (of is denied or rule.get("grants", True)):
                when = rule.get("when")
                if when is None or conditions.unmet(when, situation_of(rule, of), of) is None:
                    return rule["rule"]
        return None

    deny = first(("deny",), denied)
    if deny is not None:
        return deny, "deny"
    granting = first(("ask", "allow"), allowed)
    if granting is None:
        return None, "deny"
    ask = first(("ask",), denied)
    return (granting, "allow") if ask is None else (ask, "ask")


def require_allowed(command, host):
    """The name of the rule that allows the command; raises a Refusal if no rule does."""
    arguments = host, command.action, command.params
    shown, changed, kept = Shown(*arguments), Reach(*arguments, forbids=False), Reach(*arguments, forbids=True)

    def situation_of(rule, of):
        if rule["shown"]:
            return shown
        return changed if of is allowed else kept

    rule, decided = verdict(command.guard, situation_of)
    if decided == "ask":
        raise Refusal("forbidden", "a person has to approve %s" % command.action.name, rule=rule)
    if decided != "allow":
        sentence = "your role allows %s only for other names, or in another state of the set" % command.action.name
        raise Refusal("forbidden", sentence, **({} if rule is None else {"rule": rule}))
    return rule
