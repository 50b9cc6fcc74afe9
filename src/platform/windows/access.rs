//! Access control lists. What is private allows its user and the system, and inherits nothing. Administrators can take ownership of any file,
//! so a list that allows them too is private.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;

use windows_permissions::constants::SeObjectType::{self, SE_FILE_OBJECT, SE_KERNEL_OBJECT};
use windows_permissions::constants::{AccessRights, AceFlags, AceType, SecurityInformation};
use windows_permissions::utilities::current_process_sid;
use windows_permissions::wrappers::{GetSecurityInfo, SetSecurityInfo};
use windows_permissions::{Ace, LocalBox, SecurityDescriptor};

/// The system, administrators, and "owner rights", which limit an owner.
const TRUSTED: [&str; 3] = ["S-1-5-18", "S-1-5-32-544", "S-1-3-4"];
/// `FILE_READ_DATA` and what stands for it.
pub const READS: u32 = 0x1 | GENERIC_ALL | GENERIC_READ;
/// `FILE_WRITE_DATA`, `FILE_APPEND_DATA`, `FILE_DELETE_CHILD`, `DELETE`, `WRITE_DAC`, `WRITE_OWNER`, and what stands for them.
const WRITES: u32 = 0x2 | 0x4 | 0x40 | 0x1_0000 | 0x4_0000 | 0x8_0000 | GENERIC_ALL | GENERIC_WRITE;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
const GENERIC_READ: u32 = 0x8000_0000;
pub const READ_CONTROL: u32 = 0x2_0000;
pub const WRITE_DAC: u32 = 0x4_0000;
/// Without it Windows opens no folders.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;

/// Opens a file or folder with some rights to itself, none of them to its content: no lock and no share mode is in the way.
pub fn open_with(path: &Path, rights: u32) -> io::Result<File> {
    OpenOptions::new().access_mode(rights).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path)
}

pub fn others_may_read(file: &File) -> io::Result<bool> {
    others_have(file, SE_FILE_OBJECT, READS)
}

pub fn others_may_write(path: &Path) -> io::Result<bool> {
    others_have(&open_with(path, READ_CONTROL)?, SE_FILE_OBJECT, WRITES)
}

pub fn others_have(object: &impl AsRawHandle, kind: SeObjectType, rights: u32) -> io::Result<bool> {
    let own = own_sid()?;
    let descriptor = GetSecurityInfo(object, kind, SecurityInformation::Dacl)?;
    // Without a list everything is allowed.
    let Some(list) = descriptor.dacl() else { return Ok(true) };
    let allows = |ace: &Ace| {
        let applies = !ace.flags().contains(AceFlags::InheritOnly) && !denies(ace.ace_type());
        applies && ace.mask().intersects(AccessRights::from_bits_truncate(rights))
    };
    let is_other = |ace: &Ace| {
        ace.sid().is_none_or(|sid| {
            let sid = sid.to_string();
            sid != own && !TRUSTED.contains(&sid.as_str())
        })
    };
    let mut entries = (0..list.len()).filter_map(|index| list.get_ace(index));
    Ok(entries.any(|ace| allows(ace) && is_other(ace)))
}

fn denies(kind: AceType) -> bool {
    use AceType::{
        ACCESS_DENIED_ACE_TYPE, ACCESS_DENIED_CALLBACK_ACE_TYPE, ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE,
        ACCESS_DENIED_OBJECT_ACE_TYPE,
    };
    matches!(
        kind,
        ACCESS_DENIED_ACE_TYPE
            | ACCESS_DENIED_CALLBACK_ACE_TYPE
            | ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE
            | ACCESS_DENIED_OBJECT_ACE_TYPE
    )
}

/// Makes a file private.
pub fn close_file(path: &Path) -> io::Result<()> {
    close(&mut open_with(path, READ_CONTROL | WRITE_DAC)?, "")
}

/// Makes a folder private, and everything that will be created in it.
pub fn close_folder(path: &Path) -> io::Result<()> {
    close(&mut open_with(path, READ_CONTROL | WRITE_DAC)?, "OICI")
}

/// Lets only this user and the system open a file or folder. The handle has the right `WRITE_DAC`.
fn close(object: &mut File, inherit: &str) -> io::Result<()> {
    set(object, &private_list(&own_sid()?, inherit))
}

/// Sets the access control list of a file or folder, in the notation of security descriptors (SDDL).
pub fn set(object: &mut File, list: &str) -> io::Result<()> {
    let descriptor: LocalBox<SecurityDescriptor> = list.parse()?;
    let what = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    SetSecurityInfo(object, SE_FILE_OBJECT, what, None, None, descriptor.dacl(), None)
}

/// Makes a pipe this user's: only this user and the system can open it, and clients see whose it is. The handle has the rights `WRITE_DAC` and
/// `WRITE_OWNER`.
pub fn own_pipe(pipe: &mut impl AsRawHandle) -> io::Result<()> {
    let own = own_sid()?;
    let descriptor: LocalBox<SecurityDescriptor> = format!("O:{own}{}", private_list(&own, "")).parse()?;
    let what = SecurityInformation::Owner | SecurityInformation::Dacl;
    SetSecurityInfo(pipe, SE_KERNEL_OBJECT, what, descriptor.owner(), None, descriptor.dacl(), None)
}

/// `FA` is `FILE_ALL_ACCESS`, for pipes too.
fn private_list(own: &str, inherit: &str) -> String {
    format!("D:P(A;{inherit};FA;;;{own})(A;{inherit};FA;;;SY)")
}

/// The access control list of a file or folder, for messages of tests.
#[cfg(test)]
pub fn list(path: &Path) -> String {
    let object = open_with(path, READ_CONTROL).expect("it is there");
    let descriptor = GetSecurityInfo(&object, SE_FILE_OBJECT, SecurityInformation::Dacl).expect("a list");
    descriptor.as_sddl().expect("a text").to_string_lossy().into_owned()
}

/// Whether this user made a pipe its own.
pub fn is_own_pipe(pipe: &impl AsRawHandle) -> io::Result<bool> {
    let descriptor = GetSecurityInfo(pipe, SE_KERNEL_OBJECT, SecurityInformation::Owner)?;
    let own = own_sid()?;
    Ok(descriptor.owner().is_some_and(|owner| owner.to_string() == own))
}

/// The user of this process.
fn own_sid() -> io::Result<String> {
    Ok(current_process_sid()?.to_string())
}
