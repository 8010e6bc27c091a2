import type { Db } from '../../prisma/client';
import { isSpreading, spreadPage } from '../../prisma/stores/companies/spread';
import { unprocessedEvents } from '../../prisma/stores/imports';
import type { Next } from './loop';

/** Members of one transaction. */
const PAGE = 1_000;
/** No more is written while this many events wait, whoever's they are: people's behaviours wait behind them. */
const BACKLOG = 2_000;
/** Pages of one round. */
const PAGES = 20;

export interface SpreadDeps {
  db: Db;
  pageSize?: number;
  backlog?: number;
}

/** Tells the members of large companies what changed, page by page, as fast as the pump takes them. */
export async function spreadRound(
  { db, pageSize = PAGE, backlog = BACKLOG }: SpreadDeps,
  onTold: () => void,
): Promise<Next> {
  for (let pages = 0; pages < PAGES; pages += 1) {
    if (!(await isSpreading(db))) return 'idle';
    if ((await unprocessedEvents(db, backlog)) >= backlog) return 'soon';
    const told = await spreadPage(db, pageSize);
    if (told === null) return 'soon';
    if (told > 0) onTold();
  }
  return 'again';
}
