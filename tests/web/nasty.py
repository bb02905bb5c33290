"""Texts that nobody means well with, by what they try."""

NASTY = {
    "nul": "Ani\x00",
    "right-to-left override": "Ani\u202eGNP.exe",
    "ten thousand combining marks": "a" + "\u0301" * 10_000,
    "a hundred thousand characters": "x" * 100_000,
    "a replacement character": "Ani\ufffd",
    "template marks": "{{ 7*7 }}{% raise %}",
    "header injection": "a@example.org\r\nBcc: all@example.org",
    "markup": "<script>alert(1)</script>",
}
