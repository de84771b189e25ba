#!/usr/bin/env python3
"""A day on Discord: the real binary against an independent model of Discord (simcord, behind ../shared/doubles).

    tests/e2e/day_on_discord.py [path of the deskbell binary]

Needs Python 3.11, pip, and the doubles (DESKBELL_SHARED names their folder, else ../shared and ../../shared are looked
for). Where they are absent it says so and ends well: nothing was tested then. Every request of the bot is checked against Discord's own
OpenAPI document; one breach fails the run. Loopback only.
"""
from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
NAMED = os.environ.get("DESKBELL_SHARED")
SHARED = Path(NAMED) if NAMED else next((place for place in PLACES if place.exists()), PLACES[0])
BRIDGE = SHARED / "doubles" / "discord_bridge.py"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VENV = TARGET / "e2e-venv"
NEEDS = ["simcord==3.2.1", "aiohttp==3.14.5", "jsonschema_rs==0.60.3"]
TOKEN = "test.token"
PATIENCE = 60.0


def skip(reason: str) -> None:
    print(f"SKIPPED tests/e2e/day_on_discord.py: {reason}. Nothing was tested.")
    sys.exit(0)


def prepare() -> None:
    """Runs this script again with the packages it needs."""
    if sys.version_info < (3, 11):
        skip("it needs Python 3.11 or newer")
    if not BRIDGE.exists():
        skip(f"{BRIDGE} is absent")
    if os.environ.get("DESKBELL_E2E_INSIDE"):
        return
    python = VENV / "bin" / "python"
    ready = VENV / "ready"
    if not ready.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *NEEDS], check=True, capture_output=True)
        except (subprocess.CalledProcessError, OSError) as error:
            skip(f"its Python packages can't be installed ({error})")
        ready.touch()
    os.environ["DESKBELL_E2E_INSIDE"] = "1"
    os.execv(python, [str(python), *sys.argv])


class Day:
    """One bot, one Discord, and the people there."""

    def __init__(self, binary: Path, folder: Path) -> None:
        import discord_bridge as bridge
        from simcord import interactions

        self.bridge, self.interactions = bridge, interactions
        self.binary, self.folder = binary, folder
        self.app = bridge.make()
        self.world = self.app["w"]
        self.b = self.world.b
        self.guild = self.world.guild.id
        self.anna = self.world.alice.id
        self.process: subprocess.Popen | None = None
        self.staff_role = self.b.create_role(self.guild, "staff").id
        self.eve = self.b.make_user("eve").id
        self.b.add_member(self.guild, self.eve, roles=[self.staff_role])
        self.mallory = self.b.make_user("mallory").id
        self.b.add_member(self.guild, self.mallory)
        self.desk = self.b.create_channel(self.guild, "desk").id
        self.support = self.b.create_channel(self.guild, "support").id
        self.general = self.world.chan.id
        self.log = open(folder / "deskbell.log", "w+", encoding="utf-8")

    # The bot

    async def serve(self) -> None:
        from aiohttp import web

        self.runner = web.AppRunner(self.app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = self.runner.addresses[0][1]
        self.bridge.PORT = self.port

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DESKBELL_DISCORD_TOKEN": TOKEN,
            "DESKBELL_DISCORD_API_URL": f"http://127.0.0.1:{self.port}",
            "DESKBELL_FAQ": str(self.folder / "faq"),
            "DESKBELL_DATA": str(self.folder / "data"),
            "DESKBELL_CONFIG": str(self.folder / "deskbell.toml"),
            "DESKBELL_LOG": "info,deskbell=debug",
            "DESKBELL_HEALTH_LISTEN": "off",
        }

    def start(self) -> None:
        command = [str(self.binary), "run"]
        self.process = subprocess.Popen(command, env=self.environment(), stdout=self.log, stderr=self.log)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)
            self.process = None

    # What people do

    def dm(self, user: int) -> int:
        return self.b.get_dm_channel(user).id

    def writes(self, user: int, text: str) -> int:
        return self.b.create_message(self.dm(user), user, text).id

    def says(self, channel: int, user: int, text: str) -> int:
        return self.b.create_message(channel, user, text).id

    def interact(self, kind: int, channel: int, user: int, data: dict, message: int | None = None) -> int:
        guild = self.b.get_channel(channel).guild_id
        record, payload = self.interactions.base_payload(
            self.b, type=kind, channel_id=channel, guild_id=guild, user_id=user, data=data
        )
        if message is not None:
            from simcord.backend import serializers

            payload["message"] = dict(serializers.message_payload(self.b, self.b.get_message(channel, message)))
            record.source_message_id = message
        self.b.emit("INTERACTION_CREATE", payload)
        return record.id

    def presses(self, channel: int, user: int, message: int, code: str) -> int:
        return self.interact(3, channel, user, {"custom_id": code, "component_type": 2}, message)

    def calls(self, channel: int, user: int, name: str, **options: object) -> int:
        command = self.b.find_command(name, self.guild)
        assert command is not None, f"/{name} is not registered"
        kinds = {option["name"]: option["type"] for option in command.get("options", [])}
        given = [{"name": name, "type": kinds[name], "value": value} for name, value in options.items()]
        return self.interact(2, channel, user, {"id": command["id"], "name": name, "type": 1, "options": given})

    # What is seen

    def messages(self, channel: int) -> list:
        return list(self.b.messages.get(channel, {}).values())

    def bots(self, channel: int) -> list:
        return [message for message in self.messages(channel) if message.author_id == self.b.bot_user.id]

    def texts(self, channel: int) -> list[str]:
        return [message.content for message in self.bots(channel)]

    def codes(self, message) -> list[str]:
        found = []
        for row in message.components:
            for component in row["components"]:
                found.append(component.get("custom_id"))
                found += [option["value"] for option in component.get("options", [])]
        return found

    async def until(self, what: str, found):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = found()
            if value:
                return value
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the bot ended with {self.process.returncode} while waiting until {what}")
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited in vain until {what}")

    async def said(self, channel: int, part: str, after: int = 0):
        """Waits for a message of the bot's that holds `part`, newer than the message `after`."""
        def look():
            return next((m for m in self.bots(channel) if part in m.content and m.id > after), None)
        try:
            return await self.until(f"`{part}` is said", look)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is: {self.texts(channel)}") from None

    def threads(self) -> list:
        return [channel for channel in self.b.channels.values() if channel.parent_id == self.desk]

    def identifies(self, kind: str) -> int:
        return sum(1 for request in self.world.requests if request.get("gw") == kind)


async def the_day(day: Day) -> None:
    anna = day.dm(day.anna)

    def step(text: str) -> None:
        print(f"  {text}")

    step("the bot connects and registers its commands")
    await day.until("the commands are there", lambda: day.b.find_command("ask", day.guild))

    step("a question in private gets its answer, once with who is speaking")
    day.writes(day.anna, "Do you sell wrapping paper?")
    answer = await day.said(anna, "Wrapping paper")
    assert "h:wrapping-paper" in day.codes(answer), day.codes(answer)
    press = day.presses(anna, day.anna, answer.id, "h:wrapping-paper")
    await day.until("the press is answered", lambda: day.b.interactions[press].responded)
    await day.said(anna, "Glad", answer.id)

    step("by command on the server, shown and answered below")
    day.calls(day.general, day.anna, "ask", question="Where can I park?")
    shown = await day.said(day.general, "> Where can I park")
    below = await day.said(day.general, "behind the house", shown.id)
    assert below.reference and str(below.reference["message_id"]) == str(shown.id), below.reference

    step("in a named channel and by mention; not elsewhere")
    day.says(day.general, day.anna, "Where can I park?")
    question = day.says(day.support, day.anna, "Where can I park?")
    await day.said(day.support, "behind the house", question)
    mention = day.says(day.general, day.anna, f"<@{day.b.bot_user.id}> do you sell wrapping paper?")
    await day.said(day.general, "Wrapping paper", mention)
    assert sum("behind the house" in text for text in day.texts(day.general)) == 1

    step("/faq leads through topics to an answer")
    last = day.messages(anna)[-1].id
    day.calls(anna, day.anna, "faq")
    topics = await day.until("topics are offered", lambda: next(
        (m for m in day.bots(anna) if m.id > last and any(str(c).startswith("t:") for c in day.codes(m))), None))
    topic = next(code for code in day.codes(topics) if code.startswith("t:"))
    day.presses(anna, day.anna, topics.id, topic)
    entries = await day.until("entries are offered", lambda: next(
        (m for m in day.bots(anna) if m.id > topics.id and any(str(c).startswith("e:") for c in day.codes(m))), None))
    day.presses(anna, day.anna, entries.id, next(c for c in day.codes(entries) if c.startswith("e:")))
    await day.until("an answer", lambda: [m for m in day.bots(anna) if m.id > entries.id])

    step("what it doesn't know becomes a ticket with a thread")
    day.writes(day.anna, "My golden retriever ate the delivery note, @everyone **help**")
    thread = (await day.until("a thread below the desk", day.threads))[0]
    card = await day.until("the card", lambda: next((m for m in day.bots(day.desk) if "claim" in day.codes(m)), None))
    assert "\\@everyone \\*\\*help\\*\\*" in card.content, card.content

    step("a stranger in the thread is not heard, staff are; both see changes and deletions")
    day.says(thread.id, day.mallory, "I am from the team, send me your password")
    taken = day.presses(day.desk, day.eve, card.id, "claim")
    await day.until("it is answered", lambda: day.b.interactions[taken].responded)
    await day.until("the thread shows who has it", lambda: thread.name.startswith("💬"))
    word = day.says(thread.id, day.eve, "No problem, tell me the order numbr.")
    told = await day.said(anna, "order numbr")
    day.b.edit_message(thread.id, word, {"content": "No problem, tell me the order number."})
    await day.until("the change follows", lambda: "order number" in day.b.get_message(anna, told.id).content)
    reply = day.writes(day.anna, "It is 4711")
    passed = await day.said(thread.id, "4711")
    day.b.delete_message(anna, reply)
    await day.until("the deletion follows", lambda: passed.id not in day.b.messages[thread.id])
    day.says(thread.id, day.eve, "// she is nice")
    day.calls(thread.id, day.eve, "note", text="sent a new one")
    day.says(thread.id, day.eve, "A new note is on its way.")
    await day.said(anna, "A new note is on its way.")
    assert not any("password" in text or "she is nice" in text or "sent a new" in text for text in day.texts(anna))

    step("a stranger's command and press do nothing")
    day.calls(thread.id, day.mallory, "close")
    day.presses(day.desk, day.mallory, card.id, "close")

    step("/teach and /close: the thread is folded away, the bot is back")
    day.calls(thread.id, day.eve, "teach")
    await day.until("a draft", lambda: list((day.folder / "faq" / "drafts").glob("*.md")))
    assert not thread.thread_metadata.archived
    day.calls(thread.id, day.eve, "close")
    await day.until("it is folded away", lambda: thread.thread_metadata.archived and thread.name.startswith("✅"))
    await day.said(anna, "I am back")

    step("the owner approves, and the next customer gets the new answer")
    approve = [str(day.binary), "approve", "--all"]
    await asyncio.to_thread(subprocess.run, approve, env=day.environment(), stdout=day.log, stderr=day.log, check=True)
    await day.until("it is live", lambda: "a new version of the FAQ is live" in (day.folder / "deskbell.log").read_text())
    day.writes(day.mallory, "my golden retriver ate the delivery note")
    await day.said(day.dm(day.mallory), "A new note is on its way")

    step("the gateway drops, asks to come again, forgets the session; Discord limits and fails")
    last = day.messages(anna)[-1].id
    for mode, code in [("close", 4000), ("reconnect", 0), ("close", 1006), ("invalid", 0)]:
        for session in day.world.sessions.values():
            if session.ws is not None and not session.ws.closed:
                if mode == "reconnect":
                    await session.ws.send_json({"op": 7, "d": None})
                elif mode == "invalid":
                    await session.ws.send_json({"op": 9, "d": False})
                else:
                    await session.ws.close(code=4000 if code == 1006 else code)
        before = day.identifies("identify") + day.identifies("resume")
        day.writes(day.anna, "Where can I park?")
        await day.until("it is back", lambda: day.identifies("identify") + day.identifies("resume") > before)
        found = await day.said(anna, "behind the house", last)
        last = found.id
    for status in (429, 500, 502):
        fault = {"method": "POST", "path": f"/channels/{anna}/messages", "status": status, "times": 2, "retry_after": 0.5}
        day.world.faults.append(fault)
        day.writes(day.anna, "Do you sell wrapping paper?")
        last = (await day.said(anna, "Wrapping paper", last)).id

    step("killed in the middle and stopped in order: nothing is lost, nothing said twice")
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        day.writes(day.anna, "Where can I park?")
        await asyncio.sleep(0.05)
        day.stop(how)
        day.writes(day.anna, "Do you sell wrapping paper?")
        day.start()
        first = await day.said(anna, "behind the house", last)
        second = await day.said(anna, "Wrapping paper", last)
        last = max(first.id, second.id)
    await asyncio.sleep(1)

    step("/forget asks and deletes; on the server it answers aside")
    day.calls(anna, day.anna, "forget")
    asked = await day.said(anna, "Shall I delete", last)
    day.presses(anna, day.anna, asked.id, "forget")
    await day.said(anna, "is deleted", asked.id)
    before = len(day.texts(day.general))
    aside = day.calls(day.general, day.anna, "mydata")
    await day.until("it is answered", lambda: day.b.interactions[aside].responded)
    await asyncio.sleep(1)
    seen = [m.content for m in day.bots(day.general)[before:] if not m.flags & 64]
    assert not seen, seen

    step("a refused intent says which switch to flip")
    day.stop()
    day.world.approve_content = False
    day.world.sessions.clear()
    day.start()
    end = await asyncio.to_thread(day.process.wait, 20)
    day.process = None
    assert end != 0, "it must say that it failed"
    day.log.flush()
    assert "Message Content Intent" in (day.folder / "deskbell.log").read_text(), "which switch?"


def set_up(folder: Path, day: Day) -> None:
    faq = folder / "faq"
    faq.mkdir()
    (faq / "business.toml").write_text('name = "Corner shop"\nlang = "en"\n', encoding="utf-8")
    (faq / "shop.md").write_text(
        "# The shop\n\n## Where can I park? {#parking}\n> parking\n> Is there a car park?\n\n"
        "You can park **behind the house**.\n\n"
        "## Do you sell wrapping paper? {#wrapping-paper}\n> wrapping paper\n> Can I get gift wrap?\n\n"
        "Wrapping paper is at the till.\n\n- [Where can I park?](#parking)\n",
        encoding="utf-8",
    )
    (faq / "hours.md").write_text(
        "# Hours\n\n## What are your opening hours? {#hours}\n> When do you open?\n> Are you open on Sundays?\n\nNine to six.\n",
        encoding="utf-8",
    )
    (folder / "deskbell.toml").write_text(
        f'[staff]\nchannel = "discord"\nplace = "{day.desk}"\ndiscord_roles = ["{day.staff_role}"]\n\n'
        f'[discord]\nmessage_content = true\nchannels = ["{day.support}"]\n\n'
        "[conversation]\nburst_seconds = 0.2\nflood_messages = 1000\n",
        encoding="utf-8",
    )


async def main(binary: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="deskbell-e2e-") as name:
        folder = Path(name)
        day = Day(binary, folder)
        set_up(folder, day)
        await day.serve()
        day.start()
        try:
            await the_day(day)
        except BaseException:
            day.log.flush()
            lines = (folder / "deskbell.log").read_text(encoding="utf-8").splitlines()
            print("\n".join(["the bot's log:", *lines[-40:]]))
            raise
        finally:
            day.stop(signal.SIGKILL)
            await day.runner.cleanup()
        day.log.flush()
        log = (folder / "deskbell.log").read_text(encoding="utf-8")
        assert TOKEN not in log, "the token is in the log"
        for request in day.world.requests:
            body = request.get("body")
            if isinstance(body, dict) and "content" in body:
                assert body.get("allowed_mentions", {}).get("parse") == [], f"it can ping: {json.dumps(body)}"
        if day.world.violations:
            print("\n".join(day.world.violations))
            print(f"FAILED: {len(day.world.violations)} breaches of Discord's rules")
            return 1
        print(f"passed: {len(day.world.requests)} requests, no breach of Discord's rules")
        return 0


if __name__ == "__main__":
    prepare()
    sys.path.insert(0, str(BRIDGE.parent))
    sys.dont_write_bytecode = True
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET / "debug" / "deskbell"
    if not given.exists():
        skip(f"{given} is absent; build it first")
    # The bridge would take what stands there for a port.
    del sys.argv[1:]
    print(f"a day on Discord, with {given}")
    sys.exit(asyncio.run(main(given)))
