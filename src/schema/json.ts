import { builder } from '../builder.ts';
import { badInput } from '../input.ts';
import { UpstreamError } from '../upstream/errors.ts';

/** Objects and lists inside each other at most: whatever walks through a value calls itself that often. */
const DEEPEST = 32;

/** The parts of a value, level by level and one level further than is taken. Names of fields stand beside what they hold. */
const levelsOf = (value: unknown): readonly (readonly unknown[])[] => {
  const levels: unknown[][] = [];
  let level: unknown[] = [value];
  while (level.length > 0 && levels.length <= DEEPEST) {
    levels.push(level);
    level = level.flatMap((part) =>
      typeof part === 'object' && part !== null ? Object.entries(part).flat() : [],
    );
  }
  return levels;
};

const isTooDeep = (value: unknown): boolean => levelsOf(value).length > DEEPEST;

const isSendable = (part: unknown): boolean =>
  typeof part === 'string' ? part.isWellFormed() : typeof part !== 'number' || Number.isFinite(part);

builder.scalarType('JSON', {
  description: `Any JSON value, as an application wrote it, up to ${DEEPEST} levels deep.`,
  serialize: (value) => {
    if (!isTooDeep(value)) return value;
    throw new UpstreamError({
      code: 'UPSTREAM_PROTOCOL',
      platform: 'cloudlink',
      message: `CloudLink sent a value that is nested more than ${DEEPEST} levels deep.`,
    });
  },
  parseValue: (value) => {
    if (isTooDeep(value)) throw badInput('JSON', `must not be nested more than ${DEEPEST} levels deep.`);
    if (levelsOf(value).every((level) => level.every(isSendable))) return value;
    throw badInput('JSON', 'must hold numbers that JSON can write and texts in valid Unicode.');
  },
});
