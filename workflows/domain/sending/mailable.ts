/** Whether a normalised address can be mailed at all. Deliberately simple: the provider knows better than a pattern. */
export function isMailable(address: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what must be kept out
  return (
    address.length <= 254 && /^[^\s@<>",;:\\()[\]\u0000-\u001f\u007f]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(address)
  );
}
