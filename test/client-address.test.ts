import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress, createIsWithin, toSource } from '../src/client-address.ts';

const requestFrom = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    ['of the connection', [], requestFrom('192.0.2.1'), '192.0.2.1'],
    ['of the connection, whatever it claims', [], requestFrom('192.0.2.1', '10.0.0.1'), '192.0.2.1'],
    ['what our proxy says', ['10.0.0.0/8'], requestFrom('10.0.0.9', '192.0.2.7'), '192.0.2.7'],
    [
      'what the last of our proxies says, not what a client has put before it',
      ['10.0.0.0/8'],
      requestFrom('10.0.0.9', '10.0.0.1, 203.0.113.5, 192.0.2.7, 10.0.0.8'),
      '192.0.2.7',
    ],
    ['our proxy, where it says nothing', ['10.0.0.0/8'], requestFrom('10.0.0.9'), '10.0.0.9'],
    [
      'of an IPv4 proxy on an IPv6 socket',
      ['10.0.0.0/8'],
      requestFrom('::ffff:10.0.0.9', '2001:db8::7'),
      '2001:db8::7',
    ],
    ['nothing, once the connection is gone', ['loopback'], requestFrom(undefined, '192.0.2.7'), ''],
  ])('is %s', (_what, proxies, request, address) => {
    expect(createClientAddress(proxies)(request)).toBe(address);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::c000:201', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('counts %s as one client with all of %s', (address, source) => {
    expect(toSource(address)).toBe(source);
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.1.2.3', true],
    ['11.1.2.3', false],
    ['2001:db8::1', false],
    ['', false],
    ['unknown', false],
  ])('%s is in loopback or 10.0.0.0/8: %s', (address, isIn) => {
    expect(createIsWithin(['loopback', '10.0.0.0/8'])(address)).toBe(isIn);
  });

  it('has those told who pass requests on and are no proxy of ours', () => {
    const strangers: string[] = [];
    const read = createClientAddress(['10.0.0.0/8'], (address) => strangers.push(address));
    read(requestFrom('10.0.0.9', '192.0.2.7'));
    read(requestFrom('192.0.2.8'));
    read(requestFrom('192.0.2.9', '10.0.0.1'));
    expect(strangers).toEqual(['192.0.2.9']);
  });
});
