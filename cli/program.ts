import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { simulate } from './commands/simulate';
import { validate } from './commands/validate';
import { terminal, type Output } from './output';
import { exitCodes, Refusal } from './refusal';

/** Runs the command line, and answers its exit code. What goes wrong is said in a sentence. */
export async function runCommand(args: readonly string[], out: Output = terminal): Promise<number> {
  let code = 0;
  const program = createProgram(out, (ended) => void (code = ended));
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

function createProgram(out: Output, end: (code: number) => void): Command {
  const program = new Command('nurture')
    .description('Journeys as files: check, try, plan and publish them')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.print(text.trimEnd()), writeErr: (text) => out.tell(text.trimEnd()) })
    .addHelpText(
      'after',
      `\nExit codes: 0 all is well · 1 something is wrong or different · 2 not understood · 3 the server refused or is not there`,
    );
  program
    .command('validate')
    .summary('check every journey and template of a folder')
    .description('Checks every journey and template of a folder as publishing would. Needs no server.')
    .argument('[folder]', 'the folder with your journeys', 'journeys')
    .option('--json', 'the findings as JSON', false)
    .addHelpText('after', '\nExample:\n  $ nurture validate journeys')
    .action(async (folder: string, options: { json: boolean }) => end(await validate(folder, options, out)));
  program
    .command('simulate')
    .summary('run a journey on a virtual clock')
    .description(
      'Runs a journey on a virtual clock: every message, wait and fork, with its time and reason. Needs no server.',
    )
    .argument('<journey>', 'key of the journey')
    .option('--folder <folder>', 'the folder with your journeys', 'journeys')
    .option('--persona <file>', 'who is sent through, and what they do; may be given again', append, [])
    .option('--paths', 'every path instead, with its earliest times', false)
    .option('--json', 'the result as JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ nurture simulate welcome --paths\n  $ nurture simulate welcome --persona journeys/personas/welcome.ada.yaml',
    )
    .action(async (key: string, options: { folder: string; persona: string[]; paths: boolean; json: boolean }) =>
      end(await simulate(key, options, out)),
    );
  return program;
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}
