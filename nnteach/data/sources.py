"""What the published image sets consist of: names, counts, checksums and where they are served.

To add a set in MNIST's format, add a Source here and a function of two lines to `images.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """One file of a set.

    Attributes:
        name: unpacked; the published file is `name.gz`.
        count: samples in it.
        packed_size, packed_sha256: of the published .gz, in bytes and hexadecimal.
        sha256: of the unpacked file, where one is known.
    """

    name: str
    count: int
    packed_size: int
    packed_sha256: str
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """A set of images.

    Attributes:
        folder: what its folder is called in our cache and in Keras's.
        torchvision: what torchvision calls it.
        keras_archive: the one file Keras has it in, if it has.
        balanced: whether every class has as many images.
        files: training images and labels, test images and labels.
        mirrors: addresses that a file's name is appended to.
        home: where to read about it and get it by hand.
    """

    title: str
    folder: str
    torchvision: str
    names: tuple[str, ...]
    files: tuple[File, File, File, File]
    mirrors: tuple[str, ...]
    home: str
    keras_archive: str = ""
    balanced: bool = False


FASHION_MNIST = Source(
    "Fashion-MNIST",
    "fashion-mnist",
    "FashionMNIST",
    (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    (
        File(
            "train-images-idx3-ubyte",
            60_000,
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        File(
            "train-labels-idx1-ubyte",
            60_000,
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        File(
            "t10k-images-idx3-ubyte",
            10_000,
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        File(
            "t10k-labels-idx1-ubyte",
            10_000,
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
    (
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
    ),
    "https://github.com/zalandoresearch/fashion-mnist",
    balanced=True,
)

MNIST = Source(
    "MNIST",
    "mnist",
    "MNIST",
    tuple("0123456789"),
    (
        File(
            "train-images-idx3-ubyte",
            60_000,
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        File(
            "train-labels-idx1-ubyte",
            60_000,
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        File(
            "t10k-images-idx3-ubyte",
            10_000,
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        File(
            "t10k-labels-idx1-ubyte",
            10_000,
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"),
    "https://github.com/cvdfoundation/mnist",
    keras_archive="mnist.npz",
)
