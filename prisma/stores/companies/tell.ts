import type { Tx } from '../../client';
import { insertNews, readMembers, type CompanyNews } from './members';
import { beginSpread, endSpread } from './spread';

/** Members that are told at once: most companies have fewer. */
export const AT_ONCE = 200;

/**
 * Tells of a change by one `company.updated` for each contact of the company, under its lock: of up to `atOnce` in the
 * transaction that writes it, of more it leaves one row to be told page by page. Answers how many were told.
 */
export async function tellMembers(tx: Tx, news: CompanyNews, atOnce = AT_ONCE): Promise<number> {
  const members = await readMembers(tx, news.companyId, { limit: atOnce + 1 });
  if (members.length > atOnce) {
    await beginSpread(tx, news);
    return 0;
  }
  const untold = await endSpread(tx, news.companyId);
  await insertNews(tx, withUntold(news, untold), members);
  return members.length;
}

/** The news, and what of news before has not been told to everybody. */
export function withUntold(news: CompanyNews, untold: Pick<CompanyNews, 'changed' | 'hops'> | undefined): CompanyNews {
  if (!untold) return news;
  const changed = [...new Set([...untold.changed, ...news.changed])];
  return { ...news, changed, hops: Math.max(untold.hops, news.hops) };
}
