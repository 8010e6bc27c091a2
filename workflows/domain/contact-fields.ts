/** Where somebody came from, first and last. */
export const originFields = [
  'firstSource',
  'firstMedium',
  'firstCampaign',
  'lastSource',
  'lastMedium',
  'lastCampaign',
] as const;

/** Standard fields that hold text. */
export const textFields = [
  'firstName',
  'lastName',
  'jobTitle',
  'company',
  'industry',
  'companySize',
  'country',
  'language',
  'timezone',
  'phone',
  'lifecycleStage',
  'owner',
  ...originFields,
  'primaryChallenge',
  'purchaseTimeline',
  'budget',
  'authority',
] as const;
export type TextField = (typeof textFields)[number];

/** Standard fields that follow from others: nobody sets them. */
export const derivedFields = ['seniority', 'department'] as const;
export type DerivedField = (typeof derivedFields)[number];

/** What is the company's own to say: a browser key stands in a public page, and gives none of them. */
export const serverFields = ['owner', 'lifecycleStage', 'targetAccount'] as const;

/** Standard fields by their names in conditions, templates and the API; custom ones are `traits.<name>`. */
export const contactFields = ['email', ...textFields, ...derivedFields, 'targetAccount'] as const;
