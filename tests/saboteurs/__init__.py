"""Operations that misbehave on purpose, one file each, found like the real ones."""
