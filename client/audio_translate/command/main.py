"""The command line: options, help, completion, and how it ends."""

import sys
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from audio_translate.command import job_commands
from audio_translate.command.exits import INTERRUPTED, SOME_FAILED, status_of
from audio_translate.command.help_text import EPILOG
from audio_translate.command.parameters import (
    Formats,
    Listed,
    Speakers,
    client_of,
    service_options,
)
from audio_translate.command.recordings import printable
from audio_translate.command.translating import Wishes, translate
from audio_translate.connection import __version__
from audio_translate.errors import AudioTranslateError

NAME = "audio-translate"
_COMPLETE = "_AUDIO_TRANSLATE_COMPLETE"
_STYLES = click.Choice(["default", "netflix", "bbc", "youtube", "social"], case_sensitive=False)
_SECONDS = click.FloatRange(min=0, min_open=True)


class _Main(click.Group):
    """The commands; what is none of them is to be translated."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = ["translate", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in super().list_commands(ctx) if name != "translate"]


class _Translate(click.Command):
    """Shown without its name, which nobody needs to type."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(NAME, " ".join(self.collect_usage_pieces(ctx)))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(EPILOG)


class _Recordings(click.ParamType):  # type: ignore[type-arg]  # not in older ones
    """Files, and the other commands where one may stand."""

    name = "recording"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        files = [CompletionItem(incomplete, type="file")]
        if ctx.params.get("recordings"):
            return files
        others = main_group.list_commands(ctx)
        return files + [CompletionItem(name) for name in others if name.startswith(incomplete)]


@click.group(cls=_Main, add_help_option=False, subcommand_metavar="RECORDING...")
def main_group() -> None:
    """Speech in any language to text and subtitles."""


def _outputs(command: Any) -> Any:
    """Add the options of what is written, and how it is told."""
    for option in reversed(
        (
            click.option("-o", "--output", metavar="FILE|FOLDER", type=click.Path(allow_dash=True)),
            click.option(
                "-f",
                "--format",
                "formats",
                type=Formats(),
                metavar="FORMAT[,...]",
                help="text, srt, vtt, json, verbose_json, ttml, ass, csv, html; several cost no"
                " more than one. By the name of -o, else text.",
            ),
            click.option("--style", type=_STYLES, help="Rules of subtitles."),
            click.option("--record", is_flag=True, help="A signed record, into a folder beside."),
            click.option("--overwrite", is_flag=True, help="Replace files that are there."),
            click.option("--timeout", type=_SECONDS, help="Seconds for each; the job goes on."),
            click.option("-q", "--quiet", is_flag=True, help="Tell of errors only."),
            click.option("--json", "as_json", is_flag=True, help="One object a line, on stdout."),
        )
    ):
        command = option(command)
    return command


@main_group.command("translate", cls=_Translate, no_args_is_help=True)
@click.argument("recordings", nargs=-1, type=_Recordings(), required=True)
@click.option("--to", metavar="LANGUAGE", help="To translate to: de, pt-BR, German. [default: en]")
@click.option("--from", "source_language", metavar="LANGUAGE", help="The one spoken; a hint.")
@_outputs
@click.option("--transcribe", is_flag=True, help="Write down what is said; do not translate.")
@click.option("--model", help="The provider's model.")
@click.option("--prompt", help="Text that guides the style.")
@click.option("--keywords", type=Listed(), metavar="A,B,...", help="Names and their spelling.")
@click.option("--include", type=Listed(), metavar="source,words", help="What was said; times.")
@click.option("--channels", type=click.Choice(["mixed", "separate"]), help="Sides of a call.")
@click.option("--channel-names", type=Listed(), metavar="A,B", help="What they are called.")
@click.option("--speakers", type=Speakers(), help="Tell who speaks.")
@click.option("--speaker-names", type=Listed(), metavar="A,B,...", help="What they are called.")
@click.option("--skip-existing", is_flag=True, help="Leave out what has its results already.")
@click.option("-j", "--jobs", type=click.IntRange(1, 32), default=4, help="At once. [default: 4]")
@click.option("--no-wait", is_flag=True, help="Print the jobs' ids and leave.")
@service_options
@click.version_option(__version__, prog_name=NAME)
def _translate(recordings: tuple[str, ...], **given: Any) -> int:
    """Translate speech in any language to text or subtitles.

    RECORDING is a file, a folder (with all below it), a pattern in quotes, a URL
    (http, https, s3), or - for a pipe. Audio and video; the bytes decide what it is.
    """
    client = client_of(*_taken(given, "url", "api_key", "profile"))
    output, formats, style = _taken(given, "output", "formats", "style")
    own = ("overwrite", "skip_existing", "record", "jobs", "timeout", "quiet", "as_json")
    wishes = {name: given.pop(name) for name in own}
    wait = not given.pop("no_wait")
    fields = {name: value for name, value in {**given, "style": style}.items() if value}
    return translate(client, recordings, Wishes(output, formats, fields, wait=wait, **wishes))


@main_group.command("job", no_args_is_help=True)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_outputs
@click.option("--status", is_flag=True, help="Only tell how far they are.")
@click.option("--partial", is_flag=True, help="Of one that failed, what it had until then.")
@service_options
def _job(ids: tuple[str, ...], **given: Any) -> int:
    """Wait for jobs and write their texts, in any format, without paying again.

    One job in one format goes to stdout, more to files in the current folder, named
    like the recordings. Ctrl-C leaves; the jobs go on.
    """
    client = client_of(*_taken(given, "url", "api_key", "profile"))
    output, formats, style, partial = _taken(given, "output", "formats", "style", "partial")
    if given.pop("status"):
        return job_commands.status(client, ids, as_json=given["as_json"])
    layout = {"style": style} if style else {}
    wishes = Wishes(output, formats, {}, **given)
    return job_commands.fetch(client, ids, wishes, layout, partial=partial)


@main_group.command("jobs")
@click.option("--limit", type=click.IntRange(1), default=20, help="[default: 20]")
@click.option("--all", "everything", is_flag=True, help="All that there are.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@service_options
def _jobs(*, limit: int, everything: bool, as_json: bool, **service: Any) -> int:
    """List the jobs of this key, newest first."""
    client = client_of(**service)
    return job_commands.show(client, None if everything else limit, as_json=as_json)


@main_group.command("cancel", no_args_is_help=True)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("-q", "--quiet", is_flag=True)
@service_options
def _cancel(ids: tuple[str, ...], *, quiet: bool, **service: Any) -> int:
    """Cancel jobs that have not ended; delete those that have, and their texts."""
    return job_commands.cancel(client_of(**service), ids, quiet=quiet)


@main_group.command("completion", no_args_is_help=True)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def _completion(shell: str) -> int:
    r"""Print what completes this command in a shell.

    \b
    bash  eval "$(audio-translate completion bash)"     in ~/.bashrc
    zsh   eval "$(audio-translate completion zsh)"      in ~/.zshrc
    fish  audio-translate completion fish | source      in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(main_group, {}, NAME, _COMPLETE).source())
    return 0


def _taken(given: dict[str, Any], *names: str) -> list[Any]:
    return [given.pop(name) for name in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status. Nothing that goes wrong is shown as a traceback."""
    try:
        status = main_group.main(
            arguments,
            prog_name=NAME,
            complete_var=_COMPLETE,
            standalone_mode=False,
            windows_expand_args=False,  # patterns are ours, in quotes or not
        )
        return int(status or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except AudioTranslateError as error:
        click.echo(f"{NAME}: {printable(error.explained)}", err=True)
        return status_of(error)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read has left; nothing more is to be said
        return SOME_FAILED


if __name__ == "__main__":
    sys.exit(main())
