-- Bars that follow a person, sweeps that have an owner.

-- What somebody said no to holds for them as a person, so also at addresses that they get later, and where they have none:
-- by what stands at their addresses, and by what they last took back of mail in the ledger (a bounce may hide it at the
-- address). Of SMS the ledger does not say who asked for them again.
INSERT INTO "suppression" ("address_hash", "channel", "scope", "reason", "source", "at", "created_at")
SELECT DISTINCT ON ("who"."id", "said"."channel", "said"."scope")
  'person:' || "who"."id", "said"."channel", "said"."scope", "said"."reason", "said"."source", "said"."at", "said"."created_at"
FROM (
    SELECT "id" AS "id", 'email' AS "channel", "address_hash"("email") AS "hash", true AS "present" FROM "contact" WHERE "email" IS NOT NULL
    UNION SELECT "contact_id", 'email', "address_hash"("value"), false FROM "contact_identity" WHERE "kind" = 'email'
    UNION SELECT "id", 'sms', "address_hash"("phone"), true FROM "contact" WHERE "phone" IS NOT NULL
  ) "who"
  JOIN "suppression" "said" ON "said"."address_hash" = "who"."hash" AND "said"."channel" = "who"."channel"
    AND "said"."reason" IN ('unsubscribed', 'complained')
-- A consent ended what stood at the address of its time alone. One that a file brought ended nothing.
WHERE "who"."present" OR "said"."reason" = 'complained' OR NOT EXISTS (
  SELECT FROM "consent" "g" WHERE "g"."contact_id" = "who"."id" AND "g"."channel" = 'email' AND "g"."state" = 'given'
    AND ("g"."topic" = '*' OR 'topic:' || "g"."topic" = "said"."scope") AND "g"."at" > "said"."at"
    AND NOT EXISTS (SELECT FROM "event" "e" WHERE "e"."seq" = "g"."event_seq" AND "e"."origin" = 'import'))
ORDER BY "who"."id", "said"."channel", "said"."scope", "said"."reason" = 'complained' DESC, "said"."at" DESC;

INSERT INTO "suppression" ("address_hash", "channel", "scope", "reason", "source", "at", "created_at")
SELECT DISTINCT ON ("w"."contact_id", "w"."topic")
  'person:' || "w"."contact_id", 'email', CASE "w"."topic" WHEN '*' THEN 'global' ELSE 'topic:' || "w"."topic" END,
  'unsubscribed', jsonb_build_object('origin', 'ledger', 'consent', "w"."id"), "w"."at", "w"."created_at"
FROM "consent" "w" JOIN "contact" "c" ON "c"."id" = "w"."contact_id" AND "c"."erased_at" IS NULL
WHERE "w"."channel" = 'email' AND "w"."state" = 'withdrawn' AND NOT EXISTS (
  SELECT FROM "consent" "g" WHERE "g"."contact_id" = "w"."contact_id" AND "g"."channel" = 'email'
    AND "g"."state" = 'given' AND "g"."topic" IN ('*', "w"."topic") AND "g"."at" > "w"."at"
    AND NOT EXISTS (SELECT FROM "event" "e" WHERE "e"."seq" = "g"."event_seq" AND "e"."origin" = 'import'))
ORDER BY "w"."contact_id", "w"."topic", "w"."at" DESC
ON CONFLICT DO NOTHING;

-- How many a watched condition holds for is kept beside it: a list of segments counts nobody.
ALTER TABLE "segment_watch"
  ADD COLUMN "people" INTEGER,
  ADD COLUMN "counted_at" TIMESTAMPTZ(3),
  ADD COLUMN "recount" BOOLEAN NOT NULL DEFAULT true;

-- A sweeper that stood still ends nobody else's sweep.
ALTER TABLE "segment_sweep" ADD COLUMN "owner" UUID;

-- A busy person's late events are counted by a sweep, so that nobody waits for them; and they rewrite no crossing that
-- another model noted.
ALTER TABLE "score_state" ADD COLUMN "late" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "marks_since" TIMESTAMPTZ(3);
UPDATE "score_state" SET "marks_since" = "as_of" WHERE (SELECT count(*) FROM "score_model_version") > 1;

-- A company about which the provider gave no answer is asked about again later.
ALTER TABLE "company" ADD COLUMN "ask_after" TIMESTAMPTZ(3);

-- Whom an answer is from, where nobody has the number any longer.
CREATE INDEX "send_sms_address" ON "send" ("address", "id") WHERE "channel" = 'sms';

-- Where people live, once it is read: what anybody may write must not make periods cost more. Zones that have another
-- spelling, or are none, are read anew.
DROP INDEX "contact_zone";
CREATE INDEX "contact_zone" ON "contact" ((COALESCE(
  CASE WHEN NOT jsonb_path_exists("origins", '$.timezone.unclear') THEN "timezone" END,
  CASE WHEN "country" ~ '^[A-Z]{2}$' THEN "country" END, '')));
UPDATE "contact" SET "settled" = false
WHERE "timezone" IS NOT NULL AND "erased_at" IS NULL AND "timezone" NOT IN (SELECT "name" FROM pg_timezone_names);
