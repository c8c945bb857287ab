"""Modules that stood elsewhere in version 0.1: their old paths work, warn, and go with version 0.3.

An old path gives the very module that has its new one, so that classes and tables exist once.
"""

import importlib
import importlib.abc
import importlib.util
import sys
import types

from .support.deprecated import moved

# Old folder -> new folder -> modules, with "old=new" where the name changed, too.
_MOVED = {
    "": {
        "support.": "progress atomic shown",
        "core.": (
            "errors nested primitive ops graph autodiff arraylike serial kinks naming=node_names "
            "functions=composed"
        ),
        "symbolic.": (
            "formula simplify numerals expression notation forms=templates latex=latex_escape "
            "digits=number_format words=lexer"
        ),
        "compile.": "program codegen vectorise",
        "i18n.": "phrases phrases_it",
        "trace.": (
            "worked wrong_rules narration=step_text zoom=scalarise paths=gradient_paths explain=explain_code"
        ),
        "checks.": "gradient_check jacobians custom=primitive_check guards=nan",
        "course.": "contents lab quizzes errata",
        "cli.": "doctor",
    },
    "homework.": {
        "i18n.": "phrases=check_phrases wording_it=mistakes_it",
        "homework.exercises.": (
            "exercise procedure expressions networks definitions course_set reference fixed=slides drawing=draw "
            "resolve=rerun topics lessons"
        ),
        "homework.numbers.": "variants",
        "support.": "names=similar_names",
        "homework.grading.": (
            "answers values guard compare structure stub domain cases result explain=differences "
            "log=attempts"
        ),
        "homework.mistakes.": (
            "places mistake network_mistakes graph_mistakes branches updates hypotheses evidence diagnose pairs "
            "rounding wording wrong_graph function_mistakes slips=sites"
        ),
        "homework.output.": "formulas solution told=documents checked=report printed=pdf",
        "homework.classroom.": "grade folder handed_in handout nbgrader",
        "homework.": "sheet=homework functions=lesson_exercise",
    },
    "nn.": {
        "nn.optimizers.": "descent adaptive update_formulas=formulas",
        "nn.training.": "resuming checkpoints history batches trainer=step",
    },
    "player.": {
        "player.python.": "player page script pack message live reruns",
        "player.python.levels.": "layers neuron cells slopes levels",
        "player.python.questions.": "predict order=next_node slips=mistakes",
    },
    "homework.topics.": {
        "homework.exercises.topics.": "batch_norm boolean dropout gradient_check perceptron softmax_jacobian",
    },
    "homework.lessons.": {
        "homework.exercises.lessons.": (
            "derivatives lesson losses networks regularising scalars schedules training units"
        ),
    },
    "demos.": {
        "demos.framework.": (
            "show board frames style picture regions gallery_table enlarged playground_engine playground_live "
            "stage=demo letters=canvas ground=surfaces fits=regression"
        ),
        "demos.collection.": (
            "activation_gallery batch_noise descent_on_parabola descent_on_surfaces dropout_masks epsilon_sweep "
            "fit_of_cubic initial_statistics linear_collapse loss_monitoring maps_of_hidden_units "
            "normalisation_axes optimizer_race_on_surfaces path_growth rate_gallery schedule_gallery "
            "stopping_early symmetry_breaking timeline under_and_overfitting weight_penalties xor_nonconvexity "
            "playground_picture=playground"
        ),
    },
}

OLD = {
    f"nnteach.{old}{name.partition('=')[0]}": f"nnteach.{new}{name.rpartition('=')[2]}"
    for old, folders in _MOVED.items()
    for new, names in folders.items()
    for name in names.split()
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module by its path of version 0.1."""

    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname in OLD else None

    def create_module(self, spec):
        new = OLD[spec.name]
        moved(spec.name, new, since="0.2")
        module = importlib.import_module(new)
        self._own = module.__spec__  # the import system is about to put ours in its place
        return module

    def exec_module(self, module):
        """It has run already; what it says of itself stays true."""
        module.__spec__ = self._own


# Old paths with the name of a public function: their import would put a module in the function's place. So they are
# there already, and import nothing before they are asked for a name.
NAMES_OF_FUNCTIONS = ("nnteach.paths", "nnteach.primitive", "nnteach.simplify", "nnteach.homework.reference")


class _Alias(types.ModuleType):
    """A module at its old path, whose names are those of the module at the new one."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        moved(self.__name__, OLD[self.__name__], since="0.2")
        return getattr(importlib.import_module(OLD[self.__name__]), name)


def install() -> None:
    """Have old paths found, before all others: below a folder that has moved, its files would be found twice."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
        sys.modules.update({old: _Alias(old) for old in NAMES_OF_FUNCTIONS})
