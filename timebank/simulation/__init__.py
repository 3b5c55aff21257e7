"""A simulated year of a time bank, through the actions of the site, without and with the brokers' board."""
