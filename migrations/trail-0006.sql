-- Rows cost less to write: an insert computes nothing from the bytes, and the columns that queries name are computed by views.
--
-- `once`, `decision` and `item` are stored, because indexes need them. The gateway writes them from the same values as `bytes`, and
-- another program could make them disagree: `livegate audit verify` and script/verify_trail.py compare them with `bytes`.
--
-- The gateway's writer checks the order of seq itself and switches the triggers off in its own connection, except for retention. In
-- every other connection they hold.

DROP TRIGGER unfinished_stays;
DROP TRIGGER decision_stays;
DROP TRIGGER outcome_stays;
DROP INDEX decision_by_once;
DROP INDEX outcome_by_decision;

ALTER TABLE decision DROP COLUMN time;
ALTER TABLE decision DROP COLUMN session;
ALTER TABLE decision DROP COLUMN role;
ALTER TABLE decision DROP COLUMN live;
ALTER TABLE decision DROP COLUMN set_epoch;
ALTER TABLE decision DROP COLUMN action;
ALTER TABLE decision DROP COLUMN parameters;
ALTER TABLE decision DROP COLUMN verdict;
ALTER TABLE decision DROP COLUMN code;
ALTER TABLE decision DROP COLUMN rule;
ALTER TABLE decision DROP COLUMN policy;
ALTER TABLE decision DROP COLUMN once;
ALTER TABLE decision ADD COLUMN once TEXT;

ALTER TABLE outcome DROP COLUMN time;
ALTER TABLE outcome DROP COLUMN decision;
ALTER TABLE outcome DROP COLUMN outcome;
ALTER TABLE outcome DROP COLUMN code;
ALTER TABLE outcome DROP COLUMN duration_us;
ALTER TABLE outcome DROP COLUMN delivered;
ALTER TABLE outcome DROP COLUMN item;
ALTER TABLE outcome ADD COLUMN decision INTEGER;
ALTER TABLE outcome ADD COLUMN item INTEGER;

ALTER TABLE event DROP COLUMN time;
ALTER TABLE event DROP COLUMN kind;

-- `bytes`, and with them the leaves of the tree, stay as they are.
UPDATE decision SET once = bytes ->> 'once' WHERE bytes ->> 'once' IS NOT NULL;
UPDATE outcome SET decision = bytes ->> 'decision', item = bytes ->> 'item';

CREATE INDEX decision_by_once ON decision (once) WHERE once IS NOT NULL;
CREATE UNIQUE INDEX outcome_by_decision ON outcome (decision, coalesce(item, -1));

CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER outcome_stays BEFORE UPDATE ON outcome BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER unfinished_stays BEFORE DELETE ON unfinished
WHEN NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = old.seq)
BEGIN SELECT raise(ABORT, 'it has no outcome'); END;

-- The fields of the rows, as the tables' comments describe them.
CREATE VIEW decisions AS
SELECT
    seq, bytes, once,
    bytes ->> 'time' AS time,
    bytes ->> 'session' AS session,
    bytes ->> 'role' AS role,
    bytes ->> 'live' AS live,
    bytes ->> 'set_epoch' AS set_epoch,
    bytes ->> 'action' AS action,
    bytes -> 'parameters' AS parameters,
    bytes ->> 'verdict' AS verdict,
    bytes ->> 'code' AS code,
    bytes ->> 'rule' AS rule,
    bytes ->> 'policy' AS policy
FROM decision;

CREATE VIEW outcomes AS
SELECT
    seq, bytes, decision, item,
    bytes ->> 'time' AS time,
    bytes ->> 'outcome' AS outcome,
    bytes ->> 'code' AS code,
    bytes ->> 'duration_us' AS duration_us,
    bytes ->> 'delivered' AS delivered
FROM outcome;

CREATE VIEW events AS
SELECT
    seq, bytes,
    bytes ->> 'time' AS time,
    bytes ->> 'kind' AS kind
FROM event;
