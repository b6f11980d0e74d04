type Value = string | number | boolean | null;

/** One element; nothing inside it where the value is empty or null. */
export const toElement = (name: string, value: Value): string =>
  value === null || value === '' ? `<${name}/>` : `<${name}>${escapeText(String(value))}</${name}>`;

/** The platform's envelope: one element for each record, under `<xml>` (facts §3.2). */
export const toEnvelope = (element: string, records: readonly Readonly<Record<string, Value>>[]): string => {
  const rows = records.map((record) => {
    const columns = Object.entries(record).map(([name, value]) => toElement(name, value));
    return `<${element}>${columns.join('')}</${element}>`;
  });
  return rows.length === 0 ? '<xml/>' : `<xml>${rows.join('')}</xml>`;
};

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

const escapeText = (text: string) =>
  text
    // XML 1.0 has no way to write these at all.
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? '');
