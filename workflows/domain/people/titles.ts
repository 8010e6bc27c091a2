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
