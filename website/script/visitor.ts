import { readCookie, writeCookie } from './cookie';
import { rules } from './given';
import { trace, uuid } from './ids';

/** `held`: nobody was asked yet, so nothing is stored and nothing leaves the page. */
type Consent = 'given' | 'held' | 'refused';

/** What the cookie holds: `<id>.<marks>`, of which each mark begins with its letter. */
interface Visitor {
  id: string;
  /** Agreed to be recognised. */
  agreed: boolean;
  /** Came by a link in a mail. */
  recognised: boolean;
  /** Traces of the user id and the address that were told, to notice when somebody else is at the same browser. */
  user: string;
  email: string;
}

const REFUSED = 'off';
const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
const mustAgree =
  rules.cookies === 'after-consent' || (rules.privacySignals && (globalPrivacyControl === true || doNotTrack === '1'));

const cookie = readCookie();
let visitor = read(cookie);
let isSaved = false;
/** By this page: browsers keep it for so long after it was last written, Safari for seven days. */
let isRenewed = false;
let consent: Consent = cookie === REFUSED ? 'refused' : !mustAgree || visitor.agreed ? 'given' : 'held';

/** Other tabs write the same cookie, and people delete it: what was agreed to goes with it. */
export function consentNow(): Consent {
  const now = readCookie();
  if (now === REFUSED) consent = 'refused';
  else if (now) {
    visitor = read(now);
    if (visitor.agreed) consent = 'given';
  } else if (isSaved) {
    visitor = read('');
    if (mustAgree && consent === 'given') consent = 'held';
  }
  isSaved = now !== '';
  return consent;
}

export function agree(): void {
  consent = 'given';
  visitor.agreed = true;
  save();
}

/** The cookie goes. That somebody refused is written down only where they would be recognised without. */
export function refuse(): void {
  consent = 'refused';
  visitor = read('');
  writeCookie('');
  if (!mustAgree) writeCookie(REFUSED);
}

/** Somebody else from here on. */
export function forget(): void {
  const { agreed } = visitor;
  visitor = { ...read(''), agreed };
  if (consent === 'given') save();
}

/** The id of this browser. Ask only with consent: it is stored from then on. */
export function anonymousId(): string {
  if (!isSaved || !isRenewed) save();
  return visitor.id;
}

/** Whether nobody has said yet who sits here. */
export const isAnonymous = (): boolean => !visitor.user && !visitor.email;

export function recognise(): void {
  visitor.recognised = true;
  save();
}

/**
 * Who it is. Told somebody else than before, or told for the first time after a click in a mail, which may have been
 * forwarded, the browser begins anew: nothing of one person becomes another's.
 */
export function meet(userId: string, address: string): void {
  if (!userId && !address) return;
  const [user, email] = [userId && trace(userId), address && trace(address.trim().toLowerCase())];
  const differs = user && visitor.user ? user !== visitor.user : !!email && !!visitor.email && email !== visitor.email;
  if (differs || visitor.recognised) forget();
  visitor.user = user || visitor.user;
  visitor.email = email || visitor.email;
  save();
}

function save(): void {
  const { id, agreed, recognised, user, email } = visitor;
  const marks = [agreed && 'c', recognised && 'r', user && `u${user}`, email && `e${email}`];
  writeCookie([id, ...marks.filter(Boolean)].join('.'));
  isSaved = isRenewed = true;
}

function read(text: string): Visitor {
  const [id = '', ...marks] = text.split('.');
  const mark = (letter: string): string | undefined => marks.find((one) => one.startsWith(letter));
  return {
    id: /^[\da-f-]{36}$/.test(id) ? id : uuid(),
    agreed: mark('c') !== undefined,
    recognised: mark('r') !== undefined,
    user: mark('u')?.slice(1) ?? '',
    email: mark('e')?.slice(1) ?? '',
  };
}
