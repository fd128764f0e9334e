//! Firmware images as values: the library under the `image-builder` command.
#![forbid(unsafe_code)]
