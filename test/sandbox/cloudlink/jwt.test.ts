import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signToken, verifyToken } from '../../../src/sandbox/cloudlink/jwt.ts';

const key = Buffer.from('a key of this test');
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (signed: string) => `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;

describe('signToken', () => {
  it('makes what any HS256 implementation makes', () => {
    const claims = { name: 'Zoë 太郎', exp: 2 };
    expect(signToken(claims, key)).toBe(sign(`${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`));
  });
});

describe('verifyToken', () => {
  it('gives the claims back until the second of their expiry', () => {
    const token = signToken({ name: 'Zoë', exp: 2 }, key);
    expect(verifyToken(token, key, 1999)).toEqual({ name: 'Zoë', exp: 2 });
    expect(verifyToken(token, key, 2000)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['two parts', 'a.b'],
    ['four parts', `${signToken({ exp: 9 }, key)}.x`],
    ['another key', signToken({ exp: 9 }, Buffer.from('another'))],
    ['no algorithm', `${encode({ alg: 'none' })}.${encode({ exp: 9 })}.`],
    ['another header, well signed', sign(`${encode({ alg: 'none' })}.${encode({ exp: 9 })}`)],
    ['no expiry', signToken({ name: 'x' }, key)],
    ['a payload that is no object', sign(`${encode({ alg: 'HS256', typ: 'JWT' })}.${encode([1])}`)],
    ['a payload that is no JSON', sign(`${encode({ alg: 'HS256', typ: 'JWT' })}.xyz`)],
  ])('refuses %s', (_, token) => {
    expect(verifyToken(token, key, 0)).toBeUndefined();
  });
});
