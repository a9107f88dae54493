//! What is said of a network that gives every sample the same class.

/// Times the uniform share from which a class is called the most frequent one.
const FREQUENT: f64 = 1.5;

/// A warning if a network gives every evaluated sample the same class, made of what is known: which
/// class, and how often the training samples have it. `None` where that says nothing of the network: of
/// less than two samples, or of samples that all have the same class.
///
/// `confusion`: counts of the evaluated samples by class (rows) and the class they were given
/// (columns). `training`: counts of the training samples by class. `names`: names of the classes; a
/// class without one is named by its number. Only a training that has `ended` is said to have collapsed:
/// many do not tell classes apart at first.
pub(crate) fn collapse_advice(
    confusion: &[Vec<usize>],
    training: &[usize],
    names: &[String],
    ended: bool,
) -> Option<String> {
    let given = |class: usize| confusion.iter().map(|row| row[class]).sum::<usize>();
    let present = confusion.iter().filter(|row| row.iter().sum::<usize>() > 0).count();
    let classes: Vec<_> = (0..confusion.len()).filter(|class| given(*class) > 0).collect();
    let &[class] = &classes[..] else { return None };
    if present < 2 {
        return None;
    }
    let name = names.get(class).cloned().unwrap_or_else(|| class.to_string());
    let all = training.iter().sum::<usize>().max(1) as f64;
    let share = training.get(class).copied().unwrap_or(0) as f64 / all;
    let percent = format!("{:.1} %", 100.0 * share);
    let kinds = training.iter().filter(|count| **count > 0).count().max(1);
    let most = training.iter().all(|count| *count <= training[class]);
    Some(match most && share * kinds as f64 >= FREQUENT {
        true => format!(
            "the network gives every sample the class {name}, which {percent} of the training \
             samples have: its accuracy is that of always answering {name}; train on a similar \
             number of samples of each class to see what it learns of the others"
        ),
        false => format!(
            "the network gives every sample the class {name}, though only {percent} of the \
             training samples have it: {}",
            if ended { "it has collapsed" } else { "so far it tells no classes apart" }
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(confusion: &[&[usize]], training: &[usize]) -> Option<String> {
        let confusion: Vec<_> = confusion.iter().map(|row| row.to_vec()).collect();
        collapse_advice(&confusion, training, &[], true)
    }

    #[test]
    fn a_majority_class_is_named_with_its_share() {
        let text = advice(&[&[97, 0], &[3, 0]], &[970, 30]).unwrap();
        assert!(text.contains("class 0, which 97.0 % of the training samples have"), "{text}");
        assert!(!text.contains("rate") && !text.contains("sigmoid"), "{text}");
    }

    #[test]
    fn a_class_among_equals_is_a_collapse() {
        let text = advice(&[&[0, 5, 0], &[0, 5, 0], &[0, 5, 0]], &[10, 10, 10]).unwrap();
        assert!(text.contains("class 1, though only 33.3 %"), "{text}");
        assert!(text.contains("collapsed"), "{text}");
        // Of a class that is rare, too.
        let text = advice(&[&[0, 97], &[0, 3]], &[970, 30]).unwrap();
        assert!(text.contains("class 1, though only 3.0 %"), "{text}");
    }

    #[test]
    fn nothing_is_said_where_one_class_means_nothing() {
        assert_eq!(advice(&[&[9, 1], &[2, 8]], &[10, 10]), None, "two classes are given");
        assert_eq!(advice(&[&[0, 1], &[0, 0]], &[10, 10]), None, "one sample");
        assert_eq!(advice(&[&[0, 7], &[0, 0]], &[10, 10]), None, "samples of one class");
        assert_eq!(advice(&[&[0, 0], &[0, 0]], &[10, 10]), None, "no sample");
        assert_eq!(advice(&[], &[]), None);
    }

    #[test]
    fn classes_have_their_names() {
        let names = ["cat", "dog"].map(str::to_owned);
        let text = collapse_advice(&[vec![5, 0], vec![5, 0]], &[10, 10], &names, false).unwrap();
        assert!(text.contains("class cat"), "{text}");
        assert!(text.contains("so far") && !text.contains("collapsed"), "{text}");
    }
}
