//! A table for people: aligned columns, one row a line.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::inert::inert;

/// The most columns of the terminal that one cell takes; scripts read `--json`, which cuts nothing.
const WIDEST: usize = 40;
/// Between two columns.
const GAP: usize = 2;

/// Rows under headings.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one with these headings.
    pub(super) fn new<const COLUMNS: usize>(headings: [&str; COLUMNS]) -> Self {
        let mut table = Self { rows: Vec::new() };
        table.push(headings);
        table
    }

    /// Adds a row.
    pub(super) fn push<const COLUMNS: usize>(&mut self, cells: [&str; COLUMNS]) {
        let cells = cells.map(|cell| cut(&inert(cell)));
        self.rows.push(cells.into());
    }

    /// Writes all rows.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let widths = self.widths();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let missing = (width + GAP).saturating_sub(cell.width());
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', missing));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(row.len(), 0);
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = cell.width().max(*width);
            }
        }
        widths
    }
}

fn cut(cell: &str) -> String {
    if cell.width() <= WIDEST {
        return cell.to_owned();
    }
    let mut kept = String::new();
    for one in cell.chars() {
        kept.push(one);
        if kept.width() >= WIDEST {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table) -> String {
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_stand_under_each_other_whatever_the_script() {
        let mut table = Table::new(["NAME", "KEY"]);
        table.push(["CI/CD Pipeline", "df_…k7Qp"]);
        table.push(["生产密钥", "df_…a1B2"]);
        table.push(["Deploy 🚀", "df_…c3D4"]);
        let text = written(&table);
        let places: Vec<usize> = text
            .lines()
            .skip(1)
            .map(|line| line.split_once("df_").unwrap().0.width())
            .collect();
        assert_eq!(places, [16, 16, 16], "{text}");
        assert!(text.starts_with("NAME            KEY\n"), "{text}");
    }

    #[test]
    fn a_cell_of_many_wide_characters_leaves_room_for_the_rest() {
        let mut table = Table::new(["NAME", "KEY"]);
        table.push([&"統".repeat(100), "df_…k7Qp"]);
        let text = written(&table);
        assert!(text.contains(&format!("{}…", "統".repeat(19))), "{text}");
        assert!(text.lines().all(|line| line.width() <= WIDEST + GAP + 8));
    }

    #[test]
    fn a_row_is_one_line_whatever_it_holds() {
        let mut table = Table::new(["NAME"]);
        table.push(["one\ntwo\r\u{1b}[A"]);
        assert_eq!(written(&table), "NAME\none\\u{a}two\\u{d}\\u{1b}[A\n");
    }
}
