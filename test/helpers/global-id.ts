/** A global id as anybody could write one: what the gateway makes, or a forgery of it. */
export const globalId = (platform: string, type: string, key: string): string =>
  Buffer.from(`${platform}:${type}:${key}`).toString('base64url');
