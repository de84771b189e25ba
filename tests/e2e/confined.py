#!/usr/bin/env python3
"""The real binary under the restrictions of deploy/deskbell.service, on a machine that systemd doesn't run.

    sudo tests/e2e/confined.py [path/to/deskbell]

What systemd would do is done by hand, from the unit's own lines: an own view of the disk (read-only but for the state
folder; own /tmp, /dev, /proc), own IPC, host name and users, an unprivileged user without any capability, limits, and
the system call filters. Before deskbell starts, the same process tries what must be refused. Then a Telegram on the
loopback hands it a question, and the answer must come, with the store on disk. Not done here: what needs control groups
(MemoryMax, TasksMax as such, DevicePolicy), and a private keyring.

Needs Linux, root, util-linux, systemd-analyze and libseccomp; says so and ends well where one is missing.
"""

import ctypes
import ctypes.util
import errno
import json
import mmap
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Inside, this text runs without its file, which can't be seen there.
ROOT = Path(globals().get("__file__", "/a/b/c")).resolve().parents[2]
UNIT = ROOT / "deploy" / "deskbell.service"
# As DynamicUser= would take one.
USER = 61234
TOKEN = "4200:confined"
# Not one below /root or /home, which can't be seen from inside.
PYTHON = next((it for it in ("/usr/bin/python3", sys.executable) if Path(it).exists()), sys.executable)
libc = ctypes.CDLL(None, use_errno=True)

# --- the unit ------------------------------------------------------------------------------------------------------

KNOWN = {
    # Done by `mounts`.
    "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateMounts": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "ProtectControlGroups": "yes", "ProtectKernelTunables": "yes", "ProtectProc": "invisible",
    "ProcSubset": "pid", "StateDirectory": "deskbell", "StateDirectoryMode": "0700",
    "ReadWritePaths": "-/etc/deskbell/faq/drafts",
    # Done by `unshare` and `setpriv`.
    "PrivateIPC": "yes", "ProtectHostname": "yes", "PrivateUsers": "yes", "DynamicUser": "yes",
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "",
    # Done by `limits` and `filters`.
    "UMask": "0077", "LimitNOFILE": "4096", "TasksMax": "64", "LockPersonality": "yes", "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6", "RestrictNamespaces": "yes", "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes", "SystemCallArchitectures": "native", "SystemCallErrorNumber": "EPERM",
    # Follow from having no capability and from the filters.
    "ProtectClock": "yes", "ProtectKernelLogs": "yes", "ProtectKernelModules": "yes", "RemoveIPC": "yes",
    # Can't be done here.
    "MemoryMax": "512M", "DevicePolicy": "closed", "KeyringMode": "private",
}
# Nothing that confines: how it starts and ends.
OTHER = {"Type", "ExecStart", "Environment", "LoadCredential", "Restart", "RestartSec", "TimeoutStopSec",
         "RestartPreventExitStatus", "SystemCallFilter"}


def unit():
    """The unit's [Service] lines; a line that this program doesn't know is an error: it would go untested."""
    found = {}
    section = ""
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    for key, values in found.items():
        if key not in OTHER and values != [KNOWN.get(key)]:
            sys.exit(f"deploy/deskbell.service says {key}={' '.join(values)}, which isn't tried here")
    for key in KNOWN.keys() - found.keys():
        sys.exit(f"deploy/deskbell.service says no {key} any more")
    return found


def calls(group):
    """The system calls in systemd's group."""
    shown = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    names = set()
    for line in shown.splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            names |= calls(name)
        elif name and not name.startswith("#"):
            names.add(name)
    return names


# --- outside: a Telegram, and the run ------------------------------------------------------------------------------


class Telegram(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    said = []
    asked = threading.Event()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        method = self.path.rsplit("/", 1)[1]
        result = True
        if method == "getMe":
            result = {"id": 4200, "is_bot": True, "first_name": "Bell", "username": "bell_bot"}
        elif method == "getUpdates":
            result = []
            if not Telegram.asked.is_set():
                Telegram.asked.set()
                anna = {"id": 11, "is_bot": False, "first_name": "Anna", "language_code": "en"}
                result = [{"update_id": 1, "message": {
                    "message_id": 1, "date": 1780000000, "from": anna, "text": "When are you open?",
                    "chat": {"id": 11, "type": "private", "first_name": "Anna"}}}]
            else:
                time.sleep(0.2)
        elif method == "sendMessage":
            Telegram.said.append(json.loads(body)["text"])
            result = {"message_id": 2, "date": 1780000000, "chat": {"id": 11, "type": "private"}, "text": "…"}
        answer = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def missing():
    if sys.platform != "linux" or os.geteuid() != 0:
        return "it needs root on Linux"
    for tool in ("unshare", "setpriv", "mount", "systemd-analyze"):
        if not shutil.which(tool):
            return f"{tool} is not here"
    if not ctypes.util.find_library("seccomp"):
        return "libseccomp is not here"
    if subprocess.run(["unshare", "--mount", "--ipc", "--uts", "true"], capture_output=True).returncode:
        return "this machine lets nobody make a namespace"
    return None


def main():
    why = missing()
    if why:
        print(f"skipped: {why}")
        return
    unit()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    deskbell = Path(sys.argv[1] if len(sys.argv) > 1 else target / "release" / "deskbell").resolve()
    # Not below /tmp or /root, which the bot can't see.
    home = Path(tempfile.mkdtemp(prefix="deskbell-confined-", dir="/var/lib"))
    try:
        run(deskbell, home)
    finally:
        shutil.rmtree(home)


def run(deskbell, home):
    shutil.copy(deskbell, home / "deskbell")
    etc, state, credentials = home / "etc", home / "state", home / "credentials"
    subprocess.run([home / "deskbell", "init", etc], check=True, capture_output=True)
    (etc / "faq" / "drafts").mkdir()
    (etc / "faq" / "drafts").chmod(0o1777)  # as the unit's comment says
    for folder in (state, credentials):
        folder.mkdir(mode=0o700)
    (credentials / "telegram.token").write_text(TOKEN)
    (credentials / "telegram.token").chmod(0o400)
    for path in (state, credentials, credentials / "telegram.token"):
        os.chown(path, USER, USER)
    os.chmod(home, 0o755)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Telegram)
    server.handle_error = lambda *_: None  # the bot hangs up when it stops
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api = f"http://127.0.0.1:{server.server_address[1]}"
    bot = subprocess.Popen(["unshare", "--mount", "--ipc", "--uts", PYTHON, __file__, "--mounts", str(home), api])
    try:
        start = time.monotonic()
        while not Telegram.said:
            if bot.poll() is not None:
                sys.exit(f"it ended with {bot.returncode}")
            if 60 < time.monotonic() - start:
                sys.exit("no answer in a minute")
            time.sleep(0.05)
        if not any("Monday to Friday 10:00 to 18:30" in text for text in Telegram.said):
            sys.exit(f"another answer: {Telegram.said}")
        status = Path(f"/proc/{bot.pid}/status").read_text()
        for line in ("Uid:\t61234", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
            if line not in status:
                sys.exit(f"the running bot has no {line!r}: {status}")
        if not any(state.rglob("journal-*")):
            sys.exit("nothing was stored")
        modes = {oct(path.stat().st_mode & 0o777) for path in state.rglob("*")}
        if not modes <= {"0o600", "0o700"}:
            sys.exit(f"others can read what is stored: {modes}")
        print(f"it answers under these restrictions: {Telegram.said[0].splitlines()[-1]}")
    finally:
        bot.send_signal(signal.SIGTERM)
        code = bot.wait(timeout=60)
    if code:
        sys.exit(f"told to stop, it ended with {code}")
    print("told to stop, it ended well")


# --- inside: one restriction after the other, then deskbell --------------------------------------------------------


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def mounts(home, api):
    """In its own mount namespace, still root."""
    mount("--make-rprivate", "/")
    # What stays writable becomes a mount of its own, before the rest is closed.
    for folder in (home / "state", home / "etc" / "faq" / "drafts"):
        mount("--bind", folder, folder)
    open_ = {str(home / "state"), str(home / "etc" / "faq" / "drafts")}
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for point in points:
        if point not in open_ and not re.match(r"/(dev|proc|tmp)(/|$)", point):
            mount("-o", "remount,bind,ro", point)
    for folder in ("/home", "/root", "/run/user"):
        if Path(folder).is_dir():
            mount("-t", "tmpfs", "-o", "ro,mode=000", "tmpfs", folder)
    devices = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom", "tty")]
    kept = {device: os.stat(device).st_rdev for device in devices if device.exists()}
    mount("-t", "tmpfs", "-o", "mode=755,noexec,nosuid", "tmpfs", "/dev")
    for device, number in kept.items():
        os.mknod(device, 0o666 | 0o020000, number)
        os.chmod(device, 0o666)
    mount("-o", "remount,ro", "/dev")
    mount("-t", "proc", "-o", "nosuid,nodev,noexec,hidepid=invisible,subset=pid", "proc", "/proc")
    script = Path(__file__).read_text()
    unit_text = UNIT.read_text()
    for folder in ("/tmp", "/var/tmp"):
        mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev", "tmpfs", folder)
    allowed = calls("@system-service") - calls("@privileged") - calls("@resources")
    if "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n" not in unit_text:
        sys.exit("the unit's system call filter is another one than is tried here")
    inside = [PYTHON, "-c", script, "--inside", str(home), api, " ".join(sorted(allowed))]
    os.execvp("setpriv", [
        "setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all", "--no-new-privs",
        # A new user namespace begins with all capabilities within it: they are kept until the bounding set is empty.
        "unshare", "--user", "--keep-caps", f"--map-user={USER}", f"--map-group={USER}",
        "setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", *inside])


def inside(home, api, allowed):
    limits()
    filters(allowed.split())
    tries(home)
    environment = {
        "DESKBELL_DATA": str(home / "state"), "DESKBELL_TELEGRAM_TOKEN_FILE": str(home / "credentials" / "telegram.token"),
        "DESKBELL_TELEGRAM_API_URL": api, "DESKBELL_HEALTH_LISTEN": "127.0.0.1:0", "PATH": "/usr/bin:/bin", "DESKBELL_LOG": "warn"}
    program = str(home / "deskbell")
    os.execve(program, [program, "--config", str(home / "etc" / "deskbell.toml"), "run"], environment)


def limits():
    import resource
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    resource.setrlimit(resource.RLIMIT_NPROC, (64, 64))


class Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


NE, EQUAL, MASKED = 1, 4, 7
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
NAMESPACES = [0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]


def filters(allowed):
    """As systemd stacks them: one that refuses some uses of calls, then one that refuses all calls but these."""
    lib = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_init.argtypes = [ctypes.c_uint32]
    lib.seccomp_load.argtypes = lib.seccomp_release.argtypes = [ctypes.c_void_p]
    lib.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Compare)]

    def rule(context, action, name, *compares):
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number == -1:
            return  # a name of another architecture, or newer than the library
        array = (Compare * max(1, len(compares)))(*compares)
        done = lib.seccomp_rule_add_array(context, action, number, len(compares), array)
        if done not in (0, -errno.EDOM, -errno.EFAULT) and number >= 0:
            sys.exit(f"no rule for {name}: {os.strerror(-done)}")

    def load(context):
        if lib.seccomp_load(context):
            sys.exit("the filter could not be put in place")
        lib.seccomp_release(context)

    some = lib.seccomp_init(ALLOW)
    # RestrictAddressFamilies=AF_INET AF_INET6
    for family in range(1, 46):
        if family not in (socket.AF_INET, socket.AF_INET6):
            rule(some, REFUSE, "socket", Compare(0, EQUAL, family, 0))
    # RestrictNamespaces=yes
    for flag in NAMESPACES:
        rule(some, REFUSE, "clone", Compare(0, MASKED, flag, flag))
        rule(some, REFUSE, "unshare", Compare(0, MASKED, flag, flag))
    rule(some, REFUSE, "setns")
    rule(some, 0x00050000 | errno.ENOSYS, "clone3")
    # MemoryDenyWriteExecute=yes
    rule(some, REFUSE, "mmap", Compare(2, MASKED, 6, 6))
    rule(some, REFUSE, "mprotect", Compare(2, MASKED, 4, 4))
    rule(some, REFUSE, "pkey_mprotect", Compare(2, MASKED, 4, 4))
    rule(some, REFUSE, "shmat", Compare(2, MASKED, 0o100000, 0o100000))
    # LockPersonality=yes
    rule(some, REFUSE, "personality", Compare(0, NE, 0, 0))
    # RestrictSUIDSGID=yes
    for name, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2)):
        for bit in (0o4000, 0o2000):
            rule(some, REFUSE, name, Compare(argument, MASKED, bit, bit))
    load(some)
    only = lib.seccomp_init(REFUSE)
    for name in allowed:
        rule(only, ALLOW, name)
    load(only)


def tries(home):
    """What must be refused is refused: else this would show nothing."""

    def refused(what, attempt):
        try:
            attempt()
        except (OSError, PermissionError):
            print(f"refused: {what}", flush=True)
            return
        sys.exit(f"not refused: {what}")

    def write_and_execute():
        mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)

    def own_namespace():
        if libc.unshare(0x00020000):
            raise OSError(ctypes.get_errno(), "unshare")

    def other_time():
        time.clock_settime(time.CLOCK_REALTIME, time.time())

    def others():
        if not Path("/proc/1/status").exists():
            raise OSError("invisible")

    refused("to write into /etc", lambda: open("/etc/deskbell-was-here", "w"))
    refused("to write beside the FAQ", lambda: open(home / "etc" / "faq" / "en" / "new.md", "w"))
    refused("to write into the program's folder", lambda: open(home / "new", "w"))
    refused("to look into /root", lambda: os.listdir("/root"))
    refused("to see other processes", others)
    refused("to read the machine's memory figures (ProcSubset)", lambda: open("/proc/meminfo"))
    refused("a local socket", lambda: socket.socket(socket.AF_UNIX))
    refused("a raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
    refused("memory to write and execute", write_and_execute)
    refused("a namespace of its own", own_namespace)
    refused("to set the clock", other_time)
    refused("to become root", lambda: os.setuid(0))
    (home / "etc" / "faq" / "drafts" / "try").touch()
    (home / "etc" / "faq" / "drafts" / "try").unlink()
    (home / "state" / "try").touch()
    (home / "state" / "try").unlink()
    print("allowed: to write into the state folder and faq/drafts", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--mounts"]:
        mounts(Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1:2] == ["--inside"]:
        inside(Path(sys.argv[2]), *sys.argv[3:])
    else:
        main()
