"""Text as it is typed on a phone: in small letters, without accents, with slips. Some of the questions that the encoder learns
from are changed so, by lot, that it reads words by what is left of them."""

import unicodedata

from numpy.random import RandomState

ROWS = ["qwertzuiop", "asdfghjkl", "yxcvbnm"]
BESIDE = {c: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ROWS for at, c in enumerate(row)}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BARE = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "ø": "o"})

SMALL, PLAIN, OPEN, SLIPS, JOINED = 0.35, 0.3, 0.3, 0.55, 0.02  # how often
RATES = [0.03, 0.06, 0.12]  # slips a letter


def typed(text: str, random: RandomState) -> str:
    if random.rand() < SMALL:
        text = text.lower()
    if random.rand() < PLAIN:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).translate(BARE)
    if random.rand() < OPEN:
        text = text.rstrip("?!. ")
    return slipped(text, random) if random.rand() < SLIPS else text


def slipped(text: str, random: RandomState) -> str:
    """Letters left out, swapped with the next, doubled, mistaken for the key beside, and slipped in; spaces lost."""
    rate, out, at = random.choice(RATES), [], 0
    any_of = lambda letters: letters[random.randint(len(letters))]
    while at < len(text):
        c, rest = text[at], text[at + 1 :]
        at += 1
        if not (c.isalpha() and random.rand() < rate):
            if c != " " or JOINED <= random.rand():
                out.append(c)
            continue
        slip = random.randint(5)
        if slip == 1 and rest:
            out += [rest[0], c]
            at += 1
        elif slip == 2:
            out += [c, c]
        elif slip == 3:
            out.append(any_of(BESIDE.get(c.lower(), c)))
        elif slip == 4:
            out += [c, any_of(LETTERS)]
    return "".join(out)
