//! Blocks of a report as text: aligned tables for a person, tab-separated lines for a program.

use comfy_table::{ContentArrangement, Table, presets};

use crate::report::Block;

/// The text of a report.
pub(super) fn render(blocks: &[Block], terminal: bool, width: Option<u16>) -> String {
    blocks
        .iter()
        .map(|block| render_block(block, terminal, width))
        .collect()
}

fn render_block(block: &Block, terminal: bool, width: Option<u16>) -> String {
    match block {
        Block::Text(text) if terminal => wrap(&clean(text), width.map_or(usize::MAX, usize::from)),
        Block::Text(text) => format!("{}\n", clean(text)),
        Block::Raw(text) if text.ends_with('\n') => text.clone(),
        Block::Raw(text) => format!("{text}\n"),
        Block::Gap if terminal => "\n".to_owned(),
        Block::Gap => String::new(),
        Block::Fields(fields) => render_fields(fields, terminal),
        Block::Table { headings, rows } if terminal => render_table(headings, rows, width),
        Block::Table { headings: _, rows } => rows.iter().map(|row| tab_separated(row)).collect(),
    }
}

/// Text in lines no longer than the terminal, broken between words only: an ARN stays in one piece,
/// to be copied.
fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let mut used = 0;
        for word in line.split_whitespace() {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > width {
                wrapped.push('\n');
                used = 0;
            }
            let gap = if used == 0 { indent.as_str() } else { " " };
            wrapped.push_str(gap);
            wrapped.push_str(word);
            used += gap.len() + length;
        }
        wrapped.push('\n');
    }
    wrapped
}

fn render_fields(fields: &[(String, String)], terminal: bool) -> String {
    let longest = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    fields
        .iter()
        .map(|(name, value)| {
            if terminal {
                format!("{name:longest$}  {}\n", clean(value))
            } else {
                tab_separated(&[name.clone(), value.clone()])
            }
        })
        .collect()
}

fn render_table(headings: &[&'static str], rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = width {
        table.set_width(width);
    }
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| clean(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

fn tab_separated(row: &[String]) -> String {
    let cells: Vec<String> = row.iter().map(|cell| clean(cell).replace(['\t', '\n'], " ")).collect();
    format!("{}\n", cells.join("\t"))
}

/// Data without control characters: a name from the service must not steer the terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Block {
        Block::Table {
            headings: vec!["name", "state"],
            rows: vec![
                vec!["a\u{1b}[31mb".into(), "ok".into()],
                vec!["c".into(), "two words".into()],
            ],
        }
    }

    #[test]
    fn a_program_gets_tabs_and_no_headings() {
        assert_eq!(
            render(&[Block::Gap, table()], false, None),
            "a\u{fffd}[31mb\tok\nc\ttwo words\n"
        );
    }

    #[test]
    fn a_person_gets_headings_and_columns() {
        let text = render(&[table()], true, Some(80));
        assert_eq!(text, "NAME     STATE\na\u{fffd}[31mb  ok\nc        two words\n");
    }

    #[test]
    fn text_breaks_between_words_and_keeps_its_indent() {
        assert_eq!(
            wrap("one two three\n    four five", 9),
            "one two\nthree\n    four\n    five\n"
        );
        assert_eq!(
            wrap("arn:aws:cloudtrail:us-east-1 x", 10),
            "arn:aws:cloudtrail:us-east-1\nx\n"
        );
    }

    #[test]
    fn fields_are_aligned_for_a_person() {
        let fields = Block::Fields(vec![("a".into(), "1".into()), ("long".into(), "2".into())]);
        assert_eq!(render(std::slice::from_ref(&fields), true, None), "a     1\nlong  2\n");
        assert_eq!(render(&[fields], false, None), "a\t1\nlong\t2\n");
    }
}
