-- Bars that follow a person, sweeps that have an owner.

-- How many a watched condition holds for is kept beside it: a list of segments counts nobody.
ALTER TABLE "segment_watch"
  ADD COLUMN "people" INTEGER,
  ADD COLUMN "counted_at" TIMESTAMPTZ(3),
  ADD COLUMN "recount" BOOLEAN NOT NULL DEFAULT true;

-- A sweeper that stood still ends nobody else's sweep.
ALTER TABLE "segment_sweep" ADD COLUMN "owner" UUID;
