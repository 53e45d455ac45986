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


def _style(style_id: str, name: str, paragraph: str = "", characters: str = "", following: str = "") -> str:
    base = "" if style_id == "Normal" else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if style_id == "Normal" else ""
    after = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style {NAMESPACES} w:type="paragraph"{default} w:styleId="{style_id}"><w:name w:val="{name}"/>'
        f"{base}{after}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _spacing(before: float = 0, after: float = 0, line: float = 0) -> str:
    rule = f' w:line="{round(line * 20)}" w:lineRule="atLeast"' if line else ""
    return f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"{rule}/>'


def _styles(language: str) -> dict[str, str]:
    found = {
        **_text_styles(language),
        **_heading_styles(),
        **_table_styles(),
        **_cover_styles(),
        **_running_styles(),
    }
    return {style_id: _style(style_id, *parts) for style_id, parts in found.items()}


_KEEP = "<w:keepNext/><w:keepLines/>"
_BOTH, _CENTRE = '<w:jc w:val="both"/>', '<w:jc w:val="center"/>'
_LAST_LEVEL = 3


def _text_styles(language: str) -> dict[str, tuple[str, ...]]:
    pitch = THEME["pitch_pt"]
    indent = '<w:ind w:firstLineChars="200" w:firstLine="480"/>' if language == "zh" else ""
    after = 0 if language == "zh" else 5
    return {
        "Normal": ("Normal", "", _size(THEME["body_pt"])),
        "Body": ("Body Text", f"{_spacing(0, after, pitch)}{indent}{_BOTH}"),
        "Plain": ("Plain Paragraph", f"{_spacing(0, 0, pitch)}{_BOTH}"),
        "Equation": ("Equation", f"{_spacing(6, 6, pitch)}{_CENTRE}"),
        "Note": ("Table Note", _spacing(3, 8), _size(THEME["small_pt"])),
    }


def _heading_styles() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for level, font in ((1, HEI), (2, KAI), (3, SONG)):
        page = "<w:pageBreakBefore/>" if level == 1 else ""
        number = f'<w:numPr><w:ilvl w:val="{level - 1}"/><w:numId w:val="{_NUMBERED}"/></w:numPr>'
        space = _spacing(12 if level > 1 else 0, 10)
        shape = f'{_KEEP}{page}{number}{space}<w:outlineLvl w:val="{level - 1}"/>'
        bold = "<w:b/>" if level == _LAST_LEVEL else ""
        letters = f"{_fonts(font)}{bold}{_size(THEME[f'h{level}_pt'])}"
        found[f"Heading{level}"] = (f"heading {level}", shape, letters, "Body")
    number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{_ANNEXES}"/></w:numPr>'
    annex = f'{_KEEP}<w:pageBreakBefore/>{number}{_spacing(0, 10)}<w:outlineLvl w:val="0"/>'
    below = f'{_KEEP}{_spacing(12, 8)}<w:outlineLvl w:val="1"/>'
    found[ANNEX] = ("Annex Heading", annex, f"{_fonts(HEI)}{_size(THEME['h1_pt'])}", "Body")
    found["AnnexSubheading"] = ("Annex Subheading", below, f"{_fonts(KAI)}{_size(THEME['h2_pt'])}", "Body")
    return found


def _table_styles() -> dict[str, tuple[str, ...]]:
    caption = f"{_fonts(HEI)}{_size(THEME['caption_pt'])}"
    return {
        "TableCaption": ("Table Caption", f"<w:keepNext/>{_spacing(10, 4)}{_CENTRE}", caption),
        "FigureCaption": ("Figure Caption", f"{_spacing(3, 10)}{_CENTRE}", caption),
        "Picture": ("Picture", f"<w:keepNext/>{_spacing(8, 0)}{_CENTRE}"),
        "Cell": ("Table Cell", "", _size(THEME["table_pt"])),
        "CellSmall": ("Table Cell Small", "", _size(THEME["small_pt"])),
        "CellHead": ("Table Head", "", f"{_fonts(HEI)}{_size(THEME['table_pt'])}"),
    }


def _cover_styles() -> dict[str, tuple[str, ...]]:
    red = '<w:color w:val="B03A2E"/>'
    return {
        "CoverTitle": ("Cover Title", f"{_spacing(0, 12)}{_CENTRE}", f"{_fonts(TITLE)}{_size(26)}"),
        "CoverSubtitle": ("Cover Subtitle", f"{_spacing(18, 12)}{_CENTRE}", f"{_fonts(HEI)}{_size(20)}"),
        "CoverMark": ("Cover Mark", f"{_spacing(18, 0)}{_CENTRE}", f"{_fonts(HEI)}{red}{_size(13)}"),
        "CoverLine": ("Cover Line", f"{_spacing(0, 6)}{_CENTRE}", _size(13)),
        "CoverSmall": ("Cover Small Print", _CENTRE, _size(THEME["small_pt"])),
    }


def _running_styles() -> dict[str, tuple[str, ...]]:
    dots = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs>'
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="auto"/></w:pBdr>'
    stops = '<w:tabs><w:tab w:val="center" w:pos="4422"/><w:tab w:val="right" w:pos="8844"/></w:tabs>'
    return {
        "ContentsTitle": ("Contents Title", f"{_spacing(0, 14)}{_CENTRE}", f"{_fonts(HEI)}{_size(18)}"),
        "TOC1": ("toc 1", f"{dots}{_spacing(5, 0)}", f"{_fonts(HEI)}{_size(12)}"),
        "TOC2": ("toc 2", f'{dots}{_spacing(3, 0)}<w:ind w:left="240"/>', _size(11)),
        "Header": ("header", f"{rule}{_CENTRE}", _size(9)),
        "Footer": ("footer", stops, _size(8.5)),
    }


def _number(package: Package, language: str) -> None:
    numbering = package.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    levels = "".join(
        _level(level, f"Heading{level + 1}", ".".join(f"%{n + 1}" for n in range(level + 1)))
        for level in range(_LAST_LEVEL)
    )
    annex = _level(0, ANNEX, "附件%1" if language == "zh" else "Annex %1")
    for number, inner in ((_NUMBERED, levels), (_ANNEXES, annex)):
        numbering.append(
            parse_xml(
                f'<w:abstractNum {NAMESPACES} w:abstractNumId="{number}">'
                f'<w:multiLevelType w:val="multilevel"/>{inner}</w:abstractNum>'
            )
        )
    for number in (_NUMBERED, _ANNEXES):
        numbering.append(
            parse_xml(f'<w:num {NAMESPACES} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )


def _level(level: int, style: str, text: str) -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{style}"/>'
        f'<w:suff w:val="space"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
    )


def _font_table(package: Package) -> None:
    names = {**_ALTERNATIVES, LATIN: ""}
    fonts = "".join(_font(name, other) for name, other in names.items())
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    xml = f"{head}\n<w:fonts {NAMESPACES}>{fonts}</w:fonts>"
    for relation in package.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part: Part = relation.target_part
            part._blob = xml.encode("utf-8")  # noqa: SLF001 - python-docx has no call to replace this part


def _font(name: str, other: str) -> str:
    alternative = f'<w:altName w:val="{other}"/>' if other else ""
    charset, family = ("86", "auto") if other else ("00", "roman")
    return (
        f'<w:font w:name="{name}">{alternative}<w:charset w:val="{charset}"/><w:family w:val="{family}"/>'
        '<w:pitch w:val="variable"/></w:font>'
    )


def _settings(package: Package) -> None:
    settings = package.settings.element
    for child in list(settings):
        settings.remove(child)
    mode = 'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"'
    for name, inner in (
        ('zoom {} w:percent="100"', ""),
        ('defaultTabStop {} w:val="420"', ""),
        ('characterSpacingControl {} w:val="compressPunctuation"', ""),
        ("compat {}", f"<w:compatSetting {mode}/>"),
    ):
        tag = name.split(" ", maxsplit=1)[0]
        settings.append(parse_xml(f"<w:{name.format(NAMESPACES)}>{inner}</w:{tag}>"))
