"""moto, as a server on a free port of loopback, with what it leaves out of AWS's policy evaluation ("Policy evaluation logic"): tags of sessions,
conditions, session policies. Resources of session policies are not looked at: moto does not say what a call is about. Ends with its standard input."""
import datetime
import fnmatch
import json
import os
import sys
import threading

from moto.iam import access_control as iam
from moto.server import main
from moto.sts.models import STSBackend

sessions = {}  # by access key: the assumed role, its tags
call = threading.local()  # what this thread's call is made with, and what it would tag a new session with


def value_of(key):
    """Of the call; None for what it does not have."""
    role, tags = call.session
    key, _, tag = key.partition("/")
    return {
        "aws:currenttime": lambda: now().isoformat(),
        "aws:tokenissuetime": lambda: role and role.began.isoformat(),
        "aws:principaltag": lambda: tags.get(tag),
    }[key.lower()]()


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


COMPARISONS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: fnmatch.fnmatchcase(value, wanted),
    "DateLessThan": lambda value, wanted: instant(value) < instant(wanted),
    "DateGreaterThanEquals": lambda value, wanted: instant(value) >= instant(wanted),
}


def holds(conditions):
    """All keys of all comparisons; the values of one key are alternatives. What is not known here is an error, so that nothing passes by it."""
    for comparison, keys in conditions.items():
        for key, wanted in keys.items():
            value = value_of(key)
            if value is None or not any(COMPARISONS[comparison](value, w) for w in (wanted if isinstance(wanted, list) else [wanted])):
                return False
    return True


statement_permits = iam.IAMPolicyStatement.is_action_permitted


def permits(self, action, resource="*", *more):
    conditions = self._statement.get("Condition")
    # A trust policy, which is asked about a principal, is moto's own business.
    if not conditions or (more and more[0]):
        return statement_permits(self, action, resource, *more)
    if not holds(conditions):
        return iam.PermissionResult.NEUTRAL
    return statement_permits(iam.IAMPolicyStatement({k: v for k, v in self._statement.items() if k != "Condition"}), action, resource, *more)


check = iam.IAMRequestBase.check_action_permitted


def check_action_permitted(self, resource="*"):
    call.session = sessions.get(getattr(self._access_key, "_access_key_id", None), (None, {}))
    data = {k: v[0] if isinstance(v, list) else v for k, v in (self._data or {}).items()}
    call.tags = {v: data.get(k[: -len("Key")] + "Value") for k, v in data.items() if k.startswith("Tags.member.") and k.endswith(".Key")}
    check(self, resource)
    policy = getattr(call.session[0], "policy", None)
    if policy:
        document = json.loads(policy)
        for statement in document["Statement"]:
            statement["Resource"] = "*"
        if iam.IAMPolicy(json.dumps(document)).is_action_permitted(self._action, "*") != iam.PermissionResult.PERMITTED:
            self._raise_access_denied()


assume = STSBackend.assume_role


def assume_role(self, *given, **named):
    role = assume(self, *given, **named)
    role.began = now().replace(microsecond=0)
    sessions[role.access_key_id] = (role, getattr(call, "tags", {}))
    return role


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


iam.IAMPolicyStatement.is_action_permitted = permits
iam.IAMRequestBase.check_action_permitted = check_action_permitted
STSBackend.assume_role = assume_role
threading.Thread(target=end_with_input, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
