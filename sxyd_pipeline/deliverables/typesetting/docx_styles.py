"""Styles, numbering, fonts and settings of our Word files, put into python-docx's package."""

from docx.document import Document as Package
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from sxyd_pipeline.deliverables.typesetting.docx_xml import NAMESPACES
from sxyd_pipeline.deliverables.typesetting.typst_writer import THEME

SONG, HEI, KAI, LATIN = "仿宋", "黑体", "楷体", "Times New Roman"
TITLE = "方正小标宋简体"
#: Fonts a reader's computer may lack, with what stands in for them.
_ALTERNATIVES = {
    SONG: "FangSong", HEI: "SimHei", KAI: "KaiTi", TITLE: "FZXiaoBiaoSong-B05S",
}  # fmt: skip
HEADINGS = {1: "Heading1", 2: "Heading2", 3: "Heading3"}
ANNEX = "AnnexHeading"
_NUMBERED, _ANNEXES = 41, 42


def dress(package: Package, language: str) -> None:
    """Give an empty python-docx document our styles, numbering, fonts and settings."""
    _drop_stale_parts(package)
    styles = package.styles.element
    defaults = styles.find(qn("w:docDefaults"))
    if defaults is not None:
        styles.replace(defaults, parse_xml(_defaults(language)))
    wanted = _styles(language)
    for style_id, xml in wanted.items():
        for found in styles.findall(qn("w:style")):
            if found.get(qn("w:styleId")) == style_id:
                styles.remove(found)
        styles.append(parse_xml(xml))
    _keep_only(package, {*wanted, "DefaultParagraphFont", "TableNormal", "NoList"})
    _number(package, language)
    _font_table(package)
    _settings(package)


def _drop_stale_parts(package: Package) -> None:
    # python-docx's template carries a second style sheet for old readers; Word repairs files with it.
    stale = [
        key for key, relation in package.part.rels.items()
        if relation.reltype.endswith(("/stylesWithEffects", "/customXml"))
    ]  # fmt: skip
    for key in stale:
        del package.part.rels[key]
    whole = package.part.package
    for key in [key for key, relation in whole.rels.items() if relation.reltype.endswith("/thumbnail")]:
        del whole.rels[key]


def _keep_only(package: Package, wanted: set[str]) -> None:
    styles = package.styles.element
    for found in styles.findall(qn("w:style")):
        if found.get(qn("w:styleId")) not in wanted:
            styles.remove(found)
    latent = styles.find(qn("w:latentStyles"))
    if latent is not None:
        styles.remove(latent)


def _fonts(east: str, latin: str = LATIN) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}"/>'


def _defaults(language: str) -> str:
    lang = "zh-CN" if language == "zh" else "en-GB"
    return (
        f"<w:docDefaults {NAMESPACES}><w:rPrDefault><w:rPr>{_fonts(SONG)}"
        f'<w:lang w:val="{lang}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )


def _style(
    style_id: str, name: str, *, paragraph: str = "", characters: str = "", based: str = "Normal", extra: str = ""
) -> str:  # fmt: skip
    base = f'<w:basedOn w:val="{based}"/>' if style_id != based else ""
    default = ' w:default="1"' if style_id == "Normal" else ""
    return (
        f'<w:style {NAMESPACES} w:type="paragraph"{default} w:styleId="{style_id}"><w:name w:val="{name}"/>{base}'
        f"{extra}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _spacing(before: float = 0, after: float = 0, line: float = 0) -> str:
    rule = f' w:line="{round(line * 20)}" w:lineRule="atLeast"' if line else ""
    return f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"{rule}/>'


def _styles(language: str) -> dict[str, str]:
    body, pitch = THEME["body_pt"], THEME["pitch_pt"]
    indent = '<w:ind w:firstLineChars="200" w:firstLine="480"/>' if language == "zh" else ""
    after = 0 if language == "zh" else 5
    keep = "<w:keepNext/><w:keepLines/>"
    both = '<w:jc w:val="both"/>'
    centre = '<w:jc w:val="center"/>'
    dots = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs>'

    def heading(level: int, font: str) -> str:
        size = THEME[f"h{level}_pt"]
        page = "<w:pageBreakBefore/>" if level == 1 else ""
        number = f'<w:numPr><w:ilvl w:val="{level - 1}"/><w:numId w:val="{_NUMBERED}"/></w:numPr>'
        shape = (
            f'{keep}{page}{number}{_spacing(12 if level > 1 else 0, 10)}<w:outlineLvl w:val="{level - 1}"/>'
        )
        return _style(
            f"Heading{level}", f"heading {level}", paragraph=shape, extra='<w:next w:val="Body"/>',
            characters=f"{_fonts(font)}{'<w:b/>' if level == 3 else ''}{_size(size)}",
        )  # fmt: skip

    annex_number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{_ANNEXES}"/></w:numPr>'
    sheet = {
        "Normal": _style("Normal", "Normal", characters=_size(body)),
        "Body": _style("Body", "Body Text", paragraph=f"{_spacing(0, after, pitch)}{indent}{both}"),
        "Plain": _style("Plain", "Plain Paragraph", paragraph=f"{_spacing(0, 0, pitch)}{both}"),
        "Equation": _style("Equation", "Equation", paragraph=f"{_spacing(6, 6, pitch)}{centre}"),
        "Note": _style("Note", "Table Note", paragraph=_spacing(3, 8), characters=_size(THEME["small_pt"])),
        "Heading1": heading(1, HEI),
        "Heading2": heading(2, KAI),
        "Heading3": heading(3, SONG),
        ANNEX: _style(
            ANNEX, "Annex Heading", based="Normal", extra='<w:next w:val="Body"/>',
            paragraph=f'{keep}<w:pageBreakBefore/>{annex_number}{_spacing(0, 10)}<w:outlineLvl w:val="0"/>',
            characters=f"{_fonts(HEI)}{_size(THEME['h1_pt'])}",
        ),
        "AnnexSubheading": _style(
            "AnnexSubheading", "Annex Subheading", extra='<w:next w:val="Body"/>',
            paragraph=f'{keep}{_spacing(12, 8)}<w:outlineLvl w:val="1"/>',
            characters=f"{_fonts(KAI)}{_size(THEME['h2_pt'])}",
        ),
        "TableCaption": _style(
            "TableCaption", "Table Caption", paragraph=f"<w:keepNext/>{_spacing(10, 4)}{centre}",
            characters=f"{_fonts(HEI)}{_size(THEME['caption_pt'])}",
        ),
        "FigureCaption": _style(
            "FigureCaption", "Figure Caption", paragraph=f"{_spacing(3, 10)}{centre}",
            characters=f"{_fonts(HEI)}{_size(THEME['caption_pt'])}",
        ),
        "Picture": _style("Picture", "Picture", paragraph=f"<w:keepNext/>{_spacing(8, 0)}{centre}"),
        "Cell": _style("Cell", "Table Cell", characters=_size(THEME["table_pt"])),
        "CellSmall": _style("CellSmall", "Table Cell Small", characters=_size(THEME["small_pt"])),
        "CellHead": _style("CellHead", "Table Head", characters=f"{_fonts(HEI)}{_size(THEME['table_pt'])}"),
        "CoverTitle": _style(
            "CoverTitle", "Cover Title", paragraph=f"{_spacing(0, 12)}{centre}", characters=f"{_fonts(TITLE)}{_size(26)}"
        ),
        "CoverSubtitle": _style(
            "CoverSubtitle", "Cover Subtitle", paragraph=f"{_spacing(18, 12)}{centre}", characters=f"{_fonts(HEI)}{_size(20)}"
        ),
        "CoverMark": _style(
            "CoverMark", "Cover Mark", paragraph=f"{_spacing(18, 0)}{centre}",
            characters=f'{_fonts(HEI)}<w:color w:val="B03A2E"/>{_size(13)}',
        ),
        "CoverLine": _style("CoverLine", "Cover Line", paragraph=f"{_spacing(0, 6)}{centre}", characters=_size(13)),
        "CoverSmall": _style("CoverSmall", "Cover Small Print", paragraph=centre, characters=_size(THEME["small_pt"])),
        "ContentsTitle": _style(
            "ContentsTitle", "Contents Title", paragraph=f"{_spacing(0, 14)}{centre}", characters=f"{_fonts(HEI)}{_size(18)}"
        ),
        "TOC1": _style("TOC1", "toc 1", paragraph=f"{dots}{_spacing(5, 0)}", characters=f"{_fonts(HEI)}{_size(12)}"),
        "TOC2": _style("TOC2", "toc 2", paragraph=f'{dots}{_spacing(3, 0)}<w:ind w:left="240"/>', characters=_size(11)),
        "Header": _style(
            "Header", "header", characters=_size(9),
            paragraph=f'<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="auto"/></w:pBdr>{centre}',
        ),
        "Footer": _style(
            "Footer", "footer", characters=_size(8.5),
            paragraph='<w:tabs><w:tab w:val="center" w:pos="4422"/><w:tab w:val="right" w:pos="8844"/></w:tabs>',
        ),
    }  # fmt: skip
    return sheet


def _number(package: Package, language: str) -> None:
    numbering = package.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{level + 1}"/>'
        f'<w:suff w:val="space"/><w:lvlText w:val="{".".join(f"%{n + 1}" for n in range(level + 1))}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for level in range(3)
    )
    word = "附件%1" if language == "zh" else "Annex %1"
    annex = (
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{ANNEX}"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="{word}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
    )
    for number, inner in ((_NUMBERED, levels), (_ANNEXES, annex)):
        numbering.append(
            parse_xml(
                f'<w:abstractNum {NAMESPACES} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{inner}'
                "</w:abstractNum>"
            )
        )
    for number in (_NUMBERED, _ANNEXES):
        numbering.append(
            parse_xml(f'<w:num {NAMESPACES} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )


def _font_table(package: Package) -> None:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, other in _ALTERNATIVES.items()
    )
    latin = f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {NAMESPACES}>{fonts}{latin}</w:fonts>'
    for relation in package.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part: Part = relation.target_part
            part._blob = xml.encode("utf-8")  # noqa: SLF001 - python-docx has no call to replace this part


def _settings(package: Package) -> None:
    settings = package.settings.element
    for child in list(settings):
        settings.remove(child)
    for xml in (
        '<w:zoom {ns} w:percent="100"/>',
        '<w:defaultTabStop {ns} w:val="420"/>',
        '<w:characterSpacingControl {ns} w:val="compressPunctuation"/>',
        '<w:compat {ns}><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        'w:val="15"/></w:compat>',
    ):
        settings.append(parse_xml(xml.format(ns=NAMESPACES)))
