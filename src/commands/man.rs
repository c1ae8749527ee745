//! `ctl man`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::ui::Ui;

/// Print the manual page, or write one per verb into a directory
///
/// Example: ctl man --dir ~/.local/share/man/man1
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write the page of every verb into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs the verb.
pub fn run(args: &ManArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let pages = pages()?;
    let Some(dir) = &args.dir else {
        ui.say_raw(pages.first().map_or("", |(_, text)| text));
        return Ok(Exit::Done);
    };
    let dir = cx.cwd.join(dir);
    write(&dir, &pages)?;
    ui.status(&format!("{} pages were written to {}.", pages.len(), dir.display()));
    Ok(Exit::Done)
}

fn write(dir: &Path, pages: &[(String, String)]) -> Result<()> {
    let failed =
        |error| Error::failed(format!("Could not write the manual pages to {}.", dir.display())).because(error);
    std::fs::create_dir_all(dir).map_err(|error: std::io::Error| failed(error))?;
    for (name, text) in pages {
        std::fs::write(dir.join(name), text).map_err(&failed)?;
    }
    Ok(())
}

/// The manual pages, the main one first: file name and text.
pub fn pages() -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    collect(&super::tree(), "ctl", &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, name: &str, pages: &mut Vec<(String, String)>) -> Result<()> {
    let mut text = Vec::new();
    let page = command.clone().name(name.to_owned()).display_name(name.to_owned());
    let rendered = clap_mangen::Man::new(page).date("").render(&mut text);
    rendered.map_err(|error| Error::failed(format!("Could not make the manual page {name}.")).because(error))?;
    pages.push((format!("{name}.1"), String::from_utf8_lossy(&text).into_owned()));
    command
        .get_subcommands()
        .try_for_each(|sub| collect(sub, &format!("{name}-{}", sub.get_name()), pages))
}
