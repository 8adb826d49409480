"""Files that name other files and addresses, hoping that a reader opens them."""

from __future__ import annotations

import struct

from tests.hostile.metadata import box


def playlists(target: str) -> dict[str, bytes]:
    """Formats of FFmpeg's that are nothing but references, by the demuxer's name."""
    return {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n".encode(),
        "concat": f"ffconcat version 1.0\nfile '{target}'\n".encode(),
        "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        b"m=audio 5004 RTP/AVP 0\n",
    }


def m4a_elsewhere(m4a: bytes, path: str) -> bytes:
    """The file without its sound, which its data reference says to be in the file at `path`.

    A Macintosh alias record, the only kind that FFmpeg follows, of an absolute path.
    """
    target = path.encode()
    target += bytes(len(target) % 2)
    alias = bytes(10) + bytes([1]) + b"v".ljust(27, b"\0") + bytes(12) + bytes([1])
    alias += b"f".ljust(63, b"\0") + bytes(36)
    alias += struct.pack(">HH", 2, len(target)) + target + struct.pack(">HH", 0xFFFF, 0)
    dref = box(b"dref", struct.pack(">II", 0, 1), box(b"alis", bytes(4), alias))
    moov_at = m4a.rindex(b"moov") - 4
    mdat_at = m4a.index(b"mdat") + 4
    silent = m4a[:mdat_at] + bytes(moov_at - mdat_at)
    return silent + _replaced(m4a[moov_at:], [b"moov", b"trak", b"mdia", b"minf", b"dinf"], dref)


def _replaced(whole: bytes, path: list[bytes], content: bytes) -> bytes:
    """A box, in which the one at the end of the path has this content."""
    if len(path) == 1:
        return box(path[0], content)
    children, position = b"", 8
    while position < len(whole):
        child = whole[position : position + int.from_bytes(whole[position : position + 4], "big")]
        position += len(child)
        children += _replaced(child, path[1:], content) if child[4:8] == path[1] else child
    return box(path[0], children)
