//! A JSON array for programs, written one element a line as they come.

use std::io::{self, Write};

use serde::Serialize;

use crate::inert::inert_json;

/// An array that is being written; nothing of it is kept.
pub(super) struct Array<'a, W: Write> {
    out: &'a mut W,
    is_empty: bool,
}

impl<'a, W: Write> Array<'a, W> {
    /// Opens the array.
    pub(super) fn begin(out: &'a mut W) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self {
            out,
            is_empty: true,
        })
    }

    /// Adds an element.
    pub(super) fn push(&mut self, element: &impl Serialize) -> io::Result<()> {
        let separator = if self.is_empty { "\n" } else { ",\n" };
        self.is_empty = false;
        let element = inert_json(&serde_json::to_string(element)?);
        write!(self.out, "{separator}{element}")
    }

    /// Closes the array.
    pub(super) fn end(self) -> io::Result<()> {
        let closing = if self.is_empty { "]\n" } else { "\n]\n" };
        self.out.write_all(closing.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_element_and_many_make_an_array_alike() {
        for elements in [&[][..], &["a"], &["a", "b\n"]] {
            let mut out = Vec::new();
            let mut array = Array::begin(&mut out).unwrap();
            for element in elements {
                array.push(element).unwrap();
            }
            array.end().unwrap();
            let read: Vec<String> = serde_json::from_slice(&out).unwrap();
            assert_eq!(read, elements);
        }
    }
}
