/** A sound that is the same on every reading: what precedes it, and a pattern that repeats to the end. */
interface MediaFormat {
  readonly contentType: string;
  readonly bytesPerSecond: number;
  /** What stands before this many bytes of sound. */
  readonly header: (length: number) => Buffer;
  /** One period of the sound; channels differ in pitch. */
  readonly pattern: (channel: number) => Buffer;
}

const SAMPLE_RATE = 8000;
const FIRST_PERIOD_SAMPLES = 20;

/** 8 kHz, mono, 8 bits a sample. */
const wavHeader = (length: number): Buffer => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(length, 40);
  return header;
};

const tone = (channel: number): Buffer => {
  const samples = FIRST_PERIOD_SAMPLES + 4 * channel;
  return Buffer.from(
    Array.from({ length: samples }, (_, index) =>
      Math.round(128 + 60 * Math.sin((2 * Math.PI * index) / samples)),
    ),
  );
};

/** A silent frame of MPEG-1 layer III: 32 kbit/s at 32 kHz, mono, so 144 bytes for 36 ms. */
const silentFrame = (): Buffer => {
  const frame = Buffer.alloc(144);
  frame.writeUInt32BE(0xfffb18c0);
  return frame;
};

export const mediaFormats = {
  wav: { contentType: 'audio/wav', bytesPerSecond: SAMPLE_RATE, header: wavHeader, pattern: tone },
  mp3: {
    contentType: 'audio/mpeg',
    bytesPerSecond: 4000,
    header: () => Buffer.alloc(0),
    pattern: silentFrame,
  },
} as const satisfies Readonly<Record<string, MediaFormat>>;

export type MediaFormatName = keyof typeof mediaFormats;

export const isMediaFormat = (name: string): name is MediaFormatName => Object.hasOwn(mediaFormats, name);

export interface Audio {
  readonly contentType: string;
  readonly length: number;
  /** The bytes from `start` to before `end`, made when they are asked for. */
  read(start: number, end: number): Buffer;
}

/** The sound of one channel, as long as it says. Not documented: the formats are `wav` and `mp3`. */
export const createAudio = (name: MediaFormatName, seconds: number, channel: number): Audio => {
  const format: MediaFormat = mediaFormats[name];
  const pattern = format.pattern(channel);
  const sound = seconds * format.bytesPerSecond;
  const header = format.header(sound);
  return {
    contentType: format.contentType,
    length: header.length + sound,
    read: (start, end) => {
      const head = header.subarray(start, end);
      const from = Math.max(start - header.length, 0);
      const shift = from % pattern.length;
      const turned = Buffer.concat([pattern.subarray(shift), pattern.subarray(0, shift)]);
      return Buffer.concat([head, Buffer.alloc(end - start - head.length, turned)]);
    },
  };
};
