#!/usr/bin/env python3
"""How soon the real binary is back: after a full disk is freed, and after its store was damaged.

    sudo tests/e2e/recovery.py path/to/deskbell

A Telegram on the loopback hands questions to a bot whose data lies on a tmpfs of 48 MB (mounting one needs root on
Linux; without it the script says so, and ends well). The disk is filled to the last byte: questions wait, nobody is
told anything twice, and the owner hears of it in their chat, once. It is freed: all that waited is answered. Then the
bot is killed, and its database overwritten at twenty places: it must come back from the backup with every conversation.
Prints the times; an error only for what must never happen.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "4200:recovery"
OWNER = 7
CUSTOMERS = range(100, 120)
PATIENCE = 240
QUESTION, ANSWER = "When are you open?", "nine to six"


class Telegram(BaseHTTPRequestHandler):
    """Hands out what is in `updates` until it is confirmed, and keeps what is said."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    updates = []
    said = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        method = self.path.rsplit("/", 1)[1]
        result = True
        if method == "getMe":
            result = {"id": 4200, "is_bot": True, "first_name": "Bell", "username": "bell_bot"}
        elif method == "getUpdates":
            with Telegram.lock:
                offset = body.get("offset", 0)
                Telegram.updates = [it for it in Telegram.updates if offset <= it["update_id"]]
                result = list(Telegram.updates[:100])
            if not result:
                time.sleep(0.05)
        elif method == "sendMessage":
            with Telegram.lock:
                Telegram.said.append((int(body["chat_id"]), body["text"], time.monotonic()))
                number = len(Telegram.said)
            result = {"message_id": number, "date": 1780000000, "chat": {"id": int(body["chat_id"]), "type": "private"}}
        answer = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


asked = 0


def ask(customer):
    global asked
    asked += 1
    who = {"id": customer, "is_bot": False, "first_name": f"Customer {customer}", "language_code": "en"}
    message = {"message_id": asked, "date": 1780000000, "from": who, "text": QUESTION,
               "chat": {"id": customer, "type": "private", "first_name": who["first_name"]}}
    with Telegram.lock:
        Telegram.updates.append({"update_id": asked, "message": message})


def said_to(chat, words=""):
    with Telegram.lock:
        return [at for to, text, at in Telegram.said if to == chat and words in text]


def until(what, ready):
    start = time.monotonic()
    while not ready():
        if PATIENCE < time.monotonic() - start:
            sys.exit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.02)
    return time.monotonic()


def answered(before):
    """Whether every customer has heard one more answer."""
    return all(before[customer] < len(said_to(customer, ANSWER)) for customer in CUSTOMERS)


def count():
    return {customer: len(said_to(customer, ANSWER)) for customer in CUSTOMERS}


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.platform != "linux" or os.geteuid() != 0:
        print("SKIPPED tests/e2e/recovery.py: it needs root on Linux. Nothing was tested.")
        return
    binary = str(Path(sys.argv[1]).resolve())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Telegram)
    # The bot is killed while it asks.
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder)
        (shop / "faq").mkdir()
        (shop / "data").mkdir()
        (shop / "faq/business.toml").write_text('name = "Test"\nlang = "en"\n')
        (shop / "faq/shop.md").write_text("## When are you open?\n> opening hours\n\nEvery day from nine to six.\n")
        with socket_port() as port:
            settings = f'[owner]\nchannel = "telegram"\nplace = "{OWNER}"\n\n[health]\nlisten = "127.0.0.1:{port}"\n'
            settings += "\n[conversation]\nburst_seconds = 0\nflood_messages = 100000\n"
            (shop / "deskbell.toml").write_text(settings)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", shop / "data"], check=True)
        try:
            play(binary, shop, server.server_address[1], port)
        finally:
            subprocess.run(["umount", "--lazy", shop / "data"], check=False)


class socket_port:
    """A port that nobody has."""

    def __enter__(self):
        import socket
        with socket.socket() as it:
            it.bind(("127.0.0.1", 0))
            return it.getsockname()[1]

    def __exit__(self, *_):
        pass


def play(binary, shop, telegram, port):
    log = open(shop / "log.txt", "ab")
    environment = {"DESKBELL_TELEGRAM_TOKEN": TOKEN, "DESKBELL_TELEGRAM_API_URL": f"http://127.0.0.1:{telegram}"}

    def start():
        return subprocess.Popen([binary, "run"], cwd=shop, env=environment, stdout=log, stderr=log)

    bot = start()
    try:
        before = count()
        for customer in CUSTOMERS:
            ask(customer)
        until("the first answers", lambda: answered(before))

        # The disk is full.
        with open(shop / "data/ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass
        full = time.monotonic()
        before = count()
        for customer in CUSTOMERS:
            ask(customer)
        noticed = until("it says that the disk refuses", lambda: not healthy(port))
        told = until("the owner is told", lambda: said_to(OWNER))
        time.sleep(20)
        if len(said_to(OWNER)) != 1:
            sys.exit(f"the owner was told {len(said_to(OWNER))} times")
        new = {customer: len(said_to(customer, ANSWER)) - before[customer] for customer in CUSTOMERS}
        if any(1 < times for times in new.values()):
            sys.exit(f"answers were repeated while the disk was full: {new}")
        print(f"disk full: /healthz says so after {noticed - full:.1f} s, the owner's chat after {told - full:.1f} s")

        # There is room again.
        os.remove(shop / "data/ballast")
        freed = time.monotonic()
        good = until("it is healthy again", lambda: healthy(port))
        done = until("all that waited is answered", lambda: answered(before))
        over = until("the owner is told that it is over", lambda: len(said_to(OWNER)) == 2)
        print(f"disk freed: healthy after {good - freed:.1f} s, all {len(CUSTOMERS)} questions that waited answered after "
              f"{done - freed:.1f} s, the owner told after {over - freed:.1f} s")
        repeated = sum(len(said_to(customer, ANSWER)) - before[customer] - 1 for customer in CUSTOMERS)
        print(f"answers repeated: {repeated}")

        # The database is overwritten, sixteen bytes in every thousand, and so is the middle of the journal, from which
        # it would else be made again without a word.
        subprocess.run([binary, "backup"], cwd=shop, env=environment, stdout=log, stderr=log, check=True)
        if "panicked" in (shop / "log.txt").read_text():
            sys.exit("it panicked")
        bot.kill()
        bot.wait()
        tree = next((shop / "data/store/desk").glob("tree-*/db"))
        luck = random.Random(7)
        for damaged in [tree, shop / "data/store/desk/journal-00000001"]:
            with open(damaged, "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                for place in range(500, size, 1000):
                    file.seek(place)
                    file.write(luck.randbytes(16))
        before = count()
        began = time.monotonic()
        bot = start()
        for customer in CUSTOMERS:
            ask(customer)
        done = until("answers after the damage", lambda: answered(before))
        if "the store is damaged" not in (shop / "log.txt").read_text():
            sys.exit("the damage was not noticed")
        restored = until("the owner is told of the damage", lambda: len(said_to(OWNER)) == 3)
        print(f"database damaged: {len(CUSTOMERS)} questions answered {done - began:.1f} s after the start, the owner "
              f"told after {restored - began:.1f} s")
        bot.send_signal(signal.SIGTERM)
        if bot.wait(timeout=PATIENCE) != 0:
            sys.exit(f"it stopped with {bot.returncode}")
    except SystemExit:
        print((shop / "log.txt").read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        bot.kill()


main()
