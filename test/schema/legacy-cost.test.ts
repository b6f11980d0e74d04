import { getNamedType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { ROUND_COUNT } from '../../src/schema/legacy-cost.ts';

const nouns = new Set([
  'ActiveCall',
  'CallDetail',
  'CallQueue',
  'Department',
  'Device',
  'DirectoryContact',
  'Domain',
  'DomainSite',
  'PhoneNumber',
  'PresenceEntry',
  'Subscriber',
  'TextMessage',
  'TextSession',
  'Voicemail',
]);
const isPart = /(Connection|Edge)$/;

it('every list of the legacy platform tells what a round number of rows costs', () => {
  const lists = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter(({ name }) => !isPart.test(name))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => nouns.has(getNamedType(field.type).name.replace(isPart, '')))
    .filter(({ field }) => String(field.type).includes('[') || String(field.type).includes('Connection'));

  expect(lists.length).toBeGreaterThan(20);
  expect(
    lists
      .filter(({ field }) => field.description?.includes(ROUND_COUNT) !== true)
      .map(({ type, field }) => `${type.name}.${field.name}`),
  ).toEqual([]);
});
