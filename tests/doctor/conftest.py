"""A DNS and an authority of certificates that only the tests know."""

from collections.abc import Iterator

import pytest

from tests.certificates import Authority
from tests.name_server import LocalNameServer
from timebank import clock
from timebank.doctor.names import Names


@pytest.fixture(scope="session")
def _name_server() -> Iterator[LocalNameServer]:
    with LocalNameServer() as server:
        yield server


@pytest.fixture
def name_server(_name_server: LocalNameServer) -> LocalNameServer:
    """A DNS in which no name exists until a test adds it."""
    _name_server.forget()
    return _name_server


@pytest.fixture
def names(name_server: LocalNameServer) -> Names:
    """Patient, as these machines are busy; where nothing comes at all, a test asks for less patience."""
    return Names(name_server.address, seconds=10.0)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), clock.now())
