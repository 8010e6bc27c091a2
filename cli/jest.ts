import { asked, endedWith, sent, type ExpectedMessage, type Verdict } from './matchers';
import type { PersonaRun } from './testing';

/** A run, or the promise of one: `await expect(simulate(journey, persona)).toSend([…])`. */
type Received = PersonaRun | Promise<PersonaRun>;

const matchers = {
  async toSend(received: Received, expected: readonly ExpectedMessage[]): Promise<Verdict> {
    return sent(await received, expected);
  },
  async toEndWith(received: Received, outcome: string | null): Promise<Verdict> {
    return endedWith(await received, outcome);
  },
  async toAsk(received: Received, journey: string): Promise<Verdict> {
    return asked(await received, journey);
  },
};

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the one way to tell jest's types of a matcher
  namespace jest {
    interface Matchers<R, T> {
      /** These messages go out, in this order, and no others: template keys or step ids, or with date and time. */
      toSend(expected: readonly ExpectedMessage[]): T extends Promise<unknown> ? Promise<void> : Promise<R>;
      /** The journey ends with this outcome; null: it rests for ever. */
      toEndWith(outcome: string | null): Promise<void>;
      /** This journey is asked to take the person. */
      toAsk(journey: string): Promise<void>;
    }
  }
}

expect.extend(matchers);
