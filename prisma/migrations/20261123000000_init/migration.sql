-- CreateTable
CREATE TABLE "contact" (
    "id" UUID NOT NULL,
    "email" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "job_title" TEXT,
    "company" TEXT,
    "industry" TEXT,
    "company_size" TEXT,
    "country" TEXT,
    "language" TEXT,
    "timezone" TEXT,
    "phone" TEXT,
    "lifecycle_stage" TEXT,
    "owner" TEXT,
    "first_source" TEXT,
    "first_medium" TEXT,
    "first_campaign" TEXT,
    "last_source" TEXT,
    "last_medium" TEXT,
    "last_campaign" TEXT,
    "target_account" BOOLEAN,
    "primary_challenge" TEXT,
    "purchase_timeline" TEXT,
    "budget" TEXT,
    "authority" TEXT,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "last_turn" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erased_at" TIMESTAMPTZ(3),
    "merged_into" UUID,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contact_identity" (
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_identity_pkey" PRIMARY KEY ("kind","value")
);

-- CreateTable
CREATE TABLE "event" (
    "seq" BIGSERIAL NOT NULL,
    "origin" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "keys" TEXT[],
    "bucket" SMALLINT NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "traits" JSONB NOT NULL DEFAULT '{}',
    "context" JSONB NOT NULL DEFAULT '{}',
    "from_browser" BOOLEAN NOT NULL DEFAULT false,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "send_id" UUID,
    "hops" SMALLINT NOT NULL DEFAULT 0,
    "processed" BOOLEAN NOT NULL DEFAULT false,
    "turn" BIGINT,
    "contact_id" UUID,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "journey" (
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "draft" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "published_id" UUID,
    "priority" INTEGER NOT NULL DEFAULT 50,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "journey_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "journey_version" (
    "id" UUID NOT NULL,
    "journey_key" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "graph" JSONB NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "journey_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrollment" (
    "id" UUID NOT NULL,
    "journey_key" TEXT NOT NULL,
    "version_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "entry_key" TEXT NOT NULL DEFAULT '',
    "entry_turn" BIGINT NOT NULL,
    "entry" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'active',
    "attention" JSONB,
    "visit" INTEGER NOT NULL DEFAULT 0,
    "step_id" TEXT,
    "leaving" TEXT,
    "leaving_cause" JSONB,
    "outcome" TEXT,
    "cause" JSONB,
    "mark" BIGINT NOT NULL DEFAULT 0,
    "hops" SMALLINT NOT NULL DEFAULT 0,
    "next_message_at" TIMESTAMPTZ(3),
    "started" BOOLEAN NOT NULL DEFAULT false,
    "fast_forwarded" BOOLEAN NOT NULL DEFAULT false,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "enrollment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step_visit" (
    "enrollment_id" UUID NOT NULL,
    "visit" INTEGER NOT NULL,
    "step_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "arrived_at" TIMESTAMPTZ(3) NOT NULL,
    "deadline" TIMESTAMPTZ(3),
    "look_turn" BIGINT NOT NULL DEFAULT 0,
    "outcome" TEXT,
    "winner_seq" BIGINT,
    "mark" BIGINT NOT NULL DEFAULT 0,
    "left_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "step_visit_pkey" PRIMARY KEY ("enrollment_id","visit")
);

-- CreateTable
CREATE TABLE "wait_subscription" (
    "enrollment_id" UUID NOT NULL,
    "visit" INTEGER NOT NULL,
    "slot" SMALLINT NOT NULL,
    "contact_id" UUID NOT NULL,
    "types" TEXT[],
    "of_steps" TEXT[],
    "where" JSONB,
    "deadline" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wait_subscription_pkey" PRIMARY KEY ("enrollment_id","visit","slot")
);

-- CreateTable
CREATE TABLE "decision" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "enrollment_id" UUID,
    "journey_key" TEXT,
    "step_id" TEXT,
    "visit" INTEGER NOT NULL DEFAULT 0,
    "kind" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL DEFAULT 0,
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "inputs" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold" (
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "journey_key" TEXT,
    "step_id" TEXT,
    "contact_id" UUID,
    "enrollment_id" UUID,
    "reason" TEXT NOT NULL DEFAULT '',
    "lifted_at" TIMESTAMPTZ(3),
    "spread_seconds" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispatch" (
    "id" BIGSERIAL NOT NULL,
    "enrollment_id" UUID NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "visit" INTEGER,
    "outcome" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "taken_until" TIMESTAMPTZ(3),
    "error" TEXT,
    "parked" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dispatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template" (
    "key" TEXT NOT NULL,
    "draft" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "published_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "template_version" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT,
    "class" TEXT NOT NULL,
    "variables" JSONB NOT NULL DEFAULT '{}',
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "send" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "enrollment_id" UUID,
    "visit" INTEGER NOT NULL,
    "step_id" TEXT NOT NULL,
    "journey_key" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "channel" TEXT NOT NULL DEFAULT 'email',
    "template_key" TEXT NOT NULL,
    "template_version_id" UUID,
    "class" TEXT NOT NULL DEFAULT 'marketing',
    "topic" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "address" TEXT,
    "address_hash" TEXT,
    "attempt_id" UUID,
    "begun" INTEGER NOT NULL DEFAULT 0,
    "begun_at" TIMESTAMPTZ(3),
    "may_resend" BOOLEAN NOT NULL DEFAULT false,
    "transport" TEXT,
    "provider_message_id" TEXT,
    "unsubscribe_token" TEXT NOT NULL,
    "deferred_until" TIMESTAMPTZ(3),
    "claimed_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "send_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message_body" (
    "send_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "from" JSONB NOT NULL,
    "headers" JSONB NOT NULL DEFAULT '{}',
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_body_pkey" PRIMARY KEY ("send_id")
);

-- CreateTable
CREATE TABLE "click_link" (
    "token" TEXT NOT NULL,
    "send_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "click_link_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "unsubscribe_link" (
    "token" TEXT NOT NULL,
    "address_hash" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "send_id" UUID NOT NULL,
    "topic" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "unsubscribe_link_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "outbox" (
    "send_id" UUID NOT NULL,
    "to" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("send_id")
);

-- CreateTable
CREATE TABLE "suppression" (
    "address_hash" TEXT NOT NULL,
    "channel" TEXT NOT NULL DEFAULT 'email',
    "scope" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "source" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("address_hash","channel","scope")
);

-- CreateTable
CREATE TABLE "provider_event" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "send_id" UUID,
    "payload" JSONB NOT NULL,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "circuit" (
    "transport" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "retry_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "circuit_pkey" PRIMARY KEY ("transport")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "id" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_request" (
    "api_key_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotent_request_pkey" PRIMARY KEY ("api_key_id","key")
);

-- CreateIndex
CREATE INDEX "contact_email_idx" ON "contact"("email");

-- CreateIndex
CREATE INDEX "contact_identity_contact_id_idx" ON "contact_identity"("contact_id");

-- CreateIndex
CREATE INDEX "event_contact_id_turn_idx" ON "event"("contact_id", "turn");

-- CreateIndex
CREATE INDEX "event_contact_id_received_at_idx" ON "event"("contact_id", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "event_origin_message_id_key" ON "event"("origin", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "journey_version_journey_key_number_key" ON "journey_version"("journey_key", "number");

-- CreateIndex
CREATE INDEX "enrollment_contact_id_idx" ON "enrollment"("contact_id");

-- CreateIndex
CREATE INDEX "enrollment_journey_key_status_step_id_idx" ON "enrollment"("journey_key", "status", "step_id");

-- CreateIndex
CREATE UNIQUE INDEX "enrollment_journey_key_contact_id_n_key" ON "enrollment"("journey_key", "contact_id", "n");

-- CreateIndex
CREATE INDEX "step_visit_winner_seq_idx" ON "step_visit"("winner_seq");

-- CreateIndex
CREATE INDEX "wait_subscription_contact_id_idx" ON "wait_subscription"("contact_id");

-- CreateIndex
CREATE INDEX "decision_contact_id_id_idx" ON "decision"("contact_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "decision_enrollment_id_visit_kind_ordinal_key" ON "decision"("enrollment_id", "visit", "kind", "ordinal");

-- CreateIndex
CREATE INDEX "hold_contact_id_idx" ON "hold"("contact_id");

-- CreateIndex
CREATE INDEX "hold_enrollment_id_idx" ON "hold"("enrollment_id");

-- CreateIndex
CREATE INDEX "dispatch_workflow_id_id_idx" ON "dispatch"("workflow_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "template_version_key_number_key" ON "template_version"("key", "number");

-- CreateIndex
CREATE UNIQUE INDEX "send_key_key" ON "send"("key");

-- CreateIndex
CREATE UNIQUE INDEX "send_unsubscribe_token_key" ON "send"("unsubscribe_token");

-- CreateIndex
CREATE INDEX "send_contact_id_id_idx" ON "send"("contact_id", "id");

-- CreateIndex
CREATE INDEX "send_enrollment_id_idx" ON "send"("enrollment_id");

-- CreateIndex
CREATE INDEX "send_provider_message_id_idx" ON "send"("provider_message_id");

-- CreateIndex
CREATE UNIQUE INDEX "click_link_send_id_position_key" ON "click_link"("send_id", "position");

-- CreateIndex
CREATE INDEX "unsubscribe_link_contact_id_idx" ON "unsubscribe_link"("contact_id");

-- CreateIndex
CREATE INDEX "outbox_to_idx" ON "outbox"("to");

-- CreateIndex
CREATE INDEX "provider_event_send_id_idx" ON "provider_event"("send_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_event_provider_dedup_key_key" ON "provider_event"("provider", "dedup_key");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_sha256_key" ON "api_key"("sha256");

-- What Prisma cannot declare -------------------------------------------------

-- Places in the order of processing: given under the contact's lock, so for one contact they rise in commit order.
CREATE SEQUENCE "turn_seq";

-- The pump's queue, and "is an event of this person still unprocessed".
CREATE INDEX "event_unprocessed" ON "event" ("seq", "bucket") WHERE NOT "processed" AND "error" IS NULL;
CREATE INDEX "event_unprocessed_keys" ON "event" USING GIN ("keys") WHERE NOT "processed" AND "error" IS NULL;
CREATE INDEX "event_set_aside" ON "event" ("seq") WHERE NOT "processed" AND "error" IS NOT NULL;

-- One open enrollment per contact, journey and entry key.
CREATE UNIQUE INDEX "enrollment_open" ON "enrollment" ("journey_key", "contact_id", "entry_key") WHERE "status" <> 'finished';
-- The sweeps walk over open enrollments only; the metrics count them without reading their rows.
CREATE INDEX "enrollment_open_by_id" ON "enrollment" ("id") INCLUDE ("status") WHERE "status" <> 'finished';

CREATE INDEX "enrollment_attention" ON "enrollment" ("id") WHERE "status" = 'needs_attention';

-- All contacts with an address, found by its hash: an opt-out knows nothing else. Addresses are stored normalised.
CREATE FUNCTION "address_hash"("address" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
  RETURN encode(sha256(convert_to(lower("address"), 'UTF8')), 'hex');
CREATE INDEX "contact_address" ON "contact" ("address_hash"("email")) WHERE "email" IS NOT NULL;

-- Who was joined with a contact that is joined in its turn.
CREATE INDEX "contact_merged" ON "contact" ("merged_into") WHERE "merged_into" IS NOT NULL;

CREATE INDEX "hold_active" ON "hold" ("scope") WHERE "lifted_at" IS NULL;
CREATE INDEX "dispatch_starts" ON "dispatch" ("id") WHERE NOT "parked" AND "kind" = 'start';
CREATE INDEX "dispatch_wakes" ON "dispatch" ("id") WHERE NOT "parked" AND "kind" <> 'start';
CREATE INDEX "dispatch_parked" ON "dispatch" ("id") WHERE "parked";
CREATE INDEX "provider_event_failed" ON "provider_event" ("id") WHERE "error" IS NOT NULL;
-- Messages that wait for an instant, or for somebody to say what became of them.
CREATE INDEX "send_waiting" ON "send" ("state", "id") WHERE "state" IN ('deferred', 'retryable', 'unknown');
-- Caps count a contact's messages of the last days.
CREATE INDEX "send_counted" ON "send" ("contact_id", "claimed_at") WHERE "claimed_at" IS NOT NULL;

ALTER TABLE "enrollment" ADD CONSTRAINT "enrollment_status" CHECK ("status" IN ('active', 'held', 'needs_attention', 'finished'));
ALTER TABLE "send" ADD CONSTRAINT "send_state" CHECK ("state" IN ('deferred', 'claimed', 'retryable', 'sending', 'unknown', 'accepted', 'delivered', 'bounced', 'rejected', 'suppressed'));
