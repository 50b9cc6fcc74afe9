//! Windows: a task that starts when its user logs on, without the rights of an administrator.

use anyhow::{Context, Result};

use super::{Gateway, Plan, escaped, line};

const TASK: &str = "livegate";
/// Of UTF-16, little end first: the form in which the task scheduler reads files.
pub const BYTE_ORDER_MARK: [u8; 2] = [0xFF, 0xFE];

pub fn plan(gateway: &Gateway) -> Result<Plan> {
    let user = gateway.user_name.as_deref().context("the user has no name: USERNAME is not set")?;
    let file = gateway.state_dir.join("service").join("logon-task.xml");
    let path = file.display().to_string();
    Ok(Plan {
        content: utf16(&task(gateway, &escaped(user))),
        start: vec![
            line(&["schtasks", "/Create", "/TN", TASK, "/XML", &path, "/F"]),
            line(&["schtasks", "/Run", "/TN", TASK]),
        ],
        stop: vec![line(&["schtasks", "/End", "/TN", TASK]), line(&["schtasks", "/Delete", "/TN", TASK, "/F"])],
        status: line(&["schtasks", "/Query", "/TN", TASK, "/V", "/FO", "LIST"]),
        logs: gateway.log_file(),
        file,
    })
}

/// A task of this user alone, at this user's logon: a task at every user's takes an administrator. `conhost --headless` runs a console program without a window.
fn task(gateway: &Gateway, user: &str) -> String {
    let program = gateway.program.display().to_string();
    let words = ["--headless".to_owned(), program].into_iter().chain(gateway.arguments_with_log());
    let arguments: Vec<String> = words.map(|word| quoted(&word)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n\
         \x20 <RegistrationInfo>\r\n    <Description>livegate, safe remote control of Ableton Live</Description>\r\n  </RegistrationInfo>\r\n\
         \x20 <Triggers>\r\n    <LogonTrigger>\r\n      <Enabled>true</Enabled>\r\n      <UserId>{user}</UserId>\r\n    </LogonTrigger>\r\n  </Triggers>\r\n\
         \x20 <Principals>\r\n    <Principal id=\"Author\">\r\n      <UserId>{user}</UserId>\r\n      <LogonType>InteractiveToken</LogonType>\r\n      <RunLevel>LeastPrivilege</RunLevel>\r\n    </Principal>\r\n  </Principals>\r\n\
         \x20 <Settings>\r\n\
         \x20   <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\r\n\
         \x20   <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\r\n\
         \x20   <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\r\n\
         \x20   <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\r\n\
         \x20   <Hidden>true</Hidden>\r\n\
         \x20   <RestartOnFailure>\r\n      <Interval>PT1M</Interval>\r\n      <Count>255</Count>\r\n    </RestartOnFailure>\r\n\
         \x20 </Settings>\r\n\
         \x20 <Actions Context=\"Author\">\r\n    <Exec>\r\n      <Command>conhost.exe</Command>\r\n      <Arguments>{}</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n\
         </Task>\r\n",
        escaped(&arguments.join(" ")),
    )
}

/// A word of a command line, as programs for Windows take it apart. Paths have no quotation marks.
fn quoted(word: &str) -> String {
    if word.contains([' ', '\t']) { format!("\"{word}\"") } else { word.to_owned() }
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    BYTE_ORDER_MARK.into_iter().chain(units).collect()
}
