"""Work that takes longer than a page, and the queue by which the site wakes the worker."""
