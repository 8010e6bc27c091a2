import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import { askOnTerminal, type Ask } from './ask';
import { apply } from './commands/apply';
import { diff } from './commands/diff';
import { importFile } from './commands/import';
import { plan } from './commands/plan';
import { pull } from './commands/pull';
import { simulate } from './commands/simulate';
import { validate } from './commands/validate';
import { terminal, type Output } from './output';
import { exitCodes, Refusal } from './refusal';
import { serverAt, type Server } from './server/client';
import type { People } from './server/publish';

/** Runs the command line, and answers its exit code. What goes wrong is said in a sentence. */
export async function runCommand(
  args: readonly string[],
  { out = terminal, ask = askOnTerminal }: { out?: Output; ask?: Ask } = {},
): Promise<number> {
  let code = 0;
  const program = createProgram({ out, ask, end: (ended) => void (code = ended) });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (!(error instanceof Refusal)) throw error;
    out.tell(`${pc.red(error.message)}${error.hint === undefined ? '' : `\n${error.hint}`}`);
    return exitCodes[error.kind];
  }
}

const exits =
  '\nExit codes: 0 all is well · 1 something is wrong or different · 2 not understood · 3 the server refused or is not there';

function createProgram(run: Running): Command {
  const { out } = run;
  const program = new Command('nurture')
    .description('Journeys as files: check, try, plan and publish them; and people, by a file')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.print(text.trimEnd()), writeErr: (text) => out.tell(text.trimEnd()) })
    .addHelpText('after', exits);
  addValidate(program, run);
  addSimulate(program, run);
  addPlan(program, run);
  addApply(program, run);
  addDiff(program, run);
  addPull(program, run);
  addImport(program, run);
  return program;
}

interface Running {
  out: Output;
  ask: Ask;
  end: (code: number) => void;
}

const folder = ['[folder]', 'the folder with your journeys', 'journeys'] as const;
const json = ['--json', 'the result as JSON', false] as const;

function addValidate(program: Command, { out, end }: Running): void {
  program
    .command('validate')
    .summary('check every journey, template and score model of a folder')
    .description(
      'Checks every journey, every template and the score model of a folder as publishing would. Needs no server.',
    )
    .argument(...folder)
    .option(...json)
    .addHelpText('after', '\nExample:\n  $ nurture validate journeys')
    .action(async (path: string, options: { json: boolean }) => end(await validate(path, options, out)));
}

function addSimulate(program: Command, { out, end }: Running): void {
  program
    .command('simulate')
    .summary('run a journey on a virtual clock')
    .description(
      'Runs a journey on a virtual clock: every message, wait and fork, with its time and reason. Needs no server.',
    )
    .argument('<journey>', 'key of the journey')
    .option('--folder <folder>', 'the folder with your journeys', 'journeys')
    .addOption(
      new Option('--persona <file>', 'who is sent through, and what they do; may be given again')
        .argParser((file: string, before: string[]) => [...before, file])
        .default([], 'the personas of the folder, or somebody who does nothing'),
    )
    .option('--paths', 'every path instead, with its earliest times', false)
    .option(...json)
    .addHelpText(
      'after',
      '\nExamples:\n  $ nurture simulate welcome --paths\n  $ nurture simulate welcome --persona journeys/personas/welcome.ada.yaml',
    )
    .action(async (key: string, options: { folder: string; persona: string[]; paths: boolean; json: boolean }) =>
      end(await simulate(key, options, out)),
    );
}

function addPlan(program: Command, { out, end }: Running): void {
  withServer(program.command('plan'))
    .summary('what applying a folder would do, also to the people inside')
    .description('Shows what `apply` would change, and for each journey what that would mean for the people inside.')
    .argument(...folder)
    .addOption(mapping())
    .option(...json)
    .addHelpText('after', '\nExample:\n  $ nurture plan journeys --map old-step=new-step')
    .action(async (path: string, { url, key, ...options }: { json: boolean; map: Mapped } & ServerOptions) =>
      end(await plan(path, { ...options, server: serverOf({ url, key }) }, out)),
    );
}

function addApply(program: Command, { out, ask, end }: Running): void {
  withServer(program.command('apply'))
    .summary('publish a folder')
    .description(
      'Publishes a folder: templates first, then the score model and all journeys. Shows what it means for the people inside, and asks.',
    )
    .argument(...folder)
    .addOption(new Option('--people <what>', 'what becomes of the people inside').choices(['stay', 'move', 'end']))
    .addOption(mapping())
    .option('--yes', 'ask nothing; the people inside stay unless --people says otherwise', false)
    .option(...json)
    .addHelpText('after', '\nExamples:\n  $ nurture apply journeys\n  $ nurture apply journeys --people stay --yes')
    .action(async (path: string, { url, key, people, ...options }: ApplyFlags) =>
      end(await apply(path, { ...options, people: people ?? null, ask, server: serverOf({ url, key }) }, out)),
    );
}

type ApplyFlags = { json: boolean; yes: boolean; people?: People; map: Mapped } & ServerOptions;
type Mapped = Record<string, string | null>;

function mapping(): Option {
  return new Option('--map <old=new>', 'where people at a step go on, or `old=` for those who end; may be given again')
    .argParser((text: string, before: Mapped): Mapped => {
      const [from = '', to] = text.split('=');
      if (to === undefined || from === '')
        throw new Refusal('usage', `${text} is no mapping.`, 'Such as --map old-step=new-step');
      return { ...before, [from]: to === '' ? null : to };
    })
    .default({}, 'a step that keeps its id stands for itself');
}

function addDiff(program: Command, { out, end }: Running): void {
  withServer(program.command('diff'))
    .summary('what differs between a folder and the server')
    .description("Shows what differs between a folder and the server's drafts, line by line.")
    .argument(...folder)
    .option(...json)
    .addHelpText('after', '\nExample:\n  $ nurture diff journeys')
    .action(async (path: string, options: { json: boolean } & ServerOptions) =>
      end(await diff(path, { json: options.json, server: serverOf(options) }, out)),
    );
}

function addPull(program: Command, { out, end }: Running): void {
  withServer(program.command('pull'))
    .summary("write the server's journeys and templates into a folder")
    .description("Writes the server's drafts into a folder. A file that differs is kept unless --force is given.")
    .argument(...folder)
    .option('--force', 'write over files that differ', false)
    .option(...json)
    .addHelpText('after', '\nExample:\n  $ nurture pull journeys')
    .action(async (path: string, options: { json: boolean; force: boolean } & ServerOptions) =>
      end(await pull(path, { json: options.json, force: options.force, server: serverOf(options) }, out)),
    );
}

function addImport(program: Command, { out, end }: Running): void {
  withServer(program.command('import'), 'the scopes operate and read')
    .summary('bring people in by a file')
    .description(
      'Brings people in by a CSV file with a header, or one JSON object to a line, and follows it to its end. Refused rows are saved beside the file, with their reasons.',
    )
    .argument('<file>', 'of the kind .csv, .tsv, .ndjson or .jsonl')
    .option('--dry-run', 'only say what it would come to', false)
    .addOption(named('--map <column=what>', 'what a column is, such as Plan=traits.plan; may be given again'))
    .addOption(named('--consent <part=text>', 'topic, text, source, at or state of all rows; may be given again'))
    .option('--source <text>', 'what the file is')
    .option('--delimiter <character>', 'of a CSV file; by its header unless said')
    .option('--no-journeys', 'nobody enters a journey by it')
    .option('--no-marketing', 'people without a consent, who are not to be written to because of it')
    .option(...json)
    .addHelpText(
      'after',
      '\nExamples:\n  $ nurture import people.csv --dry-run\n  $ nurture import people.csv --map Plan=traits.plan --source "Fair 2026"\n  $ nurture import unsubscribed.csv --consent state=withdrawn --no-journeys',
    )
    .action(async (file: string, { url, key, map, source, delimiter, ...options }: ImportFlags) => {
      const plan = { ...options, mapping: map, source: source ?? null, delimiter: delimiter ?? null };
      end(await importFile(file, { ...plan, server: serverOf({ url, key }) }, out));
    });
}

interface ImportFlags extends ServerOptions {
  dryRun: boolean;
  journeys: boolean;
  marketing: boolean;
  json: boolean;
  map: Record<string, string>;
  consent: Record<string, string>;
  source?: string;
  delimiter?: string;
}

/** `name=value`, of which the name may have any character but `=`. */
function named(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((text: string, before: Record<string, string>): Record<string, string> => {
      const [name = '', ...rest] = text.split('=');
      if (name === '' || rest.length === 0) throw new Refusal('usage', `${text} is no name=value.`);
      return { ...before, [name]: rest.join('=') };
    })
    .default({}, 'none');
}

interface ServerOptions {
  url?: string | undefined;
  key?: string | undefined;
}

function withServer(command: Command, scopes = 'the scope author'): Command {
  return command
    .addOption(new Option('--url <url>', 'address of the server').env('NURTURE_URL'))
    .addOption(new Option('--key <key>', `an API key with ${scopes}`).env('NURTURE_KEY'));
}

function serverOf({ url, key }: ServerOptions): Server {
  if (!url) throw new Refusal('usage', 'Which server?', 'Say it by --url, or in NURTURE_URL.');
  if (!key) throw new Refusal('usage', 'Which API key?', 'Say it by --key, or better in NURTURE_KEY.');
  return serverAt({ url, key });
}
