//! `state.db`: users and tokens on disk. Each change is durable when its function returns.

mod client_keys;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, ToSql, Transaction, params};

use super::accounts::Accounts;
use super::error::ChangeError;
use super::error::{Result, failed};
use super::narrowing::Narrowing;
use super::records::{Former, HashedPassword, Issuers, Refresh, Token, User};
use crate::failure::Context;
use crate::platform::clock::Moment;
use crate::storage::{self, WalFiles, schema};
pub use client_keys::REMEMBERED_S;

pub struct Store {
    pub(super) db: Connection,
    intact: WalFiles,
}

impl Store {
    pub fn open(path: &Path) -> Result<Store> {
        let mut db = schema::open(path, schema::STATE).map_err(|error| {
            if is_damaged(&error) {
                error.of_attempt("restore state.db from a backup, or move it away to start without users")
            } else {
                error
            }
        })?;
        // Reading creates the write-ahead log.
        count_rows(&db)?;
        let intact = WalFiles::watch(&mut db, path)?;
        Ok(Store { db, intact })
    }

    pub fn load(&self, now: i64) -> Result<Accounts> {
        let mut known = Accounts::default();
        let mut users = self
            .db
            .prepare("SELECT name, role, disabled, password, removed_at IS NOT NULL, password_issuers FROM user")?;
        let rows = users.query_map([], |row| {
            let issuers = read_issuers(row.get(5)?);
            Ok(User {
                name: row.get(0)?,
                role: row.get(1)?,
                disabled: row.get(2)?,
                password: row.get::<_, Option<_>>(3)?.filter(|_| issuers.is_some()),
                password_issuers: issuers.unwrap_or_default(),
                passwords_set: 0,
                removed: row.get(4)?,
            })
        })?;
        for user in rows {
            let user = user?;
            known.users.insert(user.name.clone(), user);
        }
        let mut tokens = self.db.prepare(
            "SELECT jti, user, issued_at, expires_at, revoked, label, narrowed, family, issuers FROM token WHERE expires_at >= ?1",
        )?;
        let rows = tokens.query_map([now], |row| {
            let narrowed: Option<String> = row.get(6)?;
            let issuers = read_issuers(row.get(8)?);
            Ok(Token {
                jti: row.get(0)?,
                user: row.get(1)?,
                issued_at: row.get(2)?,
                expires_at: row.get(3)?,
                revoked: row.get::<_, bool>(4)? || issuers.is_none(),
                label: row.get(5)?,
                // An unreadable scope allows nothing.
                narrowing: narrowed
                    .map(|patterns| Narrowing::recorded(serde_json::from_str(&patterns).unwrap_or_default()))
                    .map(Arc::new),
                family: row.get(7)?,
                issuers: issuers.unwrap_or_default(),
            })
        })?;
        for token in rows {
            let token = token?;
            known.tokens.insert(token.jti.clone(), token);
        }
        let keys = self.load_client_keys()?.into_iter();
        known.client_keys = keys.map(|key| (key.key.clone(), key)).collect();
        self.load_refreshes(&mut known, now)?;
        Ok(known)
    }

    fn load_refreshes(&self, known: &mut Accounts, now: i64) -> Result<()> {
        let mut refreshes = self.db.prepare(
            "SELECT hash, family, user, issued_at, expires_at, (SELECT count(*) FROM refresh WHERE family = one.family)
             FROM refresh AS one WHERE spent_at IS NULL AND revoked = 0 AND expires_at >= ?1",
        )?;
        let rows = refreshes.query_map([now], |row| {
            let expires_at: i64 = row.get(4)?;
            let left = Duration::from_secs(u64::try_from(expires_at - now).unwrap_or(0));
            let refresh = Refresh {
                family: row.get(1)?,
                user: row.get(2)?,
                issued_at: row.get(3)?,
                expires_at,
                expires: Moment::now() + left,
                count: usize::try_from(row.get::<_, u32>(5)?).unwrap_or(usize::MAX),
            };
            Ok((row.get(0)?, refresh))
        })?;
        for refresh in rows {
            let (hash, refresh) = refresh?;
            known.refreshes.insert(hash, refresh);
        }
        Ok(())
    }

    /// Checks that the file is the one that was opened, has everything that was written, and can be read.
    pub fn check(&self) -> Result<()> {
        self.intact.check(&|_| false)?;
        count_rows(&self.db)
    }

    pub fn add_user(&mut self, user: &User, now: i64) -> Result<()> {
        self.write(|file| add_user(file, user, now))
    }

    pub fn set_role(&mut self, name: &str, role: &str) -> Result<()> {
        self.write(|file| run(file, "UPDATE user SET role = ?2 WHERE name = ?1", params![name, role]))
    }

    pub fn set_disabled(&mut self, name: &str, disabled: bool) -> Result<()> {
        self.write(|file| run(file, "UPDATE user SET disabled = ?2 WHERE name = ?1", params![name, disabled]))
    }

    /// Replaces the hash of the same password; sign-ins made with it stay valid.
    pub fn strengthen_password(&mut self, name: &str, hash: &str) -> Result<()> {
        self.write(|file| run(file, "UPDATE user SET password = ?2 WHERE name = ?1", params![name, hash]))
    }

    pub fn replace_password(&mut self, name: &str, password: &HashedPassword) -> Result<()> {
        let hash = &password.hash;
        let issuers = write_issuers(&password.issuers)?;
        self.write(|file| {
            let set = "UPDATE user SET password = ?2, password_issuers = ?3 WHERE name = ?1";
            run(file, set, params![name, hash, issuers])?;
            run(file, "UPDATE refresh SET revoked = 1 WHERE user = ?1", params![name])?;
            run(file, "UPDATE token SET revoked = 1 WHERE user = ?1 AND family IS NOT NULL", params![name])
        })
    }

    /// The row stays, so that the name is never reused.
    pub fn remove_user(&mut self, name: &str, now: i64) -> Result<()> {
        self.write(|file| {
            run(file, "UPDATE user SET removed_at = ?2, password = NULL WHERE name = ?1", params![name, now])?;
            run(file, "UPDATE token SET revoked = 1 WHERE user = ?1", params![name])?;
            run(file, "UPDATE refresh SET revoked = 1 WHERE user = ?1", params![name])?;
            run(file, "UPDATE client_key SET revoked = 1 WHERE user = ?1", params![name])
        })
    }

    pub fn add_token(&mut self, token: &Token) -> Result<()> {
        self.write(|file| add_token(file, token))
    }

    /// Adds a user and its first token in one transaction.
    pub fn add_device(&mut self, user: &User, token: &Token, now: i64) -> Result<()> {
        self.write(|file| add_user(file, user, now).and_then(|()| add_token(file, token)))
    }

    /// Adds a token and a refresh token of its family. The spent refresh token stays, so that its reuse is detected. The families in `ends`
    /// are revoked in the same transaction.
    pub fn grant(
        &mut self,
        token: &Token,
        refresh: &Refresh,
        hash: &str,
        spent: Option<&str>,
        ends: &[Arc<str>],
    ) -> Result<()> {
        let now = refresh.issued_at;
        let row = params![hash, refresh.family, refresh.user, now, refresh.expires_at];
        self.write(|file| {
            run(file, "DELETE FROM refresh WHERE expires_at < ?1", params![now])?;
            ends.iter().try_for_each(|family| revoke_family(file, family))?;
            run(file, "UPDATE refresh SET spent_at = ?2 WHERE hash = ?1", params![spent, now])?;
            let add = "INSERT INTO refresh (hash, family, user, issued_at, expires_at, revoked)
                       VALUES (?1, ?2, ?3, ?4, ?5, 0)";
            run(file, add, row)?;
            add_token(file, token)
        })
    }

    pub fn retire_key(&mut self, public: &str, until: i64, now: i64) -> Result<()> {
        self.write(|file| {
            run(file, "DELETE FROM retired_key WHERE until < ?1", params![now])?;
            run(file, "INSERT OR REPLACE INTO retired_key (public, until) VALUES (?1, ?2)", params![public, until])
        })
    }

    /// Keys that still verify, each with the Unix time until which it does.
    pub fn retired_keys(&self, now: i64) -> Result<Vec<(String, i64)>> {
        let mut keys = self.db.prepare("SELECT public, until FROM retired_key WHERE until >= ?1")?;
        let rows = keys.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>().context("cannot read state.db")?)
    }

    pub fn end_family(&mut self, family: &str) -> Result<()> {
        self.write(|file| revoke_family(file, family))
    }

    pub fn revoke_token(&mut self, jti: &str) -> Result<()> {
        self.write(|file| run(file, "UPDATE token SET revoked = 1 WHERE jti = ?1", params![jti]))
    }

    pub fn former_refresh(&self, hash: &str) -> Result<Option<Former>> {
        let sql = "SELECT family, user, spent_at IS NOT NULL, revoked FROM refresh WHERE hash = ?1";
        let read = |row: &Row<'_>| {
            Ok(Former { family: row.get(0)?, user: row.get(1)?, is_spent: row.get(2)?, is_revoked: row.get(3)? })
        };
        Ok(self.db.query_row(sql, [hash], read).optional().context("cannot read state.db")?)
    }

    /// Runs `work` in one transaction.
    fn write(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<()>) -> Result<()> {
        self.check()?;
        let all = self.db.transaction().context("cannot write state.db")?;
        work(&all)?;
        all.commit().context("cannot write state.db")?;
        self.intact.check_commit(&|_| false)?;
        self.checkpoint();
        Ok(())
    }

    fn checkpoint(&self) {
        if self.intact.pages() >= LOG_PAGES_MAX
            && let Err(error) = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        {
            tracing::warn!(%error, "the write-ahead log of state.db could not be checkpointed; it grows");
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.intact.settle_on_close(&self.db);
    }
}

/// Revokes a sign-in by password with its tokens, in the file and in memory.
pub fn end_family(store: &mut Store, known: &mut Accounts, family: &str) -> Result<(), ChangeError> {
    store.end_family(family).map_err(ChangeError::Failed)?;
    known.end_family(family);
    Ok(())
}

/// Pages of the write-ahead log at which it is checkpointed; SQLite's default.
const LOG_PAGES_MAX: i32 = 1_000;

fn count_rows(db: &Connection) -> Result<()> {
    Ok(db.query_row("SELECT count(*) FROM user", [], |_| Ok(())).context("cannot read state.db")?)
}

/// Whether the file's content is damaged, as opposed to an error of its file system.
fn is_damaged(error: &storage::Error) -> bool {
    matches!(error.kind().code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// Counts the users in a file, which other processes may have open. Errors: the file is damaged.
pub fn count_users(path: &Path) -> Result<u32> {
    let context = || format!("cannot read {}", path.display());
    let db = schema::open_read_only(path, schema::STATE)?;
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).with_context(context)?;
    if found != "ok" {
        return Err(failed(format!("cannot read {}: it is damaged: {found}", path.display())));
    }
    Ok(db
        .query_row("SELECT count(*) FROM user WHERE removed_at IS NULL", [], |row| row.get(0))
        .with_context(context)?)
}

/// Each user's role in a file, which other processes may have open.
pub fn roles_in_use(path: &Path) -> Result<Vec<(String, String)>> {
    let context = || format!("cannot read {}", path.display());
    let db = schema::open_read_only(path, schema::STATE)?;
    let sql = "SELECT role, name FROM user WHERE removed_at IS NULL ORDER BY role, name";
    let mut users = db.prepare(sql).with_context(context)?;
    let rows = users.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).with_context(context)?;
    Ok(rows.collect::<Result<_, _>>().with_context(context)?)
}

fn run(file: &Transaction<'_>, sql: &str, row: &[&dyn ToSql]) -> Result<()> {
    Ok(file.execute(sql, row).map(drop).context("cannot write state.db")?)
}

fn add_user(file: &Transaction<'_>, user: &User, now: i64) -> Result<()> {
    let row = params![user.name, user.role, user.disabled, user.password, now, write_issuers(&user.password_issuers)?];
    let add = "INSERT INTO user (name, role, disabled, password, created_at, password_issuers)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    run(file, add, row)
}

/// The issuers in a column; `None` if they are unreadable: a credential whose issuer is unknown signs no user in.
fn read_issuers(column: Option<String>) -> Option<Issuers> {
    serde_json::from_str(column.as_deref().unwrap_or("[]")).ok()
}

fn write_issuers(issuers: &Issuers) -> Result<Option<String>> {
    Ok(Some(issuers).filter(|issuers| !issuers.is_empty()).map(serde_json::to_string).transpose()?)
}

fn revoke_family(file: &Transaction<'_>, family: &str) -> Result<()> {
    run(file, "UPDATE refresh SET revoked = 1 WHERE family = ?1", params![family])?;
    run(file, "UPDATE token SET revoked = 1 WHERE family = ?1", params![family])
}

fn add_token(file: &Transaction<'_>, token: &Token) -> Result<()> {
    run(file, "DELETE FROM token WHERE expires_at < ?1", params![token.issued_at])?;
    let narrowed = token.narrowing.as_ref().map(serde_json::to_string).transpose()?;
    let issuers = write_issuers(&token.issuers)?;
    let Token { jti, user, issued_at, expires_at, revoked, label, family, .. } = token;
    let add = "INSERT INTO token (jti, user, issued_at, expires_at, revoked, label, narrowed, family, issuers)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    run(file, add, params![jti, user, issued_at, expires_at, revoked, label, narrowed, family, issuers])
}
