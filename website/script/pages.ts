import { isManual } from './given';
import { address, leftPage } from './item';

/** A single-page application sets the title after it has changed the address. */
const SETTLE_MS = 50;

let last = '';
let timer = 0;

/** This page was told of; the next one of the same document has it as its referrer. */
export function viewed(): void {
  const now = address();
  if (last && last !== now) leftPage(last);
  last = now;
}

/** Calls `view` for this page and for each that the visitor goes to without a reload, once for each time. */
export function watchPages(view: () => void): void {
  const look = (again = false) => {
    clearTimeout(timer);
    if (!isManual && (again || last !== address())) view();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE_MS);
  };
  const push = history.pushState.bind(history);
  history.pushState = (...given) => {
    push(...given);
    soon();
  };
  addEventListener('popstate', soon);
  // Brought back as it was left: for who sits there it is a visit like any other.
  addEventListener('pageshow', ({ persisted }) => persisted && look(true));
  addEventListener('pagehide', () => look());
  // What the page itself says of its first view comes before: its own scripts have run by then.
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => look());
  else look();
}
