-- Users that are gone, tokens that may do less than their users, sign-ins that go on, callers with a certificate, and keys that only
-- verify any more.

-- When the user was removed. The row stays, without a password, so that the name is never given again.
ALTER TABLE user ADD COLUMN removed_at INTEGER;

-- What the token is for, as people wrote it.
ALTER TABLE token ADD COLUMN label TEXT;
-- What of its user's rights the token has: a JSON array of patterns as roles.toml has them; null: all of them.
ALTER TABLE token ADD COLUMN narrowed TEXT;
-- Of a token that came with a refresh token: the family of both, which ends as a whole.
ALTER TABLE token ADD COLUMN family TEXT;

CREATE INDEX token_by_family ON token (family) WHERE family IS NOT NULL;

-- A refresh token, of which only the SHA-256 is kept, in hex. It is good once: then `spent_at` is set, and whoever comes with it again
-- ends the family. `expires_at` is the family's, and never grows. When a family ends its rows stay until then: a program that comes
-- with a token of it is known as one whose sign-in has ended, and does not collect penalties as one that guesses.
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

-- A client certificate's key, by the SHA-256 of its SubjectPublicKeyInfo in hex. Whoever proves to hold it is `user`.
CREATE TABLE client_key (
    spki_sha256 TEXT    PRIMARY KEY NOT NULL,
    user        TEXT    NOT NULL REFERENCES user (name),
    label       TEXT,
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked     INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The public half of a key that signed tokens once, in hex. It verifies until the last of them has expired, which is at `until`.
CREATE TABLE retired_key (
    public     TEXT    PRIMARY KEY NOT NULL,
    until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
