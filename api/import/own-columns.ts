/** What a file of refused rows has beside their own columns; a file that comes back with them is read without. */
export const ownColumns = ['nurture.line', 'nurture.reason'] as const;

export function isOwn(column: string): boolean {
  return ownColumns.some((own) => own === column.trim());
}
