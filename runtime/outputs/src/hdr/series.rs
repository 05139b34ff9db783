//! Which histograms a sample belongs to: that of its metric, if it is a Trend, and those of the
//! submetrics that its tags match.

use hashbrown::HashMap;
use runner_metrics::{Kind, RawSample, TagSet, Unit};

use super::line::tag;
use crate::OutputContext;

/// Tag sets whose submetrics are remembered; all are forgotten when there are more.
const REMEMBERED: usize = 20_000;

/// What has lines of its own.
pub(super) struct Series {
    /// A metric or the key of a submetric.
    pub(super) name: String,
    /// The same as it stands in the log.
    pub(super) tag: String,
    pub(super) unit: Unit,
    /// Whether it holds all samples of a metric.
    pub(super) is_whole: bool,
    /// What samples must be tagged with.
    tags: Vec<(String, String)>,
}

/// A Trend among the series.
struct Trend {
    whole: usize,
    submetrics: std::ops::Range<usize>,
}

/// All that there are so far.
pub(super) struct AllSeries {
    context: OutputContext,
    series: Vec<Series>,
    /// By metric id; none for what is no Trend.
    trends: Vec<Option<Trend>>,
    /// By metric and tag set.
    matching: HashMap<(u32, u32), Box<[usize]>>,
}

impl AllSeries {
    pub(super) fn new(context: OutputContext) -> Self {
        Self {
            context,
            series: Vec::new(),
            trends: Vec::new(),
            matching: HashMap::new(),
        }
    }

    /// The series at a place.
    pub(super) fn get(&self, at: usize) -> Option<&Series> {
        self.series.get(at)
    }

    /// Hands each series that a sample belongs to, and its place, to `visit`.
    pub(super) fn of(&mut self, sample: &RawSample, mut visit: impl FnMut(usize, &Series)) {
        let metric = sample.metric.0 as usize;
        if metric >= self.trends.len() {
            self.learn();
        }
        let Some(Some(trend)) = self.trends.get(metric) else {
            return;
        };
        let mut each = |at: usize| {
            if let Some(series) = self.series.get(at) {
                visit(at, series);
            }
        };
        each(trend.whole);
        if trend.submetrics.is_empty() {
            return;
        }
        let find = || -> Box<[usize]> {
            let tags = sample.tags(self.context.tags());
            let matches = |at: &usize| {
                let series = self.series.get(*at);
                series.is_some_and(|series| series.matches(&tags))
            };
            trend.submetrics.clone().filter(matches).collect()
        };
        let Some(id) = sample.tags_id() else {
            find().iter().copied().for_each(each);
            return;
        };
        if self.matching.len() >= REMEMBERED {
            self.matching.clear();
        }
        let key = (sample.metric.0, id.0);
        let matching = self.matching.entry(key).or_insert_with(find);
        matching.iter().copied().for_each(each);
    }

    /// Looks at the metrics that came since.
    #[cold]
    fn learn(&mut self) {
        let metrics = &self.context.metrics;
        for info in metrics.registry().all().iter().skip(self.trends.len()) {
            let trend = (info.kind == Kind::Trend).then(|| {
                let whole = self.series.len();
                self.series.push(Series::new(&info.name, info.unit, None));
                let submetrics = metrics.submetrics_of(info.id);
                let submetrics =
                    submetrics.map(|(name, _, tags)| Series::new(name, info.unit, Some(tags)));
                self.series.extend(submetrics);
                Trend {
                    whole,
                    submetrics: whole + 1..self.series.len(),
                }
            });
            self.trends.push(trend);
        }
    }
}

impl Series {
    fn new(name: &str, unit: Unit, tags: Option<&[(String, String)]>) -> Self {
        Self {
            name: name.to_owned(),
            tag: tag(name),
            unit,
            is_whole: tags.is_none(),
            tags: tags.unwrap_or_default().to_vec(),
        }
    }

    fn matches(&self, tags: &TagSet) -> bool {
        let mut wanted = self.tags.iter();
        wanted.all(|(name, value)| tags.get(name) == Some(value))
    }
}
