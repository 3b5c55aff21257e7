"""The site: pages over the rooms below, a folder a feature."""
