"""XML by Python's own library."""

from xml.etree import ElementTree

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import xml


def found(document: str, path: str) -> list[ElementTree.Element]:
    try:
        return ElementTree.fromstring(document).findall(path)
    except (ElementTree.ParseError, SyntaxError, KeyError, ValueError) as error:
        raise Err(str(error))


class Xml(exports.Xml):
    def find(self, document: str, path: str) -> list[xml.Element]:
        return [
            xml.Element(element.tag, element.text or "", list(element.attrib.items()))
            for element in found(document, path)
        ]

    def text(self, document: str, path: str) -> str | None:
        elements = found(document, path)
        return elements[0].text or "" if elements else None
