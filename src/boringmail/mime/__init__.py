"""Reads mail as it really arrives: bytes in, values out, whatever the bytes.

An own parser, because the standard library's raises on about one outside message in two hundred, recurses
once per nested part and needs seconds for a megabyte of empty parts. Here every loop is bounded and every
decoder has a fallback; what was wrong is said by a name, never by an exception.
"""
