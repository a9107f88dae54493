//! What every configuration can do: a typed struct of plain values, each field with a meaning.

use crate::Error;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Write;
use toml::{Table, Value};

/// A configuration: a struct of plain values, each with its meaning as documentation.
pub(crate) trait Settings: Serialize + DeserializeOwned {
    /// The documentation of a field.
    fn meaning(key: &str) -> &'static str;

    /// What the value of a key may be, if it is not of one type.
    fn forms(key: &str) -> Option<&'static str> {
        let _ = key;
        None
    }
}

/// Sets one key to the value that `text` stands for: TOML, or else the text itself.
pub(crate) fn set(config: &mut impl Settings, key: &str, text: &str) -> Result<(), Error> {
    let text = text.trim().to_owned();
    let parsed = format!("value = {text}").parse::<Table>().ok();
    let value = parsed.and_then(|mut table| table.remove("value"));
    set_value(config, key, value.unwrap_or(Value::String(text)))
}

/// Sets one key, as configuration files do.
pub(crate) fn set_value<C: Settings>(config: &mut C, key: &str, value: Value) -> Result<(), Error> {
    let mut table = table(config);
    let Some(old) = table.get(key) else {
        return Err(Error::UnknownKey { key: key.into(), near: nearest(key, keys(&table)) });
    };
    let value = whole_number(old, value);
    let (wanted, found) = (kind(old), kind(&value));
    let shown = value.to_string();
    table.insert(key.into(), value);
    *config = table.try_into().map_err(|error: toml::de::Error| {
        let reason = match C::forms(key) {
            Some(forms) => format!("it must be {forms}"),
            None if wanted == found => plain(error.message()),
            None => format!("it must be {wanted}, not {found}"),
        };
        Error::Config(format!("`{key} = {shown}` is not possible: {reason}"))
    })?;
    Ok(())
}

/// `value`, or the whole number that it stands for where `old` is one: 5e7 steps.
fn whole_number(old: &Value, value: Value) -> Value {
    match (old, &value) {
        (Value::Integer(_), Value::Float(number)) if number.fract() == 0.0 => {
            Value::Integer(*number as i64)
        }
        _ => value,
    }
}

/// The first of the checks that does not hold, of keys and what their values must be.
pub(crate) fn check<'a>(
    config: &impl Settings,
    checks: impl IntoIterator<Item = (&'a str, bool, &'a str)>,
) -> Result<(), Error> {
    match checks.into_iter().find(|(_, holds, _)| !holds) {
        Some((key, _, reason)) => {
            let value = table(config).remove(key).map(|value| value.to_string());
            let value = value.unwrap_or_default();
            Err(Error::Config(format!("`{key} = {value}` is not possible: it {reason}")))
        }
        None => Ok(()),
    }
}

/// The whole configuration as TOML, each key under its meaning.
pub(crate) fn commented<C: Settings>(config: &C) -> String {
    let mut text = String::new();
    for (key, value) in &table(config) {
        for line in C::meaning(key).lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "{key} = {value}\n");
    }
    text
}

/// The keys in which two configurations differ, with the value of each.
pub(crate) fn differences<C: Settings>(one: &C, other: &C) -> Vec<(String, String, String)> {
    let other = table(other);
    let differs = |(key, value): (String, Value)| {
        let theirs = other.get(&key)?;
        (*theirs != value).then(|| (key.clone(), value.to_string(), theirs.to_string()))
    };
    table(one).into_iter().filter_map(differs).collect()
}

/// The configuration that is the whole of `table`.
///
/// # Errors
/// If a key is missing, unknown or of the wrong type.
pub(crate) fn whole<C: Settings>(table: Table) -> Result<C, String> {
    let given: Vec<_> = table.keys().cloned().collect();
    let config: C = table.try_into().map_err(|error: toml::de::Error| plain(error.message()))?;
    let known = self::table(&config);
    match given.iter().find(|key| !known.contains_key(*key)) {
        Some(key) => Err(format!("unknown key `{key}`{}", nearest(key, keys(&known)))),
        None => Ok(config),
    }
}

/// Keys and values, in the order of the fields.
pub(crate) fn table(config: &impl Settings) -> Table {
    let mut table = Table::try_from(config).unwrap_or_default();
    table.iter_mut().for_each(|(_, value)| shorten(value));
    table
}

fn keys(table: &Table) -> impl Iterator<Item = &str> {
    table.keys().map(String::as_str)
}

/// `; did you mean …?` with the candidate most like `word`, or nothing if none is near: if half of it
/// or more is different.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    // As many changes as lengths differ by are needed at least; words may be of any length.
    let length = word.chars().count();
    let near = |candidate: &&str| length.abs_diff(candidate.len()) <= candidate.len() / 2;
    let changes = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    let measured = candidates.into_iter().filter(near).map(|name| (changes(name), name));
    match measured.min_by_key(|(changes, _)| *changes) {
        Some((changes, best)) if changes <= best.len() / 2 => format!("; did you mean `{best}`?"),
        _ => String::new(),
    }
}

/// Every number of a configuration is an `f32`: 0.9 is written as 0.9, not as 0.8999999761581421.
fn shorten(value: &mut Value) {
    match value {
        Value::Float(number) => {
            *number = (*number as f32).to_string().parse().unwrap_or(*number);
        }
        Value::Array(values) => values.iter_mut().for_each(shorten),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| shorten(value)),
        _ => {}
    }
}

/// What serde says, without the names of Rust's types.
fn plain(message: &str) -> String {
    let types = [("usize", "a whole number from 0"), ("u64", "a whole number from 0")];
    let types = types.into_iter().chain([("u32", "a whole number from 0"), ("f32", "a number")]);
    types.fold(message.to_owned(), |text, (name, meaning)| text.replace(name, meaning))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
        Value::Datetime(_) => "a date",
    }
}
