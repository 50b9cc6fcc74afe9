//! macOS: an agent of launchd, which runs while its user is logged in.

use anyhow::{Context, Result};

use super::{Gateway, Plan, escaped, line};

const LABEL: &str = "livegate.gateway";

pub fn plan(gateway: &Gateway) -> Result<Plan> {
    let domain = format!("gui/{}", gateway.user.context("the user has no number")?);
    let service = format!("{domain}/{LABEL}");
    let file = gateway.home.join("Library/LaunchAgents").join(format!("{LABEL}.plist"));
    let path = file.display().to_string();
    Ok(Plan {
        content: agent(gateway).into_bytes(),
        // An agent that runs already is replaced.
        start: vec![
            line(&["sh", "-c", &format!("launchctl bootout {service} 2>/dev/null; exit 0")]),
            line(&["launchctl", "bootstrap", &domain, &path]),
        ],
        stop: vec![line(&["launchctl", "bootout", &service])],
        status: line(&["launchctl", "print", &service]),
        logs: gateway.log_file(),
        file,
    })
}

fn agent(gateway: &Gateway) -> String {
    let program = gateway.program.display().to_string();
    let words = [program].into_iter().chain(gateway.arguments_with_log());
    let words: Vec<String> = words.map(|word| format!("    <string>{}</string>", escaped(&word))).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         \x20 <key>Label</key>\n  <string>{LABEL}</string>\n\
         \x20 <key>ProgramArguments</key>\n  <array>\n{}\n  </array>\n\
         \x20 <key>RunAtLoad</key>\n  <true/>\n\
         \x20 <key>KeepAlive</key>\n  <dict>\n    <key>SuccessfulExit</key>\n    <false/>\n  </dict>\n\
         \x20 <key>ThrottleInterval</key>\n  <integer>5</integer>\n\
         \x20 <key>ProcessType</key>\n  <string>Interactive</string>\n\
         \x20 <key>Umask</key>\n  <integer>63</integer>\n\
         </dict>\n</plist>\n",
        words.join("\n"),
    )
}
