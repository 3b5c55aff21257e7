"""Alembic migrations for both databases, and the privileges of the web's role on PostgreSQL."""
