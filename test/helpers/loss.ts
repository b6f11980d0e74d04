import type { Fault } from '../../src/sandbox/fault-rule.ts';

/** The ways in which a write is lost, done or not, and what a client is told of each. */
export const losses: readonly (readonly [name: string, fault: Fault, code: string])[] = [
  ['503', { type: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
  ['a reset', { type: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
  ['a reset after it was done', { type: 'resetAfter' }, 'UPSTREAM_UNAVAILABLE'],
  ['a timeout', { type: 'hang' }, 'UPSTREAM_TIMEOUT'],
];

/** Texts that mean something to a URL, a form, a filter, JSON or a terminal. */
export const hostileTexts: readonly string[] = [
  "' or 1 eq 1 or name eq '",
  'a&action=delete&b=c',
  'a#b?c;d',
  '100 % + %26%2e%2e',
  '../../accounts',
  '..',
  'x[]={"$ne":null}',
  'one\r\nX-Injected: yes',
  'nul\u0000byte',
  'half \ud800 pair',
  '*',
  '~',
  '',
  '   ',
  '\u202egnp.exe',
  '👩‍👩‍👧 e\u0301',
];
