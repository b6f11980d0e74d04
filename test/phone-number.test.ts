import { describe, expect, it } from 'vitest';
import { isCountry, toDialled, toE164 } from '../src/phone-number.ts';

describe('a number', () => {
  it.each([
    ['+12125550188', '+12125550188'],
    ['+4722334455', '+4722334455'],
    ['+49 30 55509876', '+493055509876'],
    ['sip:12125550188@203.0.113.20', '+12125550188'],
    ['1001', null],
    ['0012', null],
    ['Sales', null],
    ['', null],
  ])('%j is read as %j wherever it is', (text, expected) => {
    expect([toE164(text, 'US'), toE164(text, 'NO')]).toEqual([expected, expected]);
  });

  it.each([
    // As dialled inside the country comes first.
    ['US', '(212) 555-0188', '+12125550188'],
    ['US', '4722334455', '+14722334455'],
    ['US', '4312345678', '+14312345678'],
    ['US', '3612345678', '+13612345678'],
    ['DE', '030 55509876', '+493055509876'],
    ['HU', '06 1 234 5678', '+3612345678'],
    ['NO', '22334455', '+4722334455'],
    // Where that needs a trunk prefix, a number without one begins with a country code.
    ['DE', '4722334455', '+4722334455'],
    ['DE', '4312345678', '+4312345678'],
    ['DE', '3612345678', '+3612345678'],
    ['GB', '12125550188', '+12125550188'],
    ['AT', '12125550188', '+12125550188'],
    ['NO', '4722334455', '+4722334455'],
    ['AT', '4312345678', '+4312345678'],
    ['HU', '3612345678', '+3612345678'],
    ['US', '12125550188', '+12125550188'],
    ['US', '493055509876', '+493055509876'],
    // Prefixes of calls abroad: 00 everywhere, others where they are dialled.
    ['US', '004722334455', '+4722334455'],
    ['DE', '004722334455', '+4722334455'],
    ['DE', '0012125550188', '+12125550188'],
    ['US', '0114722334455', '+4722334455'],
    ['NO', '0114722334455', null],
    // What is nothing else lacks its trunk prefix.
    ['DE', '3055509876', '+493055509876'],
  ] as const)('in %s, %j is read as %j', (country, text, expected) => {
    expect(toE164(text, country)).toBe(expected);
  });

  it('is shown without its SIP clothes where it is an extension', () => {
    expect(toDialled('sip:1001@acme.12345.service')).toBe('1001');
  });
});

it.each([
  ['US', true],
  ['NO', true],
  ['XX', false],
  ['us', false],
  ['USA', false],
  ['', false],
])('%j is a country: %s', (text, expected) => {
  expect(isCountry(text)).toBe(expected);
});
