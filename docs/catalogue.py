"""Collects all text that the page shows, and brings the catalogues up to date: `python docs/catalogue.py`.

A message is what the source passes to `say` and `say_count`, a text of the modules that hold nothing but
texts, and what declarations, shipped ladders, scenarios and lessons say. `--new CODE` begins a catalogue;
with `--check` nothing is written, and the exit code is 1 if a catalogue lacks a message, has one that is not
in use, or is wrong.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import string
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel

from escalation import language
from escalation.classroom import examples
from escalation.classroom.controls import WEIGHT_GROUPS, Workspace, controls_of
from escalation.classroom.lesson import load_lesson, shipped_lessons
from escalation.language import ENGLISH
from escalation.measures.measures import SHARE_MEASURES
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator, Relation, Rivalry, State
from escalation.scenario.weights import Weights
from escalation.vocabulary import CHANNEL_WORDS, NUCLEAR_END, OUTCOME_CLASSES, STYLE_WORDS

ROOT = Path(__file__).resolve().parent.parent
TEXT_MODULES = ("classroom.texts", "classroom.game_texts", "crisis.wording")
"""Modules in which every constant is text that people read."""
OF_SCENARIO = frozenset({"title", "summary", "label", "says", "description", "by"})
OF_LESSON = frozenset({"question", "begin", "label", "says", "aims", "red_lines", "public"})
TOLD = OF_SCENARIO | OF_LESSON
"""Keys of YAML files under which stands what people read."""
WORDINGS = frozenset({"label", "clause", "bar", "heading"})
"""The same of declarations; what only reports and the terminal show is left out."""
WIDTH = 110


@dataclass(frozen=True)
class Text:
    """One message: its English text, that for more than one where it counts things, and where it stands."""

    one: str
    many: str = ""
    where: str = ""


def collected() -> list[Text]:
    """Return every message once, in the order in which they are met."""
    counted = {(text.one, text.many): text for text in _spoken() if text.many}
    plurals = {word for pair in counted for word in pair}
    found: dict[str, Text] = {}
    for text in (*_constants(), *_spoken(), *_declared()):
        if not text.many and text.one.strip() and text.one not in plurals and _is_text(text.one):
            found.setdefault(text.one, text)
    return [*found.values(), *counted.values()]


def _is_text(text: str) -> bool:
    """Return whether a text has words, or names in braces that make a sentence: others may order them."""
    parts = list(string.Formatter().parse(text))
    is_sentence = len(parts) > 1 and not any(words.strip() for words, *_ in parts)
    return is_sentence or any(char.isalpha() for words, *_ in parts for char in words)


# Where texts stand


def _constants() -> Iterator[Text]:
    for name in TEXT_MODULES:
        module = importlib.import_module(f"escalation.{name}")
        for key in _assigned(Path(str(module.__file__))):
            for text in _strings(getattr(module, key)):
                yield Text(text, where=f"{name} {key}")


def _assigned(path: Path) -> Iterator[str]:
    """Yield the names of the constants that a module itself assigns, in its order."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            yield from (name.id for name in ast.walk(target or ast.Pass()) if isinstance(name, ast.Name))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _strings(each)


def _spoken() -> Iterator[Text]:
    """Yield what the source passes to `say` and `say_count` as text or by the name of a constant."""
    package = ROOT / "escalation"
    for path in sorted(package.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "say(" in source or "say_count(" in source:
            name = ".".join(path.relative_to(package).with_suffix("").parts)
            yield from _calls(importlib.import_module(f"escalation.{name}"), name, source)


def _calls(module: object, name: str, source: str) -> Iterator[Text]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    for call in calls:
        said = getattr(call.func, "id", "")
        if said == "say":
            yield from (Text(one, where=name) for one in _meant(module, call.args[0]))
        elif said == "say_count":
            pair = [text for each in call.args[:2] for text in _meant(module, each)]
            if len(pair) != 2:
                raise ValueError(f"{name} {call.lineno}: say_count takes two texts or names of constants")
            yield Text(*pair, name)


def _meant(module: object, node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may stand for; none where only the run of the program tells."""
    if isinstance(node, ast.IfExp):
        yield from _meant(module, node.body)
        yield from _meant(module, node.orelse)
        return
    try:
        value = eval(compile(ast.Expression(node), "say", "eval"), dict(vars(module)))
    except Exception:
        return  # a variable, an attribute of something: a declaration, or a constant of a module of texts
    if isinstance(value, str):
        yield value


def _declared() -> Iterator[Text]:
    for one in OUTCOME_CLASSES:
        yield from _wordings(one, WORDINGS | {"short"}, f"outcome {one.name}")
    for measure in SHARE_MEASURES:
        yield from _wordings(measure, WORDINGS, f"share {measure.name}")
    for text in (*STYLE_WORDS.values(), *CHANNEL_WORDS.values(), NUCLEAR_END):
        yield Text(text, where="vocabulary")
    for name, one in vars(examples).items():
        if isinstance(one, examples.Example):
            yield from (Text(text, where=f"examples {name}") for text in (one.says, one.source))
    for model in (Mediator, Relation, State, Rivalry, Weights):
        for parameter in parameters_of(model):
            if model is Weights and not parameter.group.startswith(WEIGHT_GROUPS):
                continue  # it has no control
            for text in (parameter.says, parameter.source, parameter.unit, parameter.group):
                yield Text(text, where=f"{model.__name__} {parameter.name}")
    for key in ("enters_day", "style", "form"):
        yield Text(str(Mediator.model_fields[key].description), where=f"Mediator {key}")
    for name in shipped_lessons():
        workspace = Workspace(load_scenario(name), name)
        for control in controls_of(workspace):
            yield Text(control.label, where=f"control {control.path}")
        yield from _told(workspace.scenario, f"scenario {name}")
        for act in workspace.scenario.ladder.acts:
            yield Text(act.replace("_", " "), where="act")
        yield from _told(load_lesson(name, workspace), f"lesson {name}")


def _wordings(declared: Any, names: Collection[str], where: str) -> Iterator[Text]:
    for field in fields(declared):
        if field.name in names:
            yield Text(getattr(declared, field.name), where=f"{where} {field.name}")


def _told(value: object, where: str) -> Iterator[Text]:
    """Yield the texts of a file that was loaded, by the keys under which they stand."""
    if isinstance(value, BaseModel):
        keys = type(value).model_fields
        pairs: Iterable[tuple[str, object]] = [(key, getattr(value, key)) for key in keys]
    elif is_dataclass(value) and not isinstance(value, type):
        pairs = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, Mapping):
        pairs = [(str(key), each) for key, each in value.items() if not isinstance(each, str)]
    elif isinstance(value, tuple | list):
        pairs = [("", each) for each in value if not isinstance(each, str)]
    else:
        return
    for key, each in pairs:
        if key == "sources":
            continue  # titles of publications stay in their language
        if key in TOLD:
            yield from (Text(text, where=f"{where} {key}") for text in _strings(each))
        if not isinstance(each, str):
            yield from _told(each, f"{where} {key}".rstrip())


# Catalogues


def updated(code: str, texts: Iterable[Text], old: Catalog | None) -> Catalog:
    """Return a catalogue of exactly these messages, translated as far as the old one goes."""
    new = Catalog(locale=code)
    for text in texts:
        before = old.get(text.one) if old is not None else None
        ids = (text.one, text.many) if text.many else text.one
        is_like = before is not None and bool(text.many) == isinstance(before.id, tuple | list)
        kept = before.string if before is not None and is_like else ""
        new.add(ids, kept or (("",) * new.num_plurals if text.many else ""), auto_comments=[text.where])
    return new


def faults(code: str, texts: Iterable[Text], found: Catalog) -> Iterator[str]:
    """Yield what is wrong with a catalogue, a line each: what lacks, what is left over, names in braces."""
    wanted = {text.one: text for text in texts}
    for message in found:
        if message.id and _key(message) not in wanted:
            yield f"{code}: not in use: {_key(message)!r}"
    for one, text in wanted.items():
        entry = found.get(one)
        said = "" if entry is None else entry.string
        strings = [said] if isinstance(said, str) else list(said)
        if not all(strings):
            yield f"{code}: not translated: {one!r}"
        for translated in filter(None, strings):
            lacks = names_in(one) - {"n"} - names_in(translated)
            if lacks or names_in(translated) - names_in(text.many or one):
                yield f"{code}: the names in braces differ: {one!r} and {translated!r}"
            elif _ends(one) != _ends(translated):
                yield f"{code}: blanks at the ends differ: {one!r} and {translated!r}"


def _ends(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _key(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def names_in(text: str) -> set[str]:
    """Return the names in braces of a text."""
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def read(path: Path) -> Catalog:
    """Return the catalogue in a file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def main(arguments: list[str] | None = None) -> int:
    """Bring the catalogues up to date, begin one, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 where something is wrong"
    )
    parser.add_argument("--new", metavar="CODE", help="begin a catalogue, such as fr")
    options = parser.parse_args(arguments)
    texts = collected()
    codes = [code for code in language.languages() if code != ENGLISH] + (
        [options.new] if options.new else []
    )
    wrong = []
    for code in codes:
        path = language.FOLDER / f"{code}.po"
        old = read(path) if path.exists() else None
        if not options.check:
            new = updated(code, texts, old)
            with path.open("wb") as file:
                write_po(file, new, width=WIDTH, omit_header=True)
            old = new
        assert old is not None
        wrong += faults(code, texts, old)
    for line in wrong if options.check else ():
        print(line, file=sys.stderr)
    print(f"{len(texts)} messages; {', '.join(codes) or 'no catalogue'}: {len(wrong)} faults")
    return 1 if wrong and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
