"""Pure science by group: frames in, frames out; no files, no clock, no environment."""
