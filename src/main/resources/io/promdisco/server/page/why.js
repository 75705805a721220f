// Describes the effect of each relabel rule on a target.

import { element } from "./dom.js";

const quoted = (text) => JSON.stringify(text);
const place = (step) => element("span", { class: "place" }, step.place);

function ruleText(rule) {
  const parts = [element("b", {}, rule.action)];
  if (rule.sourceLabels.length > 0) parts.push(element("code", {}, rule.sourceLabels.join(rule.separator)));
  if (rule.regex && rule.regex !== "(.*)") parts.push(element("code", { class: "quiet" }, `=~ ${quoted(rule.regex)}`));
  if (rule.targetLabel) parts.push(element("code", {}, `→ ${rule.targetLabel}`));
  return parts;
}

function changes(before, after) {
  const lines = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[name] === after[name]) continue;
    if (name in before) lines.push(element("span", { class: "change minus" }, `− ${name}=${quoted(before[name])}`));
    if (name in after) lines.push(element("span", { class: "change plus" }, `+ ${name}=${quoted(after[name])}`));
  }
  return lines;
}

function value(step) {
  return step.rule.sourceLabels.map((name) => step.before[name] ?? "").join(step.rule.separator);
}

/** Returns the rule that dropped the target, counted from 0, and why; or null. */
export function verdict(steps) {
  const at = steps.findIndex((step) => !step.keep);
  if (at < 0) return null;
  const step = steps[at];
  const { action, sourceLabels, separator, regex, targetLabel } = step.rule;
  const is = `${sourceLabels.join(separator)} is ${quoted(value(step))}`;
  const target = targetLabel ? `${targetLabel} is ${quoted(step.before[targetLabel] ?? "")}` : "";
  const reason = {
    keep: `${is}, which does not match ${quoted(regex)}`,
    drop: `${is}, which matches ${quoted(regex)}`,
    keepequal: `${is} and ${target}, which are not equal`,
    dropequal: `${is} and ${target}, which are equal`,
  }[action] ?? is;
  return { rule: at, action, place: step.place, reason };
}

export function verdictText(said) {
  return [
    element("b", { class: "bad" }, `Dropped by rule ${said.rule} (${said.action})`),
    said.place ? [" at ", element("code", {}, said.place)] : [], `: ${said.reason}.`];
}

/** Returns a list of all rules that were reached. */
export function stepList(steps) {
  const list = element("ol", { class: "steps" });
  steps.forEach((step, i) => {
    const lines = step.keep ? changes(step.before, step.output) : [];
    const kind = !step.keep ? "dropped" : lines.length > 0 ? "changed" : "untouched";
    const end = !step.keep
      ? element("span", { class: "change minus" }, `dropped: the value is ${quoted(value(step))}`) : lines;
    list.append(element("li", { class: kind },
      element("span", { class: "rule" }, element("span", { class: "quiet" }, `${i}`), ruleText(step.rule), place(step)),
      end));
  });
  return list;
}
