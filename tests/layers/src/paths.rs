//! The paths that a source names: what stands behind `crate::`, `super::` and `self::`.

use std::collections::BTreeMap;

/// The absolute paths that the text of `module` names, without those in comments, texts and tests.
pub fn named(module: &[String], text: &str) -> Vec<Vec<String>> {
    let tokens = tokens(&without_tests(text));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_start = at == 0 || tokens[at - 1] != "::";
        let mut base = match tokens[at].as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => parent(module),
            _ => {
                at += 1;
                continue;
            }
        };
        at += 1;
        if !is_start {
            continue;
        }
        while tokens.get(at).is_some_and(|token| token == "::")
            && tokens.get(at + 1).is_some_and(|token| token == "super")
        {
            base = parent(&base);
            at += 2;
        }
        if tokens.get(at).is_some_and(|token| token == "::") {
            at = tree(&tokens, at + 1, &base, &mut found);
        }
    }
    found
}

/// The modules that a root declares.
pub fn declared(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let named = |pair: &[String]| (pair[0] == "mod").then(|| pair[1].clone());
    tokens.windows(2).filter_map(named).collect()
}

/// What the crate's root takes out of its modules under names of its own: name, and where it is.
pub fn reexports(text: &str) -> BTreeMap<String, Vec<String>> {
    let tokens = tokens(&without_tests(text));
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at] == "use" {
            tree(&tokens, at + 1, &[], &mut found);
        }
    }
    let named = |path: Vec<String>| Some((path.last()?.clone(), path));
    found.into_iter().filter(|path| path.len() > 1).filter_map(named).collect()
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

/// Reads a path, or a tree of paths in braces, from `at` on: where it ends.
fn tree(tokens: &[String], mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = match tokens[at].as_str() {
                        "," => at + 1,
                        _ => tree(tokens, at, &path, found).max(at + 1),
                    };
                }
                return at + 1;
            }
            Some("self" | "*") => at += 1,
            Some(name) if is_word(name) => {
                path.push(name.into());
                at += 1;
            }
            _ => break,
        }
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
    }
    found.push(path);
    // `as NAME`: the name says nothing of where a thing is.
    match tokens.get(at).is_some_and(|token| token == "as") {
        true => at + 2,
        false => at,
    }
}

/// A module of tests stands at the end of its file.
fn without_tests(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].to_string()
}

/// Words, `::`, and single signs; comments and texts in quotes are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            end_of_quotes(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("::") {
            tokens.push("::".into());
            2
        } else if is_word(&rest[..first.len_utf8()]) {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let end = end.unwrap_or(rest.len());
            tokens.push(rest[..end].into());
            end
        } else {
            if !first.is_whitespace() {
                tokens.push(first.into());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a text with its quotes.
fn end_of_quotes(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            '"' if !is_escaped => return at + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

fn is_word(text: &str) -> bool {
    text.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
}
