"""Files that refer to others, or are no sound at all, under a song's name. None of them may be heard.

`references(sound, address)` are those that would lead a careless reader to a file of the server's or out to a server.
"""

from __future__ import annotations

import struct
from pathlib import Path

from tests.server.awkward_sounds import patched, song


def references(sound: Path, address: str) -> dict[str, bytes]:
    """sound: a WAV file that is there, and would be heard. address: host:port of somebody who listens."""
    file, url = f"file://{sound}", f"http://{address}/a.wav"
    texts = {
        "M3U": f"#EXTM3U\n#EXTINF:2,\n{sound}\n",
        "M3U, an address": f"#EXTM3U\n#EXTINF:2,\n{url}\n",
        "HLS": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{file}\n#EXT-X-ENDLIST\n",
        "HLS, an address": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{url}\n#EXT-X-ENDLIST\n",
        "HLS, a key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:2,\n{file}\n#EXT-X-ENDLIST\n',
        "HLS of HLS": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{sound}'\n",
        "ffconcat, an address": f"ffconcat version 1.0\nfile '{url}'\n",
        "ffconcat without its name": f"file '{sound}'\nfile '{sound}'\n",
        "concat:": f"concat:{sound}|{sound}",
        "subfile:": f"subfile,,start,0,end,0,,:{sound}",
        "PLS": f"[playlist]\nFile1={url}\nNumberOfEntries=1\n",
        "ASX": f'<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
        "ASF reference": f"[Reference]\r\nRef1={url}?MSWMExt=.asf\r\n",
        "XSPF": f'<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>{file}'
        "</location></track></trackList></playlist>",
        "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="audio/wav"><Representation id="a" '
        f'bandwidth="1"><BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>',
        "Smooth Streaming": f'<SmoothStreamingMedia MajorVersion="2"><StreamIndex Type="audio" Url="{url}"/>'
        "</SmoothStreamingMedia>",
        "SDP": f"v=0\no=- 0 0 IN IP4 {address.split(':')[0]}\ns=a\nc=IN IP4 {address.split(':')[0]}\nt=0 0\n"
        f"m=audio {address.split(':')[1]} RTP/AVP 0\n",
        "RAM": f"rtsp://{address}/a.rm\n",
        "RTSP text": f"RTSPtext\nrtsp://{address}/a.mov\n",
        "cue sheet": f'FILE "{sound}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "AviSynth": f'WavSource("{sound}")\n',
        "ffmetadata": ";FFMETADATA1\ntitle=a\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\n",
        "WebM manifest": f'<?xml version="1.0"?><MPD><Period><BaseURL>{file}</BaseURL></Period></MPD>',
        "an address": url,
        "a path": str(sound),
        "desktop file": f"[InternetShortcut]\nURL={url}\n",
        "SVG": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
        "HTML": f'<!doctype html><title>a</title><audio src="{url}"></audio><script src="{url}"></script>',
        "XML entities": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{file}"><!ENTITY c SYSTEM "{url}">]>'
        "<a>&b;&c;</a>",
        "PDF": f"%PDF-1.7\n1 0 obj<</Type/Action/S/URI/URI({url})>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        "image pattern": f"{sound.parent}/%d.wav",
        "QuickTime link": f'<?xml version="1.0"?><?quicktime type="application/x-quicktime-media-link"?>'
        f'<embed src="{url}"/>',
    }
    binary = {
        "MOV whose sound is elsewhere": _elsewhere(str(sound)),
        "MOV whose sound is at an address": _elsewhere(url),
    }
    return {name: text.encode() for name, text in texts.items()} | binary


def _elsewhere(place: str) -> bytes:
    """A MOV file whose data reference is not "in this file" but an address: its samples are not its own."""
    content = song("a.mov", "-c:a", "pcm_s16le")
    reference = b"url " + bytes(4) + place.encode() + b"\0"
    begin = content.index(b"dref") - 4
    size = int.from_bytes(content[begin : begin + 4])
    box = b"dref" + struct.pack(">II", 0, 1) + struct.pack(">I", len(reference) + 4) + reference
    longer = len(box) + 4 - size
    content = content[:begin] + struct.pack(">I", len(box) + 4) + box + content[begin + size :]
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = content.index(parent) - 4
        content = patched(content, parent, -4, struct.pack(">I", int.from_bytes(content[at : at + 4]) + longer))
    return content


DOCUMENTS = {
    "nothing": b"",
    "a byte": b"\0",
    "zeros": bytes(1_000_000),
    "text": b"Songs are no text. " * 1000,
    "UTF-16": "\ufeffno song".encode("utf-16"),
    "PNG": b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0, 0),
    "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(100) + b"\xff\xd9",
    "GIF": b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b";",
    "BMP": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 30000, 30000, 1, 24, 0, 0, 0, 0, 0, 0),
    "a program": b"\x7fELF\2\1\1" + bytes(9) + bytes(200),
    "a script": b"#!/bin/sh\nexec yes\n",
    "tar": b"song.mp3" + bytes(92) + b"0000644\0" + bytes(149) + b"ustar\00000" + bytes(247),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100),
    "SQLite": b"SQLite format 3\0" + bytes(84),
    "JSON": b'{"probabilities": [[' + b"[" * 100_000,
    "subtitles": b"1\n00:00:00,000 --> 00:00:02,000\nLa la la\n",
    "MIDI": b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", 4) + b"\0\xff\x2f\0",
    "lavfi graph": b"sine=440:duration=2",
}
