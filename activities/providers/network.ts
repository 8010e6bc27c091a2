/** Codes with which a request certainly never left this machine. */
const neverLeft = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What a failed request says: whether it left at all, and its code, which quotes nobody. */
export function networkFailure({ code, syscall }: { code?: unknown; syscall?: unknown }): {
  left: boolean;
  name: string;
} {
  const name = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'no code';
  return { left: !neverLeft.has(name) && syscall !== 'connect', name };
}
