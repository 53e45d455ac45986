"""Every deliberate failure of the product, named after the rule that was broken.

A message is for the person who has to mend the data: it says in Chinese and English
what is wrong, where, and what to do next.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a package something is wrong; every part that is known is filled in."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        """Return the place as one readable phrase, empty when nothing is known."""
        parts = (
            self.file,
            f"[{self.sheet}]" if self.sheet else "",
            f"行/row {self.row}" if self.row is not None else "",
            f"列/column {self.column}" if self.column else "",
            f"值/value {self.value!r}" if self.value else "",
        )
        return " ".join(part for part in parts if part)


class SxydError(Exception):
    """A rule of the product was broken; carries the message and remedy in both languages."""

    def __init__(
        self, zh: str, en: str, *, remedy_zh: str, remedy_en: str, place: Place | None = None
    ) -> None:
        """Keep the parts for machine output and join them for the screen."""
        self.zh, self.en = zh, en
        self.remedy_zh, self.remedy_en = remedy_zh, remedy_en
        self.place = place or Place()
        where = f" ({self.place})" if str(self.place) else ""
        super().__init__(f"{zh} / {en}{where} → {remedy_zh} / {remedy_en}")

    @property
    def rule(self) -> str:
        """Name of the broken rule."""
        return type(self).__name__

    def in_language(self, language: str) -> str:
        """Return message, place and remedy in one language (``zh`` or ``en``)."""
        where = f" ({self.place})" if str(self.place) else ""
        if language == "zh":
            return f"{self.zh}{where}。处理办法：{self.remedy_zh}"
        return f"{self.en}{where}. What to do: {self.remedy_en}"
