import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';
import { temporaryHome } from '../support/stack-process';
import { filesOf, stepsOf, walks, type Step } from './page';
import { shows } from './output';
import { openTerminal, type Ran, type Terminal } from '../support/reader';
import { elsewhere } from './elsewhere';

let stack: TestStack;
let home: string;
beforeAll(async () => {
  home = temporaryHome();
  stack = await startTestStack({ home, demo: true });
}, 60_000);
afterAll(() => stack.stop());

describe.each(walks)('%s', (page) => {
  let terminal: Terminal;
  beforeAll(() => {
    terminal = openTerminal(home);
    for (const { name, text } of filesOf(page)) terminal.save(name, text);
  });
  afterAll(() => terminal.close());

  const steps = stepsOf(page).filter(({ command }) => !elsewhere.has(command.text));
  test.each(steps.map((step) => [step.command.place, step] as const))('%s works', async (_place, step) => {
    expect(await follow(terminal, step)).toEqual({ code: 0, asShown: true });
  });

  const typed = filesOf(page).filter(({ name }) => name.endsWith('.ts'));
  if (typed.length > 0) {
    test('its TypeScript compiles', async () => {
      const flags = '--noEmit --strict --skipLibCheck --target es2022 --module nodenext --lib es2022,dom --types node';
      const check = `node node_modules/typescript/bin/tsc --ignoreConfig ${flags} ${typed.map(({ name }) => name).join(' ')}`;
      expect(await terminal.run(check)).toEqual({ code: 0, printed: '' });
    });
  }
});

interface Followed {
  code: number;
  /** True, or what was printed instead. */
  asShown: true | string;
}

/** Something asked for is looked at until it is there, as a reader would; something done is done once. */
async function follow(terminal: Terminal, step: Step): Promise<Followed> {
  let last = compare(step, await terminal.run(step.command.text));
  if (isDeed(step)) return last;
  const again = async () => {
    if (!isFine(last)) last = compare(step, await terminal.run(step.command.text));
    return isFine(last);
  };
  await poll(step.command.place, again, { timeoutMs: 8_000, everyMs: 100 }).catch(() => undefined);
  return last;
}

function isFine({ code, asShown }: Followed): boolean {
  return code === 0 && asShown === true;
}

function compare({ output }: Step, { code, printed }: Ran): Followed {
  return { code, asShown: output === null || shows(output.text, printed) ? true : printed };
}

/** Whether it changes something; to look somebody up is a POST too, but changes nothing. */
function isDeed({ command }: Step): boolean {
  const text = command.text.replace(/\/v1\/(contacts\/find|segments\/count)\s[^|]*?-d '[^']*'/g, '');
  return / (-d|-X) /.test(text);
}
