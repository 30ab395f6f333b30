"""XML bodies as a tree; a document type declaration is refused, so no entity is ever expanded."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from inspector.payload.node import ListTree, NodeKind
from inspector.payload.steps import Steps

CHUNK_BYTES = 8192


class XmlError(ValueError):
    """A body is not XML we read; the text says where and why."""


@dataclass(slots=True)
class _Element:
    name: str
    attributes: list[tuple[str, str]]
    content: list[_Element | str] = field(default_factory=list)


def scan_xml(body: bytes) -> Steps[ListTree]:
    """Read an XML document in steps, yielding the share read so far, and return its tree.

    Elements become members named after their tag, prefixes as written; attributes `@name`, text beside children
    `#text`. An element that holds text alone is a value.

    Raises:
        XmlError: it is not well-formed, or it declares a document type.
    """
    document = _Element("", [])
    stack = [document]
    reader = expat.ParserCreate()
    reader.ordered_attributes = True
    reader.buffer_text = True

    def begin(name: str, attributes: list[str]) -> None:
        element = _Element(name, list(zip(attributes[::2], attributes[1::2], strict=True)))
        stack[-1].content.append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def refuse(*_args: object) -> None:
        raise XmlError("The XML declares a document type, which is not read here. Raw shows it as received.")

    reader.StartElementHandler = begin
    reader.EndElementHandler = end
    reader.CharacterDataHandler = lambda text: stack[-1].content.append(text)
    reader.StartDoctypeDeclHandler = refuse
    try:
        for start in range(0, len(body), CHUNK_BYTES):
            reader.Parse(body[start : start + CHUNK_BYTES], False)
            yield min(1.0, (start + CHUNK_BYTES) / len(body))
        reader.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "not well-formed")
        raise XmlError(f"Line {error.lineno:,}, column {error.offset + 1:,}: {what}.") from None
    return (yield from _flatten(document))


def _flatten(document: _Element) -> Steps[ListTree]:
    """Write elements into the tables without calling itself, so that depth has no limit."""
    tree = ListTree()
    tree.open("", NodeKind.OBJECT)
    levels = [iter(document.content)]
    written = 0
    while levels:
        item = next(levels[-1], None)
        if item is None:
            levels.pop()
            tree.close()
        elif isinstance(item, str):
            if item.strip():
                tree.leaf("#text", item.strip(), item)
        elif all(isinstance(part, str) for part in item.content) and not item.attributes:
            text = "".join(part for part in item.content if isinstance(part, str))
            tree.leaf(item.name, text.strip(), text)
        else:
            tree.open(item.name, NodeKind.OBJECT)
            tree.leaves((f"@{name}", value) for name, value in item.attributes)
            levels.append(iter(item.content))
        written += 1
        if written % 500 == 0:
            yield 1.0
    return tree
