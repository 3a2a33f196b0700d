"""The image of modules: used where it is as Python's byte code, and never believed otherwise."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from marshal import dumps, loads
from pathlib import Path

import pytest

from steersman.go.regexp import compile, usual
from steersman.runtime import image
from tests.caches.damage import damaged

SOURCE = Path(image.__file__).parent.parent
Python = Callable[[str], str]

# says for a module whether it comes from the image, and its value X
LOOK = (
    "from steersman.runtime import image; image.install(); import steersman.semver as m, inspect; "
    "print(type(m.__loader__).__name__, getattr(m, 'X', 0), inspect.getsource(m)[:3])"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, without byte code."""
    folder = tmp_path / "lib" / "steersman"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def python(package: Path, environment: dict[str, str]) -> Python:
    environment |= {"PYTHONPATH": str(package.parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(code: str) -> str:
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def made(package: Path) -> Path:
    """Write byte code and the image, as ``make setup`` does."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(package)], check=True)
    subprocess.run([sys.executable, "-m", "steersman.runtime.image"], check=True, env=environment)
    return package / "__pycache__" / os.path.basename(image.path())


def test_modules_come_from_the_image(package: Path, python: Python) -> None:
    assert python(LOOK) == 'SourceFileLoader 0 """\n'
    made(package)
    assert python(LOOK) == '_Loader 0 """\n'


def test_a_changed_source_wins(package: Path, python: Python) -> None:
    file = made(package)
    source = package / "semver.py"
    source.write_text(source.read_text() + "\nX = 1\n")
    assert python(LOOK) == 'SourceFileLoader 1 """\n'
    # another size with the same time, and the same size at another time
    times = source.stat()
    made(package)
    source.write_text(source.read_text().replace("X = 1", "X = 23"))
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert python(LOOK) == 'SourceFileLoader 23 """\n'
    made(package)
    source.write_text(source.read_text().replace("X = 23", "X = 24"))
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns + 1_000_000_000))
    assert python(LOOK) == 'SourceFileLoader 24 """\n'
    assert file.exists()


# imports what a render needs, with the image and without; says what each module is
MODULES = (
    "import sys, builtins; from steersman.runtime import image; image.install(); "
    "import steersman.cli.main, steersman.cli.commands.template; "
    "names = sorted(name for name in sys.modules if name.startswith('steersman')); "
    "print([(name, m.__package__, m.__file__, getattr(m, '__path__', None), m.__spec__.name, sorted(vars(m))) "
    "for name in names for m in (sys.modules[name],) if not hasattr(m, 'anything')])"  # errors are run when they are asked
)


def test_modules_of_a_group_are_as_if_imported_one_by_one(package: Path, python: Python) -> None:
    drop = {"__cached__", "__builtins__", "annotations"}  # a package has what is in it, whether it was asked for or not

    def read(text: str) -> dict[str, tuple[object, ...]]:
        return {name: (*rest, set(own) - drop) for name, *rest, own in ast.literal_eval(text)}

    one_by_one = read(python(MODULES))
    made(package)
    together = read(python(MODULES))
    assert len(one_by_one) > 60 and one_by_one.keys() <= together.keys()
    for name, (*rest, own) in one_by_one.items():
        assert together[name][:-1] == tuple(rest)
        more = together[name][-1] - own  # type: ignore[operator]
        assert all(f"{name}.{one}" in together for one in more), name


@pytest.mark.parametrize("changed", ["rendering.py", "yamlio/__init__.py", "cli/inputs/rendering.py", "go/values.py"])
def test_a_changed_module_of_a_group_is_imported_by_python(changed: str, package: Path, python: Python) -> None:
    made(package)
    source = package / changed
    source.write_text(source.read_text() + "\nX = 1\n")
    name = f"steersman.{changed.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"
    look = MODULES.partition("names =")[0] + f"m = sys.modules['{name}']; print(m.X, type(m.__loader__).__name__)"
    assert python(look) == "1 SourceFileLoader\n"


def test_a_changed_module_may_import_what_it_did_not(package: Path, python: Python) -> None:
    made(package)
    source = package / "values" / "files.py"
    more = "from steersman.sprig import FUNCTIONS as X\nfrom steersman.yamlio import load as Y\n"
    source.write_text(
        source.read_text().replace("from steersman import errors", more + "from steersman import errors", 1)
    )
    look = (
        MODULES.partition("names =")[0]
        + "m = sys.modules['steersman.values.files']; print(len(m.X) > 100, m.Y.__name__)"
    )
    assert python(look) == "True load\n"


def test_a_render_makes_no_class_of_errors_and_does_not_import_future(
    package: Path, python: Python, tmp_path: Path
) -> None:
    made(package)
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("a: {b: 1}\n")
    (chart / "templates" / "a.yaml").write_text("a: {{ .Values.a | toYaml | fromYaml | toJson }}\nkind: X\n")
    render = f"""
import sys
from steersman.runtime import image
image.install()
from steersman.cli.main import guarded
sys.argv[0] = "steer"
code = guarded(["template", {str(chart)!r}])
sys.stdout.flush()
print()
print(code, sorted(image._late), "__future__" in sys.modules)
"""
    homes = ("chart", "cli.cobra", "engine", "go", "gotemplate", "values", "yamlio")
    late = sorted(["steersman.errors", *(f"steersman.{home}.errors" for home in homes)])
    python(render)
    assert python(render).splitlines()[-1] == f"0 {late} False"


def test_errors_of_a_group_are_made_once_when_they_are_asked_for(package: Path, python: Python) -> None:
    made(package)
    look = """
from steersman.runtime import image
image.install()
import sys, steersman.cli.main
from threading import Barrier, Thread
from steersman import errors
before = "SteerError" in vars(errors)
start, found = Barrier(8), []
def ask():
    start.wait()
    from steersman.go.errors import CallError
    found.append((errors.SteerError, CallError))
threads = [Thread(target=ask) for _ in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
print(before, len(found), len(set(found)), issubclass(found[0][1], errors.TemplateError), hasattr(errors, "Nothing"))
"""
    assert python(look) == "False 8 1 True False\n"


def test_a_damaged_group_is_imported_one_by_one_and_makes_the_image_old(package: Path, python: Python) -> None:
    file = made(package)
    descriptor = os.open(file, os.O_RDONLY)
    start, contents = image._index(descriptor) or (0, ({}, {}, {}, (0, b"", b""), ""))
    os.close(descriptor)
    data = bytearray(file.read_bytes())
    for entry in contents[2].values():
        data[start + int.from_bytes(entry[:4], "little") + 99] ^= 1
    file.write_bytes(data)
    look = MODULES.partition("names =")[0] + "print(image._finder().is_stale, len(sys.modules) > 100)"
    assert python(look) == "True True\n"


def test_pythons_that_leave_things_out_have_images_of_their_own(package: Path, environment: dict[str, str]) -> None:
    names = set()
    for level in ("", "1", "2"):
        more = {"PYTHONOPTIMIZE": level, "PYTHONPATH": str(package.parent)}
        code = "from steersman.runtime import image; print(image.path())"
        done = subprocess.run([sys.executable, "-c", code], env=environment | more, capture_output=True, text=True)
        names.add(os.path.basename(done.stdout.strip()))
    assert len(names) == 3


def test_an_image_of_another_standard_library_is_not_read(package: Path, python: Python) -> None:
    file = made(package)
    library = os.path.dirname(os.__file__).encode()
    whole = file.read_bytes()
    head = whole[image._HEAD : image._HEAD + int.from_bytes(whole[image._HEAD - 4 : image._HEAD], "little")]
    before, found, after = head.rpartition(library)
    assert found
    other = before + library[:-1] + b"x" + after
    file.write_bytes(
        whole[: image._HEAD - 4 - 8]
        + image.source_hash(image._KEY, other)
        + len(other).to_bytes(4, "little")
        + other
        + whole[image._HEAD + len(head) :]
    )
    assert python(LOOK).startswith("SourceFileLoader")


def test_a_pipe_in_place_of_the_image_does_not_stop_a_run(package: Path, python: Python) -> None:
    file = made(package)
    file.unlink()
    os.mkfifo(file, 0o644)
    assert python(LOOK).startswith("SourceFileLoader")


def test_a_removed_module_is_gone(package: Path, python: Python) -> None:
    made(package)
    (package / "semver.py").unlink()
    assert python(LOOK.replace("import steersman.semver as m, inspect", "import importlib.util, sys").partition("print")[0]
                  + "print(importlib.util.find_spec('steersman.semver'))") == "None\n"  # fmt: skip


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_an_image_that_others_can_write_is_not_read(mode: int, package: Path, python: Python) -> None:
    made(package).chmod(mode)
    assert python(LOOK).startswith("SourceFileLoader")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away (run the tests as root)")
def test_an_image_of_another_user_is_not_read(package: Path, python: Python) -> None:
    os.chown(made(package), 12345, 12345)
    assert python(LOOK).startswith("SourceFileLoader")


def test_a_link_is_not_followed(package: Path, python: Python) -> None:
    file = made(package)
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))
    assert python(LOOK).startswith("SourceFileLoader")


def test_damaged_images_give_no_other_code(package: Path) -> None:
    whole = made(package).read_bytes()
    copy = package / "damaged"
    copy.write_bytes(whole)
    descriptor = os.open(copy, os.O_RDONLY)
    start, contents = image._index(descriptor) or (0, ({}, {}, {}, (0, b"", b""), ""))
    places = {name: int.from_bytes(entry[:4], "little") for name, entry in contents[0].items()}
    names = list(places)
    true = {name: image.Finder(descriptor, start, contents).code_of(name) for name in names}
    assert len(names) > 300 and None not in true.values()
    refused = 0
    with open(copy, "r+b") as file:
        for number, data in enumerate(damaged(whole)):
            file.seek(0)
            file.truncate(len(data))
            file.write(data)
            file.flush()
            found = image._index(descriptor)
            if found is None:
                refused += 1
                continue
            at = number * len(whole) // 500 - found[0]
            finder = image.Finder(descriptor, *found)
            # the module that was hit, and one that stands before and after it
            order = sorted(names, key=lambda name: abs(places[name] - at))[:3]
            for name in order:
                code = finder.code_of(name)
                assert code is None or code == true[name]
                refused += code is None
    assert refused > 250
    os.close(descriptor)


def test_patterns_come_from_the_image(package: Path, python: Python) -> None:
    look = (
        "import sys; from steersman.runtime import image; image.install(); from steersman.gotemplate import lexer, quick; "
        "print('re' in sys.modules); import re; from steersman.runtime import patterns; "
        "print(all(patterns.compiled(*one) == re.compile(*one) for one in patterns.asked), len(patterns.asked) > 8)"
    )
    assert python(look) == "True\nTrue True\n"
    made(package)
    assert python(look) == "False\nTrue True\n"


def test_usual_patterns_of_charts_match_the_same_from_the_image() -> None:
    texts = (
        "v1.2.3-r4",
        "sha256:abc",
        "a--b..c",
        "{v12}}",
        "Ab_9 \n  x/y@sha256:1",
        "10.0.0.1",
        "${__env{A}}",
        "",
        "1.2",
    )
    for pattern in usual.PATTERNS:
        kept = usual.kept()[pattern]
        made, read = compile._from_image(pattern, loads(dumps(kept))), compile._from_tree(pattern)
        assert made.names == read.names
        for text in (*texts, *(text * 40 for text in texts)):
            assert [made.search(text, at) for at in range(3)] == [read.search(text, at) for at in range(3)], pattern


def test_a_usual_pattern_does_without_re(package: Path, python: Python) -> None:
    look = (
        "import sys; from steersman.runtime import image; image.install(); from steersman.sprig import regex; "
        "print(regex.replace_all(r'(-?[^a-z\\d\\-])+-?', 'a__b', '-'), regex.must_match(r'^[0-9]+$', '12'), "
        "'re' in sys.modules)"
    )
    assert python(look) == "a-b True True\n"
    made(package)
    assert python(look) == "a-b True False\n"


def test_a_repeated_run_writes_the_image(package: Path, environment: dict[str, str], tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "templates" / "a.yaml").write_text("a: {{ .Values.a | default 1 | quote }}\n")
    environment |= {"PYTHONPATH": str(package.parent)}
    file = package / "__pycache__" / os.path.basename(image.path())
    command = [sys.executable, "-m", "steersman", "template", "r", str(chart)]

    def run(**more: str) -> bool:
        done = subprocess.run(command, env=environment | more, capture_output=True, text=True, check=True)
        assert 'a: "1"' in done.stdout
        return file.exists()

    for _ in range(3):
        assert not run(PYTHONDONTWRITEBYTECODE="1")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    assert not run(STEER_NO_CACHE="1")  # the first of its kind: it has no time for later ones
    assert run()
    whole = file.read_bytes()
    assert run() and file.read_bytes() == whole
