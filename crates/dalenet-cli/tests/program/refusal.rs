//! What is wrong is said in one sentence that names the cause and the mend; no file is touched.

use crate::helper::{Folder, array, assert_says, floats, mnist};
use std::fs;

/// Runs `train xor` with each of the arguments, which must be refused for the reasons beside it.
fn refuses(cases: &[(&str, &[&str])]) {
    let folder = Folder::new();
    for (arguments, pieces) in cases {
        assert_says(&folder.refused(&format!("train {arguments} --out r")), pieces);
    }
}

#[test]
fn unknown_names_name_the_nearest() {
    refuses(&[
        ("xor --set epoch=3", &["no configuration key `epoch`", "did you mean `epochs`?"]),
        ("xor --set lyaers=[3]", &["`lyaers`", "did you mean `layers`?"]),
        ("xor --set qqqqqqqq=3", &["`qqqqqqqq`", "`dalenet config TASK` shows them"]),
        ("mnst", &["no task `mnst`", "did you mean `mnist`?", "dalenet list"]),
        ("fashion_mnist", &["did you mean `fashion-mnist`?"]),
        ("xor --set task=mnsit", &["no task `mnsit`", "did you mean `mnist`?"]),
        ("mnist --rule kaneko", &["has one output", "xor or parity"]),
        ("xor --rule kanekko", &["no rule `kanekko`", "did you mean `kaneko`?"]),
        ("xor --rule backprop", &["no rule `backprop`", "dalenet list"]),
        ("xor --preset papr", &["no preset `papr`", "did you mean `paper`?"]),
        ("xor --preset conv", &["xor has no preset `conv`", "without a preset"]),
        ("cifar10 --preset conv", &["cifar10 has no preset `conv`"]),
        ("mine.npz --preset conv", &["mine.npz has no preset `conv`"]),
        ("cart-pole --preset conv", &["cart-pole has no preset `conv`"]),
        ("xor --set loss=absolute", &["`absolute`", "`squared` or `cross-entropy`"]),
        ("xor --thread 3", &["'--thread'", "'--threads'"]),
    ]);
    let folder = Folder::new();
    assert_says(&folder.refused("trian xor"), &["'trian'", "'train'"]);
    for (arguments, suggestion) in [
        ("train half-cheeta", "did you mean `brax/half-cheetah`?"),
        ("train brax/half-cheeta", "did you mean `brax/half-cheetah`?"),
        ("train half-cheetah", "did you mean `brax/half-cheetah`?"),
        ("compare xor half-cheeta", "did you mean `brax/half-cheetah`?"),
        ("config hoper", "did you mean `brax/hopper`?"),
        ("half-cheeta", "did you mean `dalenet train brax/half-cheetah`?"),
        ("brax/half-cheeta", "did you mean `dalenet train brax/half-cheetah`?"),
        ("mnist", "did you mean `dalenet train mnist`?"),
        ("train completions", "did you mean `dalenet completions`?"),
        ("complations", "'completions'"),
    ] {
        assert_says(&folder.refused(arguments), &[suggestion]);
    }
    let sentence = folder.refused("data fetch fashion-mnits");
    assert_says(&sentence, &["`fashion-mnits`", "did you mean `fashion-mnist`?"]);
}

#[test]
fn flags_of_the_other_kind_of_task_are_refused() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    for (arguments, pieces) in [
        ("train xor --steps 5e7", ["--steps is for environments", "xor is a data set", "--epochs"]),
        ("train squares.npz --steps 9", ["--steps", "squares.npz is a data set", "--epochs"]),
        ("train mnist --envs 5", ["--envs is for environments", "mnist", "leave it out"]),
        ("train brax/ant --epochs 3", ["--epochs is for data sets", "brax/ant", "--steps"]),
        ("train cart-pole --epochs 3", ["--epochs", "--steps", "--set epochs=N"]),
        ("train cart-pole --bits 3", ["--bits is for the task parity", "cart-pole", "leave it"]),
        ("train mnist --bits 3", ["--bits is for the task parity", "mnist", "leave it"]),
        ("compare cart-pole --epochs 3", ["--epochs", "cart-pole is an environment", "--steps"]),
        ("compare xor --steps 3", ["--steps", "xor is a data set", "--epochs"]),
        ("config cart-pole --epochs 3", ["--epochs", "cart-pole", "--steps"]),
    ] {
        assert_says(&folder.refused(arguments), &pieces);
    }
    // The setting itself has no second meaning.
    folder.ok("config cart-pole --set epochs=3");
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    let list_not_text = ["`layers = \"abc\"`", "must be a list, not a text"];
    refuses(&[
        ("xor --set layers=abc", &list_not_text),
        ("xor --set layers=[1.5]", &["`layers = [1.5]`", "a number of units or a table"]),
        ("xor --set layers=[-3]", &["`layers = [-3]`", "at least 1 unit"]),
        ("xor --set rate=\"x\"", &["`rate = \"x\"`", "must be a number, not a text"]),
        ("xor --set epochs=1.5", &["`epochs = 1.5`", "must be a whole number"]),
        ("xor --epochs 1.5", &["'1.5'", "'--epochs <EPOCHS>'", "not a whole number"]),
        ("xor --epochs -1", &["'-1'", "'--epochs <EPOCHS>'"]),
        ("xor --set shuffle=1", &["must be true or false, not a whole number"]),
        ("xor --set nonsense", &["`--set nonsense` has no `=`", "key=value"]),
        ("xor --seed 18446744073709551615", &["'--seed <SEED>'", "0..=9223372036854775807"]),
        ("xor --epochs 18446744073709551615", &["'--epochs <EPOCHS>'"]),
    ]);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    refuses(&[
        ("xor --set rate=-1", &["`rate = -1.0`", "above 0"]),
        ("xor --set rate=0", &["`rate = 0.0`", "above 0"]),
        ("xor --set rate=nan", &["`rate = nan`", "above 0"]),
        ("xor --set rate=1e40", &["`rate = inf`", "above 0 and finite"]),
        ("xor --epochs 0", &["`epochs = 0`", "at least 1"]),
        ("xor --set batch=0", &["`batch = 0`", "at least 1"]),
        ("xor --set layers=[4,0]", &["`layers = [4, 0]`", "without units"]),
        ("xor --set layers=[100000000000]", &["`layers = ", "a million"]),
        ("xor --set dual=false", &["`dale = true`", "dual=true, or dale=false"]),
        ("xor --set widths=[0]", &["`widths = [0.0]`", "above 0"]),
        ("xor --set widths=[]", &["`widths = []`", "at least one value"]),
        ("xor --set momentum=1", &["`momentum = 1.0`", "below 1"]),
        ("xor --set validation=1", &["`validation = 1.0`", "below 1"]),
        ("xor --set validation=-0.5", &["`validation = -0.5`", "at least 0"]),
        ("parity --bits 0", &["`bits = 0`", "between 1 and 16"]),
        ("parity --bits 40", &["`bits = 40`", "between 1 and 16"]),
        ("xor --threads 0", &["'0'", "'--threads <N>'"]),
    ]);
}

#[test]
fn a_configuration_file_that_is_none_is_named_with_the_line() {
    let folder = Folder::new();
    folder.write("c.toml", "task = \"xor\"\n\nrate = = 3\n");
    assert_says(&folder.refused("train --config c.toml"), &["c.toml, line 3", "not TOML"]);
    folder.write("d.toml", "epoch = 3\n");
    assert_says(&folder.refused("train xor --config d.toml"), &["`epoch`", "`epochs`"]);
    folder.write("e.toml", "epochs = 3\n");
    assert_says(&folder.refused("train --config e.toml"), &["names no task", "task = "]);
    assert_says(&folder.refused("train xor --config none.toml"), &["none.toml", "check the path"]);
    folder.write("f.toml", [b'#', 0xff, b'\n']);
    assert_says(&folder.refused("train xor --config f.toml"), &["f.toml", "UTF-8"]);
}

#[test]
fn damaged_data_are_named_with_both_checksums() {
    let labels = fs::read(mnist().join("mnist/t10k-labels-idx1-ubyte")).unwrap();
    let mut flipped = labels.clone();
    flipped[5000] ^= 1;
    let folder = Folder::new();
    for (data, content) in [("flipped", &flipped[..]), ("cut", &labels[..9000]), ("none", &[])] {
        folder.mnist_with_labels(data, content);
        let sentence = folder.refused(&format!("train mnist --data-dir {data} --out r"));
        let path = format!("{data}/mnist/t10k-labels-idx1-ubyte is damaged");
        let expected = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2";
        assert_says(&sentence, &[&path, "SHA-256 ", expected, "delete it"]);
        let sums = sentence.split(|c: char| !c.is_ascii_hexdigit()).filter(|sum| sum.len() == 64);
        assert_eq!(sums.count(), 2, "{sentence}");
    }
}

#[test]
fn a_users_own_file_is_refused_where_it_is_wrong() {
    let folder = Folder::new();
    let x = |values: [f32; 8]| ("x", floats(&[4, 2], &values));
    let y = |labels: [f32; 4]| ("y", floats(&[4], &labels));
    let fine = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let mut with_nan = fine;
    with_nan[5] = f32::NAN;
    for (arrays, pieces) in [
        ([x(with_nan), y([0.0, 1.0, 0.0, 1.0])], &["x is NaN at [2, 1]", "replace"]),
        ([x(fine), y([0.0, 1.0, 0.5, 1.0])], &["y is 0.5 at [2]", "whole numbers"]),
        ([x(fine), y([0.0; 4])], &["label 0 only", "two classes"]),
    ] {
        folder.npz("d.npz", &arrays);
        let sentence = folder.refused("train d.npz --out r");
        assert_says(&sentence, &["d.npz: "]);
        assert_says(&sentence, pieces);
    }
    // Whole numbers of any size are names of classes.
    for far in [-1.0, 70000.0] {
        folder.npz("d.npz", &[x(fine), y([0.0, 1.0, far, 1.0])]);
        folder.ok(&format!("train d.npz --epochs 1 --set layers=[3] --out far{far}"));
    }
    let labels = |labels: [u8; 4]| array("|u1", &[4], &labels);
    let (train, test) = (labels([0, 1, 0, 1]), labels([0, 1, 2, 1]));
    let pixels = x(fine).1;
    let arrays =
        [("x_train", pixels.clone()), ("y_train", train), ("x_test", pixels), ("y_test", test)];
    folder.npz("d.npz", &arrays);
    assert_says(&folder.refused("train d.npz"), &["y_test has class 2 at [2]", "every class"]);

    folder.squares("squares.npz", [90, 30]);
    let sentence = folder.refused("train squares.npz --set validation=0.999");
    assert_says(&sentence, &["cannot hold out 90 of 90", "hold out fewer"]);
    let whole = fs::read(folder.path("squares.npz")).unwrap();
    folder.write("cut.npz", &whole[..whole.len() / 2]);
    assert_says(&folder.refused("train cut.npz"), &["cut.npz is not a readable .npz file"]);
    assert_says(&folder.refused("train none.npz"), &["none.npz", "check the path"]);
}

#[test]
fn a_folder_that_is_there_already_is_left_alone() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 2 --out r");
    fs::create_dir(folder.path("empty")).unwrap();
    folder.write("file", "text");
    for out in ["r", "empty", "file"] {
        let sentence = folder.refused(&format!("train xor --epochs 2 --out {out}"));
        assert_says(&sentence, &[&format!("{out} exists already"), "--out", "--resume"]);
    }
    let sentence = folder.refused("train xor --epochs 2 --out file/r");
    assert_says(&sentence, &["cannot create file", "a file is in the way", "--out"]);
}

#[test]
fn what_is_no_run_cannot_be_resumed_or_evaluated() {
    let folder = Folder::new();
    fs::create_dir(folder.path("empty")).unwrap();
    for command in ["train --resume none", "train --resume empty", "eval none", "eval empty"] {
        let sentence = folder.refused(command);
        assert_says(&sentence, &["is not a run", "config.toml", "`dalenet train`"]);
    }
    folder.write("empty/config.toml", folder.ok("config xor").stdout);
    assert_says(&folder.refused("eval empty"), &["has no checkpoint yet", "--resume empty"]);
}

#[test]
fn only_games_are_played_by_a_person_and_only_in_a_terminal() {
    let folder = Folder::new();
    for (arguments, pieces) in [
        (
            "play ant --human",
            &["`ant` is not a game for a person", "play craftax-classic --human`"][..],
        ),
        ("play mnist --human", &["`mnist`", "`dalenet play craftax --human`"]),
        ("play craftax --human", &["needs a terminal", "redirected"]),
        ("play craftax --human --out page.html", &["'--human'", "'--out <FILE>'"]),
        ("play craftax --human --seed -1", &["'--seed <SEED>'"]),
    ] {
        assert_says(&folder.refused(arguments), pieces);
    }
    assert_says(&folder.refused("play none"), &["none is not a run", "`dalenet train`"]);
}

#[test]
fn a_run_goes_on_only_under_its_own_configuration() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder.ok(
        "train squares.npz --epochs 2 --set layers=[9] --set rate=2 --set validation=0 --out r",
    );
    for (setting, pieces) in [
        ("--set rate=0.5", ["rate = 2.0, not 0.5", "--out"]),
        ("--epochs 1", ["trained for 2 epochs already, more than epochs = 1", "--out"]),
        ("--seed 5", ["seed = 0, not 5", "--out"]),
        ("--set layers=[10]", ["layers = [9], not [10]", "--out"]),
        ("--rule bp", ["'--resume <RUN>'", "'--rule <RULE>'"]),
        ("--config r/config.toml", ["'--resume <RUN>'", "'--config <FILE>'"]),
        ("--preset paper", ["'--resume <RUN>'", "'--preset <PRESET>'"]),
        ("--out s", ["'--resume <RUN>'", "'--out <DIR>'"]),
        ("--set epoch=5", ["`epoch`", "did you mean `epochs`?"]),
    ] {
        assert_says(&folder.refused(&format!("train --resume r {setting}")), &pieces);
    }

    let config = folder.read("r/config.toml");
    for (edited, pieces) in [
        (config.replace("rate = 2.0", "rate = 3.0"), ["r was trained with", "rate = 2.0, not 3.0"]),
        (config.replace("rate = 2.0", ""), ["r/config.toml is not a whole", "rate"]),
        (config.replace("rate = 2.0", "rate = "), ["r/config.toml is not a whole", ""]),
    ] {
        folder.write("r/config.toml", edited);
        assert_says(&folder.refused("train --resume r"), &pieces);
    }
    folder.write("r/config.toml", config);

    folder.squares("squares.npz", [93, 30]);
    let sentence = folder.refused("train --resume r");
    assert_says(&sentence, &["squares.npz is not the file that r was trained on", "SHA-256"]);
}

#[test]
fn a_damaged_checkpoint_is_not_used_nor_overwritten() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder.ok("train squares.npz --epochs 2 --set layers=[9] --out r");
    let file = "r/checkpoint.safetensors";
    let whole = fs::read(folder.path(file)).unwrap();
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;

    for at in [header, (header + whole.len()) / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        folder.write(file, flipped);
        for command in ["train --resume r", "eval r"] {
            let sentence = folder.refused(command);
            let pieces = [file, "damaged: SHA-256 ", "expected ", "from a copy", "--out"];
            assert_says(&sentence, &pieces);
        }
    }
    // Anywhere in the header, which holds names, shapes and metadata.
    for at in (0..header).step_by(header / 40) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        folder.write(file, flipped);
        assert_says(&folder.refused("train --resume r"), &[file, "cannot be used"]);
    }
    for length in [0, 5, header / 2, header, whole.len() / 2, whole.len() - 1] {
        folder.write(file, &whole[..length]);
        let sentence = folder.refused("train --resume r");
        assert_says(&sentence, &[file, "not a whole safetensors file", "from a copy"]);
    }
    folder.write(file, whole);
    folder.ok("train --resume r");
}

#[test]
fn a_network_is_not_evaluated_on_data_of_another_shape() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    folder.ok("train squares.npz --epochs 2 --set layers=[9] --set validation=0.9 --out r");
    let values: Vec<f32> = (0..40).map(|i| i as f32).collect();
    let (x, y) = (floats(&[20, 2], &values), array("|u1", &[20], &[0, 1].repeat(10)));
    folder.npz("flat.npz", &[("x", x), ("y", y)]);
    let sentence = folder.refused("eval r --data flat.npz");
    let pieces = ["flat.npz has 2 inputs (1×1×2)", "of r was made for 144", "shape"];
    assert_says(&sentence, &pieces);
    assert_says(&folder.refused("eval r --data xor"), &["xor has 2 inputs"]);
    assert_says(&folder.refused("eval r --data mnst"), &["did you mean `mnist`?"]);

    // What was held out for the training says nothing about other data.
    folder.squares("few.npz", [3, 30]);
    assert_eq!(folder.ok("eval r --data few.npz --json").json()["samples"], 30);
}
