//! Recall and confusion, class by class.

use super::{say, table::table, words::percent};
use dalenet_lab::Evaluation;

/// With more classes than this the confusion does not fit on a terminal.
const CONFUSION: usize = 12;

/// Prints the balanced accuracy, and for each class its recall and what its samples were taken for.
pub fn show(classes: &[String], evaluation: &Evaluation) {
    say::line(&format!("balanced accuracy {}", percent(evaluation.balanced_accuracy)));
    say::line(&text(classes, evaluation));
}

/// A row a class: its name, its recall in percent, and how many of its samples were given each class.
fn text(classes: &[String], evaluation: &Evaluation) -> String {
    let confusion = &evaluation.confusion[..];
    let confusion = if classes.len() <= CONFUSION { confusion } else { &[] };
    let short = classes.iter().all(|name| name.chars().count() <= 4);
    let column = |(class, name): (usize, &String)| match short {
        true => name.clone(),
        false => class.to_string(),
    };
    let mut header = vec!["class".into(), "recall %".into()];
    header.extend(classes.iter().enumerate().map(column).take(confusion.len()));
    let row = |(class, name): (usize, &String)| {
        let recall = evaluation.recall[class];
        let name = if short { name.clone() } else { format!("{class} {name}") };
        let mut row =
            vec![name, recall.map_or("-".into(), |share| format!("{:.2}", 100.0 * share))];
        row.extend(confusion.get(class).into_iter().flatten().map(usize::to_string));
        row
    };
    table(std::iter::once(header).chain(classes.iter().enumerate().map(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation() -> Evaluation {
        Evaluation {
            accuracy: 0.75,
            balanced_accuracy: 0.75,
            recall: vec![Some(0.5), Some(1.0), None],
            error: 0.5,
            samples: 4,
            predicted: vec![1, 3, 0],
            confusion: vec![vec![1, 1, 0], vec![0, 2, 0], vec![0, 0, 0]],
        }
    }

    #[test]
    fn a_row_has_the_recall_of_a_class_and_what_it_was_taken_for() {
        let classes = ["cat", "dog", "elk"].map(str::to_owned);
        let wanted = "class  recall %  cat  dog  elk\n  cat     50.00    1    1    0\n  \
                      dog    100.00    0    2    0\n  elk         -    0    0    0";
        assert_eq!(text(&classes, &evaluation()), wanted);
    }

    #[test]
    fn long_names_have_their_numbers_above_the_columns() {
        let classes = ["cat", "dachshund", "elk"].map(str::to_owned);
        let text = text(&classes, &evaluation());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "      class  recall %  0  1  2");
        assert_eq!(lines[2], "1 dachshund    100.00  0  2  0");
    }
}
