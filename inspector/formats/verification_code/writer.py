"""What the languages beyond Python and Node share: the order of the steps, and how a text is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inspector.formats.verification_code.language import refuse
from inspector.formats.verification_code.plan import (
    Apply,
    Atom,
    Between,
    CannotWrite,
    Fixed,
    Part,
    Plan,
    Text,
    Value,
)

DIGESTS = tuple(f"{alg}.{form}" for alg in ("sha256", "sha1", "sha512") for form in ("hex", "b64", "raw"))
ATOMS = (
    "body",
    "secret",
    "method",
    "url",
    "url.base",
    "url.port",
    "path",
    "form.sorted",
    "header",
    "field",
    "query",
    "form",
    "json",
)
FUNCTIONS = (*DIGESTS, "b64decode")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one language writes the parts of a signed text.

    Every pattern has the names it needs in braces: `fixed` {text}; `header`, `field`, `query`, `form` {name}; `json`
    {path}; `digest` {alg}, {form}, {inner}; `b64decode` {inner}; `join` {parts}; `or_empty` {value}. `atoms` are whole
    expressions. `text_of` {value} makes bytes of a text where the language tells the two apart.
    """

    name: str
    fixed: str
    header: str
    field: str
    query: str
    form: str
    json: str
    digest: str
    b64decode: str
    join: str
    or_empty: str
    atoms: Mapping[str, str]
    text_of: str = "{value}"
    path_joint: str = ", "


class TextWriter:
    """Writes the expressions of a plan in a dialect and remembers which helpers they call."""

    def __init__(
        self,
        plan: Plan,
        dialect: Dialect,
        *,
        atoms: tuple[str, ...] = ATOMS,
        quote: Callable[[str], str] | None = None,
    ) -> None:
        refuse(plan, dialect.name, atoms=atoms, functions=FUNCTIONS, public=False)
        if any(isinstance(part, Between) for part in plan.parts):
            raise CannotWrite(
                f"{dialect.name} has no example for values that may be left out, which this scheme signs."
            )
        self.plan = plan
        self.dialect = dialect
        self.quote = quote or quoted

    def text(self, text: Text) -> str:
        """Return the expression for a whole signed text."""
        if len(text) == 1:
            return self.part(text[0])
        return _put(self.dialect.join, parts=", ".join(self.part(part) for part in text))

    def part(self, part: Part) -> str:
        """Return the expression for one part, as bytes."""
        dialect = self.dialect
        if isinstance(part, Fixed):
            return _put(dialect.fixed, text=self.quote(part.text))
        if isinstance(part, Apply):
            inner = self.text(part.parts)
            if part.name == "b64decode":
                return _put(dialect.b64decode, inner=inner)
            alg, _dot, form = part.name.partition(".")
            return _put(dialect.digest, alg=alg, form=form, inner=inner)
        if isinstance(part, Atom):
            return dialect.atoms[part.name]
        assert isinstance(part, Value)
        value = self.value(part)
        if part.optional:
            value = _put(dialect.or_empty, value=value)
        return _put(dialect.text_of, value=value)

    def value(self, value: Value) -> str:
        """Return the expression for what lies at a place, as text."""
        dialect, place = self.dialect, value.place
        if place.kind == "json":
            steps = (str(step) if isinstance(step, int) else self.quote(step) for step in value.steps)
            return _put(dialect.json, path=dialect.path_joint.join(steps))
        name = place.name.lower() if place.kind == "header" else place.name
        pattern = {"header": dialect.header, "field": dialect.field, "query": dialect.query, "form": dialect.form}
        return _put(pattern[place.kind], name=self.quote(name))


def _put(pattern: str, **values: str) -> str:
    """Fill a pattern; other braces in it are the language's own."""
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern


def quoted(text: str) -> str:
    """Return a text in double quotes, as all these languages write it; letters beyond ASCII stand for themselves."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def calls(code: str, mark: str) -> bool:
    """Whether a function is called by its own name, not as the end of a longer one or as a method of something."""
    place = code.find(mark)
    while place >= 0:
        if place == 0 or not (code[place - 1].isalnum() or code[place - 1] == "."):
            return True
        place = code.find(mark, place + 1)
    return False


def clean(code: str) -> str:
    """Return code without the blank lines that parts left out leave behind."""
    lines: list[str] = []
    for line in code.strip("\n").split("\n"):
        if line.strip() or (lines and lines[-1].strip()):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
