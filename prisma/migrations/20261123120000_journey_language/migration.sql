-- Tables and columns of the journey language: exits that go on, splits, tasks, scores, segments, versions, channels.

-- Work on many people, and what people changed.
CREATE TABLE "job" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "input" JSONB NOT NULL,
    "progress" JSONB NOT NULL DEFAULT '{}',
    "result" JSONB,
    "cursor" TEXT,
    "error" TEXT,
    "cause" TEXT,
    "requested_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "job_cause_key" ON "job"("cause");
CREATE INDEX "job_open" ON "job" ("id") WHERE "state" IN ('queued', 'running');
ALTER TABLE "job" ADD CONSTRAINT "job_state" CHECK ("state" IN ('queued', 'running', 'done', 'failed', 'cancelled'));
CREATE TABLE "job_refusal" (
    "job_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_refusal_pkey" PRIMARY KEY ("job_id", "subject")
);
CREATE TABLE "audit" (
    "id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_subject_kind_subject_id_id_idx" ON "audit"("subject_kind", "subject_id", "id");

-- Exits that go on at a step, and who paused and resumed.
ALTER TABLE "enrollment" ADD COLUMN "diverted" JSONB;
ALTER TABLE "hold" ADD COLUMN "created_by" UUID, ADD COLUMN "lifted_by" UUID;

-- What steps write: arms drawn, points, tasks.
CREATE TABLE "exposure" (
    "journey_key" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "arm" TEXT NOT NULL,
    "holdout" BOOLEAN NOT NULL DEFAULT false,
    "enrollment_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "exposure_pkey" PRIMARY KEY ("journey_key", "step_id", "contact_id")
);
CREATE INDEX "exposure_contact_id_idx" ON "exposure"("contact_id");
CREATE TABLE "score_entry" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "axis" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "points" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "enrollment_id" UUID,
    "visit" INTEGER,
    "event_seq" BIGINT,
    "journey_key" TEXT,
    "model_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "score_entry_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "score_entry_enrollment_id_visit_key" ON "score_entry"("enrollment_id", "visit");
CREATE INDEX "score_entry_contact_id_axis_points_idx" ON "score_entry"("contact_id", "axis", "points");
ALTER TABLE "score_entry" ADD CONSTRAINT "score_entry_axis" CHECK ("axis" IN ('fit', 'engagement'));
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "enrollment_id" UUID,
    "visit" INTEGER,
    "journey_key" TEXT,
    "step_id" TEXT,
    "type" TEXT NOT NULL,
    "owner" TEXT,
    "team" TEXT,
    "title" TEXT NOT NULL,
    "note" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'open',
    "snoozed_until" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "completed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "task_enrollment_id_visit_key" ON "task"("enrollment_id", "visit");
CREATE INDEX "task_contact_id_id_idx" ON "task"("contact_id", "id");
CREATE INDEX "task_owner_status_id_idx" ON "task"("owner", "status", "id");
CREATE INDEX "task_team_status_id_idx" ON "task"("team", "status", "id");
ALTER TABLE "task" ADD CONSTRAINT "task_status" CHECK ("status" IN ('open', 'snoozed', 'completed'));

-- Channels.
ALTER TABLE "send" ALTER COLUMN "template_key" DROP NOT NULL;
ALTER TABLE "message_body" ADD COLUMN "payload" JSONB;
ALTER TABLE "outbox" ADD COLUMN "channel" TEXT NOT NULL DEFAULT 'email', ADD COLUMN "payload" JSONB;
CREATE INDEX "contact_phone_idx" ON "contact"("phone");

CREATE TABLE "webhook_endpoint" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secrets" TEXT[],
    "idempotent" BOOLEAN NOT NULL DEFAULT false,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "in_app_message" (
    "send_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "title" TEXT,
    "text" TEXT,
    "url" TEXT,
    "shown_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "clicked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "in_app_message_pkey" PRIMARY KEY ("send_id")
);
CREATE INDEX "in_app_message_contact_id_send_id_idx" ON "in_app_message"("contact_id", "send_id");

-- Versions: the plans that were shown, and where a move put people between two visits.
ALTER TABLE "enrollment" ADD COLUMN "ahead" JSONB;
CREATE INDEX "enrollment_open_in_journey" ON "enrollment" ("journey_key", "id") WHERE "status" <> 'finished';
CREATE TABLE "journey_plan" (
    "id" UUID NOT NULL,
    "journey_key" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "published_id" UUID,
    "steps" JSONB NOT NULL DEFAULT '{}',
    "summary" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "journey_plan_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "journey_plan_journey_key_id_idx" ON "journey_plan"("journey_key", "id");

-- Saved segments, who is in those that journeys watch, and how far the sweep has come.
CREATE TABLE "segment" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "condition" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "segment_pkey" PRIMARY KEY ("key")
);
CREATE TABLE "segment_member" (
    "segment_key" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "segment_member_pkey" PRIMARY KEY ("segment_key", "contact_id")
);
CREATE INDEX "segment_member_contact_id_idx" ON "segment_member"("contact_id");
CREATE TABLE "segment_watch" (
    "key" TEXT NOT NULL,
    "meaning" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "known" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "segment_watch_pkey" PRIMARY KEY ("key")
);
CREATE TABLE "segment_sweep" (
    "id" INTEGER NOT NULL,
    "cursor" UUID,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "segment_sweep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_contact" (
    "job_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_contact_pkey" PRIMARY KEY ("job_id","contact_id")
);

-- When the next message of an enrollment is due is read from where it stands: a column would have to follow every
-- pause, move, retry and lost answer.
ALTER TABLE "enrollment" DROP COLUMN "next_message_at";

-- Entries say what kind they are now: those of versions published before are events.
UPDATE "journey_version" SET "graph" = jsonb_set("graph", '{entries}', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', 'event') || e."entry" ORDER BY e."place"), '[]')
    FROM jsonb_array_elements("graph"->'entries') WITH ORDINALITY AS e("entry", "place")))
WHERE "graph" ? 'entries';
