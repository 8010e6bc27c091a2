/** Every problem the API answers: code → status and title. Codes are part of the contract; titles are for people. */
export const problemTable = {
  'bad-request': { status: 400, title: 'The request cannot be read' },
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'validation-failed': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'This key may not do that' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'It conflicts with the present state' },
  'plan-outdated': { status: 409, title: 'The plan is not of the present state' },
  'not-allowed-now': { status: 409, title: 'It is not allowed in the present state' },
  'idempotency-in-flight': { status: 409, title: 'The first request with this Idempotency-Key is still under way' },
  gone: { status: 410, title: 'It was taken out of service' },
  'precondition-failed': { status: 412, title: 'It was changed in the meantime' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-encoding': { status: 415, title: 'The body has an unknown encoding' },
  'idempotency-mismatch': { status: 422, title: 'This Idempotency-Key belongs to another request' },
  'journey-invalid': { status: 422, title: 'The journey document is not valid' },
  'plan-needed': { status: 422, title: 'People are moved or ended only by a plan that was shown' },
  'plan-incomplete': { status: 422, title: 'The plan leaves people behind' },
  'template-invalid': { status: 422, title: 'The template is not valid' },
  'score-model-invalid': { status: 422, title: 'The score model is not valid' },
  'segment-invalid': { status: 422, title: 'The condition is not valid' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'database-away': { status: 503, title: 'The database is away' },
  'temporal-away': { status: 503, title: 'Temporal is away' },
} satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemTable;

/** One thing that is wrong. `pointer` is a JSON pointer into the body, or `#/<name>` in the query or a header. */
export interface ProblemItem {
  pointer: string;
  detail: string;
  in?: 'body' | 'query' | 'header';
  line?: number;
  hint?: string;
}

export interface ProblemExtra {
  errors?: ProblemItem[];
  headers?: Record<string, string>;
}

/** Thrown by whoever cannot go on; the error handler turns it into an RFC 9457 answer. */
export class Problem extends Error {
  override name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly detail?: string,
    readonly extra: ProblemExtra = {},
  ) {
    super(detail ?? problemTable[code].title);
  }

  get status(): number {
    return problemTable[this.code].status;
  }
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  errors?: ProblemItem[];
}

export function problemBody(problem: Problem): ProblemBody {
  const { status, title } = problemTable[problem.code];
  return {
    type: `urn:nurture:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.extra.errors === undefined ? {} : { errors: problem.extra.errors }),
  };
}

/** Not found, in words: `notFound('contact')`. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `There is no such ${what}.`);
}

/** One wrong field of the body, found by a handler. `path` as in JSON: `['cases', 0, 'when']`. */
export function invalidField(path: readonly (string | number)[], detail: string): Problem {
  return new Problem('validation-failed', undefined, { errors: [{ in: 'body', pointer: pointerTo(path), detail }] });
}

/** RFC 6901 in its URI fragment form. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return `#${path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}
