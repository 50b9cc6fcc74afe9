-- Removed users, tokens with a scope, refresh tokens, client certificates, and retired signing keys.

-- When the user was removed. The row stays, without a password, so that the name is never reused.
ALTER TABLE user ADD COLUMN removed_at INTEGER;

-- A label that says what the token is for.
ALTER TABLE token ADD COLUMN label TEXT;
-- The token's scope: a JSON array of patterns as in roles.toml; null: all rights of its user.
ALTER TABLE token ADD COLUMN narrowed TEXT;
-- For a token issued with a refresh token: the family of both, which is revoked as a whole.
ALTER TABLE token ADD COLUMN family TEXT;

CREATE INDEX token_by_family ON token (family) WHERE family IS NOT NULL;

-- A refresh token, stored as its SHA-256 in hex. It works once: `spent_at` is then set, and a second use revokes the family.
-- `expires_at` is the family's, and never grows. Rows of a revoked family stay until then, so that a client that still uses one is
-- recognised as signed out and gets no penalty for guessing.
CREATE TABLE refresh (
    hash       TEXT    PRIMARY KEY NOT NULL,
    family     TEXT    NOT NULL,
    user       TEXT    NOT NULL REFERENCES user (name),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at   INTEGER,
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_by_family ON refresh (family);
CREATE INDEX refresh_by_expiry ON refresh (expires_at);

-- A client certificate's key, by the SHA-256 of its SubjectPublicKeyInfo in hex. A client that proves possession is `user`.
CREATE TABLE client_key (
    spki_sha256 TEXT    PRIMARY KEY NOT NULL,
    user        TEXT    NOT NULL REFERENCES user (name),
    label       TEXT,
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked     INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The public half of a retired signing key, in hex. It verifies until the last of its tokens expires, at `until`.
CREATE TABLE retired_key (
    public     TEXT    PRIMARY KEY NOT NULL,
    until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
