"""The site for a WSGI server that is started in this folder: `gunicorn wsgi:app`."""

from timebank.app import create_app

app = create_app()
