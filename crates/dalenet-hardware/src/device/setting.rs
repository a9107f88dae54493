//! Settings of a device by their names.

use super::Device;
use documented::DocumentedFields;
use toml::{Table, Value};

impl Device {
    /// Sets one key, as `--set key=value` does; `none` takes away what is optional.
    ///
    /// ```
    /// use dalenet_hardware::{Device, Programming};
    /// let mut device = Device::preset("pcm").unwrap();
    /// device.set("levels", "16")?;
    /// device.set("programming", "{ relative = 0.05 }")?;
    /// assert_eq!((device.levels, device.programming), (Some(16), Programming::Relative(0.05)));
    /// assert!(device.set("level", "16").unwrap_err().contains("`levels`"));
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value is not possible for it.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        let keys = Self::FIELD_NAMES;
        if !keys.contains(&key) {
            let near = dalenet_train::nearest(key, keys.iter().copied());
            return Err(format!("a device has no `{key}`{near}; it has {}", keys.join(", ")));
        }
        let mut table = Table::try_from(*self).map_err(|error| error.to_string())?;
        match parsed(text, table.get(key)) {
            Some(value) => table.insert(key.into(), value),
            None => table.remove(key),
        };
        *self = table.try_into().map_err(|error: toml::de::Error| {
            format!("`{key} = {text}` is not possible: {}", error.message().trim())
        })?;
        Ok(())
    }
}

/// The value of a text: TOML, or else the text itself; nothing for `none`, unless that is a name.
fn parsed(text: &str, old: Option<&Value>) -> Option<Value> {
    let text = text.trim();
    if text == "none" && !matches!(old, Some(Value::String(_))) {
        return None;
    }
    let value = format!("value = {text}").parse::<Table>().ok();
    let value = value.and_then(|mut table| table.remove("value"));
    match (value, old) {
        // A whole number may stand for any number.
        (Some(Value::Integer(whole)), Some(Value::Float(_))) => Some(Value::Float(whole as f64)),
        (Some(value), _) => Some(value),
        (None, _) => Some(Value::String(text.into())),
    }
}
