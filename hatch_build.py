"""What `pip wheel` does besides copying: the player's script is minified, so that nobody needs a minifier to use it."""

import importlib.util
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MinifiedPlayer(BuildHookInterface):
    """Puts the minified parts of the player into a wheel; an installation in place minifies when it is asked."""

    def initialize(self, version: str, build_data: dict) -> None:
        if version == "editable":
            return
        module = _script(Path(self.root))
        self.made = tempfile.TemporaryDirectory()
        module.write_minified(Path(self.made.name))
        target = module.FOLDER.relative_to(self.root) / "min"
        for path in Path(self.made.name).iterdir():
            build_data["force_include"][str(path)] = (target / path.name).as_posix()

    def finalize(self, version: str, build_data: dict, artifact_path: str) -> None:
        if version != "editable":
            self.made.cleanup()


def _script(root: Path):
    """The module that knows the parts, without nnteach, whose dependencies are not there while it is built."""
    path, = root.glob("nnteach/player/**/script.py")
    spec = importlib.util.spec_from_file_location("script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
