//! `state.db`: users and tokens on disk. Each change is durable when its function returns.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use super::{Known, Narrowing, Token, User};
use crate::platform::WatchedFile;
use crate::schema;

pub struct Store {
    pub(super) db: Connection,
    file: WatchedFile,
}

impl Store {
    pub fn open(path: &Path) -> Result<Store> {
        let db = schema::open(path, schema::STATE)?;
        Ok(Store { db, file: WatchedFile::new(path.to_owned())? })
    }

    pub fn load(&self, now: i64) -> Result<Known> {
        let mut known = Known::default();
        let mut users = self.db.prepare("SELECT name, role, disabled, password, removed_at IS NOT NULL FROM user")?;
        let rows = users.query_map([], |row| {
            Ok(User {
                name: row.get(0)?,
                role: row.get(1)?,
                disabled: row.get(2)?,
                password: row.get(3)?,
                removed: row.get(4)?,
            })
        })?;
        for user in rows {
            let user = user?;
            known.users.insert(user.name.clone(), user);
        }
        let mut tokens = self.db.prepare(
            "SELECT jti, user, issued_at, expires_at, revoked, label, narrowed FROM token WHERE expires_at >= ?1",
        )?;
        let rows = tokens.query_map([now], |row| {
            let narrowed: Option<String> = row.get(6)?;
            Ok(Token {
                jti: row.get(0)?,
                user: row.get(1)?,
                issued_at: row.get(2)?,
                expires_at: row.get(3)?,
                revoked: row.get(4)?,
                label: row.get(5)?,
                // What cannot be read allows nothing.
                narrowing: narrowed
                    .map(|patterns| Narrowing::recorded(serde_json::from_str(&patterns).unwrap_or_default()))
                    .map(Arc::new),
            })
        })?;
        for token in rows {
            let token = token?;
            known.tokens.insert(token.jti.clone(), token);
        }
        let keys = self.load_client_keys()?.into_iter();
        known.client_keys = keys.map(|key| (key.key.clone(), key)).collect();
        Ok(known)
    }

    /// Whether the file is still the one that was opened, and can be read.
    pub fn check(&self) -> Result<()> {
        self.file.check()?;
        self.db.query_row("SELECT count(*) FROM user", [], |_| Ok(())).context("cannot read state.db")
    }

    pub fn add_user(&mut self, user: &User, now: i64) -> Result<()> {
        let row = params![user.name, user.role, user.disabled, user.password, now];
        self.write(&[(
            "INSERT INTO user (name, role, disabled, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            row,
        )])
    }

    pub fn set_role(&mut self, name: &str, role: &str) -> Result<()> {
        self.write(&[("UPDATE user SET role = ?2 WHERE name = ?1", params![name, role])])
    }

    pub fn set_disabled(&mut self, name: &str, disabled: bool) -> Result<()> {
        self.write(&[("UPDATE user SET disabled = ?2 WHERE name = ?1", params![name, disabled])])
    }

    pub fn set_password(&mut self, name: &str, hash: &str) -> Result<()> {
        self.write(&[("UPDATE user SET password = ?2 WHERE name = ?1", params![name, hash])])
    }

    /// The row stays, and holds the name.
    pub fn remove_user(&mut self, name: &str, now: i64) -> Result<()> {
        self.write(&[
            ("UPDATE user SET removed_at = ?2, password = NULL WHERE name = ?1", params![name, now]),
            ("UPDATE token SET revoked = 1 WHERE user = ?1", params![name]),
            ("UPDATE refresh SET revoked = 1 WHERE user = ?1", params![name]),
            ("UPDATE client_key SET revoked = 1 WHERE user = ?1", params![name]),
        ])
    }

    pub fn add_token(&mut self, token: &Token) -> Result<()> {
        let narrowed = token.narrowing.as_ref().map(serde_json::to_string).transpose()?;
        let row =
            params![token.jti, token.user, token.issued_at, token.expires_at, token.revoked, token.label, narrowed];
        let add = "INSERT INTO token (jti, user, issued_at, expires_at, revoked, label, narrowed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.write(&[("DELETE FROM token WHERE expires_at < ?1", params![token.issued_at]), (add, row)])
    }

    /// A user and its first token; both or neither.
    pub fn add_device(&mut self, user: &User, token: &Token, now: i64) -> Result<()> {
        self.check()?;
        self.db.execute_batch("BEGIN IMMEDIATE").context("cannot write state.db")?;
        let added = self.add_user(user, now).and_then(|()| self.add_token(token));
        let end = if added.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.db.execute_batch(end).context("cannot write state.db");
        added.and(ended)
    }

    pub fn revoke_token(&mut self, jti: &str) -> Result<()> {
        self.write(&[("UPDATE token SET revoked = 1 WHERE jti = ?1", params![jti])])
    }

    /// All of it, or nothing.
    pub(super) fn write(&mut self, steps: &[(&str, &[&dyn rusqlite::ToSql])]) -> Result<()> {
        self.check()?;
        let all = self.db.transaction().context("cannot write state.db")?;
        for (sql, row) in steps {
            all.execute(sql, *row).context("cannot write state.db")?;
        }
        all.commit().context("cannot write state.db")
    }
}
