//! Where a position in generated code stands in what the user wrote.
//!
//! Mappings come from type stripping, or from a source map that a bundler left beside or in
//! its output. Positions count from 0 inside, columns in UTF-16 units as the format has it.

use oxc_sourcemap::SourceMap;
use url::Url;

use crate::contents::Contents;

/// One mapped position.
#[derive(Debug, Clone, Copy)]
struct Point {
    line: u32,
    column: u32,
    source: u32,
    source_line: u32,
    source_column: u32,
}

/// Generated positions with their origins, sorted.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    sources: Vec<String>,
    points: Vec<Point>,
}

impl Mapping {
    /// The mapping of a file to itself without types.
    pub(crate) fn of_types(id: &str, map: &SourceMap<'_>) -> Self {
        Self::new(map, |_| id.to_owned())
    }

    fn new(map: &SourceMap<'_>, name: impl Fn(&str) -> String) -> Self {
        let mut points: Vec<Point> = map
            .get_tokens()
            .filter_map(|token| {
                Some(Point {
                    line: token.get_dst_line(),
                    column: token.get_dst_col(),
                    source: token.get_source_id()?,
                    source_line: token.get_src_line(),
                    source_column: token.get_src_col(),
                })
            })
            .collect();
        points.sort_by_key(|p| (p.line, p.column));
        Self {
            sources: map.get_sources().map(name).collect(),
            points,
        }
    }

    /// The mapping that the last `//# sourceMappingURL=` of `text` names, inline or as a file
    /// beside module `id`. None when there is none, or when it cannot be used: a stack trace
    /// with the positions of the generated code is better than no trace.
    pub(crate) fn of_comment(id: &str, text: &str, contents: &Contents) -> Option<Self> {
        let url = comment(text)?;
        let base = Url::parse(id).ok()?;
        let json = if let Some(data) = url.strip_prefix("data:") {
            let (kind, content) = data.split_once(',')?;
            if !kind.ends_with(";base64") {
                return None;
            }
            String::from_utf8(base64(content)?).ok()?
        } else {
            contents.source_map(id, &base.join(url).ok()?)?
        };
        let map = SourceMap::from_json_string(&json).ok()?;
        let root = map.get_source_root().unwrap_or_default().to_owned();
        Some(Self::new(&map, |source| {
            let joined = if root.is_empty() || source.contains("://") {
                source.to_owned()
            } else {
                format!("{}/{source}", root.trim_end_matches('/'))
            };
            base.join(&joined).map_or(joined.clone(), String::from)
        }))
    }

    /// Id of the map that `text` names as a file beside module `id`, if it does.
    pub(crate) fn file_of(id: &str, text: &str) -> Option<Url> {
        let url = comment(text).filter(|url| !url.starts_with("data:"))?;
        Url::parse(id).ok()?.join(url).ok()
    }

    /// The origin of line `line`, column `column` (both from 1) as `(source, line, column)`,
    /// all from 1. Without a column, the first mapped place of the line.
    pub(crate) fn origin(&self, line: u32, column: Option<u32>) -> Option<(&str, u32, u32)> {
        let line = line.checked_sub(1)?;
        let column = column.map_or(0, |c| c.saturating_sub(1));
        // The last point at or before the place; before a line's first point, that point.
        let after = self
            .points
            .partition_point(|p| (p.line, p.column) <= (line, column));
        let point = after
            .checked_sub(1)
            .and_then(|at| self.points.get(at))
            .filter(|p| p.line == line)
            .or_else(|| self.points.get(after).filter(|p| p.line == line))?;
        let source = self.sources.get(point.source as usize)?;
        Some((source, point.source_line + 1, point.source_column + 1))
    }
}

/// The target of the last source map comment, which must stand near the end.
fn comment(text: &str) -> Option<&str> {
    text.lines()
        .rev()
        .take(5)
        .find_map(|line| line.trim_start().strip_prefix("//# sourceMappingURL="))
        .map(str::trim)
        .filter(|url| !url.is_empty())
}

/// Decodes standard base64; none when it is not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Line 1 column 0 is source line 1 column 0; line 1 column 9 is source line 3 column 2.
    const MAP: &str = r#"{"version":3,"sources":["src/a.ts"],"names":[],"mappings":"AAAA,SAEE"}"#;

    #[test]
    fn inline_maps_are_read() {
        // base64 of MAP
        let encoded = "eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbInNyYy9hLnRzIl0sIm5hbWVzIjpbXSwibWFwcGluZ3MiOiJBQUFBLFNBRUUifQ==";
        assert_eq!(base64(encoded).unwrap(), MAP.as_bytes());
        let text = format!("let a;\n//# sourceMappingURL=data:application/json;base64,{encoded}\n");
        let map = Mapping::of_comment("file:///d/out.js", &text, &Contents::default()).unwrap();
        assert_eq!(map.origin(1, Some(1)), Some(("file:///d/src/a.ts", 1, 1)));
        assert_eq!(map.origin(1, Some(9)), Some(("file:///d/src/a.ts", 1, 1)));
        assert_eq!(map.origin(1, Some(10)), Some(("file:///d/src/a.ts", 3, 3)));
        assert_eq!(map.origin(1, Some(99)), Some(("file:///d/src/a.ts", 3, 3)));
        assert_eq!(map.origin(1, None), Some(("file:///d/src/a.ts", 1, 1)));
        assert_eq!(map.origin(2, Some(1)), None);
        assert_eq!(map.origin(0, Some(1)), None);
    }

    #[test]
    fn maps_beside_the_file_are_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("out.js.map"), MAP).unwrap();
        let id = crate::location::id_of(&dir.path().join("out.js")).unwrap();
        let map = Mapping::of_comment(
            &id,
            "x\n//# sourceMappingURL=out.js.map",
            &Contents::default(),
        )
        .unwrap();
        let source = crate::location::id_of(&dir.path().join("src/a.ts")).unwrap();
        assert_eq!(map.origin(1, Some(10)), Some((source.as_str(), 3, 3)));
    }

    #[test]
    fn unusable_maps_are_ignored() {
        for url in [
            "missing.map",
            "data:application/json;base64,!!",
            "https://a/x.map",
            "",
        ] {
            let text = format!("x\n//# sourceMappingURL={url}");
            assert!(
                Mapping::of_comment("file:///d/out.js", &text, &Contents::default()).is_none(),
                "{url}"
            );
        }
    }
}
