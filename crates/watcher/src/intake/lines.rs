//! A text as lines, and lines as paragraphs again.

/// One line that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    /// The line without spaces around it.
    pub(crate) text: &'t str,
    /// Where it starts in the text that was split.
    pub(crate) start: usize,
    /// Whether two spaces may follow each other in it.
    pub(crate) spaced: bool,
    /// How many spaces it starts with, at most 255.
    pub(crate) indent: u8,
    /// Whether a blank line or the start of the text is above it.
    pub(crate) gap: bool,
    /// Whether it goes on with the sentence of the line above: the text is hard-wrapped here.
    pub(crate) joins: bool,
}

/// How wide a hard-wrapped line may be.
const WRAP_MOST: usize = 100;
/// How wide a text is at least that counts as hard-wrapped.
const WRAP_LEAST: usize = 45;

/// Returns the lines that are not blank.
pub(crate) fn split(text: &str) -> Vec<Line<'_>> {
    // A guess that is seldom too low for prose.
    let mut lines = Vec::with_capacity(8 + text.len() / 48);
    let mut gap = true;
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at);
        let line = trim_spaces(&text[start..end]);
        if line.is_empty() {
            gap = true;
        } else {
            let indent = text.as_bytes()[start..]
                .iter()
                .take_while(|byte| **byte == b' ')
                .count();
            lines.push(Line {
                text: line,
                start: start + indent,
                spaced: has_double_space(line),
                indent: indent.min(255) as u8,
                gap,
                joins: false,
            });
            gap = false;
        }
        start = end + 1;
    }
    if let Some(width) = wrap_width(&lines) {
        for at in 1..lines.len() {
            lines[at].joins = is_wrapped(&lines[at - 1], &lines[at], width);
        }
    }
    lines
}

fn trim_spaces(line: &str) -> &str {
    let is_ink = |byte: &u8| *byte != b' ';
    let start = line.bytes().position(|byte| is_ink(&byte)).unwrap_or(line.len());
    let end = line
        .as_bytes()
        .iter()
        .rposition(is_ink)
        .map_or(start, |at| at + 1);
    &line[start..end]
}

/// Puts lines together: paragraphs separated by one blank line, hard-wrapped ones on one line each.
///
/// A single `\n` that stays is a break that means something: a list, a table, a verse.
pub(crate) fn join(lines: &[Line<'_>], out: &mut String) {
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push_str(separator(&lines[at - 1], line));
        }
        if line.spaced {
            push_collapsed(line.text, out);
        } else {
            out.push_str(line.text);
        }
    }
}

fn separator(above: &Line<'_>, line: &Line<'_>) -> &'static str {
    if line.joins {
        return " ";
    }
    let starts_paragraph = line.indent >= 2 && above.indent < line.indent && !has_columns(line);
    // Without blank lines, long lines are paragraphs.
    if line.gap || starts_paragraph || (above.text.len() >= 80 && line.text.len() >= 80) {
        "\n\n"
    } else {
        "\n"
    }
}

/// Whether the first word of a line did not fit on the line above.
fn is_wrapped(above: &Line<'_>, line: &Line<'_>, width: usize) -> bool {
    let indented = line.indent >= 2 && above.indent < line.indent;
    if line.gap || indented || above.text.len() < WRAP_LEAST / 2 {
        return false;
    }
    let first_word = memchr::memchr(b' ', line.text.as_bytes()).unwrap_or(line.text.len());
    let length = above.indent.min(4) as usize + above.text.len();
    length + 1 + first_word > width && !has_columns(above) && !has_columns(line) && !is_end_mark(above, line)
}

/// Returns the width that the text is wrapped at, or `None` if it is not.
fn wrap_width(lines: &[Line<'_>]) -> Option<usize> {
    let mut width = 0;
    let (mut inner, mut adjacent) = (0_usize, 0_usize);
    for pair in lines.windows(2) {
        let length = pair[0].text.len() + pair[0].indent.min(4) as usize;
        if pair[0].text.len() > WRAP_MOST + 40 {
            return None;
        }
        if !pair[1].gap {
            adjacent += 1;
            // Longer ones are counted in bytes that are not ASCII.
            width = width.max(length.min(WRAP_MOST));
            inner += usize::from(length >= WRAP_LEAST);
        }
    }
    (adjacent > 0 && inner * 2 >= adjacent && width >= WRAP_LEAST).then_some(width.saturating_sub(2))
}

/// Whether a line is what closes a wire story rather than its last word.
fn is_end_mark(above: &Line<'_>, line: &Line<'_>) -> bool {
    let mark = matches!(
        line.text.trim_end_matches('.'),
        "Reuter" | "REUTER" | "reuter" | "Reuters" | "REUTERS" | "AFP" | "PTI" | "ENDS" | "-30-"
    );
    mark && !closes_sentence(above, line)
}

/// Whether a line is the end of the sentence above it: "… industry sources told / Reuters."
pub(crate) fn closes_sentence(above: &Line<'_>, line: &Line<'_>) -> bool {
    let stops = line.text.ends_with('.') && !line.text.ends_with("..");
    stops && !line.gap && above.text.ends_with(|c: char| c.is_alphanumeric() || c == ',')
}

/// Whether a line has columns: a run of three spaces inside.
fn has_columns(line: &Line<'_>) -> bool {
    line.spaced && memchr::memmem::find(line.text.as_bytes(), b"   ").is_some()
}

/// Whether two spaces follow each other; in a form that is compiled to comparisons of many bytes at once.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop scalar"
)]
pub(crate) fn has_double_space(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs.fold(false, |any, (one, other)| {
        any | ((*one == b' ') & (*other == b' '))
    })
}

/// Appends a line with runs of spaces as one.
pub(crate) fn push_collapsed(line: &str, out: &mut String) {
    if !has_double_space(line) {
        out.push_str(line);
        return;
    }
    for (at, word) in line.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: &str) {
        let mut out = String::new();
        join(&split(input), &mut out);
        assert_eq!(out, expect);
    }

    #[test]
    fn unwraps_hard_wrapped_paragraphs() {
        check(
            "The harbour board said on Monday that it would put off the\n\
             widening of the channel until the survey of the sea floor is\n\
             done.\n    Its chairman said the decision had been taken after a talk\n\
             with the three largest shipping lines that use the port.\n",
            "The harbour board said on Monday that it would put off the widening of the channel until the survey of \
             the sea floor is done.\n\nIts chairman said the decision had been taken after a talk with the three \
             largest shipping lines that use the port.",
        );
    }

    #[test]
    fn keeps_short_lines_apart() {
        check(
            "Results:\nAmel 2\nQalat 1\n\nEnd of   the   day",
            "Results:\nAmel 2\nQalat 1\n\nEnd of the day",
        );
    }

    #[test]
    fn long_lines_are_paragraphs() {
        let long = "word ".repeat(40);
        let input = format!("{long}\n{long}");
        check(&input, &format!("{}\n\n{}", long.trim(), long.trim()));
    }

    #[test]
    fn keeps_tables() {
        let table = "Crop      Price     Level of the reserve in the month\nWheat     2.55      IV    of the second month\n\
                     Corn      1.35      V     of the second month";
        check(
            table,
            "Crop Price Level of the reserve in the month\nWheat 2.55 IV of the second month\nCorn 1.35 V of the \
             second month",
        );
    }
}
