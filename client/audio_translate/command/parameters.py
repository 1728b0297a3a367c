"""Options that commands share, and values that are more than a text."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from audio_translate.client import AudioTranslate
from audio_translate.configuration import read_profile
from audio_translate.options import FORMATS, formats_of

Command = TypeVar("Command", bound=Callable[..., Any])
_OF_THE_SERVICE = {"url", "api_key"}


class Formats(click.ParamType):  # type: ignore[type-arg]  # older ones take no argument
    """One format or several, separated by commas."""

    name = "formats"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, list):  # of the configuration file
            value = ",".join(map(str, value))
        try:
            return value if isinstance(value, tuple) else formats_of({"format": value})
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(f"{before}{comma}{f}") for f in FORMATS if f.startswith(last)]


class Listed(click.ParamType):  # type: ignore[type-arg]  # older ones take no argument
    """Several texts, separated by commas."""

    name = "list"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part for part in (str(part).strip() for part in parts) if part)


class Speakers(click.ParamType):  # type: ignore[type-arg]  # older ones take no argument
    """``auto``, or how many there are."""

    name = "auto|number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        text = str(value).strip()
        if not (text == "auto" or text.isdecimal()):
            self.fail("it is `auto`, or how many there are", param, ctx)
        return text if text == "auto" else int(text)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem("auto")] if "auto".startswith(incomplete) else []


def service_options(command: Command) -> Command:
    """Add the options that say which service is asked."""
    options = (
        click.option("--url", help="The service, with its stage or base path.", metavar="URL"),
        click.option(
            "--api-key",
            metavar="KEY",
            help="Its key. Others on this machine may see it here; the environment hides it.",
        ),
        click.option(
            "--profile",
            metavar="NAME",
            envvar="AUDIO_TRANSLATE_PROFILE",
            is_eager=True,
            callback=_take_defaults,
            help="A part of the configuration file.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def client_of(url: str | None, api_key: str | None, profile: str | None) -> AudioTranslate:
    """Return the client that the options ask for; raises ConfigurationError."""
    return AudioTranslate(url, api_key, profile=profile)


def _take_defaults(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Let options that are not given have the values of the configuration file.

    They are those of any command; raises UsageError for a name that none has.
    """
    if ctx.resilient_parsing:
        return value
    names = {
        opt.lstrip("-").replace("-", "_"): one.name
        for one in ctx.command.params
        for opt in one.opts
        if isinstance(one, click.Option)
    }
    settings = read_profile(value).settings
    known = _known(ctx) | _OF_THE_SERVICE
    for name in settings:
        if name.replace("-", "_") not in known:
            raise click.UsageError(f"There is no setting {name!r}; the configuration file has it.")
    ctx.default_map = {
        str(names[plain]): value
        for plain, value in ((name.replace("-", "_"), v) for name, v in settings.items())
        if plain in names and plain not in _OF_THE_SERVICE
    }
    return value


def _known(ctx: click.Context) -> set[str]:
    """Return the names of all options of all commands."""
    root = ctx.find_root().command
    commands = root.commands.values() if isinstance(root, click.Group) else [ctx.command]
    return {
        opt.lstrip("-").replace("-", "_")
        for command in commands
        for one in command.params
        for opt in one.opts
    }
