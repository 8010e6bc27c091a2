import { createInterface } from 'node:readline/promises';
import { Refusal } from './refusal';

/** Asks a person; answers one of the choices, the first where they only press enter. */
export type Ask = (question: string, choices: readonly string[]) => Promise<string>;

/** Asks on the terminal. @throws Refusal where nobody is there to answer */
export const askOnTerminal: Ask = async (question, choices) => {
  if (!process.stdin.isTTY)
    throw new Refusal('usage', `${question} Nobody is here to answer.`, 'Without a terminal, say --yes.');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const answer = (await lines.question(`${question} (${choices.join('/')}) `)).trim().toLowerCase();
      const meant = answer === '' ? choices[0] : choices.find((choice) => choice.startsWith(answer));
      if (meant !== undefined) return meant;
    }
  } finally {
    lines.close();
  }
};
