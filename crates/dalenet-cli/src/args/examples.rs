//! The examples at the end of each `--help`. Each is a line that can be typed.

pub const PROGRAM: &str = "\
Examples:
  dalenet list                              # tasks, rules, presets
  dalenet train mnist                       # fetch, train, evaluate
  dalenet eval runs/mnist-ed-seed0
  dalenet report runs                       # a page on all runs

`dalenet help COMMAND` has more; the guide is docs/GUIDE.md.";

pub const TRAIN: &str = "\
Examples:
  dalenet train mnist --rule dfa --seed 3 --epochs 5 --out runs/x
  dalenet train mnist --set layers=[512,256] --set rate=0.5
  dalenet train --config my.toml            # see `dalenet config`
  dalenet train my-images.npz
  dalenet train brax/ant --steps 5e7
  dalenet train mnist --from runs/x         # start from its weights
  dalenet train --resume runs/x
  dalenet train --resume runs/x --epochs 40 # and extend it";

pub const EVAL: &str = "\
Examples:
  dalenet eval runs/mnist-ed-seed0
  dalenet eval runs/mnist-ed-seed0 --data other.npz
  dalenet eval runs/cart-pole-ed-seed0 --episodes 16
  dalenet eval runs/cart-pole-ed-seed0 --deterministic false
  dalenet eval runs/mnist-ed-seed0 --precision bf16
  dalenet eval runs/mnist-ed-seed0 --bits 4
  dalenet eval runs/mnist-ed-seed0 --device pcm --at 1d --chips 10
  dalenet eval runs/cart-pole-ed-seed0 --device rram --episodes 16";

pub const PREDICT: &str = "\
Examples:
  dalenet predict runs/mnist-ed-seed0 mnist --out predictions.npz
  dalenet predict runs/mnist-ed-seed0 unlabelled.npz --out predictions.csv";

pub const COMPARE: &str = "\
Examples:
  dalenet compare mnist --rules ed,dfa,bp --seeds 5
  dalenet compare brax/hopper --rules ed,bp --steps 1e7 --out studies/hopper
  dalenet compare mnist --jobs 2            # two runs at a time
  dalenet compare fold1.npz fold2.npz --epochs 10";

pub const ABLATE: &str = "\
Examples:
  dalenet ablate mnist cifar10
  dalenet ablate mnist --seeds 3 --epochs 5 --out studies/short";

pub const SWEEP: &str = "\
Examples:
  dalenet sweep sweep.toml                  # docs/CLUSTER.md has such a file
  dalenet sweep sweep.toml --jobs 2 --out studies/rates
  dalenet sweep sweep.toml --slurm --time 1:00:00 --dry-run";

pub const STUDY: &str = "\
Examples:
  dalenet study status runs/compare-mnist
  dalenet study work runs/compare-mnist     # on each machine that sees it
  dalenet study collect runs/compare-mnist";

pub const STUDY_WORK: &str = "\
Examples:
  dalenet compare mnist --out studies/mnist --plan-only
  dalenet study work studies/mnist          # as often as you like, anywhere
  dalenet study work studies/mnist --jobs 4 --threads 8
  dalenet study work studies/mnist --run mnist-ed-seed0";

pub const STUDY_STATUS: &str = "\
Examples:
  dalenet study status runs/compare-mnist
  dalenet study status runs/compare-mnist --json";

pub const STUDY_COLLECT: &str = "\
Examples:
  dalenet study collect runs/compare-mnist";

pub const ANALYSE: &str = "\
Examples:
  dalenet analyse runs/mnist-ed-seed0
  dalenet analyse runs/mnist-ed-seed0 --json";

pub const PLAY: &str = "\
Examples:
  dalenet play runs/cart-pole-ed-seed0 --out pole.html
  dalenet play runs/mnist-ed-seed0 --out mistakes.html
  dalenet play brax/half-cheetah            # a trained agent of the program
  dalenet play craftax --human              # play it yourself";

pub const EXPORT: &str = "\
Examples:
  dalenet export runs/mnist-ed-seed0 --out net.onnx
  dalenet export runs/mnist-ed-seed0 --out net.onnx --form signed
  dalenet export runs/brax-ant-ed-seed0 --out policy.npz";

pub const COUNT: &str = "\
Examples:
  dalenet count runs/mnist-ed-seed0
  dalenet count runs/mnist-ed-seed0 --pj-per-mac 0.2
  dalenet count runs/mnist-ed-seed0 runs/mnist-dfa-seed0";

pub const IMPORT: &str = "\
Examples:
  dalenet import net.npz --like runs/mnist-ed-seed0 --out runs/edited";

pub const ROBUST: &str = "\
Examples:
  dalenet robust runs/mnist-ed-seed0
  dalenet robust runs/mnist-ed-seed0 runs/mnist-ed-seed1 --chips 3
  dalenet robust runs/cifar10-ed-seed0 --samples 2000 --out figure.svg";

pub const REPORT: &str = "\
Examples:
  dalenet report runs
  dalenet report runs/a runs/b --out report.html";

pub const DATA: &str = "\
Examples:
  dalenet data list
  dalenet data fetch cifar10
  dalenet data remove cifar10";

pub const DATA_FETCH: &str = "\
Examples:
  dalenet data fetch mnist
  dalenet data fetch cifar10 --data-dir /scratch/data";

pub const DATA_LIST: &str = "\
Examples:
  dalenet data list
  dalenet data list --json";

pub const DATA_REMOVE: &str = "\
Examples:
  dalenet data remove cifar10";

pub const CONFIG: &str = "\
Examples:
  dalenet config mnist > my.toml
  dalenet config brax/ant --rule bp
  dalenet config cifar10 --preset paper";

pub const LIST: &str = "\
Examples:
  dalenet list
  dalenet list --json";

pub const COMPLETIONS: &str = "\
Examples:
  dalenet completions bash > ~/.local/share/bash-completion/completions/dalenet
  dalenet completions zsh > ~/.zfunc/_dalenet
  dalenet completions fish > ~/.config/fish/completions/dalenet.fish
  dalenet completions powershell >> $PROFILE";

pub const MAN: &str = "\
Examples:
  dalenet man | man -l -
  dalenet man train | man -l -
  dalenet man --out ~/.local/share/man/man1";

#[cfg(test)]
mod tests {
    use crate::args::Args;
    use clap::{Command, CommandFactory, Parser};

    fn check(command: &Command, path: &str) {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with("  dalenet ")).collect();
        assert!(!lines.is_empty(), "{path} has no example");
        for line in lines {
            assert!(line.len() <= 80, "{line}");
            let typed = line.split(['#', '|', '>']).next().unwrap_or_default();
            let parsed = Args::try_parse_from(typed.split_whitespace());
            assert!(parsed.is_ok(), "{typed}: {}", parsed.err().unwrap());
        }
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            check(inner, &format!("{path} {}", inner.get_name()));
        }
    }

    #[test]
    fn every_command_has_examples_that_can_be_typed() {
        check(&Args::command(), "dalenet");
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
