/**
 * Every table whose rows are somebody's, by its column `contact_id`, and how they go over to the record that stays. A
 * test holds this against the database: a new table cannot be forgotten.
 */
export const tablesOfContacts = {
  contact_identity: 'moves',
  wait_subscription: 'moves',
  send: 'moves',
  in_app_message: 'moves',
  decision: 'moves',
  hold: 'moves',
  unsubscribe_link: 'moves',
  score_entry: 'moves',
  score_mark: 'moves',
  task: 'moves',
  event: 'moves',
  consent: 'moves',
  // Runs take the next free numbers, and the newer of two yields.
  enrollment: 'its own way',
  // One person is in one arm.
  exposure: 'its own way',
  segment_member: 'its own way',
  // Counted anew.
  score_state: 'its own way',
  // Whom somebody asked for: told when the job comes to them.
  job_contact: 'stays',
} as const satisfies Record<string, 'moves' | 'its own way' | 'stays'>;

/** Nothing in these depends on who else has rows: they only change hands. */
export const movingTables: readonly string[] = Object.entries(tablesOfContacts).flatMap(([table, way]) =>
  way === 'moves' ? [table] : [],
);
