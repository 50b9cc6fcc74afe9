//! A small file system in memory, mounted on a temporary folder. It requires Linux and root.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use super::process;
use super::skip::{skip, skip_elsewhere};

/// The mount point is below this folder, so that it can be unmounted before the folder is removed.
pub struct Disk {
    dir: TempDir,
}

impl Disk {
    /// `None` if mounting is not possible: the test is skipped.
    pub fn of_mebibytes(size: u32) -> Option<Disk> {
        let disk = Disk { dir: TempDir::new().expect("a temporary folder") };
        std::fs::create_dir(disk.path()).expect("a folder");
        let size = format!("size={size}m");
        if mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &disk.path()) {
            return Some(disk);
        }
        if std::env::consts::OS == "linux" {
            skip("mounting a file system requires root");
        } else {
            skip_elsewhere("mounting a file system in memory requires Linux");
        }
        None
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("disk")
    }

    /// A folder on the disk.
    pub fn folder(&self) -> TempDir {
        TempDir::new_in(self.path()).expect("a folder on the disk")
    }

    /// Fill the disk; returns the file that does it.
    pub fn fill(&self) -> std::path::PathBuf {
        let filler = self.path().join("filler");
        let mut file = std::fs::File::create(&filler).expect("a file");
        let copied = std::io::copy(&mut std::io::repeat(0), &mut file);
        assert_eq!(copied.expect_err("a full disk").kind(), std::io::ErrorKind::StorageFull);
        filler
    }

    pub fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.path()), "no open files");
    }

    pub fn make_writable(&self) {
        assert!(mount(&["-o", "remount,rw"], &self.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = process::command("umount").arg("-l").arg(self.path()).stderr(Stdio::null()).status();
    }
}

fn mount(options: &[&str], path: &Path) -> bool {
    process::command("mount")
        .args(options)
        .arg(path)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A link whose target does not exist. `false`: this user may not create links, as on Windows.
pub fn link_to_nowhere(link: &Path) -> bool {
    let target = link.with_extension("nowhere");
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(target, link);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_file(target, link);
    linked.is_ok()
}
