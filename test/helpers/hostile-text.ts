import * as fc from 'fast-check';
import { hostileTexts } from './loss.ts';

/** What takes an address, a form, a filter, a list of names or a header apart, and ends or escapes each of them. */
const pieces = [
  '& = # ? ; + % %26 %2F %00 [] .. / \\ * ~ \' " , @ : | < &amp; ${ {{ é 漢 👩‍👩‍👧 1001 a Z'.split(' '),
  ['action=delete', 'object=subscriber', '$filter', ' or 1 eq 1', ' ', '\r\n', '\n', '\u0000'],
  ['\ud800', '\udc00', '\u2028', '\u202e'],
].flat();

const hostile = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 24 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
      .map((units) => String.fromCharCode(...units)),
  },
);

/** So many hostile texts: half of them of those that are known, as far as they go, each time from another one on. */
export const sampleHostileTexts = (count: number, seed: number): readonly string[] => {
  const start = (seed * 5) % hostileTexts.length;
  const known = [...hostileTexts.slice(start), ...hostileTexts.slice(0, start)].slice(
    0,
    Math.ceil(count / 2),
  );
  return [...known, ...fc.sample(hostile, { numRuns: count - known.length, seed })];
};
