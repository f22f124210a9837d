"""A history that nobody tampered with is found good, whatever is done to the service meanwhile.

`Q2C_FULL=1 pytest features/proofs/test_false_alarms.py -s` looks 1,000 times, while others write and seal, people are
erased, keys are replaced and everything is started anew. Then an event is tampered with, and found.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.shared.party import Contact
from domain.shared.personal import KeyClass
from features.event_log.counters import counted, save
from features.faults.service import FULL
from features.proofs.sealed import Sealed, verified
from infrastructure.event_log import EventLog, Save
from infrastructure.proofs.checkpoints import Signer
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.sealer import Sealer
from infrastructure.sealing import Vault, open_vault

STARTS, LOOKS = (20, 50) if FULL else (4, 5)
"""How often everything is started anew, and how often each time somebody looks whether all is good."""
SEALERS = 3
FLIP = "UPDATE log.events SET state = set_byte(state, 9, get_byte(state, 9) # 1) WHERE position = %(position)s"


@pytest.fixture
def signers(sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Signer]:
    """All that have signed, the present one last. What is erased takes keys of this test along, and no others."""
    monkeypatch.setenv("Q2C_KEY_ENCRYPTION_KEY", str(tmp_path / "key-encryption-key.json"))
    return [sealed.signer]


def test_there_is_no_false_alarm_and_tampering_is_found_after_all_that(sealed: Sealed, signers: list[Signer]) -> None:
    erased = asyncio.run(_many_looks(sealed, signers))
    print(f"\n{STARTS * LOOKS} looks, {erased} erasures, {len(signers)} signing keys: no false alarm")
    position = verified(sealed, signers).sealed // 2
    sealed.tamper(FLIP, position=position)
    status, said = sealed.run(sealed.bundle(), *_keys(signers))
    assert (status, f" {position} " in said) == (1, True), said


async def _many_looks(sealed: Sealed, signers: list[Signer]) -> int:
    """How often somebody was erased."""
    people: list[UUID] = []
    chance, erased = random.Random(5), 0
    for _ in range(STARTS):
        async with EventLog(sealed.url) as log, open_vault(sealed.url, log) as vault:
            for _ in range(LOOKS):
                people += [uuid4(), uuid4()]
                saves = [await _telling_of(vault, person) for person in chance.choices(people, k=3)]
                gone = people.pop(chance.randrange(len(people)))
                async with asyncio.TaskGroup() as together:
                    looked = together.create_task(asyncio.to_thread(verified, sealed, signers))
                    # Which replaces the key-encryption key, too.
                    destroyed = together.create_task(vault.destroy(gone, list(KeyClass)))
                    for one in saves:
                        together.create_task(log.append(one))
                    for _ in range(SEALERS):
                        together.create_task(Sealer(sealed.url, signers[-1], sealed.sink).seal())
                assert looked.result().wrong is None
                erased += bool(destroyed.result().keys)
        await _judged_offline(sealed, signers)
        await _next_signer(sealed, signers)
    return erased


async def _telling_of(vault: Vault, person: UUID) -> Save:
    """An event that bears something personal."""
    aggregate = uuid4()
    contact = await vault.sealed(Contact(name="Ida Lund"), person, aggregate)
    return save(counted(aggregate, 1, note=contact.name))


async def _judged_offline(sealed: Sealed, signers: list[Signer]) -> None:
    """By the auditor's verifier, when everybody has gone."""
    sealed_events = await Sealer(sealed.url, signers[-1], sealed.sink).seal()
    status, said = await asyncio.to_thread(lambda: sealed.run(sealed.bundle(), *_keys(signers)))
    assert (status, said.startswith(f"Good: all {sealed_events:,} sealed events are")) == (0, True), said


async def _next_signer(sealed: Sealed, signers: list[Signer]) -> None:
    """Another key goes on with the tree."""
    file = sealed.folder / f"signing-key-{len(signers)}.pem"
    signers.append(signer_of(file, sealed.signer.verifier.origin))
    await Sealer(sealed.url, signers[-1], sealed.sink).take_over()


def _keys(signers: list[Signer]) -> list[str]:
    return [word for signer in signers for word in ("--key", str(signer.verifier))]
