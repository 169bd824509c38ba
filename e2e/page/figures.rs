//! Many measured values in one line, and what they say over time.

use std::fmt;

/// Values of one kind, in one unit.
pub(crate) struct Figures(Vec<f64>);

impl From<Vec<f64>> for Figures {
    fn from(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }
}

impl Figures {
    /// The value that so many percent of them do not exceed.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }

    /// How many exceed this.
    pub(crate) fn above(&self, limit: f64) -> usize {
        self.0.iter().filter(|value| **value > limit).count()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("none");
        }
        let [median, most, nearly_all, worst] = [50, 95, 99, 100].map(|percent| self.at(percent));
        let count = self.0.len();
        write!(formatter, "median {median:.1}, 95 % {most:.1}, 99 % {nearly_all:.1}, worst {worst:.1} of {count}")
    }
}

/// By how much values that were taken once a minute grow in an hour: the line that fits them best.
pub(crate) fn growth_per_hour(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let (mut together, mut apart) = (0.0, 0.0);
    for (minute, value) in values.iter().enumerate() {
        let away = minute as f64 - middle;
        together += away * (value - mean);
        apart += away * away;
    }
    60.0 * together / apart
}
