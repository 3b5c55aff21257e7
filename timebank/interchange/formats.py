"""The formats in which the books of a bank are exported, by the names that the command line has for them."""

from enum import StrEnum


class FileFormat(StrEnum):
    """A format of an export; its value is also the suffix of a file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
