"""The languages that members can say they speak: codes of ISO 639-1, or 639-3 where that has none. Pure.

They are those that are spoken most in Britain by its censuses of 2021 and 2022, its own languages, and British Sign
Language (bfi).
"""

#: Counts as spoken by whoever has not said which languages they speak: the language of the bank's pages.
USUAL_LANGUAGE = "en"
SIGN_LANGUAGE = "bfi"
_OF_THESE_ISLANDS = "en gd cy ga sco kw gv bfi"
_OF_EUROPE = "sq bg hr cs nl fr de el hu it lv lt pl pt ro ru sr sk es uk rom yi"
_OF_ASIA = "ar bn my yue zh fil gu he hi ja ko ku ml mr ne ps fa pa si ta te th tr ur vi"
_OF_AFRICA = "ak am ig ln sn so sw ti yo"
LANGUAGES = frozenset(f"{_OF_THESE_ISLANDS} {_OF_EUROPE} {_OF_ASIA} {_OF_AFRICA}".split())
