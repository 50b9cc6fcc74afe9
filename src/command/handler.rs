//! Which part carries out an action: the Remote Script, the bridge link, the session, or the gateway's admin actions.

/// The part that carries out an action. It is determined when the catalogue is loaded, so that no code compares names of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// The Remote Script, on Live's main thread.
    Live,
    /// The Remote Script: several actions of Live in one tick.
    Batch,
    /// The gateway's end of the bridge link, where commands wait.
    Bridge(BridgeAction),
    /// The session, before sign-in.
    Session(SessionAction),
    /// The gateway itself.
    Admin(AdminAction),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeAction {
    Cancel,
    Subscribe,
    Unsubscribe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionAction {
    SignIn(SignInMethod),
    /// Gives a device its token.
    Pair(PairingStep),
}

/// The credential of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMethod {
    Token,
    Password,
    RefreshToken,
}

/// A message of a pairing: the only one by link, or one of two by code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingStep {
    Link,
    Begin,
    Finish,
}

/// An action of the gateway itself, grouped by how it is scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminAction {
    /// Runs concurrently, because queries of the trail take long.
    Trail(TrailQuery),
    /// Runs concurrently, one at a time.
    AuditPrune,
    /// Waits for a device.
    PairWait,
    /// Runs after the previous one has ended.
    Ordered(OrderedAction),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailQuery {
    List,
    Show,
    Stats,
    Export,
    Diff,
    Consistency,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderedAction {
    Whoami,
    Tools,
    Status,
    Metrics,
    UserAdd,
    UserList,
    UserSetRole,
    UserDisable,
    UserEnable,
    UserRemove,
    UserSetPassword,
    TokenIssue,
    TokenList,
    TokenRevoke,
    TokenRotateKeys,
    CertificateShow,
    CertificateRenew,
    ClientCertificateIssue,
    ClientCertificateList,
    ClientCertificateRevoke,
    CaRotate,
    PairOffer,
    PairOscOffer,
    PairOscConfirm,
    PairWithdraw,
    PolicyExplain,
    PolicyMatrix,
    PolicyCheck,
    PolicyTest,
    PolicyDiff,
    PolicyReload,
    RoleList,
    ApprovalList,
    GetApproval,
    Approve,
    Deny,
    ApprovalGrants,
    ApprovalRevoke,
    Freeze,
    Thaw,
}

/// The actions of `gateway.json`.
const GATEWAY: [(&str, Handler); 58] = [
    ("authenticate", Handler::Session(SessionAction::SignIn(SignInMethod::Token))),
    ("login", Handler::Session(SessionAction::SignIn(SignInMethod::Password))),
    ("refresh", Handler::Session(SessionAction::SignIn(SignInMethod::RefreshToken))),
    ("pair", Handler::Session(SessionAction::Pair(PairingStep::Link))),
    ("pair_begin", Handler::Session(SessionAction::Pair(PairingStep::Begin))),
    ("pair_finish", Handler::Session(SessionAction::Pair(PairingStep::Finish))),
    ("batch", Handler::Batch),
    ("cancel", Handler::Bridge(BridgeAction::Cancel)),
    ("subscribe", Handler::Bridge(BridgeAction::Subscribe)),
    ("unsubscribe", Handler::Bridge(BridgeAction::Unsubscribe)),
    ("audit_list", Handler::Admin(AdminAction::Trail(TrailQuery::List))),
    ("audit_show", Handler::Admin(AdminAction::Trail(TrailQuery::Show))),
    ("audit_stats", Handler::Admin(AdminAction::Trail(TrailQuery::Stats))),
    ("audit_export", Handler::Admin(AdminAction::Trail(TrailQuery::Export))),
    ("audit_diff", Handler::Admin(AdminAction::Trail(TrailQuery::Diff))),
    ("audit_consistency", Handler::Admin(AdminAction::Trail(TrailQuery::Consistency))),
    ("audit_prune", Handler::Admin(AdminAction::AuditPrune)),
    ("pair_wait", Handler::Admin(AdminAction::PairWait)),
    ("whoami", ordered(OrderedAction::Whoami)),
    ("get_available_tools", ordered(OrderedAction::Tools)),
    ("status", ordered(OrderedAction::Status)),
    ("metrics", ordered(OrderedAction::Metrics)),
    ("user_add", ordered(OrderedAction::UserAdd)),
    ("user_list", ordered(OrderedAction::UserList)),
    ("user_set_role", ordered(OrderedAction::UserSetRole)),
    ("user_disable", ordered(OrderedAction::UserDisable)),
    ("user_enable", ordered(OrderedAction::UserEnable)),
    ("user_remove", ordered(OrderedAction::UserRemove)),
    ("user_set_password", ordered(OrderedAction::UserSetPassword)),
    ("token_issue", ordered(OrderedAction::TokenIssue)),
    ("token_list", ordered(OrderedAction::TokenList)),
    ("token_revoke", ordered(OrderedAction::TokenRevoke)),
    ("token_rotate_keys", ordered(OrderedAction::TokenRotateKeys)),
    ("certificate_show", ordered(OrderedAction::CertificateShow)),
    ("certificate_renew", ordered(OrderedAction::CertificateRenew)),
    ("client_certificate_issue", ordered(OrderedAction::ClientCertificateIssue)),
    ("client_certificate_list", ordered(OrderedAction::ClientCertificateList)),
    ("client_certificate_revoke", ordered(OrderedAction::ClientCertificateRevoke)),
    ("ca_rotate", ordered(OrderedAction::CaRotate)),
    ("pair_offer", ordered(OrderedAction::PairOffer)),
    ("pair_osc_offer", ordered(OrderedAction::PairOscOffer)),
    ("pair_osc_confirm", ordered(OrderedAction::PairOscConfirm)),
    ("pair_withdraw", ordered(OrderedAction::PairWithdraw)),
    ("policy_explain", ordered(OrderedAction::PolicyExplain)),
    ("policy_matrix", ordered(OrderedAction::PolicyMatrix)),
    ("policy_check", ordered(OrderedAction::PolicyCheck)),
    ("policy_test", ordered(OrderedAction::PolicyTest)),
    ("policy_diff", ordered(OrderedAction::PolicyDiff)),
    ("policy_reload", ordered(OrderedAction::PolicyReload)),
    ("role_list", ordered(OrderedAction::RoleList)),
    ("approval_list", ordered(OrderedAction::ApprovalList)),
    ("get_approval", ordered(OrderedAction::GetApproval)),
    ("approve", ordered(OrderedAction::Approve)),
    ("deny", ordered(OrderedAction::Deny)),
    ("approval_grants", ordered(OrderedAction::ApprovalGrants)),
    ("approval_revoke", ordered(OrderedAction::ApprovalRevoke)),
    ("freeze", ordered(OrderedAction::Freeze)),
    ("thaw", ordered(OrderedAction::Thaw)),
];

const fn ordered(action: OrderedAction) -> Handler {
    Handler::Admin(AdminAction::Ordered(action))
}

impl Handler {
    /// The handler of an action of `gateway.json`.
    pub fn of_gateway_action(name: &str) -> Option<Handler> {
        GATEWAY.into_iter().find(|(known, _)| *known == name).map(|(_, handler)| handler)
    }

    /// Whether the Remote Script runs it.
    pub fn is_in_live(self) -> bool {
        matches!(self, Handler::Live | Handler::Batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::catalogue;

    #[test]
    fn every_gateway_action_has_its_own_handler() {
        for (index, (name, handler)) in GATEWAY.into_iter().enumerate() {
            assert_eq!(catalogue().find(name).map(|action| action.handler), Some(handler), "{name}");
            assert!(GATEWAY[..index].iter().all(|(_, other)| *other != handler), "{name} shares a handler");
        }
    }

    #[test]
    fn entries_say_where_their_handlers_run() {
        for action in catalogue().actions() {
            let home = match action.handler {
                Handler::Batch => Some("live"),
                Handler::Bridge(_) => Some("bridge"),
                Handler::Live | Handler::Session(_) | Handler::Admin(_) => None,
            };
            assert_eq!(action.entry.get("home").and_then(|home| home.as_str()), home, "{}", action.name);
        }
    }
}
