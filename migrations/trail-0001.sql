-- trail.db: the audit trail. Three append-only tables share one sequence, `seq`, which only grows.
--
-- Each row is its canonical bytes: one JSON object in ASCII, keys sorted, nothing between the tokens, absent rather than null. The
-- other columns are computed from those bytes and cannot disagree with them. `time` is Unix time in microseconds.

-- A request and what was decided about it, written before it takes effect.
--   session     seq of the event that opened the session (caller, address, channel)
--   role        the caller's role at that moment
--   action      a name of the catalogue; absent if the line could not be understood so far
--   parameters  as checked, defaults filled in; what is secret is left out. Absent if the line could not be understood:
--               then `line_bytes` and `line_hmac` (keyed, HMAC-SHA256, 16 hex digits) stand for it
--   parameters_bytes, parameters_hmac, terms_bytes, terms_hmac  in the bytes of a refusal whose parameters or terms are longer than
--               trail.refused_parameters_bytes_max: an excerpt is kept, and these are the length and keyed digest of the whole
--   terms       on what terms it was to run, if any: `expect`, `dry_run`
--   verdict     allow | refuse
--   code        of a refusal: the code in the client's answer
--   rule        the rule that allowed or forbade, if it came that far; `policy` is the seq of the event that loaded the policy
--   live, set_epoch  which Live, and which loading of a set in it, as far as known
--   once        the client's idempotency key
CREATE TABLE decision (
    seq        INTEGER PRIMARY KEY NOT NULL,
    bytes      TEXT    NOT NULL,
    time       INTEGER AS (bytes ->> 'time') VIRTUAL,
    session    INTEGER AS (bytes ->> 'session') VIRTUAL,
    role       TEXT    AS (bytes ->> 'role') VIRTUAL,
    live       TEXT    AS (bytes ->> 'live') VIRTUAL,
    set_epoch  INTEGER AS (bytes ->> 'set_epoch') VIRTUAL,
    action     TEXT    AS (bytes ->> 'action') VIRTUAL,
    parameters TEXT    AS (bytes -> 'parameters') VIRTUAL,
    verdict    TEXT    AS (bytes ->> 'verdict') VIRTUAL,
    code       TEXT    AS (bytes ->> 'code') VIRTUAL,
    rule       TEXT    AS (bytes ->> 'rule') VIRTUAL,
    policy     INTEGER AS (bytes ->> 'policy') VIRTUAL,
    once       TEXT    AS (bytes ->> 'once') VIRTUAL
) STRICT;

-- The outcome of an allowed request.
--   outcome     ok | error | refused_in_live | expired | not_sent | cancelled | unknown | interrupted
--   code        of anything but ok
--   duration_us from the decision to the answer
--   delivered   1 if the answer could be handed to the client's connection
CREATE TABLE outcome (
    seq         INTEGER PRIMARY KEY NOT NULL,
    bytes       TEXT    NOT NULL,
    time        INTEGER AS (bytes ->> 'time') VIRTUAL,
    decision    INTEGER AS (bytes ->> 'decision') VIRTUAL,
    outcome     TEXT    AS (bytes ->> 'outcome') VIRTUAL,
    code        TEXT    AS (bytes ->> 'code') VIRTUAL,
    duration_us INTEGER AS (bytes ->> 'duration_us') VIRTUAL,
    delivered   INTEGER AS (bytes ->> 'delivered') VIRTUAL
) STRICT;

-- One outcome a decision.
CREATE UNIQUE INDEX outcome_by_decision ON outcome (decision);

-- Everything else: `start`, `stop`, `policy`, `session` (a caller on a connection), `sign_in_refused`, `connection_refused`,
-- `bridge_up`, `bridge_down`, `refusals_counted` …; what belongs to a kind stands in `bytes`.
CREATE TABLE event (
    seq   INTEGER PRIMARY KEY NOT NULL,
    bytes TEXT    NOT NULL,
    time  INTEGER AS (bytes ->> 'time') VIRTUAL,
    kind  TEXT    AS (bytes ->> 'kind') VIRTUAL
) STRICT;

CREATE VIEW last_seq AS
SELECT max(
    coalesce((SELECT max(seq) FROM decision), 0),
    coalesce((SELECT max(seq) FROM outcome), 0),
    coalesce((SELECT max(seq) FROM event), 0)
) AS seq;

-- Rows are added at the end, and stay. A trigger before INSERT also stops INSERT OR REPLACE, which would rewrite a row.
CREATE TRIGGER decision_appends BEFORE INSERT ON decision WHEN new.seq <= (SELECT seq FROM last_seq)
BEGIN SELECT raise(ABORT, 'the trail only grows'); END;
CREATE TRIGGER outcome_appends BEFORE INSERT ON outcome WHEN new.seq <= (SELECT seq FROM last_seq)
BEGIN SELECT raise(ABORT, 'the trail only grows'); END;
CREATE TRIGGER event_appends BEFORE INSERT ON event WHEN new.seq <= (SELECT seq FROM last_seq)
BEGIN SELECT raise(ABORT, 'the trail only grows'); END;

CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER outcome_stays BEFORE UPDATE ON outcome BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER decision_kept BEFORE DELETE ON decision BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER outcome_kept BEFORE DELETE ON outcome BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
