import type { Logger } from 'pino';

/** What a round of work says about the next one. */
export type Next = 'again' | 'soon' | 'idle';

export interface Loop {
  /** There may be something to do. */
  nudge: () => void;
  /** Lets the round under way finish. */
  stop: () => Promise<void>;
}

export interface LoopOptions {
  name: string;
  log: Logger;
  round: () => Promise<Next>;
  /** The net under the nudges. */
  pollMs: number;
  /** What `soon` means. */
  soonMs: number;
}

const LONGEST_PAUSE_MS = 5_000;

/** Calls `round` over and over: at once while there is work, else when nudged or by the clock. Errors make it pause. */
export function startLoop(options: LoopOptions): Loop {
  const bell = new Bell();
  let stopped = false;
  const run = async () => {
    for (let failures = 0; !stopped;) {
      bell.hush();
      try {
        const next = await options.round();
        failures = 0;
        if (next !== 'again' && !stopped) await bell.wait(next === 'soon' ? options.soonMs : options.pollMs);
      } catch (error) {
        failures += 1;
        options.log.warn({ loop: options.name, failures, error: describe(error) }, 'round failed, pausing');
        if (!stopped) await new Bell(bell).wait(Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS));
      }
    }
  };
  const running = run();
  return {
    nudge: () => bell.ring(),
    stop: async () => {
      stopped = true;
      bell.end();
      await running;
    },
  };
}

/** Never the message: it may quote what people wrote. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}

/** Something to wait for that may ring before one waits. */
class Bell {
  private rung = false;
  private ended = false;
  private wake: (() => void) | null = null;
  private readonly inner: Bell[] = [];

  /** One that only the end of another interrupts. */
  constructor(outer?: Bell) {
    outer?.inner.push(this);
    if (outer?.ended) this.ended = true;
  }

  hush(): void {
    this.rung = false;
    this.inner.length = 0;
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
    for (const bell of this.inner) bell.end();
  }

  async wait(ms: number): Promise<void> {
    if (this.rung || this.ended) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }
}
