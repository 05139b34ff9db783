//! What is wrong with a JSON text, in the words and with the position that k6 uses. Only read
//! when parsing has failed.

/// The message of `Response.json()` for an invalid body.
pub fn message(text: &[u8]) -> String {
    let (offset, error) = Scanner { text, at: 0 }.document();
    // k6 counts up to the byte behind the offending one, and a line break as the first
    // character of the line that it opens.
    let (mut line, mut character) = (1, 0);
    for (at, found) in String::from_utf8_lossy(text).char_indices() {
        if found == '\n' {
            line += 1;
            character = 0;
        }
        character += 1;
        if at == offset {
            break;
        }
    }
    format!(
        "cannot parse json due to an error at line {line}, character {character} , error: {error}"
    )
}

type Step = Result<(), (usize, String)>;

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> (usize, String) {
        match self.value(0).and_then(|()| {
            self.space();
            match self.peek() {
                None => Ok(()),
                Some(_) => self.fail("after top-level value"),
            }
        }) {
            Err(error) => error,
            // QuickJS refused what this scanner takes.
            Ok(()) => (self.text.len(), "invalid JSON".to_string()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail(&self, place: &str) -> Step {
        let Some(byte) = self.peek() else {
            // The end counts as a space, which is wrong only inside a word, number or escape.
            let between = place.starts_with("looking") || place.starts_with("after object");
            let space_fits = matches!(place, "after array element" | "in string literal");
            let message = if between || space_fits {
                "unexpected end of JSON input".to_string()
            } else {
                format!("invalid character ' ' {place}")
            };
            return Err((self.text.len(), message));
        };
        let shown = match byte {
            b'\'' => "'\\''".to_string(),
            b'"' => "'\"'".to_string(),
            b'\n' => "'\\n'".to_string(),
            b'\r' => "'\\r'".to_string(),
            b'\t' => "'\\t'".to_string(),
            0x20..=0x7e => format!("'{}'", char::from(byte)),
            0x80.. => format!("'{}'", char::from(byte)),
            _ => format!("'\\x{byte:02x}'"),
        };
        Err((self.at + 1, format!("invalid character {shown} {place}")))
    }

    fn value(&mut self, depth: u32) -> Step {
        if depth > 1000 {
            return Err((self.at, "exceeded max depth".to_string()));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(),
            Some(b't') => self.word(b"true", "true"),
            Some(b'f') => self.word(b"false", "false"),
            Some(b'n') => self.word(b"null", "null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail("looking for beginning of value"),
        }
    }

    fn object(&mut self, depth: u32) -> Step {
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.fail("looking for beginning of object key string");
            }
            self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return self.fail("after object key");
            }
            self.at += 1;
            self.value(depth + 1)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("after object key:value pair"),
            }
        }
    }

    fn array(&mut self, depth: u32) -> Step {
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("after array element"),
            }
        }
    }

    fn string(&mut self) -> Step {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {}
                        Some(b'u') => {
                            for _ in 0..4 {
                                self.at += 1;
                                if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                                    return self.fail("in \\u hexadecimal character escape");
                                }
                            }
                        }
                        _ => return self.fail("in string escape code"),
                    }
                    self.at += 1;
                }
                Some(0x20..) => self.at += 1,
                _ => return self.fail("in string literal"),
            }
        }
    }

    fn word(&mut self, word: &[u8], name: &str) -> Step {
        for (index, expected) in word.iter().enumerate() {
            if self.peek() != Some(*expected) {
                let expected = char::from(*expected);
                debug_assert!(index > 0);
                return self.fail(&format!("in literal {name} (expecting '{expected}')"));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Step {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.fail("in numeric literal"),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.fail("after decimal point in numeric literal");
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.fail("in exponent of numeric literal");
            }
            self.digits();
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }
}

#[cfg(feature = "tests")]
mod tests;
