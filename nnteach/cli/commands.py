"""The command line: `nnteach lab`, `nnteach show`, `nnteach homework`, `nnteach grade`, `nnteach search`,
`nnteach doctor`.

Every command imports what it needs when it is called, so that `nnteach --help` answers at once. To add a
command, write `_add_NAME`, which describes its arguments, and `NAME`, which does it and returns the exit
status; list both in COMMANDS.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

from .. import __version__
from ..core.errors import ExpressionError, NNTeachError
from ..support import atomic

EPILOG = """examples:
  nnteach lab                                  open the course in JupyterLab
  nnteach lab --course 002                     ... the lessons of one deck, in its letters
  nnteach show "(x+y)*z" x=-2 y=5 z=-4         the worked steps, forward and backward
  nnteach show "(x+y)*z" x=-2 y=5 z=-4 -o f.html   ... and a page to step through them
  nnteach homework new backprop --roster class.csv -o hw1   a notebook with numbers of its own for every student
  nnteach grade hw1 -o grades.csv              one row a student, and which mistakes the class made
  nnteach search train:accuracy --space lr=1e-4:1e-1:log units=16,32,64 --trials 50   resumable
  nnteach doctor                               what is installed, and what to do about what is missing
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the status: 0 done, 1 it found something wrong, 2 it could not be done."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a console without the real minus sign shows a ? and goes on
        sys.stderr.reconfigure(errors="replace")
    options = _parser().parse_args(_shield(arguments))
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (NNTeachError, OSError) as error:
        if os.environ.get("NNTEACH_DEBUG") == "1":
            raise
        print(f"nnteach: {error}" if "\n" not in str(error) else f"nnteach:\n{error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnteach",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Step through forward and backward of a neural network.",
    )
    parser.add_argument("--version", action="version", version=f"nnteach {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add, run in COMMANDS:
        command = add(commands)
        command.set_defaults(run=run)
    return parser


def _shield(arguments: list[str]) -> list[str]:
    """Let an expression begin with a minus: a leading space tells argparse that "-x*y" or "--x" is no option."""
    if arguments[:1] != ["show"]:
        return arguments
    return [one if not one.startswith("-") or _is_option(one, arguments) else f" {one}" for one in arguments]


def _is_option(one: str, arguments: list[str]) -> bool:
    """Whether it is an option of `show`; "-h" is an expression where h has a value."""
    if one in ("-h", "-o"):
        return not any(other.replace(" ", "").startswith(f"{one[1]}=") for other in arguments)
    return one in ("--", "--help", "--output", "--force") or one.startswith("--output=")


# ------------------------------------------------------------------------------------------------------- lab


def _add_lab(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Copy the course to FOLDER, never over a file you have worked in, and "
        "open JupyterLab there.",
    )
    command.add_argument(
        "folder",
        nargs="?",
        default="nnteach-course",
        metavar="FOLDER",
        help="where the course goes (default: %(default)s)",
    )
    command.add_argument(
        "--course",
        choices=["000", "001", "002", "003", "004"],
        help="the lecture deck whose lessons come first and whose letters are used",
    )
    command.add_argument(
        "--check", action="store_true", help="start the server, see that it serves the course, stop it"
    )
    command.add_argument("--no-browser", action="store_true", help="start the server and print its address")
    command.add_argument(
        "--port", type=int, help="port of the server (default: 8888, or the next that is free)"
    )
    return command


def lab(options) -> int:
    from ..course import contents, copying
    from ..course import lab as jupyter

    jupyter.require_jupyterlab()  # before a folder is made
    files = copying.shipped()
    first = contents.name(options.course)
    copied = copying.copy_course(options.folder, files, {first: contents.page(files, options.course)})
    print(copying.describe(copied), flush=True)
    jupyter.trust(copied)
    lessons = [name for name in files if name.endswith(".ipynb")]
    if options.check:
        print(jupyter.check(copied.folder, lessons))
        return 0
    if options.course:
        os.environ["NNTEACH_COURSE"] = options.course  # the notebooks' kernels inherit it
    return jupyter.serve(copied.folder, first, options.port, browser=not options.no_browser)


# ------------------------------------------------------------------------------------------------------ show


def _add_show(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "show",
        help="print the worked steps of an expression, and make a page to step through them",
        description="Print every step, forward and backward; with -o write a page to step through them.",
    )
    command.add_argument(
        "expression", metavar="EXPRESSION", help='such as "(x+y)*z", or "q = x+y; f = q*z" to name the steps'
    )
    command.add_argument("values", nargs="*", metavar="NAME=VALUE", help="such as x=-2, y=0.5, v=[1,2]")
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the player to this .html file"
    )
    command.add_argument(
        "--force", action="store_true", help="write over FILE even if it is not a page of nnteach"
    )
    return command


def show(options) -> int:
    import numpy as np

    from .. import step, trace
    from ..symbolic.expression import about_value, parse, parse_value

    values: dict[str, object] = {}
    for name, value in map(parse_value, options.values):
        if name in values:
            raise about_value(name, f"{name} is given two values; leave one out.")
        values[name] = value
    _check_output(options.output, options.force)
    with np.errstate(all="ignore"):  # an inf or nan is shown in its step; a warning on top says nothing new
        result = parse(options.expression, values)
        try:
            print(trace(result).to_text())
            if options.output:
                step(result).save(options.output)
                print(f"\nThe player is in {options.output}; open it in a browser.")
        except (MemoryError, RecursionError) as error:
            raise ExpressionError(f"{options.expression[:80]}\n^\nThis is too large to be shown: "
                                  "take fewer operations or fewer numbers.") from error
    return 0


def _check_output(path: Path | None, force: bool) -> None:
    """Refuse to write over a file that is not ours, and say so before anything is computed."""
    if path is None:
        return
    if path.is_dir() or not path.parent.is_dir():
        problem = (
            "is a folder" if path.is_dir() else f"lies in the folder {path.parent}, which does not exist"
        )
        raise NNTeachError(f"{path} {problem}. Name a file in a folder that exists, such as f.html.")
    if path.exists() and not force and b"data-nnteach-player" not in path.read_bytes():
        raise NNTeachError(f"{path} exists and is not a page of nnteach. Name another file, or add --force.")


# --------------------------------------------------------------------------------------- homework and grades


def _add_homework(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "homework",
        help="make a homework with different numbers for every student",
        description="Make a folder with a sheet for every student on the roster, and sheet.json, which grading needs.",
    )
    command.add_argument("action", choices=["new"], help="make new sheets")
    command.add_argument(
        "name",
        metavar="EXERCISE",
        help='"backprop", a fixed exercise, an expression such as "(x+y)*z", or "course" for all',
    )
    command.add_argument("--layers", metavar="3,3,3", help="sizes of the layers, inputs first")
    for option in ("hidden", "output", "loss"):
        command.add_argument(f"--{option}", metavar="NAME", help=f"the network's {option}")
    command.add_argument("--batch", type=int, metavar="N", help="number of samples")
    command.add_argument("--l2", type=float, metavar="λ", help="a penalty on the weights")
    command.add_argument("--skip", action="store_true", default=None, help="with skip connections")
    command.add_argument("--shared", action="store_true", default=None, help="with shared weights")
    command.add_argument("--roster", required=True, type=Path, metavar="FILE", help="one student a line")
    command.add_argument("--points", type=float, default=10.0, help="for everything right (default: %(default)g)")
    command.add_argument("--format", choices=["notebook", "markdown", "latex", "pdf"], default="notebook",
                         help="pdf: one file to print, and beside the folder one with the answers for the teacher")
    command.add_argument("-o", "--output-folder", required=True, type=Path, metavar="FOLDER")
    return command


def homework(options) -> int:
    from ..homework.classroom.grade import Sheet
    from ..homework.classroom.handout import new_set, new_sheets, read_roster

    names = ("hidden", "output", "loss", "batch", "l2", "skip", "shared")
    description = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    if options.layers:
        try:
            description["layers"] = [int(n) for n in options.layers.replace("-", ",").split(",")]
        except ValueError:
            raise NNTeachError(f"--layers is written 3,3,3; I got {options.layers!r}.") from None
    students = read_roster(options.roster)
    if options.name == "course":
        made = new_set(students, options.output_folder, options.format, options.points)
        print(f"{len(made)} exercises, each for {len(students)} students, are in {options.output_folder}.")
        return 0
    sheet = Sheet(options.name, description, points=options.points)
    new_sheets(sheet, students, options.output_folder, options.format)
    print(f"{len(students)} sheets are in {options.output_folder}. Grade them with: nnteach grade FOLDER -o grades.csv")
    return 0


def _add_grade(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "grade",
        help="grade a folder of notebooks or JSON files by value, without running them",
        description="Write one row a student, and print which mistakes the class made.",
    )
    command.add_argument("folder", type=Path, metavar="FOLDER", help="what was handed in, a file a student")
    command.add_argument("--sheet", type=Path, metavar="FILE", help="the sheet (default: FOLDER/sheet.json)")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="grades, as .csv")
    command.add_argument("--format", choices=["plain", "moodle", "canvas"], default="plain", help="which columns")
    command.add_argument("--page", type=Path, metavar="FILE", help="also write the class page to this .md file")
    return command


def grade(options) -> int:
    from ..homework.classroom import grade as grading

    sheet = grading.Sheet.read(options.sheet or options.folder / grading.SHEET)
    rows = grading.grade(options.folder, sheet)
    grading.write_csv(rows, options.output, options.format)
    page = grading.class_page(rows, sheet)
    if options.page:
        atomic.write_text(options.page, page)
    print(page)
    print(f"The grades are in {options.output}.")
    return 1 if rows.left_out or any(row.verdict == "unreadable" for row in rows) else 0


# ---------------------------------------------------------------------------------------------------- search


def _add_search(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "search",
        help="search hyperparameters; the same command carries on with what was begun",
        description="Try candidates until there are N trials in all; one that was killed is carried on with.",
    )
    command.add_argument("objective", metavar="MODULE:FUNCTION", help="such as train:accuracy")
    command.add_argument("--space", nargs="+", required=True, metavar="NAME=…",
                         help="lr=1e-4:1e-1:log, layers=1:3 (both ends included) or units=16,32,64")
    command.add_argument("--trials", type=int, required=True, metavar="N", help="in all, with earlier ones")
    command.add_argument("--study", default="search.log", metavar="FILE",
                         help="the ledger (default: %(default)s)")
    command.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: %(default)s)")
    command.add_argument("--minimize", action="store_true", help="look for the smallest value, as of a loss")
    command.add_argument("--sampler", choices=["random", "tpe"], default="random", help="how to choose")
    command.add_argument("--seed", type=int, default=0, help="of the candidates (default: %(default)s)")
    command.add_argument("--csv", type=Path, metavar="FILE", help="also write the table to this .csv file")
    return command


def search(options) -> int:
    from ..search import run, space

    found = run.search(
        run.load_objective(options.objective), dict(map(space.parse, options.space)), options.trials, options.study,
        direction="minimize" if options.minimize else "maximize", sampler=options.sampler, n_jobs=options.jobs,
        seed=options.seed)
    print(found.report())
    if options.csv:
        print(f"The table is in {found.to_csv(options.csv)}.")
    return 0


# ---------------------------------------------------------------------------------------------------- doctor


def _add_doctor(commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "doctor",
        help="tell what is installed, and what to do about what is missing",
        description="Tell what is installed and works; status 1 if nnteach cannot work here.",
    )
    command.add_argument(
        "--devices",
        action="store_true",
        help="also start TensorFlow, PyTorch and JAX, and list the devices they see (slow)",
    )
    return command


def doctor(options) -> int:
    from . import doctor as doctors

    findings = doctors.examine(options.devices)
    print(doctors.report(findings))
    return 0 if doctors.works(findings) else 1


COMMANDS = (
    (_add_lab, lab), (_add_show, show), (_add_homework, homework), (_add_grade, grade), (_add_search, search),
    (_add_doctor, doctor),
)

if __name__ == "__main__":
    sys.exit(main())
