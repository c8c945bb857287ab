"""The course: its contents, quizzes and errata, copying it into a folder, and starting JupyterLab on it."""

from ..support.deprecated import moved_names

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "CourseError": "nnteach.course.copying.CourseError",
    "Copied": "nnteach.course.copying.Copied",
    "shipped": "nnteach.course.copying.shipped",
    "copy_course": "nnteach.course.copying.copy_course",
    "describe": "nnteach.course.copying.describe",
    "PARTS": "nnteach.course.copying.PARTS",
    "MANIFEST": "nnteach.course.copying.MANIFEST",
}, since="0.2")
