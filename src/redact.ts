const names =
  'access_token|refresh_token|token|cloudlinkToken|subscriberToken|sessionToken|client_secret|clientSecret|password|passcode|pwd|pwd_hash|subscriber_pin|sipPassword';

/**
 * Takes everything that looks like a credential out of a text that is about to be logged or answered. The last
 * line of defence: code above it chooses what to say and does not rely on it.
 */
export const redact = (text: string): string =>
  text
    // JSON Web Tokens, also in base64 (`eyJ` becomes `ZXlK`) and in hexadecimal.
    .replace(/eyJ[\w-]{8,}(\.[\w-]*){0,2}/g, '[token]')
    .replace(/ZXlK[\w+/-]{8,}=*/g, '[token]')
    .replace(/65794a[\da-f]{16,}/gi, '[token]')
    // The address of a feed: whoever knows it can tell the feed things.
    .replace(/(\/webhooks\/\w+\/[\w-]+\/)[\w-]{8,}/g, '$1[secret]')
    .replace(/gws_[\w-]{8,}/g, '[token]')
    // The legacy platform's tokens are nothing but 32 hexadecimal digits (subscriber-api facts §2.2).
    .replace(/\b[\da-f]{32,}\b/gi, '[token]')
    .replace(/\b(bearer|basic)(\s|%20|\+)+(?!\[token\])[^\s'",;&]+/gi, '$1 [token]')
    .replace(new RegExp(String.raw`\b(${names})(=|%3D)[^&\s]+`, 'gi'), '$1=[redacted]')
    .replace(
      new RegExp(String.raw`(["']?)\b(${names})\1\s*:\s*(["'])(?:(?!\3)[^\\]|\\.)*\3`, 'gi'),
      '$1$2$1: "[redacted]"',
    );
