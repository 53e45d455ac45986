"""Ids of generated clauses: from rule, scope and object; never from text or numbers."""

import hashlib

_PREFIX = "G"
_LENGTH = 10
_BETWEEN = "\x1f"


def clause_id_of(rule_id: str, scope_type: str, scope_code: str, object_key: str = "") -> str:
    """Return the id of a generated clause.

    The same rule, scope and object give the same id in every run, whatever the text and the threshold
    say: ``G`` and the first ten hexadecimal digits of SHA-256 (forty bits; among ten thousand clauses a
    collision has a chance of five in a hundred thousand, and the gate on the key would tell).

    Args:
        rule_id: rule of ``clause_rules.csv``.
        scope_type: kind of scope (``city``, ``zone_type``, ``control_unit``).
        scope_code: code of the scope.
        object_key: industry, product, measure or fuel the clause is about, where a rule makes several.
    """
    parts = _BETWEEN.join((rule_id, scope_type, scope_code, object_key))
    return _PREFIX + hashlib.sha256(parts.encode("utf-8")).hexdigest()[:_LENGTH].upper()
