"""The constituent advocacy campaign toolkit: sign, route, write, organize."""
