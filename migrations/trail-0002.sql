-- Idempotency keys are loaded when the gateway starts, and a batch has one outcome for each of its commands.
--
-- outcome.item   the index of the command in its batch, from 0; absent outside of batches
-- outcome.rule   in its bytes: the rule by which the script refused it, where the role's rules depend on the set

CREATE INDEX decision_by_once ON decision (once) WHERE once IS NOT NULL;

ALTER TABLE outcome ADD COLUMN item INTEGER AS (bytes ->> 'item') VIRTUAL;

DROP INDEX outcome_by_decision;
CREATE UNIQUE INDEX outcome_by_decision ON outcome (decision, coalesce(item, -1));
