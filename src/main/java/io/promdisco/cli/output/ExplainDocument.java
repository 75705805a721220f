package io.promdisco.cli.output;

import io.promdisco.explain.Absence;
import io.promdisco.explain.AssignedCollectors;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.JobExplanation;
import io.promdisco.explain.MonitorExplanation;
import io.promdisco.explain.MonitorJobExplanation;
import io.promdisco.explain.RuleDrops;
import io.promdisco.explain.RuleEffectText;
import io.promdisco.explain.TracedTarget;
import io.promdisco.monitors.Rejection;
import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.TargetOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An answer of {@code explain} for programs. */
public final class ExplainDocument {
  private ExplainDocument() {}

  public static Map<String, Object> of(Explanation answer) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("query", answer.query().text());
    map.put("scraped", answer.scraped());
    map.put("summary", answer.summary());
    map.put("meaning", answer.meaning());
    map.put("choices", answer.choices());
    map.put("near", answer.near());
    map.put("jobs", answer.jobs().stream().map(ExplainDocument::job).toList());
    return map;
  }

  public static Map<String, Object> of(MonitorExplanation answer) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("query", answer.query().text());
    map.put("scraped", answer.scraped());
    map.put("summary", answer.summary());
    map.put("near", answer.near());
    map.put("monitors", answer.monitors().stream().map(ExplainDocument::monitor).toList());
    map.put("more", answer.more());
    return map;
  }

  private static Map<String, Object> monitor(MonitorExplanation.Monitor monitor) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("kind", monitor.object().kind().kind());
    map.put("namespace", monitor.object().namespace());
    map.put("name", monitor.object().name());
    map.put(
        "selection",
        monitor.selection().stream()
            .map(
                step ->
                    StructuredPrinter.map(
                        "setting", step.setting(),
                        "selects", step.selects(),
                        "reason", step.reason()))
            .toList());
    map.put("rejected", monitor.rejections().stream().map(Rejection::document).toList());
    map.put("jobs", monitor.jobs().stream().map(ExplainDocument::job).toList());
    return map;
  }

  private static Map<String, Object> job(MonitorJobExplanation job) {
    Map<String, Object> map = job(job.targets());
    map.put("field", job.field());
    map.put("drops", job.drops().stream().map(ExplainDocument::drops).toList());
    return map;
  }

  private static Map<String, Object> drops(RuleDrops drops) {
    return StructuredPrinter.map(
        "index", drops.index(),
        "field", drops.field(),
        "rule", drops.rule().toString(),
        "count", drops.count(),
        "values", drops.values(),
        "address", drops.address());
  }

  private static Map<String, Object> job(JobExplanation job) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("job", job.job());
    map.put("active", job.active());
    map.put("dropped", job.dropped());
    map.put("failed", job.failed());
    map.put("targets", job.targets().stream().map(target -> target(job, target)).toList());
    map.put("notDiscovered", job.absences().stream().map(ExplainDocument::absence).toList());
    return map;
  }

  private static Map<String, Object> absence(Absence absence) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", absence.source());
    map.put("why", StructuredPrinter.word(absence.why()));
    map.put("reason", absence.reason());
    return map;
  }

  private static Map<String, Object> target(JobExplanation job, TracedTarget target) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("address", target.address());
    map.put("provider", target.provider());
    map.put("source", target.source());
    map.put("verdict", verdict(target.outcome()));
    if (target.outcome() instanceof TargetOutcome.Kept kept) {
      map.put("url", kept.target().scrapeUrl());
      map.put("labels", kept.target().labels().toMap());
    }
    if (target.outcome() instanceof TargetOutcome.Failed failed) {
      map.put("problem", failed.message());
    }
    AssignedCollectors collectors = target.collectors();
    if (collectors != null) {
      map.put("collectors", collectors.names());
      map.put("collectorReason", collectors.reason());
    }
    map.put("discoveredLabels", target.trace().discovered().toMap());
    List<Map<String, Object>> rules = new ArrayList<>();
    target.trace().steps().forEach(step -> rules.add(rule(job, step)));
    map.put("rules", rules);
    return map;
  }

  static String verdict(TargetOutcome outcome) {
    if (outcome instanceof TargetOutcome.Kept) {
      return "active";
    }
    return outcome instanceof TargetOutcome.Failed ? "failed" : "dropped";
  }

  private static Map<String, Object> rule(JobExplanation job, Step step) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("index", step.index());
    step.rule().position().ifPresent(at -> map.put("position", StructuredPrinter.position(at)));
    if (!job.field(step).isEmpty()) {
      map.put("field", job.field(step));
    }
    map.put("rule", step.rule().toString());
    map.put("value", step.value());
    map.put("kept", step.kept());
    map.put("verdict", RuleEffectText.verdict(step));
    Map<String, Object> changes = new LinkedHashMap<>();
    for (String name : step.changedNames()) {
      Map<String, Object> change =
          StructuredPrinter.map("before", step.before().get(name), "after", step.after().get(name));
      changes.put(name, change);
    }
    map.put("changes", changes);
    return map;
  }
}
