//! Reading `multipart/form-data` bodies, as much of RFC 7578 as clients send: quoted or bare
//! names, file names, content types. What does not parse is left out rather than refused,
//! because this server is here to show what it was sent.

/// One file of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content: Vec<u8>,
}

/// A form, in the order in which it was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<File>,
}

/// Reads `body` with the boundary that `content_type` names.
pub(crate) fn parse(content_type: Option<&str>, body: &[u8]) -> Parts {
    let mut parts = Parts::default();
    let Some(boundary) = content_type.and_then(|value| parameter(value, "boundary")) else {
        return parts;
    };
    let delimiter = format!("--{boundary}");
    let mut rest = match find(body, delimiter.as_bytes()) {
        Some(at) => tail(body, at + delimiter.len()),
        None => return parts,
    };
    let closing = format!("\r\n{delimiter}");
    // A part starts with a line end; the last delimiter is followed by two dashes.
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(part, closing.as_bytes()) else {
            break;
        };
        let (content, _) = part.split_at(end);
        add(&mut parts, content);
        rest = tail(part, end + closing.len());
    }
    parts
}

fn add(parts: &mut Parts, part: &[u8]) {
    let Some(end) = find(part, b"\r\n\r\n") else {
        return;
    };
    let (head, _) = part.split_at(end);
    let content = tail(part, end + 4).to_vec();
    let head = String::from_utf8_lossy(head);
    let (mut name, mut file, mut media) = (None, None, None);
    for line in head.split("\r\n") {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        match key.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                name = parameter(value, "name");
                file = parameter(value, "filename");
            }
            "content-type" => media = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let Some(name) = name else { return };
    match file {
        Some(_) => parts.files.push(File {
            name,
            content_type: media.unwrap_or_else(|| "application/octet-stream".into()),
            content,
        }),
        None => parts
            .fields
            .push((name, String::from_utf8_lossy(&content).into_owned())),
    }
}

/// A parameter of a header value, without its quotes and escapes.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value;
    loop {
        rest = rest.split_once(';')?.1.trim_start();
        let (key, after) = rest.split_once('=')?;
        let (content, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let (bare, _) = after.split_once(';').unwrap_or((after, ""));
                (
                    bare.trim().to_owned(),
                    after.get(bare.len()..).unwrap_or_default(),
                )
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(content);
        }
        rest = after;
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut content = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (content, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => content.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => content.push(letter),
        }
    }
    (content, "")
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn tail(text: &[u8], from: usize) -> &[u8] {
    text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: Option<&str> = Some("multipart/form-data; boundary=\"b\"");

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b\r\n\
            content-disposition: form-data; name=\"f\"; filename=\"x;\\\"y.txt\"\r\n\
            Content-Type: text/plain\r\n\r\nline 1\r\nline 2\r\n--b--\r\n";
        let parts = parse(TYPE, body);
        assert_eq!(parts.fields, [("a".to_owned(), "one".to_owned())]);
        let file = File {
            name: "f".into(),
            content_type: "text/plain".into(),
            content: b"line 1\r\nline 2".to_vec(),
        };
        assert_eq!(parts.files, [file]);
    }

    #[test]
    fn broken_bodies_give_what_they_have() {
        for body in [
            &b""[..],
            b"--b",
            b"--b\r\n",
            b"--b\r\nContent-Disposition: x\r\n\r\nopen",
        ] {
            assert_eq!(parse(TYPE, body), Parts::default());
        }
        assert_eq!(parse(None, b"--b\r\n"), Parts::default());
        let open = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b\r\nrest";
        assert_eq!(parse(TYPE, open).fields.len(), 1);
    }

    #[test]
    fn parameters_can_be_bare() {
        assert_eq!(parameter("x; a=1; b=2 ", "b").as_deref(), Some("2"));
        assert_eq!(parameter("x", "b"), None);
        assert_eq!(
            parameter("x; filename=\"n\"; name=\"m\"", "name").as_deref(),
            Some("m")
        );
    }
}
