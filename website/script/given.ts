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

/** Where the script came from, which is where it sends to. */
export const host = data.host ?? (tag instanceof HTMLScriptElement ? tag.src.replace(/\/n\.js.*$/, '') : '');
export const key = data.key ?? '';
/** The page itself says when it is viewed. */
export const isManual = data.page === 'manual';
