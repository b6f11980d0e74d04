import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/sandbox/cloudlink/failure.ts';
import { parsePublicationFilter } from '../../../src/sandbox/cloudlink/publication-filter.ts';

const publication = {
  topic: 'platform-api-media',
  method: 'PUT',
  content: { state: 'ringing', to: '2001', ringTime: 4, completed: false, extraPbxData: { eventType: 'a' } },
};

const lets = (filter: string) => parsePublicationFilter(filter)(publication);

describe('a publication filter', () => {
  it.each([
    ["$.publications[?(@.content.state == 'ringing')]", true],
    ['$.publications[?(@.content.state == "ringing")]', true],
    ["$.publications[?(@.content.state=='held')]", false],
    ["$.publications[?(@.content.state != 'held')]", true],
    ['$.publications[*]', true],
    ['$.publications[?(@.content.ringTime >= 4)]', true],
    ['$.publications[?(@.content.ringTime > 4)]', false],
    ["$.publications[?(@.content.ringTime > '3')]", false],
    ['$.publications[?(@.content.completed == false)]', true],
    ['$.publications[?(@.content.nowhere)]', false],
    ['$.publications[?(!@.content.nowhere)]', true],
    ["$.publications[?(@.content['extraPbxData'].eventType == 'a')]", true],
    ["$.publications[?(@.method == 'PUT' && (@.content.to == '1' || @.content.to == '2001'))]", true],
    ["$.publications[?(@.method == 'PUT' && @.content.to == '1' || @.content.to == '2')]", false],
    ['$.publications[?(@.content.constructor)]', false],
  ])('%s lets a ringing call through: %s', (filter, expected) => {
    expect(lets(filter)).toBe(expected);
  });

  it.each([
    '',
    'content.state',
    '$.publications',
    '$.publications[0]',
    '$.publications[?(@.content.state ==)]',
    '$.publications[?(@.content.state = 1)]',
    "$.publications[?(@.content.state == 'ringing']",
    '$.publications[?(alert(1))]',
    `$.publications[?(${'('.repeat(10_000)}@.a${')'.repeat(10_000)})]`,
  ])('%.40s is refused', (filter) => {
    expect(() => parsePublicationFilter(filter)).toThrow(Failure);
  });
});
