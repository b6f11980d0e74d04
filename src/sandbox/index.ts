import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCloudlink } from './cloudlink/index.ts';
import { createControl } from './control.ts';
import { converse } from './converse.ts';
import { createDelivery } from './delivery.ts';
import { createDispatch } from './dispatch.ts';
import { createFaults } from './faults.ts';
import { createNetsapiens } from './netsapiens/index.ts';
import { createRequestLog } from './requests.ts';
import { listen, type Listener } from './server.ts';
import { createSimulator } from './simulator.ts';
import { parseTarget } from './target.ts';
import { createWorld, type PlatformKind, type WorldOptions } from './world.ts';

export interface SandboxOptions extends Omit<WorldOptions, 'platforms'> {
  readonly port?: number;
  readonly host?: string;
  readonly platforms?: readonly PlatformKind[];
  /** Plays a call every few seconds, for whoever wants something to happen. */
  readonly traffic?: boolean;
  /** Told of every defect of the sandbox; writes to standard error unless given. */
  readonly report?: (error: unknown) => void;
}

/** A running sandbox: both platforms and the control surface behind one URL. */
export type Sandbox = Listener;

const bothPlatforms: readonly PlatformKind[] = [
  {
    name: 'cloudlink',
    prefixes: [
      '/authentication',
      '/admin',
      '/chat',
      '/presence',
      '/media',
      '/media-content',
      '/notifications',
    ],
    create: createCloudlink,
  },
  { name: 'netsapiens', prefixes: ['/ns-api'], create: createNetsapiens },
];

/** How often is looked for what happens by itself: often enough to be told at the time. */
const ADVANCE_MS = 50;
const TRAFFIC_MS = 5000;

/** Starts both platforms on one port; rejects with an error that names the port where it cannot listen. */
export const createSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const {
    port = 4010,
    host = '127.0.0.1',
    platforms = bothPlatforms,
    traffic = false,
    report = console.error,
    ...start
  } = options;
  const world = createWorld({ ...start, platforms });
  const faults = createFaults();
  const log = createRequestLog(world.clock);
  const dispatch = createDispatch({ world, faults, log, report });
  const simulator = createSimulator(world, traffic ? TRAFFIC_MS : 0);
  const control = createControl({ world, faults, log, simulator, interrupt: dispatch.interrupt });

  const drive = async (request: IncomingMessage, response: ServerResponse) => {
    const delivery = createDelivery(request, response, world);
    await converse(request, delivery, {
      answer: async (incoming) => delivery.send(await control.handle(incoming)),
      report,
    });
  };

  const advance = () => {
    try {
      world.advance();
    } catch (error) {
      report(error);
    }
  };

  const listener = await listen({
    port,
    host,
    onRequest: (request, response) => {
      const { path } = parseTarget(request.url ?? '');
      const handle = control.accepts(path, request.socket.remoteAddress) ? drive : dispatch.handle;
      void handle(request, response);
    },
  });

  const ticking = setInterval(advance, ADVANCE_MS);
  ticking.unref();
  simulator.start();
  return {
    ...listener,
    close: async () => {
      clearInterval(ticking);
      simulator.stop();
      world.sender.stop();
      await listener.close();
    },
  };
};
