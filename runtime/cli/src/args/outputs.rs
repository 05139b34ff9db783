//! Where raw samples go: `--out`, `K6_OUT`, and `out` of the config file.

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Outputs")]
pub struct OutputArgs {
    /// Write every sample, as TYPE or TYPE=ARGUMENT: json=FILE, csv=FILE, or hdr=FILE for
    /// histograms; a FILE ending in .gz is compressed, - is standard output; repeat for more
    /// [env: K6_OUT]
    #[arg(short = 'o', long = "out", value_name = "OUTPUT")]
    pub out: Vec<String>,
}

impl OutputArgs {
    /// Flags, or else the variable, or else the config file; the first that says something
    /// counts alone. The variable separates outputs by commas.
    pub fn resolve(
        &self,
        config: Option<&[String]>,
        env: impl Fn(&str) -> Option<String>,
    ) -> Vec<String> {
        let said = |list: &[String]| -> Vec<String> {
            let not_empty = list.iter().filter(|output| !output.is_empty());
            not_empty.cloned().collect()
        };
        if !self.out.is_empty() {
            return said(&self.out);
        }
        if let Some(list) = env("K6_OUT").filter(|list| !list.is_empty()) {
            return list.split(',').map(str::to_owned).collect();
        }
        said(config.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_layer_that_says_something_counts() {
        let config = ["csv".to_owned()];
        let env = |name: &str| (name == "K6_OUT").then(|| "json=a,csv=b".to_owned());
        let none = |_: &str| None;
        let flags = OutputArgs {
            out: vec!["json=x".into()],
        };
        assert_eq!(flags.resolve(Some(&config), env), ["json=x"]);
        let empty = OutputArgs {
            out: vec![String::new()],
        };
        assert!(empty.resolve(Some(&config), env).is_empty());
        let nothing = OutputArgs::default();
        assert_eq!(nothing.resolve(Some(&config), env), ["json=a", "csv=b"]);
        assert_eq!(nothing.resolve(Some(&config), none), ["csv"]);
        assert!(nothing.resolve(None, none).is_empty());
    }
}
