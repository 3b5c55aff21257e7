"""What is handed to administrators fits the program: container, compose file, units and timers."""

import re
import stat
from configparser import ConfigParser

import click
import pytest
import yaml

from tests.house_rules.test_settings import settings_read
from tests.house_rules.tree import ROOT
from timebank.cli import main

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
COMMANDS = set(main.list_commands(click.Context(main)))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OPERATING = (ROOT / "docs" / "operating.md").read_text()


class _Unit(ConfigParser):
    """A unit file: keys keep their capitals, and one may stand twice."""

    def __init__(self, path):
        super().__init__(strict=False, interpolation=None, delimiters=("=",))
        self.optionxform = str
        self.read(path)


def _options(command):
    found = main.get_command(click.Context(main), command)
    return {word for option in found.params for word in option.opts}


def _refuse_unknown(words):
    command, *rest = words
    assert command in COMMANDS
    assert {word for word in rest if word.startswith("--")} <= _options(command)


def test_a_service_that_stands_in_the_compose_file_runs_a_command_of_ours():
    ours = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "timebank"}
    assert set(ours) == {"owner", "web", "worker"}
    for service in ours.values():
        _refuse_unknown(service["command"])


def test_settings_in_the_compose_file_are_settings_of_ours():
    names = {name for service in COMPOSE["services"].values() for name in service.get("environment", {})}
    assert {name for name in names if name.startswith("TIMEBANK_")} <= set(settings_read())


def test_the_web_never_gets_the_owners_password():
    for name in ("web", "worker"):
        service = str(COMPOSE["services"][name])
        assert "OWNER" not in service
        assert "timebank_owner" not in service
        assert "timebank_web" in service


def test_the_web_waits_until_the_owner_has_migrated():
    services = COMPOSE["services"]
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"owner": {"condition": "service_completed_successfully"}}
    assert services["owner"]["command"] == ["migrate"]
    assert services["owner"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_passwords_have_no_defaults():
    passwords = re.findall(r"\$\{\w*PASSWORD[^}]*\}", (ROOT / "compose.yaml").read_text())
    assert passwords
    assert [password for password in passwords if ":?" not in password] == []


def test_the_site_in_the_compose_file_is_reached_from_this_machine_alone():
    """A proxy with https stands in front."""
    assert [port for port in COMPOSE["services"]["web"]["ports"] if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in COMPOSE["services"]["database"]


def test_every_volume_of_the_compose_file_is_there():
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume


def test_the_roles_of_the_compose_file_are_made_with_its_database():
    script = DEPLOY / "postgresql" / "make-roles.sh"
    assert script.stat().st_mode & stat.S_IXUSR
    roles = set(re.findall(r"CREATE ROLE (\w+) LOGIN", script.read_text()))
    assert roles == set(re.findall(r"postgresql://(\w+):", (ROOT / "compose.yaml").read_text()))


def test_the_container_runs_without_root_and_installs_by_hash():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["timebank"]
    assert DOCKERFILE.index("USER timebank") < DOCKERFILE.index("ENTRYPOINT")
    assert "--require-hashes --requirement requirements/run.txt" in DOCKERFILE
    assert "--no-deps --no-build-isolation --no-index ." in DOCKERFILE


def test_the_container_copies_what_is_there_and_is_sent_to_its_builder():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for words in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for name in words.split():
            assert (ROOT / name).exists()
            assert name in sent


def test_the_container_starts_a_command_of_ours_and_asks_an_address_of_ours():
    (words,) = re.findall(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)
    _refuse_unknown([word.strip(' "') for word in words.split(",")])
    assert "127.0.0.1:5000/healthz" in DOCKERFILE
    assert set(re.findall(r"TIMEBANK_\w+", DOCKERFILE)) <= set(settings_read())


def test_the_dump_program_in_the_container_is_of_the_database_servers_version():
    (client,) = re.findall(r"postgresql-client-(\d+)", DOCKERFILE)
    assert COMPOSE["services"]["database"]["image"].startswith(f"postgres:{client}")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_of_ours_as_nobody_special(path):
    service = _Unit(path)["Service"]
    program, *words = service["ExecStart"].split()
    assert program == "/opt/timebank/bin/timebank"
    if words != ["%i"]:
        _refuse_unknown(words)
    assert service["User"] == "timebank"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_a_timer_starts_a_unit_that_is_there(path):
    timer = _Unit(path)
    name = timer["Timer"]["Unit"]
    template = re.fullmatch(r"timebank@([a-z-]+)\.service", name)
    if template:
        assert template[1] in COMMANDS
        assert DEPLOY / "systemd" / "timebank@.service" in UNITS
    else:
        assert DEPLOY / "systemd" / name in UNITS
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_what_has_to_run_by_itself_has_a_timer_or_is_the_workers():
    """The worker seals, sweeps and checks by itself."""
    assert {path.stem for path in TIMERS} == {"timebank-backup"}
    assert DEPLOY / "systemd" / "timebank-worker.service" in UNITS


@pytest.mark.parametrize("name", ["site", "owner"])
def test_the_files_of_settings_for_the_units_hold_settings_of_ours(name):
    example = (DEPLOY / "systemd" / f"{name}.env.example").read_text()
    names = re.findall(r"^#?(TIMEBANK_\w+)=", example, re.MULTILINE)
    assert names
    assert set(names) <= set(settings_read())
    users = [path.name for path in UNITS if f"/etc/timebank/{name}.env" in path.read_text()]
    assert users == (["timebank-backup.service"] if name == "owner" else [path.name for path in UNITS])


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "deploy/systemd", "deploy/postgresql"])
def test_the_manual_says_what_each_is_for(name):
    assert (ROOT / name).exists()
    assert name in OPERATING
