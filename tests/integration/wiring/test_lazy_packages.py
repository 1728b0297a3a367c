"""Packages that import their modules one by one, when they are asked for names."""

import subprocess
import sys
from pathlib import Path

from local import REPOSITORY

_PACKAGE = {
    "__init__.py": "from .circle import Circle\nfrom shapes.flat import area as area_of\n"
    "from .flat import box\nSIDES = 4\n__all__ = ['Circle', 'SIDES']\n",
    "circle.py": "class Circle: pass\n",
    "flat/__init__.py": "from .square import Square as box, area\nfrom .side import side\n",
    "flat/square.py": "class Square: pass\ndef area(): return 1\n",
    "flat/side.py": "def side(): return 2\n",
}


def ran(program: str, folder: Path) -> None:
    """Run a program for which ``shapes`` is lazy."""
    for name, text in _PACKAGE.items():
        path = folder / "shapes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    lazy = "from audio_translation.wiring.lazy_packages import import_names_when_asked\n"
    lazy += "import sys\nimport_names_when_asked('shapes')\nimport shapes\n"
    lazy += "def loaded(): return sorted(n for n in sys.modules if n.startswith('shapes.'))\n"
    paths = f"{folder}:{REPOSITORY / 'functions'}"
    done = subprocess.run(
        [sys.executable, "-c", lazy + program],
        env={"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_name_imports_its_module_alone(tmp_path: Path) -> None:
    ran(
        "assert loaded() == []\nfrom shapes import Circle\nassert loaded() == ['shapes.circle']\n"
        "assert Circle is sys.modules['shapes.circle'].Circle is shapes.Circle\n",
        tmp_path,
    )


def test_packages_inside_are_lazy_and_names_may_be_others_there(tmp_path: Path) -> None:
    ran(
        "import shapes.flat\nassert loaded() == ['shapes.flat', 'shapes.flat.side']\n"
        "assert shapes.area_of() == 1\n"
        "assert shapes.box is sys.modules['shapes.flat.square'].Square\n",
        tmp_path,
    )


def test_a_name_that_its_module_has_too_is_the_name(tmp_path: Path) -> None:
    ran("import shapes.flat.side\nassert shapes.flat.side() == 2\n", tmp_path)


def test_a_module_can_be_imported_from_the_package(tmp_path: Path) -> None:
    ran(
        "from shapes import circle\nassert loaded() == ['shapes.circle']\n"
        "assert circle is sys.modules['shapes.circle']\n",
        tmp_path,
    )


def test_what_is_no_import_is_there_too(tmp_path: Path) -> None:
    ran("from shapes import SIDES\nassert SIDES == 4\nassert shapes.Circle\n", tmp_path)
    ran("from shapes import *\nassert SIDES == 4\nassert Circle\n", tmp_path)


def test_a_name_that_is_not_there_is_an_error_as_before(tmp_path: Path) -> None:
    ran(
        "try: shapes.Triangle\nexcept AttributeError as error: assert 'Triangle' in str(error)\n"
        "else: raise SystemExit(1)\n",
        tmp_path,
    )


def test_the_sdk_and_powertools_are_as_they_were() -> None:
    """Every name that the packages offer is there, and is the object that it was."""
    program = """
import audio_translation.wiring, importlib, pkgutil, sys
for name in audio_translation.wiring.LAZY:
    package = importlib.import_module(name)
    packages = [package] + [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}.")
        if found.ispkg
    ]
    for one in packages:
        lazy = one.__spec__.loader
        names = lazy.imported_names()
        assert names or not one.__spec__.loader.get_data(lazy.path).count(b"import"), one
        seen = {name: getattr(one, name) for name in names}
        super(type(lazy), lazy).exec_module(one)
        assert all(vars(one)[name] is value for name, value in seen.items()), one
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(REPOSITORY / "functions"), "AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
