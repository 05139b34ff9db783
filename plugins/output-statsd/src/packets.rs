//! Puts lines together into packets, and counts the samples whose packet could not be sent.

use std::io;

/// What went wrong.
#[derive(Default)]
pub struct Losses {
    pub samples: u64,
    pub first: Option<io::Error>,
}

impl Losses {
    fn add(&mut self, samples: u64, sent: io::Result<()>) {
        if let Err(error) = sent {
            self.samples += samples;
            self.first.get_or_insert(error);
        }
    }
}

/// The packet that is being filled.
pub struct Packets {
    bytes: usize,
    lines: usize,
    open: Vec<u8>,
    samples: u64,
}

impl Packets {
    /// Packets of at most so many bytes, and so many lines where that is not 0.
    pub fn new(bytes: usize, lines: usize) -> Self {
        Self {
            bytes,
            lines,
            open: Vec::with_capacity(bytes),
            samples: 0,
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Adds the lines of one sample, and sends the packet before when they do not fit it. Those
    /// that fit no packet are sent as they are.
    pub fn add(
        &mut self,
        text: &[u8],
        send: &mut impl FnMut(&[u8]) -> io::Result<()>,
        losses: &mut Losses,
    ) {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if text.is_empty() {
            return;
        }
        let full = self.lines > 0 && self.samples >= self.lines as u64;
        if !self.is_empty() && (full || self.open.len() + 1 + text.len() > self.bytes) {
            self.send(send, losses);
        }
        if !self.is_empty() {
            self.open.push(b'\n');
        }
        self.open.extend_from_slice(text);
        self.samples += 1;
    }

    /// Sends what waits.
    pub fn send(&mut self, send: &mut impl FnMut(&[u8]) -> io::Result<()>, losses: &mut Losses) {
        if !self.is_empty() {
            losses.add(self.samples, send(&self.open));
        }
        self.open.clear();
        self.samples = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(bytes: usize, lines: usize, texts: &[&str]) -> Vec<String> {
        let mut sent = Vec::new();
        let mut send = |packet: &[u8]| {
            sent.push(String::from_utf8(packet.to_vec()).unwrap());
            Ok(())
        };
        let mut packets = Packets::new(bytes, lines);
        let mut losses = Losses::default();
        for text in texts {
            packets.add(text.as_bytes(), &mut send, &mut losses);
        }
        packets.send(&mut send, &mut losses);
        assert!(packets.is_empty() && losses.samples == 0);
        sent
    }

    #[test]
    fn packets_are_filled_and_not_more() {
        let lines = ["aaaa\n", "bbbb\n", "", "cccc\n", "dd\nee\n"];
        assert_eq!(packets(9, 0, &lines), ["aaaa\nbbbb", "cccc", "dd\nee"]);
        assert_eq!(packets(1432, 0, &lines), ["aaaa\nbbbb\ncccc\ndd\nee"]);
        assert_eq!(packets(1432, 1, &lines), ["aaaa", "bbbb", "cccc", "dd\nee"]);
        assert_eq!(packets(3, 0, &lines), ["aaaa", "bbbb", "cccc", "dd\nee"]);
    }

    #[test]
    fn losses_are_counted_by_sample() {
        let mut packets = Packets::new(9, 0);
        let mut losses = Losses::default();
        let mut refuse = |_: &[u8]| Err(io::Error::other("refused"));
        for _ in 0..5 {
            packets.add(b"aaaa\n", &mut refuse, &mut losses);
        }
        assert_eq!(losses.samples, 4);
        packets.send(&mut refuse, &mut losses);
        assert_eq!(losses.samples, 5);
        assert_eq!(losses.first.unwrap().to_string(), "refused");
    }
}
