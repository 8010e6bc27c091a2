/** A random UUID; `crypto.randomUUID` exists on secure pages only. */
export function uuid(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return [...random]
    .map((byte, i) => {
      const value = i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte;
      return (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (value + 256).toString(16).slice(1);
    })
    .join('');
}

/** Twenty bits: enough to tell that somebody else is signed in now, too few to tell who. */
export function trace(text: string): string {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 12).toString(36);
}
