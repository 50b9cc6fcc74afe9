"""The guard of a command: the rules of its caller's role, evaluated in the tick in which it runs (authorization).

The gateway knows the role, and the script knows the set. So each command carries the rules that apply. A deny that
holds decides. Else a rule must grant the command, and if a rule that asks holds, a person decides.
"""

from . import conditions
from .budget import Budget, TooMuch
from .errors import Refusal
from .name_patterns import allowed, denied
from .parameters import ABSENT, REQUIRED, Array, Boolean, Invalid, Object, Text
from .seen import seen
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


def check_in_pieces(value):
    """The guard, or a Refusal that names the mistake in it; a generator that yields after each rule."""
    try:
        if type(value) is not list or not _RULES.is_within(value):
            return _RULES.check(value)  # refuses it
        checked = []
        yield from _RULES.check_into(checked, value)
        return checked
    except Invalid as invalid:
        raise Refusal("invalid_params", "guard%s %s" % (invalid.path, invalid.problem)) from None


def check_digest(value):
    """The digest of what a person approved, or a Refusal."""
    try:
        return Text(max_length=64).check(value)
    except Invalid as invalid:
        raise Refusal("invalid_params", "approved%s %s" % (invalid.path, invalid.problem)) from None


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


def decide(command, host):
    """The deciding rule and its verdict for a command, on the set as it is now.

    A set with more to look at than fits a tick is refused: what was not looked at could be what a rule protects.
    """
    arguments = host, command.action, command.params, Budget()
    shown, changed, kept = Shown(*arguments), Reach(*arguments, forbids=False), Reach(*arguments, forbids=True)

    def situation_of(rule, of):
        if rule["shown"]:
            return shown
        return changed if of is allowed else kept

    try:
        return verdict(command.guard, situation_of)
    except TooMuch:
        sentence = TooMuch("whether your role allows %s" % command.action.name).sentence
        raise Refusal("forbidden", sentence + "; choose an action that names one track, clip or device") from None


def require_allowed(command, host):
    """Raises a Refusal if no rule allows the command, or if a person has to approve it and has not."""
    rule, decided = decide(command, host)
    if decided == "ask":
        _require_approval(command, host, rule)
    elif decided != "allow":
        raise refusal(command, rule)


def refusal(command, rule):
    """The Refusal of a command that its rules do not allow."""
    sentence = "your role allows %s only for other names, or in another state of the set" % command.action.name
    return Refusal("forbidden", sentence, **({} if rule is None else {"rule": rule}))


def require_same(whole, host, rule, now):
    """Raises a Refusal unless a person has approved what a command, or a batch, is about now."""
    name = whole.action.name
    if whole.approved is None:
        host.show("livegate: %s waits for approval" % name)
        raise Refusal("approval_pending", "a person must approve %s" % name, rule=rule, seen=now)
    if whole.approved != now["digest"]:
        sentence = "what %s is about has changed since it was approved; it was not done" % name
        raise Refusal("precondition_failed", sentence, rule=rule)


def _require_approval(command, host, rule):
    """Raises a Refusal unless a person has approved the command on the objects that it reaches now."""
    name = command.action.name
    if command.dry_run:
        raise Refusal("approval_pending", "%s would wait for a person's approval" % name, rule=rule)
    now = seen(command, host)
    if not command.in_batch:
        require_same(command, host, rule, now)
    elif command.approved_identity != now["identity"]:
        # The batch itself may fill or empty an object, but not put another in its place.
        sentence = "a person must approve %s on its present objects, which are not those that the batch was approved for"
        raise Refusal("forbidden", sentence % name, rule=rule)
