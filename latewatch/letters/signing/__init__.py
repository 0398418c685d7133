"""Signatures on letters: made here with the office's certificates, examined when they come from elsewhere.

Nothing in this room asks a network, except the time stamp server that the office names.
"""

import logging

for _name in ("pyhanko", "pyhanko_certvalidator"):  # their lines quote objects of the letter
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False
