/** What the server writes into the script, and what the page says in its tag. */

/** As in settings.website. */
export interface Rules {
  cookies: 'always' | 'after-consent';
  privacySignals: boolean;
}

declare const nurtureRules: Rules;
export const rules = nurtureRules;

const tag = document.currentScript;
const data: DOMStringMap = tag?.dataset ?? {};

const source = tag instanceof HTMLScriptElement ? tag.src : '';

/** Where the script came from, which is where it sends to. */
export const host = data.host ?? source.replace(/\/n\.js.*$/, '');
/** Tag managers write the tag without its attributes. */
export const key = data.key ?? /[?&]key=([\w-]+)/.exec(source)?.[1] ?? '';
/** Parameters of addresses that are nobody else's business. */
export const leftOut = (data.leaveOut ?? '').match(/[\w-]+/g) ?? [];
/** The page itself says when it is viewed. */
export const isManual = data.page === 'manual';
