import { fieldsOf, nameOf, watchForms } from './forms';
import { itemOf, page, without, type Bag, type Item } from './item';
import { discard, leave, restore, send } from './outbox';
import { viewed, watchPages } from './pages';
import { agree, anonymousId, consentNow, forget, isAnonymous, meet, recognise, refuse } from './visitor';

const MAX_HELD = 100;
/** As Nurture makes them; and by then it is over, so it would only cut this browser off from its past. */
const TOKEN = /[?&]nrt=([\w-]{60})(&|#|$)/;
const TOKEN_MS = 900_000;

/** What happened before anybody was asked: in this page's memory, and nowhere else. */
let held: Item[] = [];
/** What a click in a mail brought along, until it is sent. */
let token = takeToken();

/** Sends it, or holds it until there is consent. */
function hand(item: Item): void {
  const consent = release();
  if (consent === 'given') send(signed(item));
  else if (consent === 'held' && held.length < MAX_HELD) held.push(item);
}

/** What was held goes, or is forgotten with what waits to be sent, as soon as somebody answered, in this tab or another. */
function release(): ReturnType<typeof consentNow> {
  const consent = consentNow();
  if (consent === 'held') return consent;
  const before = held;
  held = [];
  if (consent === 'refused') discard();
  if (consent === 'given') for (const item of before) send(signed(item));
  return consent;
}

/** With the id of who sits there at that point of the story. */
function signed(item: Item): Item {
  const told = item.traits?.email;
  if (item.type === 'identify') meet(item.userId ?? '', typeof told === 'string' ? told : '');
  // Whoever is known here does not become somebody else by opening a mail that was forwarded.
  else if (token && performance.now() < TOKEN_MS && isAnonymous() && !navigator.webdriver) {
    item.context.nrt = token;
    recognise();
  }
  token = '';
  return { ...item, anonymousId: anonymousId() };
}

/** From the address, and out of it, so that it is neither bookmarked nor passed on. */
function takeToken(): string {
  const { href } = location;
  const clean = without('nrt', href);
  if (clean !== href) history.replaceState(history.state, '', clean);
  return TOKEN.exec(href)?.[1] ?? '';
}

const commands = {
  page(at: number, name?: string | Bag, properties?: Bag) {
    const given = typeof name === 'string' ? { name, ...properties } : name;
    viewed();
    hand(itemOf({ type: 'page', properties: { ...page(), ...given } }, at));
  },
  track(at: number, event: string, properties: Bag = {}) {
    hand(itemOf({ type: 'track', event, properties }, at));
  },
  identify(at: number, user?: string | number | Bag | null, more: Bag = {}) {
    const isId = typeof user === 'string' || typeof user === 'number';
    const traits = isId ? more : { ...user, ...more };
    hand(itemOf({ type: 'identify', traits, ...(isId && { userId: String(user) }) }, at));
  },
  form(at: number, form: string | HTMLFormElement, ...[traits, properties]: [Bag?, Bag?]) {
    const isElement = form instanceof HTMLFormElement;
    const found = { ...(isElement && fieldsOf(form)), ...traits };
    if (Object.keys(found).length > 0) commands.identify(at, found);
    commands.track(at, 'form.submitted', { form: isElement ? nameOf(form) : form, ...properties });
  },
  consent(_at: number, given: boolean) {
    if (given) agree();
    else {
      discard();
      refuse();
    }
    release();
  },
  reset(_at: number) {
    forget();
  },
};

type Command = keyof typeof commands;
type Call = [at: number, name: Command, ...rest: unknown[]];
/** The function of the page: until the script is there, a snippet that only remembers its calls. */
type Nurture = ((...given: [Command, ...unknown[]]) => void) & { q?: Call[]; loaded?: true };

const site = window as unknown as { nurture?: Nurture };

function run([at, name, ...rest]: Call): void {
  if (!Object.keys(commands).includes(name)) return console.warn(`Nurture knows no "${name}"`);
  (commands[name] as (at: number, ...rest: unknown[]) => void)(at, ...rest);
}

function start(): void {
  const before = site.nurture?.q ?? [];
  const nurture: Nurture = (...given) => run([Date.now(), ...given]);
  nurture.loaded = true;
  site.nurture = nurture;
  if (consentNow() === 'given') restore();
  before.forEach(run);
  watchPages(() => commands.page(Date.now()));
  watchForms({
    idOf: (address) => {
      if (consentNow() !== 'given') return null;
      meet('', address);
      return anonymousId();
    },
    tell: (form, traits) => commands.form(Date.now(), form, traits),
  });
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? leave() : release()));
}

// The tag may stand in a page twice, and a page may be made ready before anybody looks at it.
if (!site.nurture?.loaded) {
  const isAhead = (document as Document & { prerendering?: boolean }).prerendering;
  if (isAhead) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
}
