"""Packages whose names are imported one by one, when they are asked for.

Some packages import all of their modules in ``__init__``, only to offer their names in one place:
``openai.types`` has 500 modules, of which a translation needs 50.
"""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any


def import_names_when_asked(*packages: str) -> None:
    """Put off the imports in ``__init__`` of these packages and of all packages inside them.

    Whoever asks a package for a name gets the same object as before. What else ``__init__`` does is
    done when it is asked for a name that is neither imported there nor a module. Packages that are
    imported already stay as they are.
    """
    sys.meta_path.insert(0, _Finder(packages))


class _Finder:
    # importlib.abc has base classes for the two, but costs 20 ms of a start.
    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages
        self._inside = tuple(f"{package}." for package in packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec with the lazy loader for a package, the usual one for a module."""
        if fullname not in self._packages and not fullname.startswith(self._inside):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.origin and spec.submodule_search_locations:
            spec.loader = _LazyLoader(fullname, spec.origin)
        return spec


class _LazyLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Give the module a ``__getattr__`` (PEP 562) in place of its contents."""
        package = module.__name__
        imported = self.imported_names()
        really_execute = super().exec_module

        def get(name: str) -> Any:
            if name.startswith("__") and name != "__all__":
                raise AttributeError(name)
            if name in imported:
                found, inside = imported[name]
                value = getattr(importlib.import_module(found, package), inside)
            elif importlib.util.find_spec(f"{package}.{name}"):
                value = importlib.import_module(f"{package}.{name}")
            else:
                vars(module).pop("__getattr__", None)
                really_execute(module)
                return getattr(module, name)
            setattr(module, name, value)
            return value

        vars(module)["__getattr__"] = get
        for name, (found, _) in imported.items():
            if found.rpartition(".")[2] == name:
                get(name)  # or importing the module would put it where its namesake belongs

    def imported_names(self) -> dict[str, tuple[str, str]]:
        """Return the module, and the name in it, of each name that ``__init__`` imports."""
        return {
            name.asname or name.name: ("." * statement.level + (statement.module or ""), name.name)
            for statement in ast.parse(self.get_data(self.path)).body
            if isinstance(statement, ast.ImportFrom) and statement.module
            for name in statement.names
        }
