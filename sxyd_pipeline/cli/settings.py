"""Settings every verb shares: language, machine output, and whether tracebacks are wanted.

They are taken out of the arguments before the verb is parsed, so they may stand on either
side of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sxyd_pipeline.cli.faults import UnknownChoiceError

Language = Literal["zh", "en"]
LANGUAGE_OPTION = "--lang"
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that hold for one call of the program.

    Attributes:
        language: language of every message and help text.
        as_json: print one JSON document on standard output instead of text.
        debug: print tracebacks of unexpected errors.
    """

    language: Language = "zh"
    as_json: bool = False
    debug: bool = False

    def pick(self, zh: str, en: str) -> str:
        """Return the text in the chosen language."""
        return zh if self.language == "zh" else en


def take_settings(arguments: Sequence[str]) -> tuple[Settings, list[str]]:
    """Split the shared options from the arguments of the verb.

    Args:
        arguments: everything after the program's name.

    Returns:
        The settings, and the remaining arguments in their order. What follows ``--`` is left alone.

    Raises:
        UnknownChoiceError: ``--lang`` has no value or an unknown one.
    """
    settings, rest = Settings(), list[str]()
    pending = iter(arguments)
    for argument in pending:
        if argument == "--":
            rest += [argument, *pending]
        elif argument == "--json":
            settings = replace(settings, as_json=True)
        elif argument == "--debug":
            settings = replace(settings, debug=True)
        elif argument == LANGUAGE_OPTION:
            settings = replace(settings, language=_language(next(pending, "")))
        elif argument.startswith(f"{LANGUAGE_OPTION}="):
            settings = replace(settings, language=_language(argument.partition("=")[2]))
        else:
            rest.append(argument)
    return settings, rest


def _language(value: str) -> Language:
    if value not in LANGUAGES:
        raise UnknownChoiceError(LANGUAGE_OPTION, value, LANGUAGES)
    return value
