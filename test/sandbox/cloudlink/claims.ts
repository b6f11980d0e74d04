/** The payload of a token, unverified, as a client that peeks sees it. */
export const claimsOf = (token: unknown): Record<string, unknown> => {
  const payload = String(token).split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
};
