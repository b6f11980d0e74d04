import { expect, it } from 'vitest';
import { toDialled, toE164 } from '../src/phone-number.ts';

it.each([
  ['+12125550188', '+12125550188'],
  ['12125550188', '+12125550188'],
  ['(212) 555-0188', '+12125550188'],
  ['sip:12125550188@203.0.113.20', '+12125550188'],
  ['+49 30 55509876', '+493055509876'],
  ['493055509876', '+493055509876'],
  ['1001', null],
  ['0012', null],
  ['Sales', null],
  ['', null],
])('reads %j as %j', (text, expected) => {
  expect(toE164(text, 'US')).toBe(expected);
});

it('reads a national number in the country it is dialled in', () => {
  expect(toE164('030 55509876', 'DE')).toBe('+493055509876');
});

it('takes the SIP clothes off an extension', () => {
  expect(toDialled('sip:1001@acme.12345.service')).toBe('1001');
});
