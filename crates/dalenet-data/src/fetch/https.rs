//! Public mirrors, over HTTPS.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use ureq::Agent;

use super::failure::Failure;
use crate::{Error, Observer};

/// Downloads the files `names` below `address` into `folder`.
pub(super) fn download(
    address: &str,
    names: &[&str],
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let agent = agent();
    for name in names {
        let url = format!("{address}/{name}");
        observer.note(&format!("downloading {url}"));
        download_file(&agent, &url, &folder.join(name), observer)?;
    }
    Ok(())
}

/// A client that gives up on a server that does not answer, but not on one that is slow.
fn agent() -> Agent {
    let seconds = |n| Some(Duration::from_secs(n));
    Agent::config_builder()
        .timeout_resolve(seconds(10))
        .timeout_connect(seconds(10))
        .timeout_recv_response(seconds(30))
        .timeout_per_read(seconds(30))
        .user_agent(concat!("dalenet/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

fn download_file(
    agent: &Agent,
    url: &str,
    path: &Path,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let refused = |cause: ureq::Error| Failure::Origin(cause.to_string());
    let mut response = agent.get(url).call().map_err(refused)?;
    let total = response.body().content_length();
    let mut body = response.body_mut().as_reader();
    let mut file = File::create(path).map_err(Error::file("write", path))?;

    let mut buffer = vec![0; 1 << 16];
    let mut done = 0;
    loop {
        let length = match body.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            Err(cause) => {
                let reason = format!("the download broke off after {done} bytes: {cause}");
                return Err(Failure::Origin(reason));
            }
        };
        let written = file.write_all(&buffer[..length]);
        written.map_err(Error::file("write", path))?;
        done += length as u64;
        observer.bytes(done, total);
    }
}
