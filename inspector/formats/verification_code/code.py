"""All languages the check can be written in, in the order of the menu, and the program for a recipe."""

from __future__ import annotations

from inspector.formats.verification_code.csharp import CSHARP
from inspector.formats.verification_code.go import GO
from inspector.formats.verification_code.java import JAVA
from inspector.formats.verification_code.language import Language
from inspector.formats.verification_code.node import NODE
from inspector.formats.verification_code.php import PHP
from inspector.formats.verification_code.plan import CannotWrite, plan_of
from inspector.formats.verification_code.python import PYTHON
from inspector.formats.verification_code.ruby import RUBY
from inspector.signatures.scheme import Recipe

__all__ = ["LANGUAGES", "CannotWrite", "verification_code"]

LANGUAGES: tuple[Language, ...] = (PYTHON, NODE, PHP, GO, RUBY, JAVA, CSHARP)


def verification_code(recipe: Recipe, language: Language, title: str) -> str:
    """Return a program that checks signatures as the recipe says. `title` becomes its first line.

    Raises CannotWrite where the scheme, or a part of it, has no example in this language; its text says which.
    """
    return language.write(plan_of(recipe), title)
