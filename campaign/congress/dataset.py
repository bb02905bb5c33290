"""Fact tables on disk become one immutable `Congress` in memory, with its references checked."""
