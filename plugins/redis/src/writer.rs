//! Commands, as every version of the protocol takes them: an array of bulk strings.

/// Puts a command behind what `out` has.
pub fn write(out: &mut Vec<u8>, arguments: &[&[u8]]) {
    header(out, b'*', arguments.len());
    for argument in arguments {
        header(out, b'$', argument.len());
        out.extend_from_slice(argument);
        out.extend_from_slice(b"\r\n");
    }
}

fn header(out: &mut Vec<u8>, kind: u8, mut number: usize) {
    // 20 digits hold any 64-bit number.
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.push(kind);
    out.extend_from_slice(&digits[start..]);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_arrays_of_bulk_strings() {
        let mut out = Vec::new();
        write(&mut out, &[b"SET", "schlüssel".as_bytes(), b"a\r\n\0", b""]);
        let expected = "*4\r\n$3\r\nSET\r\n$10\r\nschlüssel\r\n$4\r\na\r\n\0\r\n$0\r\n\r\n";
        assert_eq!(out, expected.as_bytes());
    }

    #[test]
    fn lengths_of_several_digits() {
        let mut out = Vec::new();
        write(&mut out, &[&[b'x'; 1234]]);
        assert!(out.starts_with(b"*1\r\n$1234\r\nx"));
        assert_eq!(out.len(), 4 + 7 + 1234 + 2);
    }
}
