"""The queue by which the site wakes the worker. What there is to do stands in the database, never in the queue."""
