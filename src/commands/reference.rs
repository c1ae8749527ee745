//! The reference part of the documentation, made from what the program knows of itself.
//!
//! The files are docs/cli.md, docs/environment.md and docs/exit-codes.md; a test holds them to this.

use clap::{Arg, Command};

use crate::error::{EXIT_CODES, Kind};
use crate::settings::env::VARIABLES;

const MADE: &str = "<!-- Made from the program by tests/generated.rs; a change here is lost. -->";

/// The pages: file name in docs/ and text.
pub fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("cli.md", cli()),
        ("environment.md", environment()),
        ("exit-codes.md", exit_codes()),
    ]
}

/// Every verb with its arguments, from the command tree.
pub fn cli() -> String {
    let tree = super::tree();
    let mut page = format!("# Commands\n\n{MADE}\n");
    page.push_str("\nThe same as `ctl help VERB` and the manual pages (`ctl man`).\n\n");
    command(&tree, &[], &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Every environment variable that `ctl` itself reads.
pub fn environment() -> String {
    let mut page = format!(
        "# Environment\n\n{MADE}\n\nWhat `ctl` itself reads. A flag is stronger than a variable. An empty variable counts as not set, \
         but for `CTL_EXTERNAL_ID`.\n\n| variable | meaning |\n| --- | --- |\n"
    );
    for (name, meaning) in VARIABLES {
        line(&mut page, &format!("| `{name}` | {} |", cell(meaning)));
    }
    page.push_str(
        "\nCredentials, profiles, proxies and certificates are the AWS SDK's business: `AWS_ACCESS_KEY_ID`, \
         `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_CONFIG_FILE`, \
         `AWS_SHARED_CREDENTIALS_FILE`, `HTTPS_PROXY`, `NO_PROXY` and their kin work as with every AWS tool. No proxy is used \
         for the sandbox.\n",
    );
    page
}

/// The exit codes and the kinds of error behind them.
pub fn exit_codes() -> String {
    let mut page = format!(
        "# Exit codes\n\n{MADE}\n\nThey do not change. `ctl help exit-codes` prints them. `kind` is the word in `error.kind` of \
         the [JSON error](json.md#an-error).\n\n| code | meaning | kind |\n| ---: | --- | --- |\n"
    );
    for (code, meaning) in EXIT_CODES {
        let kinds: Vec<String> = Kind::ALL
            .iter()
            .filter(|kind| kind.exit_code() == code)
            .map(|kind| format!("`{}`", kind.as_str()))
            .collect();
        line(
            &mut page,
            &format!("| {code} | {} | {} |", cell(meaning), kinds.join(", ")),
        );
    }
    page.push_str("\n`ctl sandbox exec` ends with the code of the command that it ran.\n");
    page
}

fn command(command: &Command, above: &[&str], page: &mut String) {
    let words = [above, &[command.get_name()]].concat();
    let name = words.join(" ");
    line(page, &format!("## {name}\n"));
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        let about = about.to_string();
        // The summary stands without its full stop.
        let (summary, body) = about.split_once("\n\n").unwrap_or((&about, ""));
        prose(&format!("{}.\n\n{body}", summary.trim_end_matches('.')), page);
    }
    let usage = command.clone().bin_name(&name).render_usage().to_string();
    let usage = usage.trim().strip_prefix("Usage:").unwrap_or(&usage).trim().to_owned();
    line(page, &format!("```text\n{usage}\n```\n"));
    verbs(command, &name, page);
    let own = |arg: &&Arg| !arg.is_hide_set() && (above.is_empty() || !arg.is_global_set());
    let shown: Vec<&Arg> = command.get_arguments().filter(own).collect();
    let (positionals, options): (Vec<&Arg>, Vec<&Arg>) = shown.into_iter().partition(|arg| arg.is_positional());
    section("Arguments", &positionals, page);
    let mut headings: Vec<&str> = Vec::new();
    for option in &options {
        let heading = option.get_help_heading().unwrap_or("Options");
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings.sort_by_key(|heading| *heading != "Options");
    for heading in headings {
        let under = options
            .iter()
            .copied()
            .filter(|option| option.get_help_heading().unwrap_or("Options") == heading);
        section(heading, &under.collect::<Vec<_>>(), page);
    }
    if !above.is_empty() {
        page.push_str("The [global options](#ctl) work here, too.\n\n");
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        self::command(sub, &words, page);
    }
}

fn verbs(command: &Command, name: &str, page: &mut String) {
    let mut verbs = command.get_subcommands().filter(|sub| !sub.is_hide_set()).peekable();
    if verbs.peek().is_none() {
        return;
    }
    page.push_str("| verb | what it does |\n| --- | --- |\n");
    for sub in verbs {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        let anchor = format!("{name} {}", sub.get_name()).replace(' ', "-");
        line(
            page,
            &format!("| [`{name} {}`](#{anchor}) | {} |", sub.get_name(), cell(&about)),
        );
    }
    page.push('\n');
}

fn section(heading: &str, args: &[&Arg], page: &mut String) {
    if args.is_empty() {
        return;
    }
    line(page, &format!("**{heading}**\n"));
    for arg in args {
        line(page, &format!("- `{}`: {}", spelling(arg), meaning(arg)));
        for value in arg.get_possible_values() {
            if let Some(help) = value.get_help().filter(|_| !value.is_hide_set()) {
                line(
                    page,
                    &format!("  - `{}`: {}", value.get_name(), text(&help.to_string())),
                );
            }
        }
    }
    page.push('\n');
}

/// `-o, --output <FORMAT>`, or `<FILE>...` for an argument without a name.
fn spelling(arg: &Arg) -> String {
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let value = value.and_then(<[_]>::first).map(|name| format!("<{name}>"));
    if arg.is_positional() {
        let name = value.unwrap_or_else(|| format!("<{}>", arg.get_id()));
        let name = if arg.is_required_set() {
            name
        } else {
            format!("[{}]", name.trim_matches(['<', '>']))
        };
        let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        return if many { format!("{name}...") } else { name };
    }
    let names = [
        arg.get_short().map(|short| format!("-{short}")),
        arg.get_long().map(|long| format!("--{long}")),
    ];
    let names: Vec<String> = names.into_iter().flatten().collect();
    let names = names.join(", ");
    match value {
        Some(value) => format!("{names} {value}"),
        None => names,
    }
}

fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string);
    let meaning = text(&help.unwrap_or_default());
    if !arg.get_action().takes_values() {
        return meaning;
    }
    let values = arg.get_possible_values();
    let plain = values.iter().all(|value| value.get_help().is_none());
    let names: Vec<String> = values.iter().map(|value| format!("`{}`", value.get_name())).collect();
    let names = match names.join(", ") {
        names if plain && !names.is_empty() => format!(": {names}"),
        _ => String::new(),
    };
    let defaults = arg.get_default_values().iter();
    let defaults: Vec<String> = defaults.map(|value| format!("`{}`", value.to_string_lossy())).collect();
    let default = match defaults.join(", ") {
        defaults if defaults.is_empty() => defaults,
        defaults => format!(" (default: {defaults})"),
    };
    format!("{meaning}{names}{default}")
}

/// Paragraphs; an example among them becomes a block of code.
fn prose(about: &str, page: &mut String) {
    for paragraph in about.trim_end().split("\n\n") {
        match paragraph
            .split_once(": ")
            .filter(|(head, _)| head.starts_with("Example"))
        {
            Some((head, example)) => line(page, &format!("{head}:\n\n```sh\n{}\n```\n", example.trim())),
            None => line(page, &format!("{}\n", text(paragraph))),
        }
    }
}

/// One line of prose, in which no angle bracket is a tag.
fn text(help: &str) -> String {
    let words: Vec<&str> = help.split_whitespace().collect();
    let mut code = false;
    let mut out = String::new();
    for c in words.join(" ").chars() {
        code ^= c == '`';
        match c {
            '<' if !code => out.push_str("&lt;"),
            '*' | '_' if !code => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The same, inside a table.
fn cell(help: &str) -> String {
    text(help).replace('|', "\\|")
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}
