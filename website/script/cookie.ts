const NAME = 'nurture_id';
const YEAR_S = 31_536_000;

/** Where cookies are switched off the value is kept in local storage, and where that is too, for this page only. */
let memory = '';

export function readCookie(): string {
  const found = new RegExp(`(?:^|; )${NAME}=([^;]*)`).exec(document.cookie)?.[1];
  return found ?? stored() ?? memory;
}

/** Empty takes it away. */
export function writeCookie(value: string): void {
  const places = domains();
  // One that stands there already would look as if it had just been taken.
  places.forEach((domain) => put('', domain));
  const didStick =
    value !== '' &&
    places.some((domain) => {
      put(value, domain);
      return document.cookie.includes(`${NAME}=${value}`);
    });
  memory = '';
  try {
    if (value && !didStick) localStorage.setItem(NAME, value);
    else localStorage.removeItem(NAME);
  } catch {
    if (!didStick) memory = value;
  }
}

function put(value: string, domain: string): void {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${NAME}=${value}; path=/; max-age=${value ? YEAR_S : 0}; samesite=lax${domain}${secure}`;
}

/** From the widest on: browsers refuse those that belong to everybody, such as `co.uk`. */
function domains(): string[] {
  const labels = location.hostname.split('.');
  return [...labels.map((_, i) => `; domain=${labels.slice(-i - 1).join('.')}`), ''];
}

function stored(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}
