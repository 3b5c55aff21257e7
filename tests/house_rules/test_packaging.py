"""What setup.cfg keeps by hand is what the tree holds, and what is locked is what is asked for."""

import hashlib
import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house_rules.tree import PACKAGE, ROOT, STATIC, listed, setup_cfg

VENDOR = STATIC / "vendor"
LOCKS = ("run.txt", "development.txt")


def _asked_for(*extras: str) -> list[Requirement]:
    told = setup_cfg()
    lines = listed(told["options"]["install_requires"])
    for extra in extras:
        lines += listed(told["options.extras_require"][extra])
    return [Requirement(line) for line in lines]


def _locked(name: str) -> dict[str, Version]:
    pins = re.findall(
        r"^([\w.\-]+)(?:\[[^\]]+\])?==([^\s;\\]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE
    )
    assert pins
    return {canonicalize_name(project): Version(version) for project, version in pins}


def test_the_packages_kept_by_hand_are_the_packages_of_the_tree():
    real = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")}
    mapped = {"timebank.templates", "timebank.static"}
    kept = listed(setup_cfg()["options"]["packages"])
    assert sorted(kept) == sorted(real | mapped)
    assert kept == sorted(kept)


def test_every_folder_of_modules_is_a_package():
    bare = {path.parent for path in PACKAGE.rglob("*.py")} - {path.parent for path in PACKAGE.rglob("__init__.py")}
    assert not bare


def test_the_mapped_packages_lie_beside_the_house():
    mapping = dict(line.split(" = ") for line in listed(setup_cfg()["options"]["package_dir"]))
    assert mapping == {"timebank.templates": "templates", "timebank.static": "static"}
    assert all((ROOT / folder).is_dir() for folder in mapping.values())


def test_files_that_are_no_modules_are_packed():
    packed = setup_cfg()["options.package_data"]
    assert packed["timebank.templates"] == packed["timebank.static"] == "**"
    others = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert others
    for package in ("timebank", "timebank.migrations", "timebank.words"):
        folder = ROOT.joinpath(*package.split("."))
        others -= {path for pattern in packed[package].split(", ") for path in folder.glob(pattern)}
    assert others == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_the_site_needs(lock):
    locked = _locked(lock)
    for asked in _asked_for():
        assert canonicalize_name(asked.name) in locked, f"make lock: {asked.name} is not in {lock}"
        assert locked[canonicalize_name(asked.name)] in asked.specifier, f"make lock: {asked} is locked otherwise"


def test_the_development_lock_holds_the_tools_too():
    locked = _locked("development.txt")
    missing = [asked.name for asked in _asked_for("development") if canonicalize_name(asked.name) not in locked]
    assert not missing


def test_the_two_locks_agree():
    run, development = (_locked(name) for name in LOCKS)
    assert {name: version for name, version in run.items() if development.get(name) != version} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_hashes(lock):
    pins = re.split(r"^(?=[\w.\-]+(?:\[[^\]]+\])?==)", (ROOT / "requirements" / lock).read_text(), flags=re.MULTILINE)[
        1:
    ]
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_run_lock_holds_no_tools():
    tools = {"pytest", "ruff", "mypy", "hypothesis", "playwright", "uv", "coverage"}
    assert not tools & set(_locked("run.txt"))


def test_vendored_files_are_those_whose_sums_were_kept():
    sums = dict(reversed(line.split("  ", 1)) for line in listed((VENDOR / "SHA256SUMS").read_text()))
    lying_there = {
        path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file() and path.parent != VENDOR
    }
    assert set(sums) == lying_there
    found = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in sums}
    assert found == sums


def test_every_vendored_package_brings_its_licence():
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not list(folder.glob("LICENSE*"))] == []


def test_the_licence_is_mit():
    told = setup_cfg()["metadata"]
    assert (told["license"], told["license_files"]) == ("MIT", "LICENSE")
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert metadata.metadata("timebank")["License"] == "MIT"


def test_the_command_is_installed_by_its_name():
    (script,) = listed(setup_cfg()["options.entry_points"]["console_scripts"])
    assert script == "timebank = timebank.cli:main"


def test_pyproject_holds_only_what_setup_cfg_cannot():
    assert "[project]" not in (ROOT / "pyproject.toml").read_text()
