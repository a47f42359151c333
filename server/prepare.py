"""`python -m server.prepare` compresses the page's files and the model's that browsers fetch, ahead of time.

`make run` runs it beside the server, which takes what is new when it is there; the image's build runs it once.
"""

from __future__ import annotations

import json
import sys

from model.contract import ContractError, load_contract
from server.encodings import prepare
from server.precache import PageFiles
from server.settings import STATIC, SettingsError, read_settings


def main() -> int:
    """Says how large they are in each form. Returns the exit code."""
    try:
        contract = load_contract(read_settings().model)
    except (SettingsError, ContractError) as error:
        print(f"prepare: {error}", file=sys.stderr)
        return 2
    files = PageFiles(STATIC, contract, json.dumps(contract.raw).encode()).sha256s()
    model = (contract.folder / path for path in contract.files if f"model/{path}" in files)
    n_bytes = prepare([*(STATIC.parent / path for path in files if path.startswith("static/")), *model])
    print("prepare:", ", ".join(f"{coding} {n / 1e6:.2f} MB" for coding, n in n_bytes.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
