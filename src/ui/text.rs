//! Blocks of a report as text: aligned tables for a person, tab-separated lines for a program.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::report::Block;

/// In a narrower column than this, text is left to the terminal.
const LEAST_ROOM: usize = 30;

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
        Block::Fields(fields) => render_fields(fields, terminal, width),
        Block::Table { headings, rows } if terminal => render_table(headings, rows, width),
        Block::Table { headings: _, rows } => rows.iter().map(|row| tab_separated(row)).collect(),
    }
}

/// Text in lines no longer than the terminal, broken between words only: an ARN stays in one piece,
/// to be copied.
pub(super) fn wrap(text: &str, width: usize) -> String {
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

fn render_fields(fields: &[(String, String)], terminal: bool, width: Option<u16>) -> String {
    let longest = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let room = width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(longest + 2));
    fields
        .iter()
        .map(|(name, value)| {
            if terminal {
                let value = clean(value);
                if value.chars().count() <= room || room < LEAST_ROOM {
                    format!("{name:longest$}  {value}\n")
                } else {
                    let lines = wrap(&value, room);
                    let lines: Vec<&str> = lines.lines().collect();
                    let indent = " ".repeat(longest + 2);
                    format!("{name:longest$}  {}\n", lines.join(&format!("\n{indent}")))
                }
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
    let words = longest_words(headings, rows);
    let room = width.map_or(usize::MAX, usize::from);
    let needed = words.iter().sum::<usize>() + 2 * words.len();
    // The gap behind the last column is given up where that keeps a word whole.
    let words_fit = needed <= room.saturating_add(2);
    let last = words.len().saturating_sub(1);
    for (at, (column, word)) in table.column_iter_mut().zip(words).enumerate() {
        let gap = if at == last && needed > room { 0 } else { 2 };
        column.set_padding((0, gap));
        if let Some(least) = u16::try_from(word).ok().filter(|_| words_fit) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least + gap)));
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

/// The length of the longest word of each column: where there is room for all, none is broken.
fn longest_words(headings: &[&'static str], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |text: &str| {
        text.split_whitespace()
            .map(|word| word.chars().count())
            .max()
            .unwrap_or(0)
    };
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at)).map(|cell| longest(cell));
    let columns = headings.iter().enumerate();
    columns
        .map(|(at, heading)| cells(at).max().unwrap_or(0).max(longest(heading)))
        .collect()
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
    fn words_stay_whole_where_there_is_room_for_them() {
        let table = Block::Table {
            headings: vec!["name", "detail", "state"],
            rows: vec![vec![
                "an-identifier-of-28-letters-x".into(),
                "a few words more than fit".into(),
                "ok".into(),
            ]],
        };
        assert_eq!(
            render(&[table], true, Some(48)),
            "NAME                           DETAIL    STATE\n\
             an-identifier-of-28-letters-x  a few     ok\n\
             \x20                              words\n\
             \x20                              more\n\
             \x20                              than fit\n"
        );
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

    #[test]
    fn a_long_field_goes_on_under_itself() {
        let words = "one two three four five six seven eight nine";
        let fields = [Block::Fields(vec![("name".into(), words.into())])];
        assert_eq!(
            render(&fields, true, Some(36)),
            "name  one two three four five six\n      seven eight nine\n"
        );
        assert_eq!(render(&fields, true, Some(20)), format!("name  {words}\n"));
    }
}
