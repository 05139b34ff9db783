//! Arguments of the commands that control a running test.

/// `runner scale`.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(required = true, multiple = true)]
pub struct ScaleArgs {
    /// Number of VUs
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true)]
    pub vus: Option<i64>,
    /// Most VUs that there may be
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub max: Option<i64>,
}
