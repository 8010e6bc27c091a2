import type { MarkOf } from '../state';
import { moment, points } from './words';

/** A crossing in words: `2026-05-03 14:20: up from medium to high, at 81 points`. */
export function toldInWords(mark: Pick<MarkOf, 'kind' | 'from' | 'to' | 'total' | 'at'>): string {
  return `${moment(mark.at)}: ${crossing(mark)}, at ${points(mark.total)}`;
}

const order = ['none', 'low', 'medium', 'high'];

function crossing({ kind, from, to }: Pick<MarkOf, 'kind' | 'from' | 'to'>): string {
  if (kind === 'tier') return `${order.indexOf(to) > order.indexOf(from) ? 'up' : 'down'} from tier ${from} to ${to}`;
  if (kind === 'ready') return to === 'yes' ? 'ready for sales' : 'no longer ready for sales';
  if (kind === 'blocked') return to === 'yes' ? 'opted out, the total reads 0' : 'opted in again';
  return to.startsWith('below') ? `fell below ${from}` : `reached ${to}`;
}
