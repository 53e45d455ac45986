"""What a row says of its making depends on the values it was made from, and on nothing else."""

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance

TABLE = pl.DataFrame({"code": ["a", "b"], "emission_t": [1.0, 2.0]})


def test_the_same_values_give_the_same_hash_however_they_are_chunked() -> None:
    in_pieces = pl.concat([TABLE.head(1), TABLE.tail(1)], rechunk=False)
    assert inputs_hash(TABLE) == inputs_hash(in_pieces)
    assert len(inputs_hash(TABLE)) == 16


def test_a_changed_number_or_another_order_of_tables_changes_the_hash() -> None:
    other = TABLE.with_columns(emission_t=pl.col("emission_t") + 1e-9)
    assert inputs_hash(TABLE) != inputs_hash(other)
    assert inputs_hash(TABLE, other) != inputs_hash(other, TABLE)


def test_a_moved_corner_changes_the_hash() -> None:
    square, moved = shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1.001)
    layers = [
        gpd.GeoDataFrame({"code": ["a"]}, geometry=[shape], crs="EPSG:4490") for shape in (square, moved)
    ]
    assert inputs_hash(layers[0]) != inputs_hash(layers[1])


def test_every_row_carries_how_it_was_made() -> None:
    made = with_provenance(TABLE, method_id="m", formula_variant=pl.col("code"), inputs="0" * 16)
    assert made.select("method_id", "formula_variant", "grade_scheme_id", "inputs_hash").rows() == [
        ("m", "a", None, "0" * 16),
        ("m", "b", None, "0" * 16),
    ]
