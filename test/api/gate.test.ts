import { Gate } from '../../api/http/gate';

describe('a gate', () => {
  test('lets in line whoever comes next', async () => {
    const gate = new Gate({ atOnce: 1, waiting: 1 });
    const seen: string[] = [];
    let open = (): void => undefined;
    const first = gate.pass(() => new Promise<void>((resolve) => (open = resolve)));
    const second = gate.pass(async () => void seen.push('second'));
    await expect(gate.pass(async () => void seen.push('third'))).rejects.toMatchObject({ code: 'rate-limited' });
    expect(seen).toEqual([]);
    open();
    await Promise.all([first, second]);
    await gate.pass(async () => void seen.push('fourth'));
    expect(seen).toEqual(['second', 'fourth']);
  });

  test('is left by whoever fails', async () => {
    const gate = new Gate({ atOnce: 1, waiting: 0 });
    await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.pass(async () => 1)).toBe(1);
  });
});
