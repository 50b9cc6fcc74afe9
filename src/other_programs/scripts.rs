//! Other Remote Scripts in Live's folder, by name, and which of them may open a port.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::OURS;

/// Other scripts, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherScripts {
    /// Their source has sockets, or cannot be read.
    pub open_ports: Vec<String>,
    /// Controllers without a network, as far as their source shows.
    pub others: Vec<String>,
}

/// The most scripts that are looked at, files of a script, and bytes of a file.
const SCRIPTS_MAX: usize = 256;
const FILES_MAX: usize = 64;
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// The most characters kept of a folder's name.
const NAME_CHARS_MAX: usize = 64;

/// The scripts in Live's folder, without ours. A folder that cannot be read has none.
pub fn other_scripts(remote_scripts: &Path) -> OtherScripts {
    let mut found = OtherScripts::default();
    for entry in fs::read_dir(remote_scripts).into_iter().flatten().flatten().take(SCRIPTS_MAX) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_CHARS_MAX).collect();
        if name.starts_with(['.', '_']) || name.split('.').next() == Some(OURS) {
            continue;
        }
        match network(&entry.path()) {
            Some(true) => found.open_ports.push(name),
            Some(false) => found.others.push(name),
            None => (),
        }
    }
    found.open_ports.sort_unstable();
    found.others.sort_unstable();
    found
}

/// Whether a script may open a port; `None` if the folder is no script.
fn network(folder: &Path) -> Option<bool> {
    let files = fs::read_dir(folder).ok()?.flatten().take(FILES_MAX).map(|entry| entry.path());
    let ends = |path: &Path, end: &str| path.extension().is_some_and(|extension| extension == end);
    let mut files: Vec<_> = files.filter(|path| ends(path, "py") || ends(path, "pyc")).collect();
    files.retain(|path| ends(path, "py") || !path.with_extension("py").is_file());
    let is_script = files.iter().any(|path| path.file_stem().is_some_and(|stem| stem == "__init__"));
    is_script.then(|| files.iter().any(|path| ends(path, "pyc") || has_sockets(path)))
}

/// Whether the source names sockets. A file that cannot be read may have them.
fn has_sockets(path: &Path) -> bool {
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut text));
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    read.is_err() || has(b"socket") || has(b"asyncio")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_with_sockets_are_distinguished_from_controllers() {
        let folder = tempfile::tempdir().expect("a folder");
        for (file, text) in [
            ("LiveGate/__init__.py", "import socket"),
            ("AbletonMCP/__init__.py", "import socket"),
            ("AbletonOSC/__init__.py", "from .manager import Manager"),
            ("AbletonOSC/osc.py", "import socket"),
            ("Compiled/__init__.pyc", ""),
            ("Launchpad/__init__.py", "class Launchpad: pass"),
            ("Notes/readme.txt", "socket"),
            (".hidden/__init__.py", "import socket"),
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let found = other_scripts(folder.path());
        assert_eq!(found.open_ports, ["AbletonMCP", "AbletonOSC", "Compiled"]);
        assert_eq!(found.others, ["Launchpad"]);
        assert_eq!(other_scripts(&folder.path().join("none")), OtherScripts::default());
    }
}
