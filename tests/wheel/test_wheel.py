"""The wheel holds the whole site: built, installed beside nothing but what it needs, set up, and served."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house_rules.tree import PACKAGE, ROOT, STATIC, TEMPLATES, listed, setup_cfg

PACKED = ("timebank", "templates", "static", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
PATIENCE_SECONDS = 20


@dataclass
class Installation:
    """A machine that has the wheel, what it needs, and nothing else."""

    wheel: Path
    python: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "TIMEBANK_INSTANCE": str(self.folder / "instance")}

    @property
    def command(self) -> str:
        return str(self.python.with_name("timebank"))

    def timebank(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return _run(self.command, *arguments, cwd=self.folder, env=self.environment | more)


def _run(*command: object, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=180, check=False)


def _pip(*words: object, cwd: Path) -> None:
    quiet = {"PATH": os.environ["PATH"], "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull}
    done = _run(sys.executable, "-m", "pip", *words, "--no-deps", "--no-index", cwd=cwd, env=quiet)
    assert done.returncode == 0, done.stderr


def _needed() -> dict[str, metadata.Distribution]:
    """The site's own requirements and all that those require here, each once, by name."""
    wanted = [Requirement(line) for line in listed(setup_cfg()["options"]["install_requires"])]
    found: dict[str, metadata.Distribution] = {}
    asked = set[tuple[str, str]]()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        found[name] = metadata.distribution(name)
        for extra in {"", *requirement.extras}:
            if (name, extra) in asked:
                continue
            asked.add((name, extra))
            for line in found[name].requires or []:
                further = Requirement(line)
                if further.marker is None or further.marker.evaluate({"extra": extra}):
                    wanted.append(further)
    return found


def _copy(distribution: metadata.Distribution, site: Path) -> None:
    """A distribution's files, but for its scripts, which lie outside and which nobody here runs."""
    assert distribution.files, distribution.name
    for file in distribution.files:
        if ".." not in file.parts and file.suffix != ".pyc":
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in PACKED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, source / name)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", folder, source, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    shutil.rmtree(source)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    for distribution in _needed().values():
        _copy(distribution, site)
    _pip("--python", python, "install", wheel, cwd=folder)
    return Installation(wheel, python, folder)


@pytest.fixture(scope="module")
def opened(installed: Installation) -> Installation:
    """The same, with its first bank."""
    answers = ("--bank", "Angus Time Bank", "--slug", "angus", "--coordinator", "mary@example.org")
    done = installed.timebank("init", *answers)
    assert done.returncode == 0, done.stderr
    assert re.search(r"http://127\.0\.0\.1:5000/angus/sign-in/code\?code=[-\w]+", done.stdout)
    return installed


@pytest.fixture(scope="module")
def address(opened: Installation) -> Iterator[str]:
    """Where the wheel's own server answers; it is ended whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = opened.folder / "server.log"
    with (
        log.open("w") as written,
        subprocess.Popen(
            [opened.command, "run", "--port", str(port)],
            cwd=opened.folder,
            env=opened.environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_for(f"{base}/", server, log)
            yield base
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < ends:
        try:
            _get(url)
        except URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server does not answer: {log.read_text()}")


def _get(url: str) -> tuple[int, str, bytes]:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own server)
        return answer.status, answer.headers["Content-Type"], answer.read()


def _style_sheet(address: str) -> tuple[str, str]:
    """(address, text) of the first style sheet that the sign-in page asks for."""
    page = _get(f"{address}/angus/sign-in")[2].decode()
    link = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert link
    url = urljoin(f"{address}/angus/sign-in", link[1])
    status, kind, text = _get(url)
    assert (status, kind.split(";")[0]) == (200, "text/css")
    return url, text.decode()


def test_the_wheel_is_named_for_any_machine(installed):
    version = setup_cfg()["metadata"]["version"]
    assert installed.wheel.name == f"timebank-{version}-py3-none-any.whl"


def test_the_wheel_holds_every_file_of_the_house_and_no_other(installed):
    with zipfile.ZipFile(installed.wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    house = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    wanted = {path.relative_to(ROOT).as_posix() for path in house}
    for folder in (TEMPLATES, STATIC):
        wanted |= {f"timebank/{path.relative_to(ROOT).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    assert held == wanted


def test_only_what_the_site_needs_is_installed_beside_it(installed):
    listing = "from importlib import metadata; print(*{d.name for d in metadata.distributions()}, sep='\\n')"
    done = _run(installed.python, "-c", listing, cwd=installed.folder, env=installed.environment)
    assert {canonicalize_name(name) for name in done.stdout.split()} == {"timebank", *_needed()}
    assert "pytest" not in _needed()


def test_the_wheel_says_its_version(installed):
    done = installed.timebank("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith(setup_cfg()["metadata"]["version"])


def test_the_wheel_brings_its_licence(installed):
    (site,) = (installed.folder / "venv" / "lib").glob("python*/site-packages")
    assert [path.read_text() for path in site.glob("timebank-*/**/LICENSE")] == [(ROOT / "LICENSE").read_text()]


def test_the_wheel_serves_its_sign_in_page(address):
    status, kind, page = _get(f"{address}/angus/sign-in")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b"Angus Time Bank" in page


def test_the_wheel_serves_its_style_sheet(address):
    assert "@font-face" in _style_sheet(address)[1] or "@import" in _style_sheet(address)[1]


def test_the_wheel_serves_its_vendored_fonts(address):
    url, text = _style_sheet(address)
    fonts = set(re.findall(r"url\([\"']?([^\"')]+\.woff2)", text))
    assert fonts
    for font in fonts:
        status, _kind, content = _get(urljoin(url, font))
        assert (status, content[:4]) == (200, b"wOF2"), font


def test_the_wheel_checks_its_books(opened):
    done = opened.timebank("check-books")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("The books balance.\n")


def test_the_wheel_makes_its_demo(installed):
    done = installed.timebank("demo", "--only-make", TIMEBANK_INSTANCE=str(installed.folder / "try-out"))
    assert done.returncode == 0, done.stderr


def test_the_wheel_knows_the_time_zones_where_the_machine_does_not(installed):
    """A small container has no zone files; the site brings what it needs."""
    place = str(installed.folder / "small-container")
    done = installed.timebank("demo", "--only-make", TIMEBANK_INSTANCE=place, PYTHONTZPATH="")
    assert done.returncode == 0, done.stderr[-300:]
