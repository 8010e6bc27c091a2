/** Whether a normalised address can be mailed at all. Deliberately simple: the provider knows better than a pattern. */
export function isMailable(address: string): boolean {
  return (
    address.length <= 254 && /^[^\s@<>",;:\\()[\]\u0000-\u001f\u007f]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(address)
  );
}
