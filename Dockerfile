# The site in a container of its own: no root, no compiler, every package by its hash.
#   docker build --tag timebank .
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/timebank
WORKDIR /source
COPY requirements/run.txt requirements/run.txt
RUN /opt/timebank/bin/pip install --require-hashes --requirement requirements/run.txt
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY templates templates
COPY static static
COPY timebank timebank
RUN /opt/timebank/bin/pip install --no-deps --no-build-isolation --no-index .

FROM python:3.13-slim-trixie
# pg_dump and pg_restore, for `timebank backup` and `restore`; Debian's 17 is the version in compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/timebank timebank \
    && install --directory --owner=timebank --group=timebank --mode=0700 /srv/timebank/instance /srv/timebank/backups
COPY --from=build /opt/timebank /opt/timebank
ENV PATH=/opt/timebank/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TIMEBANK_INSTANCE=/srv/timebank/instance \
    TIMEBANK_LOG_FORMAT=json
USER timebank
WORKDIR /srv/timebank/backups
VOLUME ["/srv/timebank/instance", "/srv/timebank/backups"]
EXPOSE 5000
# No curl in here: Python asks. /readyz also looks at the database, which is not this container's to mend.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/healthz', timeout=4)"]
ENTRYPOINT ["timebank"]
CMD ["run", "--host", "0.0.0.0"]
