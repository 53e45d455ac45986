from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.deliverables.mapkit.labels import AROUND, Label, Placed, size_of
from sxyd_pipeline.deliverables.mapkit.sheet import fitted, wrapped
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM

TEXT = st.text(alphabet="镇江市谏壁街道ABC ,，。（）9", min_size=1, max_size=12)
LABELS = st.lists(
    st.builds(
        Label, text=TEXT, x=st.floats(0, 100), y=st.floats(0, 100), size_mm=st.floats(2, 4),
        importance=st.floats(0, 9), offsets=st.just(AROUND),
    ), max_size=14,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(labels=LABELS)
def test_placed_labels_never_touch_and_stay_inside(labels: list[Label]) -> None:
    taken = Placed((0.0, 0.0, 100.0, 100.0))
    taken.place(labels)
    for west, south, east, north in taken.boxes:
        assert west >= 0.0
        assert south >= 0.0
        assert east <= 100.0
        assert north <= 100.0
    for one, other in combinations(taken.boxes, 2):
        assert one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1]


@settings(max_examples=30, deadline=None)
@given(labels=LABELS)
def test_the_order_of_labels_does_not_matter(labels: list[Label]) -> None:
    forth, back = Placed((0.0, 0.0, 100.0, 100.0)), Placed((0.0, 0.0, 100.0, 100.0))
    assert forth.place(labels) == back.place(labels[::-1])


def test_where_two_labels_want_one_place_the_important_one_gets_it() -> None:
    weak = Label("句容市", 50.0, 50.0, 3.0, importance=1.0)
    strong = Label("丹阳市", 50.0, 50.0, 3.0, importance=2.0)
    assert [label.text for label, _, _ in Placed((0.0, 0.0, 99.0, 99.0)).place([weak, strong])] == ["丹阳市"]


def test_a_label_that_must_stay_stays() -> None:
    names = [Label(text, 50.0, 50.0, 3.0, must_stay=True) for text in ("京口区", "润州区")]
    assert len(Placed((0.0, 0.0, 99.0, 99.0)).place(names)) == 2


@settings(max_examples=80, deadline=None)
@given(text=st.text(alphabet="镇江市（谏壁），。ab cd", max_size=60), room=st.floats(12.0, 60.0))
def test_wrapped_lines_lose_no_character(text: str, room: float) -> None:
    assert "".join("".join(wrapped(text, 9.0, room)).split()) == "".join(text.split())


@settings(max_examples=80, deadline=None)
@given(text=st.text(alphabet="镇江abc", max_size=90), room=st.floats(10.0, 90.0))
def test_a_fitted_line_fits(text: str, room: float) -> None:
    shown, size = fitted(text, 12.0, room)
    assert size_of(shown, size * POINT_MM)[0] <= room + 1e-6
    assert shown == text or shown.endswith("…")


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    for line in wrapped("当量（吨）、密度（吨每平方公里），比例。", 9.0, 14.0):
        assert line[0] not in "，。）、"
        assert not line.endswith("（")
