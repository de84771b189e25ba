#!/usr/bin/env python3
"""Makes the pictures of the README from the real program: `tools/pictures/make.py [path/to/deskbell]`.

Needs tmux (a terminal that can be read back), and Chromium for the report's page. Writes docs/pictures/*.svg and *.png.
Everything is played in a fresh folder made by `deskbell init`; nothing is drawn by hand.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "pictures"
# A character's cell, in pixels.
WIDE, HIGH = 8.4, 19
PAD, BAR = 16, 30
COLUMNS = 100

INK, PAPER = "#d8dee9", "#1f2430"
COLORS = ["#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9"]


class Terminal:
    """A terminal in tmux, to type into and to read."""

    def __init__(self, folder, deskbell, rows):
        self.name = f"deskbell-pictures-{os.getpid()}"
        bin_ = folder / "bin"
        bin_.mkdir(exist_ok=True)
        if not (bin_ / "deskbell").exists():
            (bin_ / "deskbell").symlink_to(deskbell)
        shell = f"env -i PATH={bin_}:/usr/bin:/bin HOME={folder} TERM=xterm-256color LANG=C.UTF-8 PS1='$ ' sh"
        size = ["-x", str(COLUMNS), "-y", str(rows)]
        self.tmux("new-session", "-d", *size, "-s", self.name, "-c", str(folder / "my-shop"), shell)
        self.tmux("set", "-t", self.name, "status", "off")
        self.wait("$")

    def tmux(self, *arguments):
        done = subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-e", "-p", "-t", self.name)

    def plain(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.screen())

    def types(self, line, expects):
        """Types `line`, and waits until `expects` stands on the screen below it."""
        self.tmux("send-keys", "-t", self.name, "-l", line)
        self.tmux("send-keys", "-t", self.name, "Enter")
        self.wait(expects, after=line)

    def wait(self, words, after=""):
        for _ in range(600):
            text = self.plain()
            if words in text[text.rfind(after) + len(after):] if after else words in text:
                time.sleep(0.4)
                return
            time.sleep(0.1)
        screen = self.plain().strip()
        self.close()
        sys.exit(f"`{words}` never came:\n{screen}")

    def close(self):
        self.tmux("kill-server")


def runs(line):
    """A line with escape codes -> stretches of text with their style."""
    style = {"bold": False, "dim": False, "color": None}
    for code, text in re.findall(r"((?:\x1b\[[0-9;]*m)*)([^\x1b]*)", line):
        for numbers in re.findall(r"\x1b\[([0-9;]*)m", code):
            for number in (int(number or 0) for number in numbers.split(";")):
                if number == 0:
                    style = {"bold": False, "dim": False, "color": None}
                elif number == 1:
                    style = {**style, "bold": True}
                elif number == 2:
                    style = {**style, "dim": True}
                elif number == 22:
                    style = {**style, "bold": False, "dim": False}
                elif 30 <= number <= 37 or 90 <= number <= 97:
                    style = {**style, "color": COLORS[number % 10]}
                elif number == 39:
                    style = {**style, "color": None}
        if text:
            yield text, style


def svg(screen, title, description):
    """The screen as a picture; every stretch is held to its columns, whatever font there is."""
    lines = screen.rstrip("\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    width, height = COLUMNS * WIDE + 2 * PAD, len(lines) * HIGH + 2 * PAD + BAR
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(description)}">',
        f"<title>{escape(description)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
        *(f'<circle cx="{20 + 18 * n}" cy="17" r="5" fill="{COLORS[c]}"/>' for n, c in enumerate((1, 3, 2))),
        f'<text x="{width / 2:.0f}" y="21" fill="#8a93a5" text-anchor="middle" font-family="sans-serif" '
        f'font-size="12">{escape(title)}</text>',
        f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="{INK}">',
    ]
    for row, line in enumerate(lines):
        column = 0
        for text, style in runs(line):
            for piece in re.finditer(r"\S+(?: \S+)*", text):
                start, words = column + piece.start(), piece.group()
                marks = f' fill="{style["color"]}"' if style["color"] else ""
                marks += ' font-weight="bold"' if style["bold"] else ""
                marks += ' opacity="0.6"' if style["dim"] else ""
                parts.append(
                    f'<text x="{PAD + start * WIDE:.1f}" y="{BAR + PAD + row * HIGH + 10:.0f}" '
                    f'textLength="{len(words) * WIDE:.1f}"{marks}>{escape(words)}</text>'
                )
            column += len(text)
    return "\n".join([*parts, "</g>", "</svg>", ""])


def keep(name, content):
    path = OUT / name
    path.write_text(content)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.1f} kB")


def chat(folder, deskbell):
    terminal = Terminal(folder, deskbell, 60)
    terminal.types("deskbell chat", "you │")
    for said, heard in [
        ("When are you open?", "you │"),
        ("Wie lange dauert die Liefferung?", "you │"),
        ("do you mend kites?", "you │"),
    ]:
        terminal.types(said, heard)
    keep("chat.svg", svg(terminal.screen(), "deskbell chat", "A talk with the sample shop in a terminal"))
    terminal.close()


def check(folder, deskbell):
    page = folder / "my-shop" / "faq" / "en" / "shop.md"
    good = page.read_text()
    page.write_text(good.replace("(#parking)", "(#parkin)", 1).replace("{{ address }}", "{{ adress }}", 1))
    terminal = Terminal(folder, deskbell, 40)
    terminal.types("deskbell check", "\n$")
    keep("check.svg", svg(terminal.screen(), "deskbell check", "deskbell check points at two mistakes"))
    terminal.close()
    page.write_text(good)


# A morning at the sample shop, on which the report is made: a customer a line.
ASKED = [
    ["When are you open?", "That helped", "Is there parking?"],
    ["Wie lange dauert die Lieferung?", "Das hat geholfen", "Was kostet der Versand?"],
    ["can i return something", "What does delivery cost?", "That helped"],
    ["Where are you?", "how late are you open on friday"],
    ["How do I pay?", "That helped"],
    ["Do you deliver abroad?", "That helped", "do you take credit cards"],
    ["Is my bike ready?"],
    ["Will you sponsor our school football team?"],
    ["Kann ich mit Karte zahlen?", "Das hat geholfen"],
    ["Do you mend kites?"],
]


def report(folder, deskbell):
    shop = folder / "my-shop"
    shutil.rmtree(shop / "data", ignore_errors=True)
    run = lambda *arguments, **more: subprocess.run(
        [deskbell, *arguments], cwd=shop, check=True, capture_output=True, text=True, **more)
    for customer in ASKED:
        run("chat", input="\n".join(customer) + "\n")
    run("report", "--html", "report.html")
    shot = shop / "report.png"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("Chromium is not here")
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1.5",
         "--window-size=860,380", f"--screenshot={shot}", f"--user-data-dir={folder / 'chromium'}",
         (shop / "report.html").as_uri()], check=True, capture_output=True)
    target = OUT / "report.png"
    shutil.copy(shot, target)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.1f} kB")


def main():
    deskbell = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target" / "release" / "deskbell").resolve()
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        subprocess.run([deskbell, "init", "my-shop"], cwd=folder, check=True, capture_output=True)
        chat(folder, deskbell)
        check(folder, deskbell)
        report(folder, deskbell)


if __name__ == "__main__":
    main()
