//! What a classifier makes of samples: its mistakes, and in a plane where its classes lie.
//!
//! ```
//! use dalenet_data::{Shape, Split};
//! use dalenet_lab::{Prediction, play::{Caption, samples::Page}};
//!
//! let split = Split::from_floats(vec![0.1, 0.2, 0.3, 0.9, 0.8, 0.7], 3, vec![0, 1])?;
//! let prediction = Prediction { labels: vec![0, 0], probabilities: vec![0.9, 0.1, 0.6, 0.4] };
//! let page = Page {
//!     caption: Caption { title: "two samples".into(), subtitle: vec![] },
//!     kind: "held-out",
//!     classes: &["low".into(), "high".into()],
//!     shape: Shape { height: 1, width: 1, channels: 3 },
//!     split: &split,
//!     prediction: &prediction,
//!     plane: None,
//! };
//! assert_eq!((page.mistakes().len(), page.mistakes()[0].truth), (1, 1));
//! assert!(page.page().contains("1 of 2 held-out samples is wrong"));
//! # Ok::<(), dalenet_data::Error>(())
//! ```

mod picture;
mod plane;

pub use plane::Plane;

use super::{Caption, page::document};
use dalenet_data::{Shape, Split};
use dalenet_train::Prediction;
use maud::{Markup, html};
use picture::Pictures;

const STYLE: &str = include_str!("style.css");
/// Mistakes on a page, and samples on one without mistakes.
const MISTAKES: usize = 96;
const UNCERTAIN: usize = 24;

/// What is shown of a classifier.
pub struct Page<'a> {
    /// What stands at the top of the page.
    pub caption: Caption,
    /// Which samples these are: `held-out` or `training`.
    pub kind: &'static str,
    /// The names of the classes.
    pub classes: &'a [String],
    /// The shape of a sample.
    pub shape: Shape,
    /// The samples, N.
    pub split: &'a Split,
    /// What is predicted of them.
    pub prediction: &'a Prediction,
    /// What is predicted all over the plane, where samples have two values.
    pub plane: Option<Plane>,
}

/// What is predicted of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// Which sample.
    pub sample: u32,
    /// Its class.
    pub truth: u16,
    /// The class that it is given.
    pub predicted: u16,
    /// The probability of that class.
    pub confidence: f32,
}

impl Page<'_> {
    /// All mistakes, the most confident first.
    pub fn mistakes(&self) -> Vec<Predicted> {
        let mut mistakes: Vec<_> = self.all().filter(|it| it.truth != it.predicted).collect();
        mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        mistakes
    }

    /// Whether each sample is a mistake, N.
    fn wrong(&self) -> Vec<bool> {
        self.all().map(|it| it.truth != it.predicted).collect()
    }

    /// All that are right, the least confident first.
    fn right(&self) -> Vec<Predicted> {
        let mut right: Vec<_> = self.all().filter(|it| it.truth == it.predicted).collect();
        right.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
        right
    }

    fn all(&self) -> impl Iterator<Item = Predicted> {
        let Prediction { labels, probabilities } = self.prediction;
        let classes = probabilities.len() / labels.len().max(1);
        self.split.labels().iter().zip(labels).enumerate().map(move |(i, (&truth, &predicted))| {
            let confidence = probabilities[i * classes + usize::from(predicted)];
            Predicted { sample: i as u32, truth, predicted, confidence }
        })
    }

    /// A page for any browser and for print, without a network and without scripts.
    pub fn page(&self) -> String {
        let Caption { title, subtitle } = &self.caption;
        let mistakes = self.mistakes();
        let body = html! {
            main {
                header {
                    h1 { (title) }
                    @for line in subtitle { p { (line) } }
                    p { (self.summary(mistakes.len())) }
                }
                @if let Some(plane) = &self.plane {
                    (plane.figure(self.classes, self.split, &self.wrong()))
                }
                @if mistakes.is_empty() {
                    (self.gallery("All right, the least certain first", &self.right(), UNCERTAIN))
                } @else {
                    (self.gallery("Mistakes, the most confident first", &mistakes, MISTAKES))
                }
            }
        };
        document(title, &[STYLE], "", &body)
    }

    fn summary(&self, wrong: usize) -> String {
        let all = self.split.len();
        let right = 100.0 * (all - wrong) as f64 / all.max(1) as f64;
        let verb = if wrong == 1 { "is" } else { "are" };
        format!("{wrong} of {all} {} samples {verb} wrong ({right:.2} % right)", self.kind)
    }

    /// Pictures of the first of some samples.
    fn gallery(&self, title: &str, samples: &[Predicted], most: usize) -> Markup {
        let shown = &samples[..samples.len().min(most)];
        let indices: Vec<_> = shown.iter().map(|it| it.sample).collect();
        let pictures = Pictures::new(self.shape, self.split, &indices);
        html! {
            section {
                h2 { (title) }
                @if shown.len() < samples.len() {
                    p { "The first " (shown.len()) " of " (samples.len()) }
                }
                div.gallery {
                    @for (i, predicted) in shown.iter().enumerate() {
                        figure { (pictures.of(i)) (self.caption_of(predicted)) }
                    }
                }
            }
        }
    }

    fn caption_of(&self, it: &Predicted) -> Markup {
        html! {
            figcaption {
                span.class title="its class" { (self.name(it.truth)) }
                @if it.truth != it.predicted {
                    " taken for "
                    span.class { (self.name(it.predicted)) }
                }
                span.confidence title="probability of the class that it is given" {
                    (format!("{:.1} %", 100.0 * it.confidence))
                }
            }
        }
    }

    fn name(&self, class: u16) -> &str {
        self.classes.get(usize::from(class)).map_or("?", String::as_str)
    }
}
