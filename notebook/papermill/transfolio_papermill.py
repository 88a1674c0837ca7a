"""Parameters of papermill for Transfolio notebooks.

`papermill in.ipynb out.ipynb -p epochs 7` puts a cell behind the one that is tagged
`parameters`; this writes it in Rust. A value takes the type of its default there,
`let epochs: u32 = 5;`, and one that is not of it is refused before anything runs.
"""

import re

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators


def _text(value):
    """A literal of Rust."""
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
    return '"' + "".join(signs.get(sign, sign) for sign in str(value)) + '"'


class Rust(Translator):
    LET = re.compile(r"^let\s+(?P<name>\w+)\s*:\s*(?P<type>[^=]+?)\s*=\s*(?P<value>.*);\s*(?://\s*(?P<help>.*))?$")

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = [f"// {comment}"]
        for name, value in parameters.items():
            if value is None or isinstance(value, (dict, list, tuple, set)):
                raise ValueError(
                    f"parameter {name} is {value!r}; expected text, a number, true or false"
                )
            if isinstance(value, bool):
                value = "true" if value else "false"
            lines.append(f"let {name} = parameter(&{name}, {_text(name)}, {_text(value)})?;")
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        found = []
        for line in parameters_cell["source"].splitlines():
            match = cls.LET.match(line.strip())
            if match:
                found.append(
                    Parameter(
                        name=match["name"],
                        inferred_type_name=match["type"],
                        default=match["value"],
                        help=match["help"] or "",
                    )
                )
        return found


class Engine(NBClientEngine):
    """papermill's own engine: what papermill loads by its entry point, so that the
    translator is there before it is looked for."""


papermill_translators.register("rust", Rust)
papermill_translators.register("transfolio", Rust)
