"""Deliverables: each is written from the edition and waits for the release, which takes it in."""

import dagster as dg

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.assets.published.delivery import deliver
from sxyd_pipeline.io.resources import Publisher


@asset(after=("edition",), kinds=("word", "pdf"))
def report(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """研究报告 · The report in Word and PDF: the same words and numbers, every number with its source."""
    return deliver(context, publisher, "report")


@asset(after=("edition",), kinds=("word", "pdf"))
def case_text(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """案例文本 · The case in a few pages: how, result, transfer."""
    return deliver(context, publisher, "case_text")


@asset(after=("edition",), kinds=("pdf", "image"))
def atlas(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """图集 · The maps, bound with contents and bookmarks and each as a picture, and the charts."""
    return deliver(context, publisher, "atlas")


@asset(after=("edition",), kinds=("geopackage", "excel", "csv"))
def result_data(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """成果数据 · Layers and tables in the formats people work with, with dictionary and metadata."""
    return deliver(context, publisher, "result_data")


@asset(after=("edition",), kinds=("markdown", "excel"))
def access_lists(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """准入清单 · The overall list and one page per control unit, as Markdown and workbooks."""
    return deliver(context, publisher, "access_lists")


@asset(after=("edition",), kinds=("html",))
def quality_report(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """质量报告 · Every rule with its verdict, the ledger of tonnes, every row set aside."""
    return deliver(context, publisher, "quality_report")


@asset(after=("edition",), kinds=("html",))
def explorer(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """成果浏览器 · One offline page with map, tables, cards, project check and SQL on the release."""
    return deliver(context, publisher, "explorer")
