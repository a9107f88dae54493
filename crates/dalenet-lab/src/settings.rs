//! What every kind of configuration can do: one typed struct, each field with a meaning.

use crate::{Error, files};
use documented::DocumentedFields;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Write, path::Path};
use toml::{Table, Value};

/// A configuration: a struct of plain values, each with its meaning as documentation.
pub(crate) trait Settings: Serialize + DeserializeOwned + DocumentedFields {}
impl<T: Serialize + DeserializeOwned + DocumentedFields> Settings for T {}

/// Sets one key, as `--set key=value` does.
pub(crate) fn set(config: &mut impl Settings, key: &str, value: &str) -> Result<(), Error> {
    let value_text = value.trim().to_owned();
    let parsed = format!("value = {value_text}").parse::<Table>().ok();
    let value = parsed.and_then(|mut table| table.remove("value"));
    set_value(config, key, value.unwrap_or_else(|| Value::String(value_text)))
}

/// Sets one key, as configuration files do.
pub(crate) fn set_value<C: Settings>(config: &mut C, key: &str, value: Value) -> Result<(), Error> {
    let mut table = table(config);
    let Some(old) = table.get(key) else {
        let keys = table.keys().map(String::as_str);
        let near = match nearest(key, keys) {
            near if near.is_empty() => "; `dalenet config TASK` shows them all".into(),
            near => near,
        };
        return Err(Error::Config(format!("there is no configuration key `{key}`{near}")));
    };
    // 5e7 steps are a whole number.
    let value = match (old, &value) {
        (Value::Integer(_), Value::Float(number)) if number.fract() == 0.0 => {
            Value::Integer(*number as i64)
        }
        _ => value,
    };
    let (wanted, found) = (kind(old), kind(&value));
    let shown = value.to_string();
    table.insert(key.into(), value);
    *config = table.try_into().map_err(|error: toml::de::Error| {
        let reason = match wanted == found {
            true => plain(error.message()),
            false => format!("it must be {wanted}, not {found}"),
        };
        Error::Config(format!("`{key} = {shown}` is not possible: {reason}"))
    })?;
    Ok(())
}

/// The settings in a TOML file.
pub(crate) fn read(path: &Path) -> Result<Table, Error> {
    let text = files::read_text(path)?;
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        let path = path.display();
        Error::Config(format!("{path}, line {line} is not TOML: {}", error.message()))
    })
}

/// The first of the checks that does not hold, of keys and what their values must be.
pub(crate) fn check<const N: usize>(
    config: &impl Settings,
    checks: [(&str, bool, &str); N],
) -> Result<(), Error> {
    match checks.into_iter().find(|(_, holds, _)| !holds) {
        Some((key, _, what)) => {
            let value = table(config).remove(key).map(|value| value.to_string());
            let value = value.unwrap_or_default();
            Err(Error::Config(format!("`{key} = {value}` is not possible: it {what}")))
        }
        None => Ok(()),
    }
}

/// The whole configuration as TOML, each key under its meaning.
pub(crate) fn commented<C: Settings>(config: &C) -> String {
    let mut text = String::new();
    for (key, value) in &table(config) {
        let meaning = C::get_field_docs(key).unwrap_or_default();
        for line in meaning.lines() {
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

/// Keys and values, in the order of the fields.
pub(crate) fn table(config: &impl Settings) -> Table {
    let mut table = Table::try_from(config).expect("a struct of plain values");
    table.iter_mut().for_each(|(_, value)| shorten(value));
    table
}

/// `; did you mean …?` with the candidate most like `word`, or nothing if none is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let likeness = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    let best = candidates.into_iter().min_by_key(|candidate| likeness(candidate));
    match best {
        Some(best) if likeness(best) <= best.len() / 2 => format!("; did you mean `{best}`?"),
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
