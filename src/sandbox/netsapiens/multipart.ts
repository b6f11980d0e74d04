/**
 * The plain fields of a multipart body, as name and value pairs in their order. Files are left out. Tolerant, as
 * PHP is: a body that makes no sense has no fields, and lines may end without a carriage return.
 */
export const parseMultipart = (contentType: string, body: Buffer): (readonly [string, string])[] => {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const delimiter = boundary?.[1] ?? boundary?.[2];
  if (delimiter === undefined) return [];

  // One character a byte, so that cutting cannot damage text; values are decoded afterwards.
  const parts = `\n${body.toString('latin1')}`.split(`\n--${delimiter}`).slice(1);
  return parts.flatMap((part) => {
    const [, headers, content] = /^[^\n]*\n(.*?)\r?\n\r?\n(.*)$/s.exec(part) ?? [];
    if (headers === undefined || content === undefined || /;\s*filename\*?=/i.test(headers)) return [];
    const name = /;\s*name=(?:"([^"]*)"|([^;\s]+))/i.exec(headers);
    const key = name?.[1] ?? name?.[2];
    return key === undefined ? [] : [[decode(key), decode(content.replace(/\r$/, ''))] as const];
  });
};

const decode = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
