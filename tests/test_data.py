"""Real data: IDX files in every state they are met in, downloads from a real server, and the shared sets."""

import errno
import gzip
import hashlib
import http.server
import os
import shutil
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs.macos
import platformdirs.unix
import pytest

import nnteach as nt
from nnteach.data import DataError, download, fashion_mnist, idx, images, iris, mnist, places
from nnteach.data.sources import FASHION_MNIST, MNIST, File, Source

SHARED = Path(os.environ.get("NNTEACH_DATA") or Path(__file__).parents[2] / "shared" / "data")
NAMES = [file.name for file in MNIST.files]
COUNTS = (20, 20, 10, 10)


def idx_bytes(array, magic=None, counts=None):
    header = magic or bytes((0, 0, 8, array.ndim))
    return header + struct.pack(f">{array.ndim}I", *(counts or array.shape)) + array.astype(np.uint8).tobytes()


def small_arrays():
    rng = np.random.default_rng(0)
    x = [rng.integers(0, 256, (n, 28, 28), np.uint8) for n in COUNTS[::2]]
    y = [np.arange(n) % 10 for n in COUNTS[::2]]
    return [x[0], y[0], x[1], y[1]]


def packed(array):
    return gzip.compress(idx_bytes(array), mtime=0)


@pytest.fixture
def source():
    """A set of 20 and 10 images, in all else like Fashion-MNIST."""
    files = []
    for name, array in zip(NAMES, small_arrays(), strict=True):
        data = packed(array)
        files.append(File(name, len(array), len(data), hashlib.sha256(data).hexdigest()))
    return Source("Tiny", "tiny", "Tiny", tuple("abcdefghij"), tuple(files), (), "nowhere", balanced=True)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "tiny"
    place.mkdir()
    for name, array in zip(NAMES, small_arrays(), strict=True):
        (place / f"{name}.gz").write_bytes(packed(array))
    return place


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path, monkeypatch):
    """No test may find, or fill, the caches of the machine it runs on."""
    for name in ("NNTEACH_DATA", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("NNTEACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.chdir(tmp_path)


# ---------------------------------------------------------------------------------------------- what is in order


def test_a_set_is_read_gzipped_and_raw(source, folder):
    data = images.load(source, folder)
    assert data.x_train.shape == (20, 28, 28) and data.x_train.dtype == np.uint8
    assert data.y_test.tolist() == list(range(10)) and data.y_train.dtype == np.int64
    for got, array in zip((data.x_train, data.y_train, data.x_test, data.y_test), small_arrays(), strict=True):
        assert (got == array).all()
    assert data.note == "" and data.verified and data.names[0] == "a"
    assert repr(data) == "Tiny: 20 training and 10 test images of 28 × 28, 10 classes"
    for name in NAMES:
        (folder / name).write_bytes(gzip.decompress((folder / f"{name}.gz").read_bytes()))
        (folder / f"{name}.gz").unlink()
    raw = images.load(source, folder)
    assert (raw.x_train == data.x_train).all() and not raw.verified  # no checksum of raw files is published


def test_a_set_is_found_in_every_place(source, folder, tmp_path, monkeypatch):
    home = tmp_path / "home"
    places = {
        tmp_path / "cache/tiny": {},
        home / ".keras/datasets/tiny": {},
        tmp_path / "elsewhere/datasets/tiny": {"KERAS_HOME": str(tmp_path / "elsewhere")},
        tmp_path / "data/Tiny/raw": {},
        home / "data/Tiny/raw": {},
        tmp_path / "named/tiny": {"NNTEACH_DATA": str(tmp_path / "named")},
        tmp_path / "bare": {"NNTEACH_DATA": str(tmp_path / "bare")},
    }
    for place, environment in places.items():
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            shutil.copytree(folder, place)
            assert images.load(source, download=False).source.resolve() == place
            shutil.rmtree(place)


def test_names_with_a_dot_and_a_file_as_path(source, folder):
    for name in NAMES:
        (folder / f"{name}.gz").rename(folder / f"{name.replace('-idx', '.idx')}.gz")
    assert len(images.load(source, folder / "train-images.idx3-ubyte.gz").x_train) == 20


def test_a_path_is_taken_and_nothing_else(source, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "cache/tiny")
    with pytest.raises(DataError, match="no such folder"):
        images.load(source, tmp_path / "mistyped")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz"):
        images.load(source, tmp_path / "empty")


def test_keras_has_mnist_in_an_archive(source, tmp_path):
    arrays = small_arrays()
    sums = [hashlib.sha256(idx_bytes(array)).hexdigest() for array in arrays]
    files = tuple(replace(file, sha256=found) for file, found in zip(source.files, sums, strict=True))
    source = replace(source, files=files, keras_archive="tiny.npz")
    place = tmp_path / "home/.keras/datasets/tiny.npz"
    place.parent.mkdir(parents=True)
    np.savez(place, **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True)))
    data = images.load(source, download=False)
    assert data.source == place and data.verified and (data.x_test == arrays[2]).all()
    arrays[0][3, 4, 5] ^= 1
    np.savez(place, **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True)))
    with pytest.raises(DataError, match="SHA-256"):
        images.load(source, place)
    place.write_bytes(b"PK nonsense")
    with pytest.raises(DataError, match="archive of x_train"):
        images.load(source, place)


SYSTEMS = {
    "linux": (platformdirs.unix.Unix, "xdg/nnteach"),
    "macOS": (platformdirs.macos.MacOS, "home/Library/Caches/nnteach"),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_cache_is_where_the_system_keeps_caches(system, tmp_path, monkeypatch):
    monkeypatch.delenv("NNTEACH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    kind, wanted = SYSTEMS[system]
    if system == "macOS":
        monkeypatch.delenv("XDG_CACHE_HOME")
    assert places.cache(kind) == tmp_path / wanted


def test_the_variable_names_the_cache_whatever_the_system(tmp_path, monkeypatch):
    monkeypatch.setenv("NNTEACH_CACHE", "~/elsewhere")
    assert places.cache() == tmp_path / "home/elsewhere"


@pytest.mark.parametrize("system, where, variables", [
    ("macOS", "home/.cache/nnteach", {}),
    ("macOS", "own/nnteach", {"XDG_CACHE_HOME": "own"}),
    ("linux", "home/.cache/nnteach", {}),
    ("Windows", "local/nnteach", {"LOCALAPPDATA": "local"}),
])
def test_a_cache_of_an_older_version_is_still_read(system, where, variables, source, folder, tmp_path, monkeypatch):
    """nnteach 0.1 had another folder on macOS and Windows: nobody downloads 30 MB again."""
    for name in ("NNTEACH_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    assert places.former_cache(system) == tmp_path / where
    if system != "Windows":
        shutil.copytree(folder, tmp_path / where / "tiny")
        found = [place for place, _ in places.places(source, system) if place.is_dir()]
        assert found == [tmp_path / where / "tiny"]


def test_a_set_in_the_cache_of_an_older_version_is_loaded_and_nothing_is_fetched(source, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "SYSTEM", "macOS")  # where both folders differ, whatever runs this test
    monkeypatch.delenv("NNTEACH_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    old = tmp_path / "home/.cache/nnteach/tiny"
    shutil.copytree(folder, old)
    assert images.load(source, download=False).source == old


# ------------------------------------------------------------------------------------------------ what is damaged

X = np.arange(2 * 28 * 28).reshape(2, 28, 28)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", ["an empty file", "Delete"]),
        (b"<!DOCTYPE html><html>login</html>", ["a web page (HTML)", "login page"]),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", ["Git LFS pointer", "git lfs pull"]),
        (idx_bytes(X)[:100], ["1568 bytes", "2 images of 28 × 28", "84 bytes", "cut off"]),
        (idx_bytes(X)[:7], ["a header of 16 bytes", "7 bytes"]),
        (gzip.compress(idx_bytes(X))[:200], ["a whole gzip file", "200 bytes", "cut off"]),
        (gzip.compress(idx_bytes(X))[:-8] + b"12345678", ["do not add up"]),
        (idx_bytes(X[:, 0, 0]), ["2051 of images", "2049, that of labels", "mixed up"]),
        (b"PNG" + bytes(100), ["2051 of images", "no IDX file"]),
        (idx_bytes(X, counts=(1, 28, 28)), ["784 bytes", "more", "count in its header is wrong"]),
        (idx_bytes(X, counts=(3, 28, 28)), ["2352 bytes", "1568 bytes"]),
        (idx_bytes(X, counts=(2**31, 28, 28)), ["a header that promises"]),
    ],
    ids=[
        "empty",
        "html",
        "lfs",
        "truncated",
        "header",
        "truncated gzip",
        "checksum of gzip",
        "labels as images",
        "magic",
        "count too small",
        "count too large",
        "count absurd",
    ],
)
def test_every_damage_has_its_message(content, said, tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        idx.read(path, 3)
    for words in (str(path), "expected", "got", *said):
        assert words in str(caught.value)


def test_images_where_labels_are_expected(tmp_path):
    path = tmp_path / "labels"
    path.write_bytes(idx_bytes(X))
    with pytest.raises(DataError, match="2049 of labels") as caught:
        idx.read(path, 1)
    assert "that of images" in str(caught.value)


def test_a_file_that_may_not_be_read(tmp_path):
    with pytest.raises(DataError, match="Check the path"):
        idx.read(tmp_path / "nothing", 3)
    with pytest.raises(DataError, match="file that can be read"):
        idx.read(tmp_path, 3)  # a folder
    forbidden = tmp_path / "forbidden"
    forbidden.write_bytes(b"x")
    forbidden.chmod(0)
    if os.access(forbidden, os.R_OK):
        error = idx.unreadable(forbidden, PermissionError(errno.EACCES, "Permission denied"))  # we are root
        assert "Permission denied" in str(error) and "the right to read it" in str(error)
    else:
        with pytest.raises(DataError, match="the right to read it"):
            idx.read(forbidden, 3)


def rewrite(folder, position, array):
    (folder / f"{NAMES[position]}.gz").write_bytes(packed(array))


def test_a_set_that_does_not_belong_together(source, folder):
    x, y, *_ = small_arrays()
    rewrite(folder, 1, y[:19])
    with pytest.raises(DataError, match="20 images and 19 labels"):
        images.load(source, folder, partial=True)
    rewrite(folder, 1, np.append(y[:18], 77))
    rewrite(folder, 0, x[:19])
    with pytest.raises(DataError, match="the label 77"):
        images.load(source, folder, partial=True)
    rewrite(folder, 0, x[:, :14])
    with pytest.raises(DataError, match="images of 28 × 28"):
        images.load(source, folder, partial=True)


def test_a_set_with_other_contents_is_not_the_set(source, folder):
    x, *_ = small_arrays()
    x[0, 0, 0] ^= 1
    rewrite(folder, 0, x)
    with pytest.raises(DataError, match="SHA-256") as caught:
        images.load(source, folder)
    assert source.files[0].packed_sha256 in str(caught.value)
    for name in NAMES:
        path = folder / f"{name}.gz"
        (folder / name).write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    (folder / NAMES[1]).write_bytes(idx_bytes(np.arange(20) // 3))
    with pytest.raises(DataError, match="2 images of every class"):
        images.load(source, folder)


def test_a_part_is_taken_only_when_asked_for_and_says_so(source, folder):
    x, y, *_ = small_arrays()
    rewrite(folder, 0, x[:7])
    rewrite(folder, 1, y[:7])
    with pytest.raises(DataError, match=r"20 samples[^.]*7[^.]*\.[^.]*partial=True"):
        images.load(source, folder)
    data = images.load(source, folder, partial=True)
    assert data.note == "only 7 of 20 training and 10 of 10 test images" and not data.verified
    assert data.note in repr(data)
    for name in NAMES[2:]:
        (folder / f"{name}.gz").unlink()
    assert images.load(source, folder, partial=True).x_test.shape == (0, 28, 28)
    (folder / f"{NAMES[1]}.gz").unlink()
    with pytest.raises(DataError, match="train-labels-idx1-ubyte"):
        images.load(source, folder, partial=True)


def test_too_many_images_are_another_set(source, folder):
    x, *_ = small_arrays()
    rewrite(folder, 0, np.concatenate([x, x]))
    with pytest.raises(DataError, match="another set"):
        images.load(source, folder, partial=True)


# ------------------------------------------------------------------------------------------------------- downloads


class Server(http.server.ThreadingHTTPServer):
    """A mirror on this machine; `files` says what it serves, `asked` what was asked of it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.cut, self.ranges, self.headers_sent = {}, [], {}, True, []
        self.url = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, name = self.server, self.path.strip("/")
        server.asked.append((name, self.headers.get("Range")))
        server.headers_sent.append(self.headers)
        if name not in server.files:
            return self.send_error(404)
        data = whole = server.files[name]
        start = int(self.headers["Range"][6:-1]) if server.ranges and "Range" in self.headers else 0
        data = data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        if cut := server.cut.pop(name, None):
            data = data[:cut]
            self.close_connection = True
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as running:
        running.files = {f"{name}.gz": packed(array) for name, array in zip(NAMES, small_arrays(), strict=True)}
        yield running
        running.shutdown()


DATA = bytes(range(256)) * 40
SHA = hashlib.sha256(DATA).hexdigest()


def test_a_set_is_downloaded_once(source, server, tmp_path):
    source = replace(source, mirrors=(server.url,))
    data = images.load(source)
    assert data.verified and (data.x_train == small_arrays()[0]).all() and len(server.asked) == 4
    images.load(source)
    assert len(server.asked) == 4
    assert sorted(path.name for path in (tmp_path / "cache/tiny").iterdir()) == sorted(server.files)


def test_a_damaged_cache_is_fetched_anew(source, server, tmp_path):
    source = replace(source, mirrors=(server.url,))
    images.load(source)
    broken = tmp_path / "cache/tiny" / f"{NAMES[0]}.gz"
    broken.write_bytes(broken.read_bytes()[:500])
    assert images.load(source).verified and len(server.asked) == 5
    with pytest.raises(DataError, match="expected"):
        broken.write_bytes(b"<html>")
        images.load(source, download=False)


def test_a_folder_the_user_named_is_not_passed_over(source, server, folder, monkeypatch):
    monkeypatch.setenv("NNTEACH_DATA", str(folder))
    (folder / f"{NAMES[0]}.gz").write_bytes(b"<html>")
    with pytest.raises(DataError, match="web page"):
        images.load(replace(source, mirrors=(server.url,)))
    assert server.asked == []


@pytest.mark.parametrize("ranges", [True, False], ids=["resumed", "from a server that cannot resume"])
def test_a_download_carries_on_where_it_broke_off(server, tmp_path, ranges):
    server.files, server.ranges, server.cut = {"f": DATA}, ranges, {"f": 3000}
    target = tmp_path / "deep" / "f"
    with pytest.raises(DataError, match="got 3,000: it broke off"):
        download.fetch([server.url + "f"], target, len(DATA), SHA, "Do it by hand")
    assert not target.exists() and (tmp_path / "deep/f.part").stat().st_size == 3000
    assert download.fetch([server.url + "f"], target, len(DATA), SHA).read_bytes() == DATA
    assert [asked for _, asked in server.asked] == [None, "bytes=3000-"]
    assert [path.name for path in target.parent.iterdir()] == ["f"]


def test_the_second_mirror_carries_on_too(server, tmp_path):
    server.files, server.cut = {"a": DATA, "b": DATA}, {"a": 3000}
    download.fetch([server.url + "a", server.url + "b"], tmp_path / "f", len(DATA), SHA)
    assert server.asked == [("a", None), ("b", "bytes=3000-")]


def test_a_part_with_a_wrong_beginning_is_begun_again(server, tmp_path):
    server.files = {"f": DATA}
    (tmp_path / "f.part").write_bytes(b"x" * 3000)
    assert download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA).read_bytes() == DATA
    (tmp_path / "g.part").write_bytes(b"x" * len(DATA))  # complete, and wrong
    assert download.fetch([server.url + "f"], tmp_path / "g", len(DATA), SHA).read_bytes() == DATA


def test_every_mirror_says_why_it_did_not_serve(server, tmp_path):
    free = Server()
    free.server_close()
    server.files = {
        "page": b"<html>please log in" + bytes(len(DATA)),
        "wrong": DATA[::-1],
        "long": DATA + b"x",
        "lfs": b"version https://git-lfs.github.com/spec/v1\n",
    }
    urls = [server.url + name for name in ("missing", "page", "wrong", "long", "lfs")] + [free.url + "f"]
    with pytest.raises(DataError) as caught:
        download.fetch(urls, tmp_path / "f", len(DATA), SHA, "Do it by hand")
    said = str(caught.value)
    for words in (
        "f from one of 6 mirrors",
        "it answered 404",
        "a web page (HTML)",
        "expected the SHA-256",
        "got more",
        "Git LFS pointer",
        "no connection",
        "Do it by hand",
    ):
        assert words in said
    assert not (tmp_path / "f").exists()


def test_no_network(source):
    offline = replace(source, mirrors=("http://nowhere.invalid/",))
    with pytest.raises(DataError, match=r"name was not found.*no network") as caught:
        images.load(offline)
    assert "NNTEACH_DATA" in str(caught.value)


def test_a_server_that_falls_silent(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    with pytest.raises(DataError, match="no answer within"):
        with socket_that_never_answers() as url:
            download.fetch([url], tmp_path / "f", len(DATA), SHA)


class socket_that_never_answers:
    def __enter__(self):
        import socket

        self.socket = socket.create_server(("127.0.0.1", 0))
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/f"

    def __exit__(self, *_):
        self.socket.close()


def test_no_room(server, tmp_path):
    server.files = {"f": DATA}
    with pytest.raises(DataError, match=r"bytes free.*needed"):
        download.fetch([server.url + "f"], tmp_path / "f", 10**18, SHA)
    assert server.asked == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk here")
def test_the_disk_fills_up_while_writing(server, tmp_path):
    server.files = {"f": DATA}
    (tmp_path / "f.part").symlink_to("/dev/full")
    with pytest.raises(DataError, match="No space left"):
        download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA)


def test_a_folder_that_cannot_be_written_to(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="NNTEACH_CACHE"):
        download.fetch([server.url + "f"], tmp_path / "file" / "f", len(DATA), SHA)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_download_that_is_killed_leaves_no_half_file_and_is_carried_on_with(server, tmp_path):
    server.files = {"f": DATA}
    with slow_socket(DATA[:5000], len(DATA)) as url:
        program = (
            f"from nnteach.data.download import fetch; fetch([{url!r}], {str(tmp_path / 'f')!r}, {len(DATA)}, {SHA!r})"
        )
        running = subprocess.Popen([sys.executable, "-c", program])
        part = tmp_path / f"f.part-{running.pid}"
        end = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size == 5000):
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        running.kill()
        running.wait()
    assert not (tmp_path / "f").exists()
    old = time.time() - 2 * download.ABANDONED
    os.utime(part, (old, old))
    assert download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA).read_bytes() == DATA
    assert server.asked == [("f", "bytes=5000-")] and [path.name for path in tmp_path.iterdir()] == ["f"]


class slow_socket:
    """A server that sends the beginning of a file, and then nothing more."""

    def __init__(self, beginning, size):
        self.answer = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % size + beginning

    def __enter__(self):
        import socket

        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/f"

    def serve(self):
        self.connection, _ = self.socket.accept()
        self.connection.recv(4096)
        self.connection.sendall(self.answer)

    def __exit__(self, *_):
        self.connection.close()
        self.socket.close()


def test_two_processes_do_not_write_to_one_part(server, tmp_path):
    server.files = {"f": DATA}
    (tmp_path / "f.part-1").write_bytes(DATA[:100])  # another process is at it
    download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA)
    assert server.asked == [("f", None)] and (tmp_path / "f.part-1").exists()
    old = time.time() - 2 * download.ABANDONED
    os.utime(tmp_path / "f.part-1", (old, old))
    (tmp_path / "f").unlink()
    download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA)
    assert server.asked[1:] == [("f", "bytes=100-")] and not (tmp_path / "f.part-1").exists()


def test_what_is_there_and_right_is_not_fetched_and_what_is_wrong_is_replaced(server, tmp_path, capfd):
    server.files = {"f": DATA}
    (tmp_path / "f").write_bytes(DATA)
    download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA)
    assert server.asked == []
    (tmp_path / "f").write_bytes(DATA[::-1])
    assert download.fetch([server.url + "f"], tmp_path / "f", len(DATA), SHA).read_bytes() == DATA
    assert server.asked == [("f", None)] and capfd.readouterr() == ("", "")  # pooch's own lines are not shown


def test_what_a_mirror_packs_on_the_way_is_not_taken_for_the_file(server, tmp_path):
    """A proxy that unpacks .gz files would give other bytes; they are asked for as they are."""
    packed_file = gzip.compress(DATA)
    server.files = {"f.gz": packed_file}
    download.fetch([server.url + "f.gz"], tmp_path / "f.gz", len(packed_file), hashlib.sha256(packed_file).hexdigest())
    assert [headers["Accept-Encoding"] for headers in server.headers_sent] == ["identity"]


@pytest.mark.parametrize("connection, said", [
    (b"", "no connection"),
    (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "407 .*the proxy wants a login"),
    (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", r"it answered 503 \(Busy\)"),
    (b"no HTTP at all\r\n\r\n", "no connection"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "got [02]: it broke off"),
], ids=["closed at once", "proxy", "busy", "something else", "broken chunk"])
def test_what_is_wrong_with_a_connection_is_said_in_words(connection, said, tmp_path):
    with closing_socket(connection) as url, pytest.raises(DataError, match=said):
        download.fetch([url], tmp_path / "f", len(DATA), SHA)


def test_a_mirror_without_a_valid_certificate(tmp_path):
    """A server that does not speak TLS is the same to the client as a proxy in between."""
    answer = b"HTTP/1.0 200 OK\r\n\r\n"
    with closing_socket(answer) as url, pytest.raises(DataError, match="certificate was not accepted"):
        download.fetch([url.replace("http:", "https:")], tmp_path / "f", len(DATA), SHA)


class closing_socket:
    """A server that answers every connection with the same bytes, and closes it."""

    def __init__(self, answer):
        self.answer = answer

    def __enter__(self):
        import socket

        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/f"

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(self.answer)

    def __exit__(self, *_):
        self.socket.close()


def test_a_bar_shows_what_arrives(server, tmp_path, capsys):
    server.files = {"f.gz": DATA}
    download.fetch([server.url + "f.gz"], tmp_path / "f.gz", len(DATA), SHA, show=True)
    assert "f.gz" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------- iris, real sets


def test_iris():
    data = iris()
    assert data.X.shape == (150, 4) and np.bincount(data.T).tolist() == [50, 50, 50]
    assert data.X.mean(axis=0) == pytest.approx([5.8433, 3.0573, 3.758, 1.1993], abs=1e-4)
    assert repr(data) == "Iris: 150 flowers, 4 lengths in cm, 3 species"


def test_iris_is_scikit_learns():
    X, T = pytest.importorskip("sklearn.datasets").load_iris(return_X_y=True)
    assert (iris().X == X).all() and (iris().T == T).all()


def shared(name):
    folder = SHARED / name
    return folder if folder.is_dir() else pytest.skip(f"{folder} is not beside the checkout")


def test_mnist_at_full_size():
    data = mnist(shared("mnist"))
    assert data.x_train.shape == (60_000, 28, 28) and data.x_test.shape == (10_000, 28, 28)
    assert data.verified and data.note == "" and data.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert repr(data) == "MNIST: 60,000 training and 10,000 test images of 28 × 28, 10 classes"


def test_mnist_at_full_size_is_downloaded_resumed_and_verified(server, tmp_path, monkeypatch):
    """The real images, over a network that breaks off in the middle of them.

    The shared files may be packed anew; what is in them is checked against the published checksums all the same.
    """
    folder = shared("mnist")
    names = [f"{file.name}.gz" for file in MNIST.files]
    if not all((folder / name).is_file() for name in names):
        pytest.skip(f"{folder} has no gzipped files")
    server.files = {name: (folder / name).read_bytes() for name in names}
    served = tuple(
        replace(file, packed_size=len(data), packed_sha256=hashlib.sha256(data).hexdigest())
        for file, data in zip(MNIST.files, server.files.values(), strict=True)
    )
    server.cut = {names[0]: 4_000_000}
    monkeypatch.setenv("NNTEACH_CACHE", str(tmp_path / "cache"))
    for name in ("KERAS_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("NNTEACH_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    data = images.load(replace(MNIST, files=served, mirrors=(server.url, server.url)))
    assert data.verified and data.x_train.shape == (60_000, 28, 28) and len(server.asked) == 5
    assert server.asked[:2] == [(names[0], None), (names[0], "bytes=4000000-")]
    assert data.source == tmp_path / "cache" / "mnist"


def test_part_of_fashion_mnist(monkeypatch):
    folder = shared("fashion-mnist")
    with pytest.raises(DataError, match=r"60,000 samples[^.]*2,557[^.]*\.[^.]*partial=True"):
        fashion_mnist(folder)
    monkeypatch.setenv("NNTEACH_DATA", str(folder.parent))
    data = nt.data.fashion_mnist(partial=True)
    assert data.x_train.shape == (2557, 28, 28) and data.x_test.shape == (0, 28, 28)
    assert data.note == "only 2,557 of 60,000 training and 0 of 10,000 test images"
    assert data.names[data.y_train[0]] == "Ankle boot"


def test_mnist_is_not_taken_for_fashion_mnist():
    with pytest.raises(DataError, match="SHA-256"):
        fashion_mnist(shared("mnist"))


def test_published_files_are_entered_whole():
    for source in (FASHION_MNIST, MNIST):
        assert [file.count for file in source.files] == [60_000, 60_000, 10_000, 10_000]
        assert all(len(file.packed_sha256) == 64 for file in source.files) and len(source.names) == 10
        assert len({file.packed_sha256 for file in source.files}) == 4 and len(source.mirrors) >= 2


def test_toy_sets_need_no_network_library():
    """`nt.data.moons` is used in the first lesson: it may not cost a second."""
    program = "import sys, nnteach.data; print('tqdm.auto' in sys.modules, 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
