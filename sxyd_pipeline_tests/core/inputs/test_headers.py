import pytest

from sxyd_pipeline.core.inputs.failures import DuplicateColumnError, MissingColumnError
from sxyd_pipeline.core.inputs.headers import fold_header, map_headers, recognise_headers
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.shapes import FIELDS

HERE = Place("facilities.csv")
REQUIRED = ["企业编号", "企业名称", "行业代码", "经度", "纬度"]


def test_identifiers_labels_aliases_and_platform_names_mean_the_same_column() -> None:
    for headers in (["lon", "lat"], ["经度", "纬度"], ["JD", "WD"], ["Longitude", "ＬＡＴＩＴＵＤＥ"]):
        assert recognise_headers(FIELDS["facilities"], headers) == {"lon", "lat"}


def test_width_case_blanks_asterisks_and_units_in_brackets_are_folded() -> None:
    mapped = map_headers(
        FIELDS["facilities"], ["*企业 编号", "企业名称*", "行业代码", "经度（度）", "纬度(°)"], HERE
    )
    assert mapped.headers["facility_id"] == "*企业 编号"
    assert mapped.headers["lon"] == "经度（度）"


def test_headers_of_no_column_are_carried_along() -> None:
    assert map_headers(FIELDS["facilities"], [*REQUIRED, "联系人"], HERE).extra == ("联系人",)


def test_two_headers_of_one_column_are_refused() -> None:
    with pytest.raises(DuplicateColumnError, match="facility_id"):
        map_headers(FIELDS["facilities"], [*REQUIRED, "facility_id"], HERE)


def test_a_missing_column_is_named_with_the_headers_found_and_the_ones_accepted() -> None:
    with pytest.raises(MissingColumnError, match=r"lat.*纬度.*WD") as caught:
        map_headers(FIELDS["facilities"], REQUIRED[:-1], HERE)
    assert "行业代码" in str(caught.value)


def test_a_unit_in_the_header_of_a_column_with_a_fixed_unit_is_converted() -> None:
    headers = ["环境管控单元编码", "环境管控单元名称", "管控类别", "面积（公顷）"]
    assert map_headers(FIELDS["control_units"], headers, Place("x.gpkg")).scales == {
        "stated_area_km2": pytest.approx(0.01)
    }
    km2 = [*headers[:-1], "面积（km²）"]
    assert map_headers(FIELDS["control_units"], km2, Place("x.gpkg")).scales == {}


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_no_spelling_means_two_columns_of_one_table(name: str) -> None:
    owners: dict[str, str] = {}
    for field in FIELDS[name]:
        for spelling in field.spellings:
            assert owners.setdefault(fold_header(spelling), field.name) == field.name, spelling
