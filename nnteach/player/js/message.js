// @ts-check
/** What Python sends (../README.md), as types for the other parts: nothing here runs. */

/**
 * @typedef {Record<string, string>} Words
 * @typedef {string | any[]} MathTree  text, or [tag, role, child, …]
 * @typedef {[number, string, number | null, number | null]} NodeEntry  [step, state, value, gradient]
 * @typedef {[number, string, string, number | null, string]} EdgeEntry  [step, state, direction, contribution, chip]
 * @typedef {{name: string, kind: string, operation: string, timeline: NodeEntry[], of?: string, at?: string[], fold?: string}} NodeData
 * @typedef {{id: string, parent: string, child: string, slot: number, timeline: EdgeEntry[]}} EdgeData
 * @typedef {{phase: string, node: string, edge: string | null, now: string, because: MathTree | null,
 *            lines: [string, MathTree][], ledger: [string, string, string] | null, remark: string | null,
 *            say: string, ask?: Ask, whole?: Partial<StepData> & {edges: string[]}}} StepData
 * @typedef {{kind: string, text: string, answer: number, slips: [number, string][], choices: any[], names: Words,
 *            right?: string[], wrong?: [string, string, string][]}} Ask  a question; its numbers are places in `texts`
 * @typedef {{title: string, summary: string, picture: string, root: string, texts: [string, string[]][],
 *            nodes: NodeData[], edges: EdgeData[], steps: StepData[], start: {now: string, say: string},
 *            inputs: {name: string, value: number | string}[], words: Words,
 *            level?: string, levels?: Words, folds?: string, moments?: number[], open?: number,
 *            iterations?: number[], losses?: [number, number][], curve?: string, memory?: NodeData[],
 *            cells?: Record<string, Recipe[]>, slopes?: Record<string, Recipe[]>,
 *            heat?: Record<string, [string, string]>, predict?: boolean, slips?: Words}} Data
 * @typedef {(string | number[])[]} Recipe  how a cell is computed: the cell itself, then signs and cells [node, row, column]
 * @typedef {{step?: number, theme?: string, wholePage?: boolean, guardKeys?: boolean, live?: boolean,
 *            stepsPerSecond?: number, onStep?: (step: number) => void,
 *            onChange?: (name: string, number: string) => void, onAttempts?: (attempts: object[]) => void}} Options
 */

export {};
