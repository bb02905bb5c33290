"""The constituent advocacy toolkit: petition, letters to Congress, back office."""
