-- Scores that explain themselves, companies, clean contacts, files and forms.

-- People and companies.
CREATE TABLE "company" (
    "id" UUID NOT NULL,
    "name" TEXT,
    "domain" TEXT,
    "group_id" TEXT,
    "industry" TEXT,
    "company_size" TEXT,
    "country" TEXT,
    "target_account" BOOLEAN,
    "owner" TEXT,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "origins" JSONB NOT NULL DEFAULT '{}',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "enriched_at" TIMESTAMPTZ(3),
    "merged_into" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "company_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "company_to_enrich" ON "company" ("id") WHERE "domain" IS NOT NULL AND "enriched_at" IS NULL AND "merged_into" IS NULL;

-- Domains and group ids, each of one company.
CREATE TABLE "company_key" (
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "company_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "company_key_pkey" PRIMARY KEY ("kind", "value"),
    CONSTRAINT "company_key_kind" CHECK ("kind" IN ('domain', 'group'))
);
CREATE INDEX "company_key_company_id_idx" ON "company_key"("company_id");

-- Changes that the members of large companies still have to hear of.
CREATE TABLE "company_spread" (
    "company_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "changed" TEXT[] NOT NULL,
    "hops" INTEGER NOT NULL,
    "after" UUID,
    "stop" UUID,
    "wrapped" BOOLEAN NOT NULL DEFAULT false,
    "told_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "company_spread_pkey" PRIMARY KEY ("company_id")
);

ALTER TABLE "contact"
    ADD COLUMN "seniority" TEXT,
    ADD COLUMN "department" TEXT,
    ADD COLUMN "origins" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "company_id" UUID,
    ADD COLUMN "settled" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "contact_company_id_id_idx" ON "contact"("company_id", "id");

CREATE TABLE "enrichment_answer" (
    "provider" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "answer" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "enrichment_answer_pkey" PRIMARY KEY ("provider", "domain")
);

CREATE TABLE "consent" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "channel" TEXT NOT NULL DEFAULT 'email',
    "topic" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "text" TEXT,
    "source" TEXT,
    "event_seq" BIGINT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "consent_state" CHECK ("state" IN ('given', 'withdrawn'))
);
CREATE UNIQUE INDEX "consent_event_seq_channel_topic_key" ON "consent"("event_seq", "channel", "topic");
CREATE INDEX "consent_contact_id_id_idx" ON "consent"("contact_id", "id");

CREATE TABLE "contact_merge" (
    "id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "into_id" UUID NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "kept" JSONB NOT NULL DEFAULT '{}',
    "requested_by" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_merge_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "contact_merge_by" CHECK ("by" IN ('identity', 'hand', 'rule'))
);
CREATE INDEX "contact_merge_from_id_idx" ON "contact_merge"("from_id");
CREATE INDEX "contact_merge_into_id_id_idx" ON "contact_merge"("into_id", "id");

CREATE TABLE "distinct_people" (
    "a_id" UUID NOT NULL,
    "b_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "distinct_people_pkey" PRIMARY KEY ("a_id", "b_id"),
    CONSTRAINT "distinct_people_order" CHECK ("a_id" < "b_id")
);

CREATE TABLE "form" (
    "key" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "form_pkey" PRIMARY KEY ("key")
);

-- What stood in a form when somebody sent it: consent is evidence only with the words that were shown.
CREATE TABLE "form_revision" (
    "form_key" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "form_revision_pkey" PRIMARY KEY ("form_key", "revision")
);

-- When an opt-out was last said: only a consent given later ends it.
ALTER TABLE "suppression" ADD COLUMN "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "suppression" SET "at" = "created_at";

CREATE TABLE "import_row" (
    "job_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_row_pkey" PRIMARY KEY ("job_id", "line")
);

-- What Nurture signs with, made when first needed.
CREATE TABLE "secret" (
    "name" TEXT NOT NULL,
    "value" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("name")
);

-- Scores.
CREATE TABLE "score_model" (
    "id" INTEGER NOT NULL,
    "draft" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "published_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_model_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "score_model_one" CHECK ("id" = 1)
);

CREATE TABLE "score_model_version" (
    "id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "model" JSONB NOT NULL,
    "sha256" TEXT NOT NULL,
    "tell" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_model_version_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "score_model_version_number_key" ON "score_model_version"("number");

CREATE TABLE "score_state" (
    "contact_id" UUID NOT NULL,
    "model_id" UUID,
    "state" JSONB NOT NULL,
    "fit" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "engagement" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "decaying" JSONB NOT NULL DEFAULT '[]',
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "tier" TEXT NOT NULL DEFAULT 'none',
    "ready" BOOLEAN NOT NULL DEFAULT false,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "next_check_at" TIMESTAMPTZ(3),
    "stale" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_state_pkey" PRIMARY KEY ("contact_id"),
    CONSTRAINT "score_state_tier" CHECK ("tier" IN ('none', 'low', 'medium', 'high'))
);
-- Room for the next state on the same page: most events change it, and few its index.
ALTER TABLE "score_state" SET (fillfactor = 70);
CREATE INDEX "score_state_due" ON "score_state" ("next_check_at") WHERE "next_check_at" IS NOT NULL;

CREATE TABLE "score_mark" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,
    "fit" DOUBLE PRECISION NOT NULL,
    "engagement" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_mark_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "score_mark_contact_id_at_idx" ON "score_mark"("contact_id", "at");

ALTER TABLE "score_entry"
    ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'step',
    ADD COLUMN "group" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "lost" DOUBLE PRECISION NOT NULL DEFAULT 0,
    ALTER COLUMN "points" TYPE DOUBLE PRECISION;
-- A reset takes from every group, what is left of it.
CREATE UNIQUE INDEX "score_entry_of_event" ON "score_entry" ("contact_id", "event_seq", "rule", "group") WHERE "event_seq" IS NOT NULL;
DROP INDEX "score_entry_contact_id_axis_points_idx";
CREATE INDEX "score_entry_contact_id_at_idx" ON "score_entry"("contact_id", "at");

-- Whoever was given points before there were models has a score already: it is counted from the ledger by the next sweep.
INSERT INTO "score_state" ("contact_id", "state", "fit", "engagement", "tier", "as_of", "stale", "next_check_at")
SELECT "contact_id", '{}',
       COALESCE(sum("points") FILTER (WHERE "axis" = 'fit'), 0), COALESCE(sum("points") FILTER (WHERE "axis" = 'engagement'), 0),
       CASE WHEN sum("points") >= 71 THEN 'high' WHEN sum("points") >= 26 THEN 'medium' WHEN sum("points") >= 1 THEN 'low' ELSE 'none' END,
       max("at"), true, CURRENT_TIMESTAMP
FROM "score_entry" GROUP BY "contact_id";

-- How conditions see values, as in workflows/domain/conditions/values.ts: a property test holds the two equal.
CREATE FUNCTION "nurture_fold"("value" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length("value") = char_length("value") THEN lower("value" COLLATE "pg_c_utf8")
                ELSE translate(lower(normalize("value", NFC) COLLATE "pg_c_utf8"), 'ς', 'σ') END;

CREATE FUNCTION "nurture_number"("value" TEXT) RETURNS DOUBLE PRECISION LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN "value" ~ '^[\u0009-\u000D \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]*-?[0-9]{1,30}([.][0-9]{1,30})?[\u0009-\u000D \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]*$'
                THEN CAST(substring("value" FROM '-?[0-9]+[.]?[0-9]*') AS DOUBLE PRECISION) END;

-- Epoch milliseconds; without a zone it is UTC.
CREATE FUNCTION "nurture_instant"("value" TEXT) RETURNS BIGINT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN "value" ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])?)?$'
    THEN CASE WHEN CAST(substr("value", 9, 2) AS INTEGER) <= EXTRACT(DAY FROM
                   make_date(CAST(substr("value", 1, 4) AS INTEGER), CAST(substr("value", 6, 2) AS INTEGER), 1) + INTERVAL '1 month -1 day')
    THEN (make_date(CAST(substr("value", 1, 4) AS INTEGER), CAST(substr("value", 6, 2) AS INTEGER), CAST(substr("value", 9, 2) AS INTEGER)) - DATE '1970-01-01') * 86400000::BIGINT
       + COALESCE(CAST(substring("value" FROM '^.{11}([0-9]{2})') AS BIGINT) * 3600000, 0)
       + COALESCE(CAST(substring("value" FROM '^.{14}([0-9]{2})') AS BIGINT) * 60000, 0)
       + COALESCE(CAST(substring("value" FROM '^.{16}:([0-9]{2})') AS BIGINT) * 1000, 0)
       + COALESCE(CAST(rpad(left(substring("value" FROM '[.]([0-9]+)'), 3), 3, '0') AS BIGINT), 0)
       - COALESCE(CASE WHEN "value" ~ '-[0-9]{2}:?[0-9]{2}$' THEN -1 ELSE 1 END
           * (CAST(substring("value" FROM '^.{11}.*[+-]([0-9]{2}):?[0-9]{2}$') AS BIGINT) * 3600000
            + CAST(substring("value" FROM '^.{11}.*[+-][0-9]{2}:?([0-9]{2})$') AS BIGINT) * 60000), 0)
    END END;

CREATE FUNCTION "nurture_json_number"("value" JSONB) RETURNS DOUBLE PRECISION LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof("value") WHEN 'number' THEN CAST("value" AS DOUBLE PRECISION)
                                      WHEN 'string' THEN "nurture_number"("value" #>> '{}') END;

CREATE FUNCTION "nurture_json_text"("value" JSONB) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof("value")
        WHEN 'string' THEN "nurture_fold"("value" #>> '{}')
        WHEN 'boolean' THEN CAST("value" AS TEXT)
        WHEN 'number' THEN CASE WHEN CAST("value" AS DOUBLE PRECISION) = 0
                                  OR (abs(CAST("value" AS DOUBLE PRECISION)) >= 1e-4 AND abs(CAST("value" AS DOUBLE PRECISION)) < 1e15)
                                THEN CAST(CAST("value" AS DOUBLE PRECISION) AS TEXT) END
    END;

-- What points that halve, given as [[value, half-life in ms]], have come to since `since`.
CREATE FUNCTION "nurture_decayed"("decaying" JSONB, "since" TIMESTAMPTZ, "at" TIMESTAMPTZ) RETURNS DOUBLE PRECISION
    LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN "decaying" = '[]' THEN 0 ELSE (
        SELECT COALESCE(sum(CAST("d"->0 AS DOUBLE PRECISION) * power(0.5::DOUBLE PRECISION,
            GREATEST(EXTRACT(EPOCH FROM "at" - "since") * 1000, 0)::DOUBLE PRECISION / CAST("d"->1 AS DOUBLE PRECISION))), 0)
        FROM jsonb_array_elements("decaying") AS "x"("d")) END;

-- Zones by which the days of `within` are counted: who has none of their own lives by their country's.
CREATE INDEX "contact_zone" ON "contact" ((COALESCE("timezone", '')), (COALESCE("country", '')));
-- What people did, type by type: a `did` over everybody, and who comes over the edge of a period.
CREATE INDEX "event_did" ON "event" ("type", "received_at", "contact_id") WHERE "processed";

-- Duplicates. One mailbox under several spellings: what follows a plus is a tag, and Gmail reads no dots.
CREATE FUNCTION "nurture_mailbox"("email" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN split_part("email", '@', -1) IN ('gmail.com', 'googlemail.com')
        THEN replace(split_part(split_part(lower("email"), '@', 1), '+', 1), '.', '') || '@gmail.com'
        ELSE split_part(split_part(lower("email"), '@', 1), '+', 1) || '@' || lower(split_part("email", '@', -1)) END;

-- Words without accents, case and punctuation.
CREATE FUNCTION "nurture_words"("text" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(regexp_replace(
        normalize(replace(replace(replace(replace(replace(lower("text" COLLATE "pg_c_utf8"), 'ß', 'ss'), 'ø', 'o'), 'ł', 'l'), 'æ', 'ae'), 'œ', 'oe'), NFKD),
        '[\u0300-\u036f''’]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'));

-- A company's name without its legal form.
CREATE FUNCTION "nurture_company_words"("text" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace("nurture_words"("text"),
        '( (gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschrankt|e k|ek|e v|ev|eg|se|co|and co|und co|inc|incorporated|corp|corporation|company|ltd|limited|llc|l l c|llp|lp|plc|pty|pvt|private|sa|s a|sas|s a s|sasu|sarl|s a r l|eurl|snc|srl|s r l|spa|s p a|sl|s l|slu|bv|b v|nv|n v|bvba|vof|ab|oy|oyj|as|a s|asa|aps|sro|s r o|zrt|kft|doo|d o o|sp z o o|ltda|de cv))+$', '');

CREATE FUNCTION "nurture_person"("first" TEXT, "last" TEXT, "company" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
    RETURN "nurture_words"("first" || ' ' || "last") || '/' || "nurture_company_words"("company");

-- With the columns that they are made of, so that looking for equal ones reads the index alone. What is longer than an
-- entry may be has no equal.
CREATE INDEX "contact_mailbox" ON "contact" ("nurture_mailbox"("email")) INCLUDE ("email") WHERE octet_length("email") <= 320;
CREATE INDEX "contact_person" ON "contact" ("nurture_person"("first_name", "last_name", "company"))
    INCLUDE ("first_name", "last_name", "company")
    WHERE octet_length("first_name" || "last_name" || "company") <= 500;
-- Events whose keys name two people.
CREATE INDEX "event_conflict" ON "event" ("seq") WHERE "context" ? 'conflict';

-- Who was joined into another before holds nothing any more.
UPDATE "contact" SET "email" = NULL, "first_name" = NULL, "last_name" = NULL, "job_title" = NULL, "company" = NULL,
    "industry" = NULL, "company_size" = NULL, "country" = NULL, "language" = NULL, "timezone" = NULL, "phone" = NULL,
    "lifecycle_stage" = NULL, "owner" = NULL, "first_source" = NULL, "first_medium" = NULL, "first_campaign" = NULL,
    "last_source" = NULL, "last_medium" = NULL, "last_campaign" = NULL, "target_account" = NULL,
    "primary_challenge" = NULL, "purchase_timeline" = NULL, "budget" = NULL, "authority" = NULL, "traits" = '{}'
WHERE "merged_into" IS NOT NULL;

-- Watches are swept by their periods' edges, and each by itself over everybody.
ALTER TABLE "segment_watch"
    ADD COLUMN "edges_at" TIMESTAMPTZ(3),
    ADD COLUMN "looked_at" TIMESTAMPTZ(3);
ALTER TABLE "segment_sweep" DROP COLUMN "cursor";
ALTER TABLE "segment_sweep" RENAME COLUMN "began_at" TO "taken_until";
