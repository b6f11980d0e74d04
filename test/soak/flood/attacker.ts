import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/**
 * Somebody who opens so many sockets a second, and does one thing too often over each. A process of its own, so that
 * whoever measures beside it does not wait for it: `attacker.ts <url> <what> <address> <sockets a second>
 * <authorization>`, where the address is the one that it comes from. Tells on request how its sockets ended.
 */
const [, , url = '', what = '', address = '', perSecond = '', authorization = ''] = process.argv;
const everyMs = 1000 / Number(perSecond);
const LANES = 4;
let dueAt = performance.now();

const endings: Record<string, number> = {};
const note = (ending: string) => {
  endings[ending] = (endings[ending] ?? 0) + 1;
};

const enter = async (socket: WebSocket) => {
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  await Promise.race([once(socket, 'message'), once(socket, 'close')]);
};

const attacks: Readonly<Record<string, (socket: WebSocket) => Promise<void>>> = {
  'messages of a stranger': async (socket) => {
    for (let count = 0; count < 500; count += 1) socket.send('{"type":"ping"}');
  },
  'messages of somebody known': async (socket) => {
    await enter(socket);
    for (let count = 0; count < 500; count += 1) socket.send('{"type":"ping"}');
  },
  'messages of 100 KB': async (socket) => socket.send('x'.repeat(100_000)),
  'operations at a time': async (socket) => {
    await enter(socket);
    const endpoint = Buffer.from('cloudlink:Endpoint:1001').toString('base64url');
    const payload = { query: `subscription { callEvents(endpoints: ["${endpoint}"]) { id } }` };
    for (let id = 0; id < 140; id += 1)
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
    let answers = 0;
    const enough = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const { payload: [error] = [] } = JSON.parse((data as Buffer).toString()) as {
          payload?: readonly { readonly extensions: { readonly code: string } }[];
        };
        note(String(error?.extensions.code));
        answers += 1;
        if (answers === 40) resolve();
      });
    });
    await Promise.race([enough, once(socket, 'close')]);
    socket.close();
  },
  'sockets of one principal': async (socket) => {
    await enter(socket);
    if (socket.readyState === socket.OPEN) held.push(socket);
    while (held.length > 20) held.shift()?.close();
  },
};
const held: WebSocket[] = [];

const attack = attacks[what];
if (attack === undefined) throw new Error(`nobody knows how to attack by ${what}`);

const lane = async () => {
  for (;;) {
    dueAt = Math.max(dueAt + everyMs, performance.now());
    await delay(Math.max(0, dueAt - performance.now()));
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': address },
    });
    const ended = new Promise<string>((resolve) => {
      socket.on('error', (error) => resolve(/\b429\b/.test(error.message) ? 'refused: 429' : error.message));
      socket.on('close', (code) => resolve(String(code)));
    });
    const opened = new Promise<void>((resolve) => void socket.once('open', resolve));
    const isOpen = await Promise.race([opened.then(() => true), ended.then(() => false)]);
    if (isOpen) await attack(socket);
    if (!held.includes(socket)) note(await ended);
  }
};
for (let index = 0; index < LANES; index += 1) void lane();

process.on('message', () => process.send?.(endings));
process.send?.('ready');
