"""Carries a plan out: what others refer to comes first, and opening balances come in the order of their dates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from domain.shared.refusal import Refusal
from interfaces.importing.csv_files import customers, opening_balances, price_books, products
from interfaces.importing.csv_files.desk import Desk, Task
from interfaces.importing.csv_files.reading import Sheets
from interfaces.importing.csv_files.report import Report
from interfaces.importing.office import Office, at_once, told
from interfaces.importing.rows import Problem


async def plan(sheets: Sheets, desk: Desk) -> Report:
    """Judge every row against the others and what exists; nothing is done yet. Raises Unreadable."""
    await products.plan(sheets.products, desk)
    await customers.plan(sheets.customers, desk)
    await price_books.plan(sheets.prices, desk)
    await opening_balances.plan(sheets.balances, desk)
    return Report(sheets.rows, desk.verdicts, sheets.problems + desk.problems)


async def carry_out(desk: Desk, report: Report, moved: Callable[[int], None]) -> None:
    """Do what was planned. A refusal is the trouble of its rows alone."""
    office = desk.office
    work = partial(_do, office, report, moved)
    await at_once(desk.tasks.get("products", ()), work)
    await at_once(desk.tasks.get("customers", ()), work)
    for task in (*desk.tasks.get("price_books", ()), *desk.tasks.get("opening_balances", ())):
        await work(task)
    report.imported = True
    report.position = await office.head()


async def _do(office: Office, report: Report, moved: Callable[[int], None], task: Task) -> None:
    try:
        for wish in task.wishes:
            await office.execute(wish.command, wish.envelope, wish.on)
    except Refusal as refusal:
        first = task.rows[0]
        rest = f" (and {len(task.rows) - 1} more rows)" if len(task.rows) > 1 else ""
        report.problems.append(Problem(first.file, first.number, "", f"{told(refusal)}{rest}"))
    moved(len(task.rows))
