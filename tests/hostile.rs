//! Bad input never stops the run. One case for each row of the table in the README.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use fastrand::Rng;
use rustix::fs::{CWD, Mode, mkfifoat};
use serde_json::Value;
use wire::EnrichedArticle;

use crate::support::sandbox::{bare, files_below};
use crate::support::{Process, Sandbox, articles};

/// What a file gets.
#[derive(Debug)]
enum Gets {
    /// No line, and an error file with this reason.
    Refused(&'static str),
    /// One line that is true of this.
    Line(fn(&EnrichedArticle) -> bool),
    /// Neither.
    Nothing,
}
use Gets::{Line, Nothing, Refused};

/// One file: its name in the inbox, how it is made, and what it gets.
struct Case(OsString, Box<dyn Fn(&Path)>, Gets);

fn case(name: impl AsRef<OsStr>, make: impl Fn(&Path) + 'static, gets: Gets) -> Case {
    Case(name.as_ref().to_owned(), Box::new(make), gets)
}

fn holding(bytes: impl AsRef<[u8]>) -> impl Fn(&Path) {
    move |path| fs::write(path, bytes.as_ref()).expect("writes")
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut rng = Rng::with_seed(7);
    (0..count).map(|_| rng.u8(..)).collect()
}

fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(to_bytes)
        .collect()
}

/// Text and binary that are refused, whatever their names say.
fn refused_content() -> Vec<Case> {
    let executable = [b"\x7fELF\x02\x01\x01\x00".as_slice(), &[0; 500]].concat();
    let image = [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".as_slice(),
        &random_bytes(500),
    ]
    .concat();
    vec![
        case("empty.txt", holding(""), Refused("empty")),
        case(
            "spaces.txt",
            holding(" \n\t\r\n \u{feff}\u{a0}\n"),
            Refused("empty"),
        ),
        case(
            "large.txt",
            |path| {
                let file = File::create(path).expect("a file");
                file.set_len(100_000_000).expect("a sparse file");
            },
            Refused("too_large"),
        ),
        case(
            "nul.txt",
            holding([articles::text(9000).as_bytes(), &[0; 64]].concat()),
            Refused("binary"),
        ),
        case("random.txt", holding(random_bytes(8192)), Refused("binary")),
        case("program.txt", holding(executable), Refused("binary")),
        case("image.txt", holding(image), Refused("binary")),
    ]
}

/// Text in other encodings than UTF-8.
fn encodings() -> Vec<Case> {
    let broken = {
        let text = articles::text(9001);
        let (head, tail) = text.split_at(40);
        [head.as_bytes(), b" caf\xc3\xa9 \xff\xfe ", tail.as_bytes()].concat()
    };
    let windows =
        b"Caf\xe9 owners in Tarvik said \x93we lost 12 tables\x94 when floodwater entered on Tuesday, \
        and the mayor, Andr\xe9 Lef\xe8vre, put the damage at \x80400,000.";
    vec![
        case(
            "broken.txt",
            holding(broken),
            Line(|record| record.text.contains("statement number 9001")),
        ),
        case(
            "windows-1252.txt",
            holding(windows),
            Line(|record| {
                record.source.encoding == "windows-1252"
                    && record.text.contains("André Lefèvre, put the damage at €400,000")
            }),
        ),
        case(
            "utf-16le.txt",
            holding(utf_16(&articles::text(9002), u16::to_le_bytes)),
            Line(|record| record.source.encoding == "utf-16le" && record.text == articles::text(9002)),
        ),
        case(
            "utf-16be.txt",
            holding(utf_16(&articles::text(9003), u16::to_be_bytes)),
            Line(|record| record.source.encoding == "utf-16be" && record.text == articles::text(9003)),
        ),
        case(
            "utf-8-mark.txt",
            holding(format!("\u{feff}{}", articles::text(9004))),
            Line(|record| record.source.encoding == "utf-8" && record.text == articles::text(9004)),
        ),
    ]
}

/// Names and places.
fn names() -> Vec<Case> {
    let deep: PathBuf = (0..40).map(|n| format!("level-{n}")).collect();
    // As long as a name may be; the path is longer than 300 characters.
    let long = format!("long/{}.txt", "n".repeat(251));
    let long_refused = format!("long/{}.txt", "e".repeat(251));
    vec![
        case(
            "a.txt/inside.txt",
            holding(articles::text(9010)),
            Line(|record| record.source.path == "a.txt/inside.txt"),
        ),
        case(
            deep.join("deep.txt"),
            holding(articles::text(9011)),
            Line(|record| record.source.path.starts_with("level-0/")),
        ),
        case(
            long,
            holding(articles::text(9012)),
            Line(|record| record.source.path.len() == 260),
        ),
        case(long_refused, holding(""), Refused("empty")),
        case(
            OsStr::from_bytes(b"latin-\xe9.txt"),
            holding(articles::text(9013)),
            Line(|record| record.source.path == "latin-\u{fffd}.txt"),
        ),
        case(
            "new\nline \u{202e}.txt",
            holding(articles::text(9014)),
            Line(|_| true),
        ),
        case(".hidden.txt", holding(articles::text(9015)), Nothing),
        case(".git/config.txt", holding(articles::text(9016)), Nothing),
        case("unfinished.txt.tmp", holding(articles::text(9017)), Nothing),
        case("unfinished.txt.part", holding(articles::text(9018)), Nothing),
    ]
}

/// What is no regular file, or not to be read.
fn special_files() -> Vec<Case> {
    vec![
        case(
            "fifo.txt",
            |path| mkfifoat(CWD, path, Mode::from_raw_mode(0o644)).expect("a FIFO"),
            Refused("not_a_file"),
        ),
        case(
            "socket.txt",
            |path| drop(UnixListener::bind(path).expect("a socket")),
            Refused("not_a_file"),
        ),
        case(
            "leaves.txt",
            |path| symlink("/etc/hostname", path).expect("a link"),
            Refused("outside_inbox"),
        ),
        case("loop", |path| symlink(".", path).expect("a link"), Nothing),
        case(
            "dangling.txt",
            |path| symlink("nothing", path).expect("a link"),
            Refused("dangling_link"),
        ),
        case(
            "unreadable.txt",
            |path| {
                holding(articles::text(9020))(path);
                fs::set_permissions(path, fs::Permissions::from_mode(0o0)).expect("changes rights");
            },
            Refused("unreadable"),
        ),
    ]
}

fn all_cases() -> Vec<Case> {
    [refused_content(), encodings(), names(), special_files()]
        .into_iter()
        .flatten()
        .collect()
}

/// Makes every file; returns how many lines they give. Each comes into the inbox as it is to be: a file that is seen
/// half made, on a busy machine, may be refused for that, and read again later.
fn make(sandbox: &Sandbox, cases: &[Case]) -> usize {
    let made = sandbox.path("made");
    for Case(name, make, _) in cases {
        let path = sandbox.inbox.join(name);
        fs::create_dir_all(path.parent().expect("lies in the inbox")).expect("a folder");
        make(&made);
        fs::rename(&made, &path).expect("renames into the inbox");
    }
    cases.iter().filter(|case| matches!(case.2, Line(_))).count()
}

/// Fails, naming every case, unless each got what it should.
fn assert_outcomes(sandbox: &Sandbox, cases: &[Case]) {
    let records = sandbox.output().records();
    let refusals = refusals(&sandbox.out.join("failed"));
    let mut problems = Vec::new();
    for Case(name, _, gets) in cases {
        let path = name.to_string_lossy();
        let lines: Vec<_> = records
            .iter()
            .filter(|record| record.source.path == path)
            .collect();
        let reasons: Vec<_> = refusals
            .iter()
            .filter(|(refused, _)| *refused == path)
            .map(|(_, why)| why.as_str())
            .collect();
        let as_expected = match gets {
            Refused(reason) => lines.is_empty() && reasons == [*reason],
            Line(is_right) => reasons.is_empty() && lines.len() == 1 && is_right(lines[0]),
            Nothing => lines.is_empty() && reasons.is_empty(),
        };
        if !as_expected {
            let seen = |record: &&EnrichedArticle| {
                let text: String = record.text.chars().take(80).collect();
                format!("{text:?} ({}, {:?})", record.source.encoding, record.warnings)
            };
            let lines: Vec<_> = lines.iter().map(seen).collect();
            problems.push(format!(
                "{path} should get {gets:?}: refused for {reasons:?}, lines {lines:?}"
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Returns the path in the inbox and the reason from every error file.
fn refusals(failed: &Path) -> Vec<(String, String)> {
    let mut refusals = Vec::new();
    for path in files_below(failed) {
        if !path.to_string_lossy().ends_with(".error.json") {
            continue;
        }
        let error: Value = serde_json::from_slice(&fs::read(&path).expect("is readable")).expect("is JSON");
        let original = error["path"].as_str().expect("has a path").to_owned();
        let (_, relative) = original.split_once("/inbox/").expect("lies in the inbox");
        refusals.push((
            relative.to_owned(),
            error["reason"].as_str().expect("has a reason").to_owned(),
        ));
    }
    refusals
}

/// Returns the command without the superuser's right to read everything, which would make nothing unreadable.
fn without_privileges(command: &Command) -> Command {
    if !rustix::process::getuid().is_root() {
        let mut same = bare(command.get_program());
        same.args(command.get_args());
        return same;
    }
    let mut unprivileged = bare("setpriv");
    unprivileged.args(["--bounding-set", "-dac_override,-dac_read_search", "--"]);
    unprivileged.arg(command.get_program()).args(command.get_args());
    unprivileged
}

#[test]
fn every_row_of_the_table_and_the_run_ends_well() {
    let sandbox = Sandbox::new();
    let cases = all_cases();
    make(&sandbox, &cases);
    for run in ["first", "second"] {
        let exit = Process::spawn(run, &mut without_privileges(sandbox.run().arg("--once"))).wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        // The second run changes nothing: no line and no error file twice.
        assert_outcomes(&sandbox, &cases);
    }
    assert!(
        sandbox.inbox.join("empty.txt").exists(),
        "refused files stay with `keep`"
    );
    assert!(sandbox.out.join("failed/empty.txt").exists(), "and are linked");
}

#[test]
fn refused_files_are_moved_when_delivered_ones_are() {
    let sandbox = Sandbox::new();
    let cases = refused_content();
    make(&sandbox, &cases);
    sandbox.put("good.txt", articles::text(1));
    let exit = Process::spawn("run", sandbox.run().args(["--once", "--after", "move"])).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    assert_outcomes(&sandbox, &cases);
    assert_eq!(
        files_below(&sandbox.inbox),
        Vec::<PathBuf>::new(),
        "the inbox is empty"
    );
    let failed = files_below(&sandbox.out.join("failed"));
    assert_eq!(
        failed.len(),
        2 * cases.len(),
        "each with its error file: {failed:?}"
    );
    assert!(sandbox.out.join("done/good.txt").exists());
}

#[test]
fn a_running_pipeline_takes_it_all_and_the_next_article_flows() {
    let sandbox = Sandbox::new();
    let process = Process::spawn("run", &mut without_privileges(&sandbox.run()));
    process.wait_until_ready();
    let cases = all_cases();
    let lines = make(&sandbox, &cases);
    // Files that are gone before anyone looks.
    for n in 0..200 {
        fs::remove_file(sandbox.put(format!("vanishing-{n}.txt"), "")).expect("is there");
    }
    sandbox.output().wait_for_lines(lines, &[&process]);
    sandbox.put("fresh.txt", articles::text(2));
    sandbox.output().wait_for_lines(lines + 1, &[&process]);
    process.drain();
    // What had no time to be refused before is refused now.
    let exit = Process::spawn("run", &mut without_privileges(sandbox.run().arg("--once"))).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    assert_outcomes(&sandbox, &cases);
}
