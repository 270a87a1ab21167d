-- Evidence tells who a reviewer was when they handed in: name, title, manager and standing at that moment, whatever becomes of them later.
-- Earlier submissions, of which no release has any, keep an empty object. Adding a column with a constant default rewrites nothing.

ALTER TABLE "submissions" ADD COLUMN "reviewer" JSONB NOT NULL DEFAULT '{}';
