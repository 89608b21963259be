//! Running text from tokens that are joined by blanks, so that corpora look like what the engine will read.

/// Returns the text without the blanks that a tokeniser put in, and for each character of the input (and its end)
/// where it went.
pub(super) fn detokenise(text: &str) -> (String, Vec<usize>) {
    let characters: Vec<char> = text.chars().collect();
    let mut output = String::with_capacity(text.len());
    let mut offsets = Vec::with_capacity(characters.len() + 1);
    let mut open = false; // inside double quotation marks
    let mut at = 0;
    while at < characters.len() {
        offsets.push(output.len());
        let character = characters[at];
        if character == '\n' {
            open = false;
        }
        if character == '"' {
            open = !open;
        }
        let is_dropped =
            character == ' ' && (closes(&characters, at + 1, open) || opens(&characters, at, open));
        if !is_dropped {
            output.push(character);
        }
        at += 1;
    }
    offsets.push(output.len());
    (output, offsets)
}

/// Returns whether the token that begins at `at` is written without a blank before it.
fn closes(characters: &[char], at: usize, open: bool) -> bool {
    let token: String = characters[at..]
        .iter()
        .take_while(|c| !c.is_whitespace())
        .take(5)
        .collect();
    match token.as_str() {
        "." | "," | ";" | ":" | "!" | "?" | ")" | "]" | "%" | "…" | "..." | "”" | "'s" | "'S" | "’s"
        | "n't" | "'re" | "'ve" | "'ll" | "'d" | "'m" | "'" | "’" => true,
        "\"" => open,
        _ => false,
    }
}

/// Returns whether the token that ends before `at` is written without a blank after it.
fn opens(characters: &[char], at: usize, open: bool) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let starts = before == 0 || characters[before - 1].is_whitespace();
    starts && (matches!(characters[before], '(' | '[' | '$' | '“') || characters[before] == '"' && open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_the_tokeniser_go_away() {
        let (text, offsets) = detokenise("Iran 's \" plan \" ( of 2003 ) , they said .");
        assert_eq!(text, "Iran's \"plan\" (of 2003), they said.");
        assert_eq!(&text[offsets[10]..offsets[14]], "plan");
    }
}
