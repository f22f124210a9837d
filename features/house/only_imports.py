"""A kind of contract that the import linter lacks: a package stands on a short list of others and on nothing else."""

from __future__ import annotations

import sys
from itertools import chain

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyImports(Contract):
    """Outside our own packages, `package` imports the standard library and what is `allowed`, submodules included.

    What it may import of our own is the matter of other contracts.
    """

    package = fields.StringField()
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import as it is written: the graph knows other packages by their first name only."""
        own = {module.partition(".")[0] for module in graph.modules if not graph.is_module_squashed(module)}
        importers = graph.find_descendants(str(self.package)) | {str(self.package)}
        written = (
            graph.get_import_details(importer=importer, imported=imported)
            for importer in sorted(importers)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.partition(".")[0] not in own | sys.stdlib_module_names
        )
        foreign = [
            f"{detail['importer']} line {detail['line_number']}: {detail['line_contents']}"
            for detail in chain.from_iterable(written)
            if not self._is_allowed(detail["line_contents"].split()[1])
        ]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def _is_allowed(self, name: str) -> bool:
        return any(f"{name}.".startswith(f"{allowed}.") for allowed in self.allowed)  # type: ignore[attr-defined]

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which line imports what it may not."""
        for line in check.metadata["foreign"]:
            output.print_error(line)
