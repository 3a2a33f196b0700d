"""Values as data: files and flags to a tree, defaults under it, the schema over it."""
