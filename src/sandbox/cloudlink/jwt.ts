import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says: plain values, as every claim of facts §2.5 is. */
export type Claims = Readonly<Record<string, string | number | boolean | undefined>>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

const signature = (signed: string, key: Buffer): Buffer => createHmac('sha256', key).update(signed).digest();

const decode = (part: string): Claims | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
};

/** A JSON Web Token with an HS256 signature over these claims. */
export const signToken = (claims: Claims, key: Buffer): string => {
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${signature(signed, key).toString('base64url')}`;
};

/**
 * The claims of a token that this key signed and that is not past its `exp` at `now` (milliseconds).
 * Anything else gives `undefined`: another algorithm, a changed claim, no expiry, no token at all.
 */
export const verifyToken = (token: string, key: Buffer, now: number): Claims | undefined => {
  const [header = '', payload = '', given = '', ...rest] = token.split('.');
  if (header !== HEADER || rest.length > 0) return undefined;
  const expected = signature(`${header}.${payload}`, key);
  const actual = Buffer.from(given, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  const claims = decode(payload);
  return typeof claims?.exp === 'number' && claims.exp * 1000 > now ? claims : undefined;
};
